//! Programs and libraries in ELF: what they ask for, and how they are changed. Nothing else reads or
//! writes that format.

mod glibc;
mod native;
mod needed;
mod read;
mod search_path;
mod strip;
mod symbols;

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

pub use glibc::Glibc;
pub(crate) use native::Native;
pub(crate) use needed::without_library;
pub(crate) use read::{Elf, Kind, is_elf};
pub(crate) use search_path::set_search_path;
pub(crate) use strip::stripped;
pub(crate) use symbols::Symbols;

/// Why a program or library could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ElfError {
    /// The file can't be read or written.
    #[error("could not {action} `{path}`")]
    File {
        /// What was being done.
        action: &'static str,
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is not an ELF file that we understand.
    #[error("could not understand the library `{path}`")]
    Format {
        /// The file.
        path: Utf8PathBuf,
        /// What the parser met.
        #[source]
        source: object::Error,
    },
    /// Its search path could not be set.
    #[error("could not set the library search path of `{path}`")]
    SearchPath {
        /// The file.
        path: Utf8PathBuf,
        /// What the rewriter met.
        #[source]
        source: object_rewrite::Error,
    },
}

impl ElfError {
    fn file(action: &'static str, path: &Utf8Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
