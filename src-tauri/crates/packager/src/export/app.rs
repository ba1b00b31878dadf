//! The author's files, as they go into the image.

use std::io;

use camino::Utf8Path;

use super::error::ExportError;
use crate::copy;
use crate::plan::BuildPlan;
use crate::{Progress, Step};

/// The folder of the author's files in an export.
const APP: &str = "app";

/// Copies what comes along into `folder`. Anybody may read it: an engine copies files with their
/// modes, and the user in the image is another one.
pub(super) fn copy(
    plan: &BuildPlan,
    folder: &Utf8Path,
    progress: &dyn Progress,
) -> Result<(), ExportError> {
    let app = folder.join(APP);
    progress.step(Step::App, Some(plan.files.files.len() as u64));
    for inner in &plan.files.folders {
        let inner = app.join(inner);
        fs_err::create_dir_all(&inner).map_err(ExportError::write(&inner))?;
    }
    for file in &plan.files.files {
        let from = file.from.clone().unwrap_or_else(|| plan.root.join(&file.path));
        let to = app.join(&file.path);
        let done = fs_err::create_dir_all(to.parent().unwrap_or(&app)).and_then(|()| {
            match &file.link {
                // Only some users of Windows may make links.
                Some(_) if cfg!(windows) => copy::content(&from, &to),
                Some(leads_to) => copy::link(leads_to, &to),
                None => fs_err::copy(&from, &to).and_then(|_| file_mode(&to)),
            }
        });
        done.map_err(ExportError::write(&to))?;
        progress.advance(1);
    }
    fs_err::create_dir_all(&app).map_err(ExportError::write(&app))
}

/// Readable for everyone, and as executable as it was.
#[cfg(unix)]
fn file_mode(path: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let executable = fs_err::metadata(path)?.permissions().mode() & 0o100 != 0;
    set_mode(path, if executable { 0o755 } else { 0o644 })
}

#[cfg(unix)]
fn set_mode(path: &Utf8Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

/// Makes a file one that everybody may read.
#[cfg(unix)]
pub(super) fn plain_file(path: &Utf8Path) -> io::Result<()> {
    set_mode(path, 0o644)
}

#[cfg(not(unix))]
pub(super) fn plain_file(_: &Utf8Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn file_mode(_: &Utf8Path) -> io::Result<()> {
    Ok(())
}

/// Makes a folder one that everybody may look into, whatever the author's file mode creation mask is.
#[cfg(unix)]
pub(super) fn folder_mode(path: &Utf8Path) -> io::Result<()> {
    set_mode(path, 0o755)
}

#[cfg(not(unix))]
pub(super) fn folder_mode(_: &Utf8Path) -> io::Result<()> {
    Ok(())
}
