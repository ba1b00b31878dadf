//! Archives of any size: written in layers, of parts that are compressed once and kept as files.
//! Nothing here holds more of a file, or of an archive, than a few buffers.

mod compression;
mod container;
mod content;
mod cpio;
mod entries;
mod frame;
mod gzip;
mod layers;
mod memory;
mod tar;
mod written;

pub use compression::Compression;
pub(crate) use container::Container;
pub(crate) use cpio::LARGEST as LARGEST_IN_CPIO;
pub(crate) use entries::{Entries, Entry};
pub(crate) use gzip::gzip;
pub(crate) use layers::{Archive, Layer, layers_of};

/// How much of a file is read or written at once, in bytes.
pub(crate) const BUFFER: usize = 256 << 10;
