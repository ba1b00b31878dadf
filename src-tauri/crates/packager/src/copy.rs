use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

/// How files come from one tree into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// As second names of the same files where the file system can: quick, and only for trees that
    /// nobody writes to.
    Link,
    /// As files of their own.
    Copy,
}

/// Why a tree could not be copied.
#[derive(Debug, thiserror::Error)]
#[error("could not copy `{path}`")]
pub struct CopyError {
    /// The file or folder.
    pub path: Utf8PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// Copies the tree `from` to `to`, which must not exist. Links stay links.
pub(crate) fn tree(from: &Utf8Path, to: &Utf8Path, method: Method) -> Result<(), CopyError> {
    for entry in WalkDir::new(from).sort_by_file_name() {
        let entry = entry.map_err(|error| CopyError {
            path: from.to_owned(),
            source: error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links")),
        })?;
        let error =
            |source| CopyError { path: entry.path().to_string_lossy().into_owned().into(), source };
        let path = Utf8Path::from_path(entry.path())
            .ok_or_else(|| error(io::Error::other("the name is not UTF-8")))?;
        let target = to.join(path.strip_prefix(from).unwrap_or(path));
        let kind = entry.file_type();
        if kind.is_dir() {
            fs_err::create_dir(&target).map_err(error)?;
        } else if kind.is_symlink() {
            let leads_to = path.read_link_utf8().map_err(error)?;
            link(&leads_to, &target).map_err(error)?;
        } else if method == Method::Copy || fs_err::hard_link(path, &target).is_err() {
            // A file system without hard links, or one with too many of this file already.
            fs_err::copy(path, &target).map_err(error)?;
        }
    }
    Ok(())
}

/// Makes a symbolic link.
#[cfg(unix)]
pub(crate) fn link(leads_to: &Utf8Path, path: &Utf8Path) -> io::Result<()> {
    fs_err::os::unix::fs::symlink(leads_to, path)
}

/// On Windows only some users may make links, so what it leads to is copied.
#[cfg(windows)]
pub(crate) fn link(leads_to: &Utf8Path, path: &Utf8Path) -> io::Result<()> {
    content(&path.parent().unwrap_or(path).join(leads_to), path)
}

/// Copies what is at `from`, where that leads, to `to`.
pub(crate) fn content(from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    let from = from.canonicalize_utf8()?;
    if from.is_dir() {
        return tree(&from, to, Method::Copy).map_err(|error| error.source);
    }
    fs_err::copy(from, to).map(|_| ())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn files_links_and_folders_arrive() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let from = root.join("von é");
        fs_err::create_dir_all(from.join("a b/empty")).unwrap();
        fs_err::write(from.join("a b/file"), "1").unwrap();
        link("a b/file".into(), &from.join("link")).unwrap();
        for method in [Method::Link, Method::Copy] {
            let to = root.join(format!("{method:?}"));
            tree(&from, &to, method).unwrap();
            assert_eq!(fs_err::read_to_string(to.join("link")).unwrap(), "1");
            assert!(to.join("link").is_symlink() && to.join("a b/empty").is_dir());
            fs_err::write(to.join("a b/new"), "2").unwrap();
            assert!(!from.join("a b/new").exists());
        }
    }
}
