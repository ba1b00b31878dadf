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
mod dmg;
mod documents;
mod error;
mod format;
mod freedesktop;
mod iso;
mod macos;
mod manual;
mod msi;
mod names;
pub mod nsis;
mod picture;
mod progress;
mod readme;
mod rpm;
mod sign;
mod store;
mod tar_gz;
mod text;
mod time;
mod tree;
mod unpack;
mod version;
mod windows;
mod zip;

pub use archive::Compression;
pub use documents::Documents;
pub use error::FormatError;
pub use format::{
    Artifact, FORMATS, Format, FormatOptions, Job, default_formats, format_named, formats_for,
};
pub use macos::MachOError;
pub use picture::{Picture, PictureError};
pub use progress::{Progress, Quiet};
pub use sign::{SignError, Signer};
pub use store::{Kept, Store};
pub use tree::{InstallTree, Needs, Program};
pub use unpack::{UnpackError, unpack};

#[cfg(test)]
extern crate self as waterskin_installers;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
