use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use super::RuntimeError;
use crate::elf::{self, Glibc};

/// What becomes of symbolic links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    /// What they point to is copied in their place.
    Follow,
    /// They are copied as links, which is right where they stay in the tree.
    Keep,
}

/// Copies a tree, in the order of names, with modes 755 and 644. What `left_out` says yes to, by
/// its path relative to `source`, is passed over with everything below it. Folders in
/// `destination` that are there already are filled up.
pub(super) fn tree(
    source: &Utf8Path,
    destination: &Utf8Path,
    links: Links,
    left_out: &dyn Fn(&Utf8Path) -> bool,
) -> Result<(), RuntimeError> {
    fs_err::create_dir_all(destination).map_err(RuntimeError::file("make", destination))?;
    let mut walk = WalkDir::new(source)
        .min_depth(1)
        .follow_links(links == Links::Follow)
        .follow_root_links(true)
        .sort_by_file_name()
        .into_iter();
    while let Some(entry) = walk.next() {
        let entry = entry.map_err(|error| walk_error(source, error))?;
        let from = utf8(entry.path())?;
        let relative = from.strip_prefix(source).unwrap_or(from);
        if left_out(relative) {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        let to = destination.join(relative);
        if entry.file_type().is_dir() {
            fs_err::create_dir_all(&to).map_err(RuntimeError::file("make", &to))?;
        } else if entry.file_type().is_symlink() {
            let target =
                fs_err::read_link(from).map_err(RuntimeError::file("read the link", from))?;
            link(utf8(&target)?, &to)?;
        } else if entry.file_type().is_file() {
            file(from, &to)?;
        }
    }
    Ok(())
}

/// Copies one file, with mode 755 where it can be executed and 644 elsewhere.
pub(super) fn file(from: &Utf8Path, to: &Utf8Path) -> Result<(), RuntimeError> {
    fs_err::copy(from, to).map_err(RuntimeError::file("copy", from))?;
    normalise(to).map_err(RuntimeError::file("set the mode of", to))
}

/// Copies a shared library, with mode 644 whatever its own is: nobody starts it.
pub(super) fn library(from: &Utf8Path, to: &Utf8Path) -> Result<(), RuntimeError> {
    fs_err::copy(from, to).map_err(RuntimeError::file("copy", from))?;
    set_executable(to, false).map_err(RuntimeError::file("set the mode of", to))
}

/// Every regular file of a tree, in the order of names.
pub(super) fn files(root: &Utf8Path) -> Result<Vec<Utf8PathBuf>, RuntimeError> {
    let mut files = Vec::new();
    for entry in WalkDir::new(root).sort_by_file_name() {
        let entry = entry.map_err(|error| walk_error(root, error))?;
        if entry.file_type().is_file() {
            files.push(utf8(entry.path())?.to_owned());
        }
    }
    Ok(files)
}

/// The oldest GNU C library that every program and library in `tree` starts with. `None` where
/// none asks for a version.
///
/// # Errors
///
/// [`RuntimeError`] when the tree can't be read. Files that are no ELF are passed over.
pub fn minimum_glibc(tree: &Utf8Path) -> Result<Option<Glibc>, RuntimeError> {
    let mut newest = None;
    for path in files(tree)? {
        if elf::is_elf(&path)? {
            newest = newest.max(elf::Elf::read(&path)?.glibc);
        }
    }
    Ok(newest)
}

fn utf8(path: &std::path::Path) -> Result<&Utf8Path, RuntimeError> {
    Utf8Path::from_path(path).ok_or_else(|| RuntimeError::Name { path: path.display().to_string() })
}

fn walk_error(root: &Utf8Path, error: walkdir::Error) -> RuntimeError {
    let path = error.path().and_then(Utf8Path::from_path).unwrap_or(root).to_owned();
    // A loop of links has no `io::Error` of its own.
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links"));
    RuntimeError::File { action: "read", path, source }
}

/// Makes a symbolic link with the text `target`.
#[cfg(unix)]
pub(super) fn link(target: &Utf8Path, at: &Utf8Path) -> Result<(), RuntimeError> {
    fs_err::os::unix::fs::symlink(target, at).map_err(RuntimeError::file("link", at))
}

/// Links need a privilege on Windows, and its interpreters have none; a copy serves as well.
#[cfg(windows)]
pub(super) fn link(target: &Utf8Path, at: &Utf8Path) -> Result<(), RuntimeError> {
    let folder = at.parent().unwrap_or(at);
    file(&folder.join(target), at)
}

#[cfg(unix)]
fn normalise(path: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let executable = fs_err::metadata(path)?.permissions().mode() & 0o100 != 0;
    set_executable(path, executable)
}

#[cfg(unix)]
fn set_executable(path: &Utf8Path, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if executable { 0o755 } else { 0o644 };
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(windows)]
fn normalise(_: &Utf8Path) -> io::Result<()> {
    Ok(())
}

#[cfg(windows)]
fn set_executable(_: &Utf8Path, _: bool) -> io::Result<()> {
    Ok(())
}
