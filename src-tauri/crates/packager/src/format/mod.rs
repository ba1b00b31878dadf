//! The files that are handed out.
//!
//! Every format is one function: a package and options in, an artifact out. The files are written
//! here, byte for byte, so that they need no tools of the system's and come out the same each time.

mod archive;
mod compression;
mod content;
mod control;
mod copyright;
mod deb;
mod depends;
mod desktop;
mod entries;
mod error;
mod frame;
mod gzip;
mod layers;
mod lintian;
mod manual;
mod metainfo;
mod picture;
mod tar_gz;
mod text;
mod time;
mod version;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Payload;

use crate::cache::Cache;
pub use compression::Compression;
pub use deb::deb;
pub use error::FormatError;
pub use picture::{Picture, PictureError};
pub use tar_gz::tar_gz;

/// What goes into a file that is handed out.
#[derive(Clone, Copy, Debug)]
pub struct Package<'a> {
    /// The finished payload.
    pub payload: &'a Payload,
    /// The prebuilt shell.
    pub shell: &'a Utf8Path,
    /// A picture for the app: PNG, JPEG, ICO or SVG. Without one the payload's icon serves, and
    /// without that one is drawn.
    pub icon: Option<&'a Utf8Path>,
    /// Packages of Debian's that the app asks for, as a field names them.
    pub depends: &'a [String],
    /// Packages of Debian's that the app works better with.
    pub recommends: &'a [&'static str],
    /// The folder that gets the file.
    pub output: &'a Utf8Path,
    /// Where layers are kept between builds. Without it each is compressed anew.
    pub(crate) cache: Option<&'a Cache>,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Artifact {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// `deb` or `tar.gz`.
    pub kind: &'static str,
    /// How to install it, as one line for a shell.
    pub install: String,
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
