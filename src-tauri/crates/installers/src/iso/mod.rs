//! A file system that macOS mounts and that is written in one go: ISO 9660 (ECMA-119) with the names,
//! modes and links of Rock Ridge (IEEE P1282).
//!
//! First come its descriptors and folders, then the contents of the files in groups. Each group begins
//! at a multiple of [`GROUP`] and does not know where that is, so that it can be compressed once and
//! kept.

mod descriptor;
mod folders;
mod record;

use std::collections::BTreeMap;

use crate::FormatError;
use crate::archive::{Entries, Entry};
use descriptor::Volume;
use folders::Folders;

/// The length of a block, in bytes.
pub(crate) const BLOCK: u64 = 2048;
/// Groups begin at multiples of this, in bytes.
pub(crate) const GROUP: u64 = 1 << 20;
/// How long a file can be, in bytes: its length is kept in 32 bits.
const LONGEST: u64 = u32::MAX as u64;

/// An image that is planned, and of which nothing but the beginning is written.
#[derive(Debug)]
pub(crate) struct Image {
    /// Its beginning, up to the first group: a multiple of [`GROUP`] bytes.
    pub head: Vec<u8>,
}

impl Image {
    /// The image with this name, of what all `groups` hold together. The time counts in seconds since
    /// 1970.
    pub fn plan(name: &str, groups: &[&Entries], time: u64) -> Result<Self, FormatError> {
        let entries: BTreeMap<&str, &Entry> =
            groups.iter().flat_map(|group| group.iter()).collect();
        if let Some((path, _)) = entries.iter().find(|(_, entry)| entry.size() > LONGEST) {
            let path = (*path).into();
            return Err(FormatError::Unfit { path, why: "it has more than 4 GiB" });
        }
        let mut folders = Folders::of(&entries)?;
        let begin = Volume::FIRST + Volume::BLOCKS + 2 * folders.table_blocks();
        let mut at = folders.place(begin, time)?.next_multiple_of(GROUP);
        let head_length = at;
        let mut places = BTreeMap::new();
        for group in groups {
            for (path, entry) in contents(group) {
                places.insert(path, at / BLOCK);
                at += entry.size().next_multiple_of(BLOCK);
            }
            at = at.next_multiple_of(GROUP);
        }
        let volume = Volume { name, blocks: at / BLOCK, folders: &folders, time };
        let mut head = volume.descriptors();
        head.extend(folders.table(false));
        head.extend(folders.table(true));
        head.extend(folders.records(&places, time)?);
        head.resize(as_index(head_length), 0);
        Ok(Self { head })
    }
}

/// What of a group has a content, in the order in which the contents follow each other: each fills up
/// its last block, and the last one what is left to a multiple of [`GROUP`].
pub(crate) fn contents(group: &Entries) -> impl Iterator<Item = (&str, &Entry)> {
    group.iter().filter(|(_, entry)| entry.size() > 0)
}

/// Of the beginning of an image, which is in memory, so that any length of it is an index.
fn as_index(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// A number in both orders of its bytes, as most of the standard's are.
fn both(number: u64) -> [u8; 8] {
    // Blocks and lengths have 32 bits: what is longer was refused.
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes[4..].copy_from_slice(&number.to_be_bytes());
    bytes
}
