use std::io::{self, Read, Write};

use camino::Utf8Path;
use md5::{Digest as _, Md5};
use tar::{Builder, EntryType, Header};

use super::{FormatError, entries::Entries, entries::Entry};
use crate::Progress;

/// What was written, for the list of checksums that Debian packages have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// One line for each file, as `md5sum` prints it.
    pub md5sums: String,
    /// The space after installation, in KiB, by the rule of Debian Policy 5.6.20.
    pub kibibytes: u64,
}

/// Writes a tar archive and gives the writer back. The same entries and time give the same bytes.
///
/// `prefix` stands before every path: `./` in a Debian package. `destination` is named in errors.
pub(super) fn write<W: Write>(
    writer: W,
    entries: &Entries,
    prefix: &str,
    time: u64,
    destination: &Utf8Path,
    progress: &dyn Progress,
) -> Result<(W, Written), FormatError> {
    let failed = || FormatError::write(destination);
    let mut archive = Builder::new(writer);
    let mut written = Written::default();
    if !prefix.is_empty() {
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
        written.kibibytes += entry.size().div_ceil(1024).max(1);
    }
    Ok((archive.into_inner().map_err(failed())?, written))
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
    fn add(&mut self, path: &str, digest: &str) {
        self.md5sums.push_str(digest);
        self.md5sums.push_str("  ");
        self.md5sums.push_str(path);
        self.md5sums.push('\n');
    }
}

/// Passes bytes on and takes their digest and number on the way.
struct Counted<'a, R> {
    inner: R,
    digest: Md5,
    length: u64,
    progress: &'a dyn Progress,
}

impl<'a, R: Read> Counted<'a, R> {
    fn new(inner: R, progress: &'a dyn Progress) -> Self {
        Self { inner, digest: Md5::new(), length: 0, progress }
    }

    fn finish(self) -> String {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(32);
        for byte in self.digest.finalize() {
            // Writing to a string can't fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
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
