use std::fs::{File, TryLockError};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{Digest, StagedDir, StagingError};

use crate::Progress;

/// Trees that are kept between builds. Each is named by a digest of all that decides its content,
/// appears whole or not at all, and is never changed afterwards.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    root: Utf8PathBuf,
}

/// A tree of the cache. As long as this value lives, nobody removes the tree.
#[derive(Debug)]
pub(crate) struct Entry {
    path: Utf8PathBuf,
    _lock: File,
}

/// Why a tree can't be kept or taken.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The cache's folder can't be used.
    #[error("could not use the cache in `{path}`")]
    Use {
        /// The folder or file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A tree can't be put in place.
    #[error("could not write to the cache")]
    Staging {
        /// Why.
        #[source]
        source: StagingError,
    },
}

impl Entry {
    /// Where the tree is.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

impl Cache {
    /// The cache in `root`, which is made when it is missing.
    pub fn open(root: &Utf8Path) -> Result<Self, CacheError> {
        let root = root.join("packager");
        fs_err::create_dir_all(&root).map_err(used(&root))?;
        Ok(Self { root })
    }

    /// A folder for files on the way, on the same disk as the trees. It is gone when the value is
    /// dropped.
    pub fn temporary(&self) -> Result<tempfile::TempDir, CacheError> {
        tempfile::Builder::new().prefix(".build-").tempdir_in(&self.root).map_err(used(&self.root))
    }

    /// The tree for `key`, made by `make` when it is not there. Two builds that want the same tree
    /// make it once: the second waits for the first.
    pub fn entry<E: From<CacheError>>(
        &self,
        kind: &str,
        key: &str,
        progress: &dyn Progress,
        make: impl FnOnce(&Utf8Path) -> Result<(), E>,
    ) -> Result<Entry, E> {
        let name = format!("{kind}-{}", Digest::of(key.as_bytes()).short());
        let path = self.root.join(&name);
        let lock = self.lock(&name, progress)?;
        if !path.is_dir() {
            let staging = |source| CacheError::Staging { source };
            let staged = StagedDir::new(&path).map_err(staging)?;
            make(staged.path())?;
            staged.commit().map_err(staging)?;
        }
        Ok(Entry { path, _lock: lock })
    }

    /// Only one build at a time makes or uses a tree. The system takes the lock back when a
    /// process dies, however it dies.
    fn lock(&self, name: &str, progress: &dyn Progress) -> Result<File, CacheError> {
        let path = self.root.join(format!("{name}.lock"));
        let file = File::create(&path).map_err(used(&path))?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                progress.note("waiting for another build that works on the same files");
            }
            Err(TryLockError::Error(source)) => return Err(CacheError::Use { path, source }),
        }
        file.lock().map_err(used(&path))?;
        Ok(file)
    }
}

fn used(path: &Utf8Path) -> impl FnOnce(io::Error) -> CacheError {
    let path = path.to_owned();
    move |source| CacheError::Use { path, source }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::Quiet;

    fn cache() -> (tempfile::TempDir, Cache) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().join("mein cache é")).unwrap();
        let cache = Cache::open(&root).unwrap();
        (dir, cache)
    }

    fn write(folder: &Utf8Path) -> Result<(), CacheError> {
        fs_err::write(folder.join("file"), "1").map_err(used(folder))
    }

    #[test]
    fn a_tree_is_made_once_and_by_its_key() {
        let (_dir, cache) = cache();
        let one = cache.entry("x", "a", &Quiet, write).unwrap().path().to_owned();
        let again = cache.entry("x", "a", &Quiet, |_| -> Result<(), CacheError> {
            panic!("it is there already")
        });
        assert_eq!(again.unwrap().path(), one);
        assert_ne!(cache.entry("x", "b", &Quiet, write).unwrap().path(), one);
    }

    #[test]
    fn a_tree_that_failed_is_not_there() {
        let (_dir, cache) = cache();
        let failed = cache.entry("x", "a", &Quiet, |folder| {
            write(folder)?;
            Err(CacheError::Use { path: "y".into(), source: io::Error::other("no") })
        });
        assert!(failed.is_err());
        let names: Vec<_> = cache.root.read_dir_utf8().unwrap().flatten().collect();
        assert!(names.iter().all(|it| it.file_name().ends_with(".lock")), "{names:?}");
        let entry = cache.entry("x", "a", &Quiet, write).unwrap();
        assert!(entry.path().join("file").is_file());
    }

    #[test]
    fn two_builds_at_once_make_it_once() {
        let (_dir, cache) = cache();
        let made = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    cache.entry("x", "a", &Quiet, |folder| {
                        made.fetch_add(1, Ordering::SeqCst);
                        write(folder)
                    })
                });
            }
        });
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }
}
