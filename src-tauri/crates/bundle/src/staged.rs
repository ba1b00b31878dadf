use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::{NamedTempFile, TempDir};

/// A directory that is filled beside its destination and appears there whole, or not at all.
#[derive(Debug)]
pub struct StagedDir {
    temporary: TempDir,
    path: Utf8PathBuf,
    destination: Utf8PathBuf,
}

/// A file that is written beside its destination and appears there whole, or not at all.
#[derive(Debug)]
pub struct StagedFile {
    temporary: NamedTempFile,
    path: Utf8PathBuf,
    destination: Utf8PathBuf,
}

/// Why something could not be staged.
#[derive(Debug, thiserror::Error)]
pub enum StagingError {
    /// No temporary file or folder could be made beside the destination.
    #[error("could not write to `{folder}`")]
    Create {
        /// The folder that was to hold it.
        folder: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What was staged could not be moved to its place.
    #[error("could not put `{destination}` in place")]
    Commit {
        /// The place.
        destination: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Begins every temporary name of ours, so that a person knows what a leftover is.
const PREFIX: &str = ".waterskin-";

fn parent(destination: &Utf8Path) -> Utf8PathBuf {
    match destination.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent.to_owned(),
        _ => Utf8PathBuf::from("."),
    }
}

fn folder_for(destination: &Utf8Path) -> Result<Utf8PathBuf, StagingError> {
    let folder = parent(destination);
    fs_err::create_dir_all(&folder)
        .map_err(|source| StagingError::Create { folder: folder.clone(), source })?;
    Ok(folder)
}

impl StagedDir {
    /// Makes an empty directory on the same file system as `destination`.
    pub fn new(destination: &Utf8Path) -> Result<Self, StagingError> {
        let folder = folder_for(destination)?;
        let create = |source| StagingError::Create { folder: folder.clone(), source };
        let temporary =
            tempfile::Builder::new().prefix(PREFIX).tempdir_in(&folder).map_err(create)?;
        let path = Utf8PathBuf::from_path_buf(temporary.path().to_owned())
            .map_err(|_| create(io::Error::other("the folder's name is not UTF-8")))?;
        Ok(Self { temporary, path, destination: destination.to_owned() })
    }

    /// Where to write meanwhile.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Moves the directory to its destination. What was there before is moved aside first and
    /// removed last, so that a crash in between loses neither.
    pub fn commit(self) -> Result<Utf8PathBuf, StagingError> {
        let error = |source| StagingError::Commit { destination: self.destination.clone(), source };
        restore_mode(&self.path).map_err(error)?;
        if self.destination.exists() {
            let old = tempfile::Builder::new()
                .prefix(PREFIX)
                .tempdir_in(parent(&self.destination))
                .map_err(error)?;
            let aside = old.path().join("old");
            fs_err::rename(&self.destination, &aside).map_err(error)?;
            if let Err(source) = fs_err::rename(&self.path, &self.destination) {
                fs_err::rename(&aside, &self.destination).map_err(error)?;
                return Err(error(source));
            }
        } else {
            fs_err::rename(&self.path, &self.destination).map_err(error)?;
        }
        let _ = self.temporary.keep();
        Ok(self.destination)
    }
}

/// Temporary directories are made for their owner alone; what comes out of them is for everyone.
#[cfg(unix)]
fn restore_mode(path: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn restore_mode(_: &Utf8Path) -> io::Result<()> {
    Ok(())
}

impl StagedFile {
    /// Makes an empty file on the same file system as `destination`. The end of its name is the same,
    /// since there are programs that tell by it what a file is.
    pub fn new(destination: &Utf8Path) -> Result<Self, StagingError> {
        let folder = folder_for(destination)?;
        let create = |source| StagingError::Create { folder: folder.clone(), source };
        let name = destination.file_name().map(|name| format!("-{name}")).unwrap_or_default();
        let temporary = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(&name)
            .tempfile_in(&folder)
            .map_err(create)?;
        let path = Utf8PathBuf::from_path_buf(temporary.path().to_owned())
            .map_err(|_| create(io::Error::other("the folder's name is not UTF-8")))?;
        Ok(Self { temporary, path, destination: destination.to_owned() })
    }

    /// Where it is meanwhile. What is there in the end counts, be it still the open file or not.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Where it will be.
    pub fn destination(&self) -> &Utf8Path {
        &self.destination
    }

    /// The open file to write to.
    pub fn file(&mut self) -> &mut std::fs::File {
        self.temporary.as_file_mut()
    }

    /// Moves the file to its destination, replacing what was there.
    pub fn commit(self) -> Result<Utf8PathBuf, StagingError> {
        let destination = self.destination;
        let error = |source| StagingError::Commit { destination: destination.clone(), source };
        readable(&self.path).map_err(error)?;
        self.temporary.persist(&destination).map_err(|failed| error(failed.error))?;
        Ok(destination)
    }
}

#[cfg(unix)]
fn readable(file: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::set_permissions(file, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Utf8Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn folder() -> (TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().join("ein Ordner é")).unwrap();
        (dir, path)
    }

    #[test]
    fn nothing_appears_before_commit_and_nothing_stays_without_it() {
        let (_dir, folder) = folder();
        let destination = folder.join("payload");
        let staged = StagedDir::new(&destination).unwrap();
        fs_err::write(staged.path().join("file"), "1").unwrap();
        assert!(!destination.exists());
        drop(staged);
        assert_eq!(fs_err::read_dir(&folder).unwrap().count(), 0, "the temporary folder is gone");
    }

    #[test]
    fn commit_replaces_what_was_there() {
        let (_dir, folder) = folder();
        let destination = folder.join("payload");
        for text in ["1", "2"] {
            let staged = StagedDir::new(&destination).unwrap();
            fs_err::write(staged.path().join("file"), text).unwrap();
            staged.commit().unwrap();
            assert_eq!(fs_err::read_to_string(destination.join("file")).unwrap(), text);
        }
        assert_eq!(fs_err::read_dir(&folder).unwrap().count(), 1, "the old folder is gone");
    }

    #[test]
    fn a_file_appears_whole() {
        let (_dir, folder) = folder();
        let destination = folder.join("app.deb");
        let mut staged = StagedFile::new(&destination).unwrap();
        staged.file().write_all(b"content").unwrap();
        assert!(!destination.exists());
        staged.commit().unwrap();
        assert_eq!(fs_err::read(&destination).unwrap(), b"content");

        // Another program may have put a file of its own in its place.
        let staged = StagedFile::new(&destination).unwrap();
        assert!(staged.path().as_str().ends_with("-app.deb"));
        let other = folder.join("other");
        fs_err::write(&other, b"signed").unwrap();
        fs_err::rename(&other, staged.path()).unwrap();
        staged.commit().unwrap();
        assert_eq!(fs_err::read(&destination).unwrap(), b"signed");
    }
}
