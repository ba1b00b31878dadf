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
use waterskin_bundle::{StagedFile, StagingError};

pub use glibc::Glibc;
pub(crate) use native::Native;
pub(crate) use needed::remove_library;
pub(crate) use read::{Elf, Kind, is_elf};
pub(crate) use search_path::set_search_path;
pub(crate) use strip::strip;
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
    /// A changed file can't be put in the place of the other.
    #[error("could not change `{path}`")]
    Staging {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: StagingError,
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
    pub(crate) fn file(action: &'static str, path: &Utf8Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}

/// Puts what `write` makes of a file in its place, with the file's permissions: a file of its own, as
/// the old one may be a hard link into an installer's cache.
fn rewrite(
    path: &Utf8Path,
    write: impl FnOnce(&mut fs_err::File, &mut std::fs::File) -> io::Result<()>,
) -> Result<(), ElfError> {
    let staging = |source| ElfError::Staging { path: path.to_owned(), source };
    let mut staged = StagedFile::new(path).map_err(staging)?;
    let permissions = fs_err::File::open(path)
        .and_then(|mut from| {
            write(&mut from, staged.file())?;
            Ok(from.metadata()?.permissions())
        })
        .map_err(ElfError::file("change", path))?;
    let path = staged.commit().map_err(staging)?;
    fs_err::set_permissions(&path, permissions).map_err(ElfError::file("change", &path))
}
