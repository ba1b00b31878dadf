use std::collections::BTreeMap;

use super::record::{Area, Kind, Record};
use super::{BLOCK, as_index};
use crate::FormatError;
use crate::archive::Entry;

/// So many folders can be numbered in 16 bits.
const MOST: usize = u16::MAX as usize;

/// Every folder of an image, level by level, those of one folder in the order of their names.
#[derive(Debug)]
pub(super) struct Folders<'a> {
    all: Vec<Folder<'a>>,
}

#[derive(Debug)]
struct Folder<'a> {
    /// Its place among the children of its parent.
    child: usize,
    /// The parent's place in the list; the root is its own.
    parent: usize,
    children: Vec<Child<'a>>,
    /// Where its records begin, in blocks.
    block: u64,
    /// The length of its records, in bytes.
    bytes: u64,
}

#[derive(Debug)]
struct Child<'a> {
    path: &'a str,
    entry: &'a Entry,
    /// Its place in the list, if it is a folder.
    folder: Option<usize>,
}

impl<'a> Folders<'a> {
    pub fn of(entries: &BTreeMap<&'a str, &'a Entry>) -> Result<Self, FormatError> {
        let mut below: BTreeMap<&str, Vec<Child<'a>>> = BTreeMap::new();
        for (path, entry) in entries {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let child = Child { path, entry, folder: None };
            below.entry(parent).or_default().push(child);
        }
        let root = below.remove("").unwrap_or_default();
        let mut all = vec![Folder { child: 0, parent: 0, children: root, block: 0, bytes: 0 }];
        let mut at = 0;
        while at < all.len() {
            let mut found = Vec::new();
            let next = all.len();
            for (number, child) in all[at].children.iter_mut().enumerate() {
                if *child.entry == Entry::Folder {
                    child.folder = Some(next + found.len());
                    let children = below.remove(child.path).unwrap_or_default();
                    found.push(Folder { child: number, parent: at, children, block: 0, bytes: 0 });
                }
            }
            all.append(&mut found);
            at += 1;
        }
        if all.len() > MOST {
            return Err(FormatError::Unfit {
                path: "the app".into(),
                why: "it has more than 65,535 folders",
            });
        }
        Ok(Self { all })
    }

    /// Gives every folder a place, from this block on; returns where they end, in bytes.
    pub fn place(&mut self, begin: u64, time: u64) -> Result<u64, FormatError> {
        let mut block = begin;
        for at in 0..self.all.len() {
            // How long it is does not depend on where anything is.
            let area = self.area(at, &BTreeMap::new(), time)?;
            self.all[at].block = block;
            self.all[at].bytes = area.records_length();
            block += area.blocks();
        }
        Ok(block * BLOCK)
    }

    /// The records of all folders, with the contents of files at these blocks.
    pub fn records(&self, places: &BTreeMap<&str, u64>, time: u64) -> Result<Vec<u8>, FormatError> {
        let mut bytes = Vec::new();
        for at in 0..self.all.len() {
            bytes.extend(self.area(at, places, time)?.bytes(self.all[at].block));
        }
        Ok(bytes)
    }

    fn area(
        &self,
        at: usize,
        places: &BTreeMap<&str, u64>,
        time: u64,
    ) -> Result<Area, FormatError> {
        let folder = &self.all[at];
        let mut area = Area::default();
        area.add(&self.this(at, Kind::This { is_root: at == 0 }, time))?;
        area.add(&self.this(folder.parent, Kind::Parent, time))?;
        for (number, child) in folder.children.iter().enumerate() {
            let (block, bytes) = match child.folder {
                Some(at) => (self.all[at].block, self.all[at].bytes),
                None => (places.get(child.path).copied().unwrap_or_default(), child.entry.size()),
            };
            let name = child.path.rsplit('/').next().unwrap_or(child.path);
            let links = child.folder.map_or(1, |at| self.links(at));
            let kind = Kind::Child { number, path: child.path, name };
            area.add(&Record { kind, entry: child.entry, block, bytes, links, time })?;
        }
        Ok(area)
    }

    /// The record of the root, as the descriptor has it.
    pub fn root(&self, time: u64) -> Vec<u8> {
        self.this(0, Kind::This { is_root: false }, time).plain()
    }

    fn this(&self, at: usize, kind: Kind<'static>, time: u64) -> Record<'static> {
        let Folder { block, bytes, .. } = self.all[at];
        Record { kind, entry: &Entry::Folder, block, bytes, links: self.links(at), time }
    }

    /// How many names lead to a folder: its own, its `.`, and `..` of those in it.
    fn links(&self, at: usize) -> u64 {
        2 + self.all[at].children.iter().filter(|child| child.folder.is_some()).count() as u64
    }

    /// The length of the list by which a folder is found without its parents, in bytes.
    pub fn table_length(&self) -> u64 {
        self.all.iter().enumerate().map(|(at, it)| self.in_table(at, it, false).len() as u64).sum()
    }

    pub fn table_blocks(&self) -> u64 {
        self.table_length().div_ceil(BLOCK)
    }

    /// That list (ECMA-119, 9.4), in one order of bytes or the other.
    pub fn table(&self, is_big: bool) -> Vec<u8> {
        let mut table: Vec<u8> = Vec::new();
        for (at, folder) in self.all.iter().enumerate() {
            table.extend(self.in_table(at, folder, is_big));
        }
        table.resize(as_index(self.table_blocks() * BLOCK), 0);
        table
    }

    fn in_table(&self, at: usize, folder: &Folder<'_>, is_big: bool) -> Vec<u8> {
        let name = match at {
            0 => vec![0],
            _ => Record::identifier(folder.child, true),
        };
        let block = u32::try_from(folder.block).unwrap_or(u32::MAX);
        let parent = u16::try_from(folder.parent + 1).unwrap_or(u16::MAX);
        // A name has some digits.
        let mut line = vec![u8::try_from(name.len()).unwrap_or(u8::MAX), 0];
        if is_big {
            line.extend(block.to_be_bytes());
            line.extend(parent.to_be_bytes());
        } else {
            line.extend(block.to_le_bytes());
            line.extend(parent.to_le_bytes());
        }
        line.extend(&name);
        if name.len() % 2 == 1 {
            line.push(0);
        }
        line
    }
}
