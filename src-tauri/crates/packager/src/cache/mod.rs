pub(crate) mod kept;

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
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

/// What is known of a tree that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Its kind and digest, such as `layer-0123456789abcdef`.
    pub name: String,
    pub bytes: u64,
    /// When a build used it last.
    pub used: SystemTime,
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
        let mut options = File::options();
        let lock = options.create(true).truncate(false).read(true).write(true);
        let lock = lock.open(&lock_path).map_err(used(&lock_path))?;
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
                let bytes = length(staged.path());
                staged.commit().map_err(staging)?;
                lock.set_len(0)
                    .and_then(|()| (&lock).write_all(bytes.to_string().as_bytes()))
                    .map_err(used(&lock_path))?;
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

    /// Removes trees that no build has used for a month, and of the others those whose use is
    /// longest ago until all together have at most `limit` bytes; and what builds left that were
    /// killed. What can't be removed stays for the next time.
    pub fn prune(&self, now: SystemTime, limit: u64) {
        self.remove_left_behind(now);
        let mut kept = self.kept();
        kept.sort_by_key(|kept| std::cmp::Reverse(kept.used));
        let mut bytes = 0;
        for kept in kept {
            let unused = now.duration_since(kept.used).is_ok_and(|age| age > UNUSED);
            if unused || bytes + kept.bytes > limit {
                if !self.remove(&kept) {
                    bytes += kept.bytes;
                }
            } else {
                bytes += kept.bytes;
            }
        }
    }

    /// Removes every tree that no build is using, and says what is left.
    pub fn clear(&self) -> Vec<Kept> {
        self.kept().into_iter().filter(|kept| !self.remove(kept)).collect()
    }

    /// Every tree that is kept, in the order of their names.
    pub fn kept(&self) -> Vec<Kept> {
        let Ok(entries) = self.root.read_dir_utf8() else { return Vec::new() };
        let kept = |entry: camino::Utf8DirEntry| {
            let name = entry.file_name().strip_suffix(LOCK)?.to_owned();
            let bytes = fs_err::read_to_string(entry.path()).ok()?;
            let used = entry.metadata().and_then(|it| it.modified()).ok()?;
            // The length is written when the tree is whole; before, it counts as nothing.
            let bytes = bytes.trim().parse().unwrap_or(0);
            self.root.join(&name).is_dir().then_some(Kept { name, bytes, used })
        };
        let mut found: Vec<Kept> = entries.flatten().filter_map(kept).collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    }

    /// Whether the tree could be removed. Its lock's file stays: another build may be waiting for
    /// it just now.
    fn remove(&self, kept: &Kept) -> bool {
        File::open(self.root.join(format!("{}{LOCK}", kept.name)))
            .is_ok_and(|lock| lock.try_lock().is_ok() && self.remove_tree(&kept.name))
    }

    /// A tree that is removed only in part must not be found under its name.
    fn remove_tree(&self, name: &str) -> bool {
        let Ok(aside) = self.temporary() else { return false };
        fs_err::rename(self.root.join(name), aside.path().join(name)).is_ok()
    }

    fn remove_left_behind(&self, now: SystemTime) {
        let Ok(entries) = self.root.read_dir_utf8() else { return };
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let age = |path: &Utf8Path| {
                let modified = fs_err::metadata(path).and_then(|metadata| metadata.modified());
                modified.ok().and_then(|modified| now.duration_since(modified).ok())
            };
            if name.starts_with('.') && age(path).is_some_and(|age| age > LEFT_BEHIND) {
                let _ = fs_err::remove_dir_all(path);
            }
        }
    }
}

/// The length of all files of a tree, in bytes.
fn length(tree: &Utf8Path) -> u64 {
    let files = walkdir::WalkDir::new(tree).into_iter().flatten();
    files.filter_map(|file| file.metadata().ok()).filter(|it| it.is_file()).map(|it| it.len()).sum()
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
        cache.prune(SystemTime::now(), u64::MAX);
        assert!(unused.is_dir() && cache.root.join(".build-old").is_dir());
        cache.prune(SystemTime::now() + UNUSED + Duration::from_secs(60), u64::MAX);
        assert!(!unused.exists() && !cache.root.join(".build-old").exists());
        assert!(used.path().is_dir(), "a tree in use is never removed");
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let (_dir, cache) = cache();
        let make = |key| cache.entry("x", key, &Quiet, write).unwrap().path().to_owned();
        let paths = ["a", "b", "c"].map(make);
        for (path, age) in paths.iter().zip([10, 30, 20]) {
            let lock = File::options().write(true).open(format!("{path}{LOCK}")).unwrap();
            lock.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
        }
        assert_eq!(cache.kept().iter().map(|kept| kept.bytes).collect::<Vec<_>>(), [1, 1, 1]);
        cache.prune(SystemTime::now(), 2);
        assert_eq!(paths.each_ref().map(|path| path.exists()), [true, false, true]);
        let _in_use = cache.entry("x", "c", &Quiet, write).unwrap();
        assert_eq!(cache.clear().len(), 1, "one is in use");
        assert_eq!(paths.each_ref().map(|path| path.exists()), [false, false, true]);
        make("a");
        assert!(paths[0].exists(), "it can be made again");
    }
}
