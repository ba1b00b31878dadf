use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::StagingError;

use crate::build::error::BuildError;
use crate::cache::CacheError;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder has files in it, and nothing says that an export wrote them.
    #[error("`{path}` is not empty and is no export")]
    Foreign {
        /// The folder.
        path: Utf8PathBuf,
    },
    /// The place of the folder is taken by something else.
    #[error("`{path}` is no folder")]
    NoFolder {
        /// What is there.
        path: Utf8PathBuf,
    },
    /// Files of an earlier export are not as it wrote them.
    #[error("`{folder}` was changed since it was exported: {}", listed(.files))]
    Changed {
        /// The folder.
        folder: Utf8PathBuf,
        /// The files, relative to it.
        files: Vec<Utf8PathBuf>,
    },
    /// The folder can't be made or put in place.
    #[error("could not write the export")]
    Staging {
        /// Why.
        #[source]
        source: StagingError,
    },
    /// A file can't be read or written.
    #[error("could not use `{path}`")]
    File {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A template of ours can't be filled.
    #[error("could not write `{file}`")]
    Template {
        /// The file.
        file: &'static str,
        /// What is wrong with it.
        #[source]
        source: Box<minijinja::Error>,
    },
    /// Python, the packages or the author's own can't be had.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl ExportError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Foreign { .. } | Self::NoFolder { .. } => {
                "give an empty folder, or one that does not exist, with `--output`".to_owned()
            }
            Self::Changed { .. } => {
                "keep what you changed elsewhere, as in a `compose.override.yaml`, which lies beside `compose.yaml` and is left alone; or give another folder with `--output`".to_owned()
            }
            Self::Staging { .. } | Self::File { .. } => {
                "give a folder that can be written to with `--output`".to_owned()
            }
            Self::Cache(_) => {
                "give a folder that can be written to with `--cache-dir`".to_owned()
            }
            Self::Build(error) => return error.hint(),
            Self::Template { .. } => return None,
        })
    }

    pub(super) fn write(path: &Utf8Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// The first of them by name.
fn listed(files: &[Utf8PathBuf]) -> String {
    const FEW: usize = 5;
    let named: Vec<String> = files.iter().take(FEW).map(|file| format!("`{file}`")).collect();
    let more = files.len().saturating_sub(FEW);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}
