use super::{BLOCK, as_index, both};
use crate::archive::Entry;
use crate::{FormatError, time};

/// A file, folder or link in a folder (ECMA-119, 9.1).
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub kind: Kind<'a>,
    pub entry: &'a Entry,
    /// Where its content is, in blocks, and how long that is, in bytes.
    pub block: u64,
    pub bytes: u64,
    /// How many names lead to it.
    pub links: u64,
    /// Seconds since 1970.
    pub time: u64,
}

/// What a record is in its folder.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'a> {
    /// The folder itself. The root's says that there is Rock Ridge.
    This { is_root: bool },
    /// The folder above.
    Parent,
    /// What is in it, by its place there.
    Child { number: usize, path: &'a str, name: &'a str },
}

/// The longest that a record can be: its length is an even number of 8 bits.
const LONGEST: usize = 254;
/// What leads to fields that did not fit.
const CONTINUATION: usize = 28;
/// How much of a name or link is in one field; what is left is in the next.
const PIECE: usize = 240;

/// The records of a folder, and after them the fields that did not fit.
#[derive(Debug, Default)]
pub(super) struct Area {
    records: Vec<u8>,
    more: Vec<u8>,
    /// Where in the records it is said where `more` is.
    leads: Vec<usize>,
}

impl Area {
    pub fn add(&mut self, record: &Record<'_>) -> Result<(), FormatError> {
        let mut bytes = record.plain();
        let fields = record.fields();
        let is_long = bytes.len() + fields.iter().map(Vec::len).sum::<usize>() > LONGEST;
        let room = if is_long { LONGEST - CONTINUATION } else { LONGEST };
        let mut fields = fields.into_iter().peekable();
        while let Some(field) = fields.next_if(|field| bytes.len() + field.len() <= room) {
            bytes.extend(field);
        }
        let rest: Vec<u8> = fields.flatten().collect();
        let mut lead = None;
        if !rest.is_empty() {
            let block = as_index(BLOCK);
            if rest.len() > block {
                let path = record.path().into();
                return Err(FormatError::Unfit { path, why: "it is a link with too long a text" });
            }
            // None goes over the end of a block.
            if self.more.len() % block + rest.len() > block {
                self.more.resize(self.more.len().next_multiple_of(block), 0);
            }
            lead = Some(bytes.len());
            bytes.extend([b'C', b'E', 28, 1]);
            bytes.extend(both(self.more.len() as u64 / BLOCK));
            bytes.extend(both(self.more.len() as u64 % BLOCK));
            bytes.extend(both(rest.len() as u64));
            self.more.extend(rest);
        }
        if bytes.len() % 2 == 1 {
            bytes.push(0);
        }
        bytes[0] = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        let block = as_index(BLOCK);
        if self.records.len() % block + bytes.len() > block {
            self.records.resize(self.records.len().next_multiple_of(block), 0);
        }
        self.leads.extend(lead.map(|at| self.records.len() + at));
        self.records.extend(bytes);
        Ok(())
    }

    /// The length of the records, in bytes: whole blocks.
    pub fn records_length(&self) -> u64 {
        (self.records.len() as u64).next_multiple_of(BLOCK)
    }

    /// How many blocks all of it takes.
    pub fn blocks(&self) -> u64 {
        self.records_length() / BLOCK + (self.more.len() as u64).div_ceil(BLOCK)
    }

    /// All of it, to be written from this block on.
    pub fn bytes(mut self, block: u64) -> Vec<u8> {
        let first = block + self.records_length() / BLOCK;
        for at in self.leads {
            let relative: [u8; 4] =
                self.records[at + 4..].first_chunk().copied().unwrap_or_default();
            let place = both(first + u64::from(u32::from_le_bytes(relative)));
            self.records[at + 4..at + 12].copy_from_slice(&place);
        }
        for part in [&mut self.records, &mut self.more] {
            part.resize(part.len().next_multiple_of(as_index(BLOCK)), 0);
        }
        self.records.extend(self.more);
        self.records
    }
}

impl Record<'_> {
    /// The name that the standard allows: a number. Those of Rock Ridge are what a system shows.
    pub fn identifier(number: usize, is_folder: bool) -> Vec<u8> {
        let ending = if is_folder { "" } else { ".;1" };
        format!("{number:08}{ending}").into_bytes()
    }

    /// The record without Rock Ridge.
    pub fn plain(&self) -> Vec<u8> {
        let is_folder = *self.entry == Entry::Folder;
        let name = match self.kind {
            Kind::This { .. } => vec![0],
            Kind::Parent => vec![1],
            Kind::Child { number, .. } => Self::identifier(number, is_folder),
        };
        let mut bytes = vec![0, 0];
        bytes.extend(both(self.block));
        bytes.extend(both(self.bytes));
        bytes.extend(date(self.time));
        bytes.extend([if is_folder { 2 } else { 0 }, 0, 0]);
        // The first volume of one.
        bytes.extend([1, 0, 0, 1]);
        bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        bytes.extend(&name);
        if bytes.len() % 2 == 1 {
            bytes.push(0);
        }
        bytes[0] = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        bytes
    }

    fn path(&self) -> &str {
        match self.kind {
            Kind::Child { path, .. } => path,
            Kind::This { .. } | Kind::Parent => "",
        }
    }

    /// What Rock Ridge adds, in its fields.
    fn fields(&self) -> Vec<Vec<u8>> {
        let mut fields = Vec::new();
        if let Kind::This { is_root: true } = self.kind {
            // That there are such fields at all, in all records.
            fields.push(vec![b'S', b'P', 7, 1, 0xbe, 0xef, 0]);
        }
        let mut modes = vec![b'P', b'X', 36, 1];
        let kind = match self.entry {
            Entry::Folder => 0o040_000,
            Entry::Link(_) => 0o120_000,
            Entry::Bytes(_) | Entry::File { .. } => 0o100_000,
        };
        for number in [u64::from(kind | self.entry.mode()), self.links, 0, 0] {
            modes.extend(both(number));
        }
        fields.push(modes);
        // Of the content, of the last look, and of the modes.
        let mut times = vec![b'T', b'F', 26, 1, 2 | 4 | 8];
        times.extend([date(self.time); 3].concat());
        fields.push(times);
        if let Kind::Child { name, .. } = self.kind {
            let pieces = name.as_bytes().chunks(PIECE);
            let last = pieces.len().saturating_sub(1);
            fields.extend(pieces.enumerate().map(|(at, piece)| {
                let flags = u8::from(at < last);
                field(*b"NM", &[&[flags], piece].concat())
            }));
        }
        if let Entry::Link(target) = self.entry {
            fields.extend(link(target));
        }
        if let Kind::This { is_root: true } = self.kind {
            fields.push(extension());
        }
        fields
    }
}

/// Which extension the fields are of.
fn extension() -> Vec<u8> {
    let texts = ["RRIP_1991A", "POSIX FILE SYSTEM SEMANTICS", "IEEE P1282"];
    let mut content: Vec<u8> =
        texts.iter().map(|text| u8::try_from(text.len()).unwrap_or(u8::MAX)).collect();
    content.push(1);
    content.extend(texts.concat().bytes());
    field(*b"ER", &content)
}

/// Where a link leads, part by part.
fn link(target: &str) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    if target.starts_with('/') {
        parts.push(vec![8, 0]);
    }
    for part in target.split('/').filter(|part| !part.is_empty()) {
        match part {
            "." => parts.push(vec![2, 0]),
            ".." => parts.push(vec![4, 0]),
            part => {
                let pieces = part.as_bytes().chunks(PIECE);
                let last = pieces.len().saturating_sub(1);
                parts.extend(pieces.enumerate().map(|(at, piece)| {
                    let length = u8::try_from(piece.len()).unwrap_or(u8::MAX);
                    [&[u8::from(at < last), length], piece].concat()
                }));
            }
        }
    }
    let mut contents: Vec<Vec<u8>> = vec![Vec::new()];
    for part in parts {
        match contents.last_mut() {
            Some(content) if content.len() + part.len() <= PIECE + 2 => content.extend(part),
            _ => contents.push(part),
        }
    }
    let last = contents.len() - 1;
    let with_flags = |(at, content): (usize, Vec<u8>)| {
        field(*b"SL", &[&[u8::from(at < last)], &content[..]].concat())
    };
    contents.into_iter().enumerate().map(with_flags).collect()
}

/// A field: its name, its length with these, its version and its content.
fn field(name: [u8; 2], content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len() + 4).unwrap_or(u8::MAX);
    [&name[..], &[length, 1], content].concat()
}

/// A time in seven bytes: years since 1900, and no time zone.
pub(super) fn date(seconds: u64) -> [u8; 7] {
    let Some(it) = time::parts(seconds) else { return [0; 7] };
    let year = u8::try_from(it.year() - 1900).unwrap_or(u8::MAX);
    [year, it.month().into(), it.day(), it.hour(), it.minute(), it.second(), 0]
}
