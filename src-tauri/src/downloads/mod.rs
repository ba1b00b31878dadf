//! What happens with the page's downloads, apart from how a system shows it.

#[cfg(target_os = "linux")]
mod course;
#[cfg(target_os = "linux")]
mod moving;
mod name;
mod transfer;

#[cfg(target_os = "linux")]
pub use course::{Course, Effect, Event};
#[cfg(target_os = "linux")]
pub use moving::Moving;
pub use name::{clean, free};
#[cfg(target_os = "linux")]
pub use transfer::{Cause, size};
pub use transfer::{Facts, State, Transfer, cause};

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager as _};

/// The folder for downloads: the one that the desktop names, else `Downloads` in the home folder.
pub fn folder(app: &AppHandle) -> Option<PathBuf> {
    let paths = app.path();
    paths.download_dir().or_else(|_| paths.home_dir().map(|home| home.join("Downloads"))).ok()
}

/// Makes the folder where it is missing, and tries whether a file can be written to it.
pub fn prepare(folder: &Path) -> std::io::Result<()> {
    fs_err::create_dir_all(folder)?;
    // Asking for the permissions would not say whether the file system is read-only.
    tempfile::Builder::new().prefix(".download-").tempfile_in(folder).map(drop)
}
