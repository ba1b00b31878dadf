use std::{
    io::{ErrorKind, Read as _, Result, Write as _},
    path::Path,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Bytes that are copied at a time.
const BLOCK: usize = 1 << 20;

/// A whole file on its way to its place, watched and stopped from another thread.
#[derive(Debug, Default)]
pub struct Moving {
    copied: AtomicU64,
    stopped: AtomicBool,
}

impl Moving {
    /// Takes a file to another place, and over what is there. Another disk takes a copy, and that its
    /// time. Gives whether the file is there: not where it was stopped.
    ///
    /// # Errors
    ///
    /// Those of the system. Then nothing is there that was not there before.
    pub fn run(&self, from: &Path, to: &Path) -> Result<bool> {
        match std::fs::rename(from, to) {
            Ok(()) => Ok(true),
            Err(_) => self.copy(from, to),
        }
    }

    /// Bytes that have been copied so far.
    pub fn copied(&self) -> u64 {
        self.copied.load(Ordering::Relaxed)
    }

    /// Stops it.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn copy(&self, from: &Path, to: &Path) -> Result<bool> {
        let mut from = fs_err::File::open(from)?;
        let mut staged = staged(to.parent().unwrap_or(Path::new("/")))?;
        let mut block = vec![0; BLOCK];
        while !self.stopped.load(Ordering::Relaxed) {
            let count = match from.read(&mut block) {
                Ok(0) => {
                    staged.persist(to)?;
                    return Ok(true);
                }
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            staged.write_all(&block[..count])?;
            self.copied.fetch_add(count as u64, Ordering::Relaxed);
        }
        Ok(false)
    }
}

/// A file beside the one that it becomes, with the rights that other new files have.
fn staged(folder: &Path) -> Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".download-").permissions(std::fs::Permissions::from_mode(0o666));
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: std::io::Result<fs_err::DirEntry>| {
            entry.unwrap().file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = fs_err::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_copied_whole_over_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to, new) = (folder.path().join("a"), folder.path().join("é"), "new");
        fs_err::write(&from, vec![7; BLOCK + 1]).unwrap();
        fs_err::write(&to, "old").unwrap();
        let moving = Moving::default();
        assert!(moving.copy(&from, &to).unwrap());
        assert!(fs_err::read(&to).unwrap() == vec![7; BLOCK + 1]);
        assert_eq!(moving.copied(), BLOCK as u64 + 1);
        assert_eq!(names(folder.path()), ["a", "é"]);
        let mode = |path: &Path| fs_err::metadata(path).unwrap().permissions().mode();
        fs_err::write(folder.path().join(new), "").unwrap();
        assert_eq!(mode(&to), mode(&folder.path().join(new)), "as of any new file");
    }

    #[test]
    fn a_stopped_or_failed_copy_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        fs_err::write(&from, "new").unwrap();
        fs_err::write(&to, "old").unwrap();
        let moving = Moving::default();
        moving.stop();
        assert!(!moving.copy(&from, &to).unwrap());
        assert!(Moving::default().run(&folder.path().join("none"), &to).is_err());
        assert!(Moving::default().run(&from, &folder.path().join("none/b")).is_err());
        assert_eq!(fs_err::read_to_string(&to).unwrap(), "old");
        assert_eq!(names(folder.path()), ["a", "b"]);
    }

    #[test]
    fn a_file_on_the_same_disk_is_only_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        fs_err::write(&from, "new").unwrap();
        let moving = Moving::default();
        assert!(moving.run(&from, &to).unwrap());
        assert_eq!((names(folder.path()), moving.copied()), (vec!["b".to_owned()], 0));
    }
}
