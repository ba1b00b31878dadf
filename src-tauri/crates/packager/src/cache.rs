use std::fs::{File, TryLockError};
use std::io;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{Digest, StagedDir, StagingError};

use crate::Progress;

/// The end of a lock's name.
const LOCK: &str = ".lock";
/// A tree that no build has used for so long is removed.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// A temporary folder as old as this belongs to a build that was killed.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

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
        let lock_path = self.root.join(format!("{name}{LOCK}"));
        let lock = File::create(&lock_path).map_err(used(&lock_path))?;
        let mut make = Some(make);
        loop {
            // Whoever uses a tree shares the lock, and whoever makes or removes one has it alone.
            // The system takes it back when a process dies, however it dies.
            lock.lock_shared().map_err(used(&lock_path))?;
            if path.is_dir() {
                // The time of the last use, for `prune`.
                lock.set_modified(SystemTime::now()).map_err(used(&lock_path))?;
                return Ok(Entry { path, _lock: lock });
            }
            lock.unlock().map_err(used(&lock_path))?;
            Self::lock_alone(&lock, &lock_path, progress)?;
            if let Some(make) = make.take_if(|_| !path.is_dir()) {
                let staging = |source| CacheError::Staging { source };
                let staged = StagedDir::new(&path).map_err(staging)?;
                make(staged.path())?;
                staged.commit().map_err(staging)?;
            } else if !path.is_dir() {
                let source = io::Error::other("it is removed as soon as it is made");
                return Err(CacheError::Use { path, source }.into());
            }
            lock.unlock().map_err(used(&lock_path))?;
        }
    }

    fn lock_alone(lock: &File, path: &Utf8Path, progress: &dyn Progress) -> Result<(), CacheError> {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => {
                progress.note("waiting for another build that works on the same files");
            }
            Err(TryLockError::Error(source)) => return Err(used(path)(source)),
        }
        lock.lock().map_err(used(path))
    }

    /// Removes trees that no build has used for a month, and what builds left that were killed.
    /// What can't be removed stays for the next time.
    pub fn prune(&self, now: SystemTime) {
        let Ok(entries) = self.root.read_dir_utf8() else { return };
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let age = |path: &Utf8Path| {
                let modified = fs_err::metadata(path).and_then(|metadata| metadata.modified());
                modified.ok().and_then(|modified| now.duration_since(modified).ok())
            };
            if name.starts_with('.') {
                if age(path).is_some_and(|age| age > LEFT_BEHIND) {
                    let _ = fs_err::remove_dir_all(path);
                }
            } else if let Some(tree) = name.strip_suffix(LOCK)
                && age(path).is_some_and(|age| age > UNUSED)
                && let Ok(lock) = File::open(path)
                && lock.try_lock().is_ok()
            {
                // The lock's file stays: another build may be waiting for it just now.
                let _ = fs_err::remove_dir_all(self.root.join(tree));
            }
        }
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

    #[test]
    fn one_tree_serves_two_builds_at_once() {
        let (_dir, cache) = cache();
        let one = cache.entry("x", "a", &Quiet, write).unwrap();
        let two = cache.entry("x", "a", &Quiet, write).unwrap();
        assert_eq!(one.path(), two.path(), "the second does not wait for the first to end");
    }

    #[test]
    fn what_nobody_uses_goes_after_a_month() {
        let (_dir, cache) = cache();
        let used = cache.entry("x", "used", &Quiet, write).unwrap();
        let unused = cache.entry("x", "unused", &Quiet, write).unwrap().path().to_owned();
        fs_err::create_dir(cache.root.join(".build-old")).unwrap();
        cache.prune(SystemTime::now());
        assert!(unused.is_dir() && cache.root.join(".build-old").is_dir());
        cache.prune(SystemTime::now() + UNUSED + Duration::from_secs(60));
        assert!(!unused.exists() && !cache.root.join(".build-old").exists());
        assert!(used.path().is_dir(), "a tree in use is never removed");
    }
}
