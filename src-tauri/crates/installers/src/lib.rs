//! The files that are handed out.
//!
//! An [`InstallTree`] says what an app is made of and what it needs, in no format's words. A
//! [`Format`] makes one file of it; each is in a folder of its own, and [`FORMATS`] is the list.
//! The files are written here, byte for byte, so that they need no tools of the system's and come
//! out the same each time.

mod about;
pub mod appimage;
mod archive;
pub mod deb;
mod error;
mod format;
mod freedesktop;
mod manual;
mod msi;
pub mod nsis;
mod picture;
mod progress;
mod rpm;
mod store;
mod tar_gz;
mod text;
mod time;
mod tree;
mod unpack;
mod version;
mod windows;

pub use archive::Compression;
pub use error::FormatError;
pub use format::{
    Artifact, FORMATS, Format, FormatOptions, Job, default_formats, format_named, formats_for,
};
pub use picture::{Picture, PictureError};
pub use progress::{Progress, Quiet};
pub use store::{Kept, Store};
pub use tree::{InstallTree, Needs, Program};
pub use unpack::{UnpackError, unpack};

#[cfg(test)]
extern crate self as waterskin_installers;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
