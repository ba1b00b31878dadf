use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::thread;

use super::frame::{self, Part};
use super::gzip::{self, ParallelGzip};

/// How the files of a package are compressed: in parts that can be kept, and follow each other in
/// any order. Each uses all processors, and gives the same bytes on any number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Zstandard, level 1 to 19. Read by dpkg since 1.21.18 (Debian 12, Ubuntu 18.04), so by every
    /// system that has WebKitGTK 4.1.
    Zstd(i32),
    /// Deflate. Read by everything.
    Gzip,
}

impl Compression {
    /// As small as it gets: a tenth smaller than the default, in about twenty times as long.
    pub const SMALLEST: Self = Self::Zstd(19);

    /// The end of the archive's name.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Zstd(_) => "zst",
            Self::Gzip => "gz",
        }
    }

    /// Compresses what `fill` writes into `output`.
    pub(super) fn part(
        self,
        output: &mut dyn Write,
        fill: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        match self {
            Self::Zstd(level) => {
                let mut part = Part::new(level, processors(), output)?;
                fill(&mut part)?;
                part.finish()
            }
            Self::Gzip => {
                let mut encoder = ParallelGzip::new(output, processors());
                fill(&mut encoder)?;
                encoder.finish()
            }
        }
    }

    /// About the memory that a part of so many bytes takes, in bytes. Of [`u64::MAX`]: the most that
    /// any takes.
    pub(super) fn memory(self, bytes: u64) -> u64 {
        match self {
            Self::Zstd(level) => frame::memory(level, processors(), bytes),
            Self::Gzip => gzip::memory(processors(), bytes),
        }
    }

    /// Reads the parts as one file.
    pub(super) fn join<'a>(self, parts: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::Zstd(_) => Box::new(frame::join(parts)?),
            Self::Gzip => Box::new(parts),
        })
    }

    /// How much longer than its parts such a file is, in bytes.
    pub(super) fn around(self) -> u64 {
        match self {
            Self::Zstd(_) => frame::AROUND,
            Self::Gzip => 0,
        }
    }
}

impl Default for Compression {
    /// xz at level 1 makes large libraries a twentieth smaller, but takes four times as long to
    /// write and six times as long to unpack.
    fn default() -> Self {
        Self::Zstd(9)
    }
}

/// As many as this process may use.
pub(super) fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
