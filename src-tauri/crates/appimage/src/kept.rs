use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::error::RunError;
use crate::image::Image;
use crate::unpack::unpack;

/// The user's folder for what can be made again, by the XDG Base Directory Specification.
pub(crate) fn caches(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let given = variable("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let home = || variable("HOME").filter(|path| path.is_absolute());
    given.or_else(|| home().map(|home| home.join(".cache")))
}

/// What is unpacked of one app: a folder for each digest, and a file beside it that is locked as long
/// as somebody uses the folder. Nobody else can look into it.
pub(crate) struct Kept {
    folder: PathBuf,
}

/// An unpacked app. As long as the file is open, here or in a program that took it over, nobody
/// removes the folder.
pub(crate) struct Unpacked {
    /// The folder.
    pub path: PathBuf,
    /// Its lock.
    pub lock: File,
}

impl Kept {
    /// That of the app with this id, below the folder `caches`.
    pub fn of(caches: &Path, id: &str) -> Result<Self, RunError> {
        let folder = caches.join("waterskin-appimage").join(id);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|source| RunError::Unpack { path: folder.clone(), source })?;
        Ok(Self { folder })
    }

    /// The app of `image`, unpacked now where it is not there. Whoever comes while it is unpacked waits.
    pub fn unpacked(&self, image: &Image) -> Result<Unpacked, RunError> {
        let digest = image.note.digest.to_hex();
        let path = self.folder.join(&digest);
        let failed = |source| RunError::Unpack { path: self.folder.clone(), source };
        loop {
            let lock = self.locked(&digest, File::lock_shared).map_err(failed)?;
            if path.is_dir() {
                return Ok(Unpacked { path, lock });
            }
            drop(lock);
            let _lock = self.locked(&digest, File::lock).map_err(failed)?;
            if !path.is_dir() {
                image.check()?;
                self.put(image, &digest, &path).map_err(failed)?;
            }
        }
    }

    /// Unpacks beside the place and renames, so that what is there is whole. The lock is ours alone.
    fn put(&self, image: &Image, digest: &str, path: &Path) -> io::Result<()> {
        let part = self.part(digest);
        // Of one that was killed.
        remove(&part)?;
        let done = unpack(image, &part).and_then(|()| fs::rename(&part, path));
        if done.is_err() {
            // What went wrong is said; that nothing is left is only decent.
            let _ = remove(&part);
        }
        done
    }

    /// Removes what other digests have left, as far as nobody uses it.
    pub fn remove_others(&self, digest: &str) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let others: Vec<String> = names
            .filter_map(|name| name.strip_suffix(LOCK).map(str::to_owned))
            .filter(|other| other != digest)
            .collect();
        for other in others {
            // A later start tries again.
            let _ = self.remove_other(&other);
        }
    }

    fn remove_other(&self, digest: &str) -> io::Result<()> {
        let path = self.lock_path(digest);
        let lock = OpenOptions::new().write(true).open(&path)?;
        match lock.try_lock() {
            Ok(()) => {
                remove(&self.folder.join(digest))?;
                remove(&self.part(digest))?;
                fs::remove_file(path)
            }
            Err(TryLockError::WouldBlock) => Ok(()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The lock's file, locked. Who removes a folder removes its lock too: then there is a new one.
    fn locked(&self, digest: &str, lock: impl Fn(&File) -> io::Result<()>) -> io::Result<File> {
        let path = self.lock_path(digest);
        loop {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .mode(0o600)
                .open(&path)?;
            lock(&file)?;
            let is_same = fs::metadata(&path)
                .and_then(|there| Ok(there.ino() == file.metadata()?.ino()))
                .unwrap_or(false);
            if is_same {
                return Ok(file);
            }
        }
    }

    fn lock_path(&self, digest: &str) -> PathBuf {
        self.folder.join(format!("{digest}{LOCK}"))
    }

    fn part(&self, digest: &str) -> PathBuf {
        self.folder.join(format!("{digest}.part"))
    }
}

/// The end of a lock's name.
const LOCK: &str = ".lock";

/// A folder that is not there need not be removed.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_are_where_the_user_wants_them() {
        let of = |cache: Option<&str>, home: Option<&str>| {
            caches(|name| match name {
                "XDG_CACHE_HOME" => cache.map(PathBuf::from),
                _ => home.map(PathBuf::from),
            })
        };
        let path = |path: &str| Some(PathBuf::from(path));
        assert_eq!(of(Some("/c"), Some("/h")), path("/c"));
        assert_eq!(of(Some("relative"), Some("/h")), path("/h/.cache"));
        assert_eq!(of(None, Some("/h")), path("/h/.cache"));
        assert_eq!(of(Some(""), Some("")), None);
    }
}
