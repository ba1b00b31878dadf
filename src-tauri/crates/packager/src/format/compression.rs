use std::io::{self, Write};

use liblzma::stream::{Check, MtStreamBuilder};

/// How the files of a Debian package are compressed. Each uses all processors but gzip, and gives
/// the same bytes on any number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Zstandard, level 1 to 19. Read by dpkg since 1.21.18 (Debian 12, Ubuntu 18.04).
    Zstd(i32),
    /// LZMA, level 0 to 9: smaller and slower. Read by every dpkg. Layers are kept.
    Xz(u32),
    /// Deflate, the largest. Read by everything.
    Gzip,
}

impl Default for Compression {
    /// As quick as xz is, and smaller than zstd makes it in twice the time. Level 6 takes a sixth
    /// off and seven times as long.
    fn default() -> Self {
        Self::Xz(1)
    }
}

impl Compression {
    /// The end of the archive's name.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Zstd(_) => "zst",
            Self::Xz(_) => "xz",
            Self::Gzip => "gz",
        }
    }

    /// A writer that compresses into `output`. Its end is written by [`Compressor::finish`].
    pub(super) fn writer<W: Write>(self, output: W) -> io::Result<Compressor<W>> {
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
        Ok(match self {
            Self::Zstd(level) => {
                let mut encoder = zstd::Encoder::new(output, level)?;
                // With no worker at all the result would be another.
                encoder.multithread(threads)?;
                encoder.include_checksum(true)?;
                Compressor::Zstd(encoder)
            }
            Self::Xz(level) => {
                // One stream of blocks: dpkg 1.21 doesn't read several streams.
                let stream = MtStreamBuilder::new()
                    .threads(threads)
                    .preset(level)
                    .check(Check::Crc32)
                    .encoder()
                    .map_err(io::Error::from)?;
                Compressor::Xz(liblzma::write::XzEncoder::new_stream(output, stream))
            }
            Self::Gzip => Compressor::Gzip(flate2::write::GzEncoder::new(
                output,
                flate2::Compression::default(),
            )),
        })
    }
}

/// A writer that compresses.
pub(super) enum Compressor<W: Write> {
    Zstd(zstd::Encoder<'static, W>),
    Xz(liblzma::write::XzEncoder<W>),
    Gzip(flate2::write::GzEncoder<W>),
}

impl<W: Write> Compressor<W> {
    /// Writes the end and gives the output back.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Zstd(encoder) => encoder.finish(),
            Self::Xz(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Zstd(encoder) => encoder.write(bytes),
            Self::Xz(encoder) => encoder.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Zstd(encoder) => encoder.flush(),
            Self::Xz(encoder) => encoder.flush(),
            Self::Gzip(encoder) => encoder.flush(),
        }
    }
}
