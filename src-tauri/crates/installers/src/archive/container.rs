use std::io::{self, Read, Write};

use camino::Utf8Path;
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::entries::{Entries, Entry};
use super::written::Written;
use super::{cpio, tar};
use crate::{FormatError, Progress};

/// A kind of archive: entries one after the other, each with what is known of it before its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// Of Debian packages and plain archives.
    Tar,
    /// Of RPM packages.
    Cpio,
}

/// How entries are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options<'a> {
    /// Stands before every path: `./` in a package.
    pub prefix: &'a str,
    /// Whether the prefix itself is an entry, the first.
    pub root: bool,
    /// Seconds since 1970, of every entry.
    pub time: u64,
}

impl Container {
    /// Writes entries without the archive's end, so that others can follow. The same entries and
    /// options give the same bytes. Files with the same content are none the less files of their own:
    /// an app may write one of them, or copy one over the other.
    ///
    /// `destination` is named in errors.
    pub(super) fn write(
        self,
        writer: &mut dyn Write,
        entries: &Entries,
        options: Options<'_>,
        destination: &Utf8Path,
        progress: &dyn Progress,
    ) -> Result<Written, FormatError> {
        let failed = || FormatError::write(destination);
        let mut written = Written::default();
        if options.root && self == Self::Tar && !options.prefix.is_empty() {
            self.write_head(writer, ("", &Entry::Folder), options).map_err(failed())?;
        }
        for (path, entry) in entries.iter() {
            self.write_head(writer, (path, entry), options).map_err(failed())?;
            let sum = match entry {
                Entry::Folder | Entry::Link(_) => None,
                Entry::Bytes(content) => {
                    let mut content = Counted::new(self, content.as_slice(), progress);
                    io::copy(&mut content, writer).map_err(failed())?;
                    Some(content.finish())
                }
                Entry::File { source, size, .. } => {
                    let file = fs_err::File::open(source).map_err(FormatError::read(source))?;
                    // A file that grows is cut, one that shrinks would leave a damaged archive.
                    let mut content = Counted::new(self, file.take(*size), progress);
                    io::copy(&mut content, writer).map_err(failed())?;
                    if content.length() != *size {
                        return Err(FormatError::Changed { path: source.clone() });
                    }
                    Some(content.finish())
                }
            };
            writer.write_all(self.padding(entry.size())).map_err(failed())?;
            written.add(path, entry.size(), sum.as_deref());
        }
        Ok(written)
    }

    /// Writes what stands before the content of an entry.
    pub(super) fn write_head(
        self,
        writer: &mut dyn Write,
        (path, entry): (&str, &Entry),
        options: Options<'_>,
    ) -> io::Result<()> {
        let name = format!("{}{path}", options.prefix);
        match self {
            Self::Tar => tar::write_head(writer, &name, entry, options.time),
            Self::Cpio => cpio::write_head(writer, &name, entry, options.time),
        }
    }

    /// What follows a content of this length, up to where the next entry begins.
    pub(super) fn padding(self, length: u64) -> &'static [u8] {
        match self {
            Self::Tar => tar::padding(length),
            Self::Cpio => cpio::padding(length),
        }
    }

    /// Writes what an archive ends with.
    pub(super) fn write_end(self, writer: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Tar => writer.write_all(&tar::END),
            Self::Cpio => cpio::write_end(writer),
        }
    }
}

/// Passes bytes on and takes their number and sum on the way: MD5 where packages are Debian's, and
/// SHA-256 where they are RPM's.
pub(super) struct Counted<'a, R> {
    inner: R,
    sum: Sum,
    length: u64,
    progress: &'a dyn Progress,
}

enum Sum {
    Md5(Md5),
    Sha256(Sha256),
}

impl<'a, R: Read> Counted<'a, R> {
    /// Of `inner`; `progress` hears of each byte.
    pub fn new(container: Container, inner: R, progress: &'a dyn Progress) -> Self {
        let sum = match container {
            Container::Tar => Sum::Md5(Md5::new()),
            Container::Cpio => Sum::Sha256(Sha256::new()),
        };
        Self { inner, sum, length: 0, progress }
    }

    /// How many bytes have passed.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The sum of what has passed, in hexadecimal digits.
    pub fn finish(self) -> String {
        match self.sum {
            Sum::Md5(sum) => hex::encode(sum.finalize()),
            Sum::Sha256(sum) => hex::encode(sum.finalize()),
        }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        let bytes = buffer.get(..length).unwrap_or_default();
        match &mut self.sum {
            Sum::Md5(sum) => sum.update(bytes),
            Sum::Sha256(sum) => sum.update(bytes),
        }
        self.length += bytes.len() as u64;
        self.progress.advance(bytes.len() as u64);
        Ok(length)
    }
}
