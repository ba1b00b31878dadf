use std::io::{self, Read, Write};

use camino::Utf8Path;
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};
use tar::{Builder, EntryType, Header};

use super::entries::{Entries, Entry};
use crate::{FormatError, Progress};

/// What was written, for the list of checksums that Debian packages have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    /// One line for each file, as `md5sum` prints it.
    pub md5sums: String,
    /// The space after installation, in KiB, by the rule of Debian Policy 5.6.20.
    pub kibibytes: u64,
}

/// What follows a file of this length, up to the next block.
pub(super) fn padding(length: u64) -> &'static [u8] {
    const BLOCK: [u8; 512] = [0; 512];
    // Less than a block, so it fits.
    let over = usize::try_from(length % 512).unwrap_or_default();
    if over == 0 { &[] } else { &BLOCK[over..] }
}

/// What a tar archive ends with (POSIX `pax`, "ustar Interchange Format").
pub(super) const END: [u8; 1024] = [0; 1024];

/// How entries are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options<'a> {
    /// Stands before every path: `./` in a Debian package.
    pub prefix: &'a str,
    /// Whether the prefix itself is an entry, the first.
    pub root: bool,
    /// Seconds since 1970, of every entry.
    pub time: u64,
}

/// Writes entries as a tar archive without its end, so that others can follow. The same entries
/// and options give the same bytes. Files with the same content are none the less files of their own:
/// an app may write one of them, or copy one over the other.
///
/// `destination` is named in errors.
pub(super) fn write<W: Write>(
    writer: W,
    entries: &Entries,
    options: Options<'_>,
    destination: &Utf8Path,
    progress: &dyn Progress,
) -> Result<Written, FormatError> {
    let Options { prefix, root, time } = options;
    let failed = || FormatError::write(destination);
    let mut archive = Builder::new(Open { output: writer, ended: false });
    let mut written = Written::default();
    if root && !prefix.is_empty() {
        append(&mut archive, &Entry::Folder, prefix, time, &mut io::empty()).map_err(failed())?;
    }
    for (path, entry) in entries.iter() {
        let name = format!("{prefix}{path}");
        match entry {
            Entry::Folder => {
                let name = format!("{name}/");
                append(&mut archive, entry, &name, time, &mut io::empty()).map_err(failed())?;
            }
            Entry::Link(target) => {
                let mut header = header(entry, time);
                archive.append_link(&mut header, &name, target).map_err(failed())?;
            }
            Entry::Bytes(content) => {
                let mut content = Counted::new(content.as_slice(), progress);
                append(&mut archive, entry, &name, time, &mut content).map_err(failed())?;
                written.add(path, &content.finish());
            }
            Entry::File { source, size, .. } => {
                let file = fs_err::File::open(source).map_err(FormatError::read(source))?;
                // A file that grows is cut, one that shrinks would leave a damaged archive.
                let mut content = Counted::new(file.take(*size), progress);
                append(&mut archive, entry, &name, time, &mut content).map_err(failed())?;
                if content.length != *size {
                    return Err(FormatError::Changed { path: source.clone() });
                }
                written.add(path, &content.finish());
            }
        }
        written.take_space(entry.size());
    }
    archive.get_mut().ended = true;
    archive.into_inner().map_err(failed())?;
    Ok(written)
}

/// Writes what stands before the content of a file.
pub(super) fn write_head<W: Write>(
    writer: W,
    (path, entry): (&str, &Entry),
    options: Options<'_>,
) -> io::Result<()> {
    let mut archive = Builder::new(Open { output: writer, ended: false });
    let name = format!("{}{path}", options.prefix);
    append(&mut archive, entry, &name, options.time, &mut io::empty())?;
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

fn append<W: Write>(
    archive: &mut Builder<W>,
    entry: &Entry,
    name: &str,
    time: u64,
    content: &mut dyn Read,
) -> io::Result<()> {
    archive.append_data(&mut header(entry, time), name, content)
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

impl Written {
    /// Adds what was written after.
    pub fn append(&mut self, other: &Self) {
        self.md5sums.push_str(&other.md5sums);
        self.kibibytes += other.kibibytes;
    }

    /// Adds a file whose content was compressed apart: its length in bytes and its MD5.
    pub fn add_file(&mut self, path: &str, length: u64, md5: &str) {
        self.add(path, md5);
        self.take_space(length);
    }

    fn take_space(&mut self, bytes: u64) {
        self.kibibytes += bytes.div_ceil(1024).max(1);
    }

    fn add(&mut self, path: &str, digest: &str) {
        self.md5sums.push_str(digest);
        self.md5sums.push_str("  ");
        self.md5sums.push_str(path);
        self.md5sums.push('\n');
    }
}

/// Passes bytes on and takes their MD5 and number on the way.
pub(super) struct Counted<'a, R> {
    inner: R,
    digest: Md5,
    length: u64,
    progress: &'a dyn Progress,
}

impl<'a, R: Read> Counted<'a, R> {
    /// Of `inner`; `progress` hears of each byte.
    pub fn new(inner: R, progress: &'a dyn Progress) -> Self {
        Self { inner, digest: Md5::new(), length: 0, progress }
    }

    /// How many bytes have passed.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The MD5 of what has passed.
    pub fn finish(self) -> String {
        hex::encode(self.digest.finalize())
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.digest.update(&buffer[..length]);
        self.length += length as u64;
        self.progress.advance(length as u64);
        Ok(length)
    }
}
