//! Tells the author that a project is open already. A second start of any app shows the window that
//! there is; who opens an app by its icon sees that, and who types a command has to be told that
//! nothing of it was heeded.

use std::fs::{File, TryLockError};

use camino::Utf8Path;
use waterskin_session::Folders;

use super::boot::Boot;

/// Marks the project as open for as long as what this returns is kept, or says that it is already.
pub fn begin(boot: &Boot) -> Option<File> {
    let folders = boot.folders()?;
    match mark(&folders) {
        Ok(Some(mark)) => Some(mark),
        Ok(None) => {
            eprintln!(
                "`{}` is open already, and its window comes to the front\nhint: close it first, for this run to begin anew",
                boot.app().name
            );
            None
        }
        // Only a message is at stake.
        Err(_) => None,
    }
}

/// The mark, unless another process has it. It goes with the process, however that ends.
fn mark(folders: &Folders) -> std::io::Result<Option<File>> {
    fs_err::create_dir_all(&folders.cache)?;
    lock(&folders.cache.join("open.lock"))
}

fn lock(path: &Utf8Path) -> std::io::Result<Option<File>> {
    let file = File::options().create(true).append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_open_once_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = Utf8Path::from_path(folder.path()).unwrap().join("open.lock");
        let first = lock(&file).unwrap();
        assert!(first.is_some());
        assert!(lock(&file).unwrap().is_none());
        drop(first);
        assert!(lock(&file).unwrap().is_some());
    }
}
