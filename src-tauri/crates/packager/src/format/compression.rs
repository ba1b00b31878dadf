use std::io::{self, Write};

use super::frame::{self, Part};
use super::gzip::ParallelGzip;

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
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Zstd(_) => "zst",
            Self::Gzip => "gz",
        }
    }

    /// Compresses what `fill` writes.
    pub(super) fn part(
        self,
        fill: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Vec<u8>> {
        match self {
            Self::Zstd(level) => {
                let mut part = Part::new(level)?;
                fill(&mut part)?;
                part.finish()
            }
            Self::Gzip => {
                let mut output = Vec::new();
                let mut encoder = ParallelGzip::new(&mut output);
                fill(&mut encoder)?;
                encoder.finish()?;
                Ok(output)
            }
        }
    }

    /// Writes the parts as one file, in their order.
    pub(super) fn join<W: Write>(self, parts: &[Vec<u8>], mut output: W) -> io::Result<W> {
        match self {
            Self::Zstd(_) => output.write_all(&frame::join(parts)?)?,
            Self::Gzip => parts.iter().try_for_each(|part| output.write_all(part))?,
        }
        Ok(output)
    }
}

impl Default for Compression {
    /// xz at level 1 makes large libraries a twentieth smaller, but takes four times as long to
    /// write and six times as long to unpack.
    fn default() -> Self {
        Self::Zstd(9)
    }
}
