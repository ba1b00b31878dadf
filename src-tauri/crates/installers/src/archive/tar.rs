//! Entries of tar archives.

use std::io::{self, Write};

use tar::{Builder, EntryType, Header};

use super::entries::Entry;

/// What an archive ends with (POSIX `pax`, "ustar Interchange Format").
pub(super) const END: [u8; 1024] = [0; 1024];

/// What follows a file of this length, up to the next block.
pub(super) fn padding(length: u64) -> &'static [u8] {
    const BLOCK: [u8; 512] = [0; 512];
    // Less than a block, so it fits.
    let over = usize::try_from(length % 512).unwrap_or_default();
    if over == 0 { &[] } else { &BLOCK[over..] }
}

/// Writes what stands before the content of an entry.
pub(super) fn write_head(
    writer: &mut dyn Write,
    name: &str,
    entry: &Entry,
    time: u64,
) -> io::Result<()> {
    let mut archive = Builder::new(Open { output: writer, ended: false });
    let mut header = header(entry, time);
    match entry {
        Entry::Folder => {
            let name = format!("{}/", name.trim_end_matches('/'));
            archive.append_data(&mut header, name, io::empty())?;
        }
        Entry::Link(target) => archive.append_link(&mut header, name, target)?,
        Entry::Bytes(_) | Entry::File { .. } => {
            archive.append_data(&mut header, name, io::empty())?;
        }
    }
    archive.get_mut().ended = true;
    archive.into_inner().map(drop)
}

/// A writer that lets the end of an archive fall away: `tar::Builder` always writes one.
struct Open<W> {
    output: W,
    ended: bool,
}

impl<W: Write> Write for Open<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.ended { Ok(bytes.len()) } else { self.output.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

fn header(entry: &Entry, time: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(match entry {
        Entry::Folder => EntryType::Directory,
        Entry::Link(_) => EntryType::Symlink,
        Entry::Bytes(_) | Entry::File { .. } => EntryType::Regular,
    });
    header.set_mode(entry.mode());
    header.set_size(entry.size());
    header.set_mtime(time);
    header.set_uid(0);
    header.set_gid(0);
    // These fit, so they can't fail.
    let _ = header.set_username("root");
    let _ = header.set_groupname("root");
    header
}
