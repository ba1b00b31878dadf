use std::fs::{self, File};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;
use walkdir::WalkDir;

use super::AppCopyError;
use super::COMPILED;
use super::disk;
use crate::{StagedFile, StagingError};

/// What a copy brings: complete and on the disk before anything in the app's folder changes, so that
/// neither a full disk nor a power cut leaves half of a file there.
pub(super) struct Coming {
    /// In the folder of the copy, and so on its file system. Removed with all that is left in it.
    folder: TempDir,
    path: Utf8PathBuf,
    count: usize,
}

/// How what is here begins in its name, and what earlier ones made beside their places.
pub(super) const PREFIX: &str = ".waterskin-";

impl Coming {
    /// An empty one in the folder of a copy.
    pub fn new(copy: &Utf8Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(copy)?;
        let path = Utf8PathBuf::from_path_buf(folder.path().to_owned())
            .map_err(|_| io::Error::other("the folder's name is not UTF-8"))?;
        Ok(Self { folder, path, count: 0 })
    }

    /// A name that nothing here has.
    fn name(&mut self) -> Utf8PathBuf {
        self.count += 1;
        self.path.join(self.count.to_string())
    }

    /// Copies a file, a link or a whole folder, and gives the copy.
    pub fn take(&mut self, from: &Utf8Path) -> Result<Utf8PathBuf, AppCopyError> {
        let to = self.name();
        let reading = |source: io::Error| AppCopyError::Read { path: from.to_owned(), source };
        let walk = WalkDir::new(from).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| entry.file_name() != COMPILED) {
            let entry = entry.map_err(|error| reading(error.into()))?;
            let path = Utf8Path::from_path(entry.path())
                .ok_or_else(|| reading(io::Error::other("its name is not UTF-8")))?;
            let inside = path.strip_prefix(from).unwrap_or(path);
            let to = if inside.as_str().is_empty() { to.clone() } else { to.join(inside) };
            let writing = |source| AppCopyError::Write { path: to.clone(), source };
            if entry.file_type().is_dir() {
                fs::create_dir(&to).map_err(writing)?;
            } else if entry.file_type().is_symlink() {
                link(path, &to).map_err(writing)?;
            } else {
                let mut source = File::open(path).map_err(reading)?;
                copy(&mut source, &to).map_err(writing)?;
            }
        }
        Ok(to)
    }

    /// Moves a copy to its place, where a file gives way to a file and a folder to a folder.
    pub fn put(&mut self, taken: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        let is_folder = |path: &Utf8Path| path.symlink_metadata().is_ok_and(|it| it.is_dir());
        if is_folder(taken) && is_folder(to) {
            let old = self.name();
            fs::rename(to, &old)?;
            return fs::rename(taken, to).inspect_err(|_| drop(fs::rename(&old, to)));
        }
        match fs::rename(taken, to) {
            // A folder that the person has on another disk, by a link.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => carry(taken, to),
            other => other,
        }
    }

    /// Takes something out of the app's folder as a whole.
    pub fn clear(&mut self, path: &Utf8Path) -> io::Result<()> {
        fs::rename(path, self.name())
    }

    /// Removes what is here; left for the next start where that fails.
    pub fn end(self) {
        drop(self.folder.close());
    }
}

/// Removes what copies left here that were broken off.
pub(super) fn clear_away<'a>(folders: impl Iterator<Item = &'a Utf8Path>) {
    for folder in folders {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
                continue;
            }
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let path = entry.path();
            let _ = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
    }
}

/// Copies what is in a file, never with the rights that it has in a folder to which nobody may write.
fn copy(source: &mut File, to: &Utf8Path) -> io::Result<()> {
    let mut file = File::create_new(to)?;
    // On Linux this shares the blocks where the file system can.
    io::copy(source, &mut file)?;
    give_rights(source, &file)?;
    // On Linux all of them are settled at once (`disk::settle`).
    if cfg!(target_os = "linux") { Ok(()) } else { file.sync_all() }
}

/// Copies a file to another file system.
fn carry(taken: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    let said = |error| match error {
        StagingError::Create { source, .. } | StagingError::Commit { source, .. } => source,
    };
    let mut source = File::open(taken)?;
    let mut staged = StagedFile::new(to).map_err(said)?;
    io::copy(&mut source, staged.file())?;
    staged.file().sync_all()?;
    staged.commit().map_err(said)?;
    give_rights(&source, &File::open(to)?)?;
    disk::remove(taken)
}

#[cfg(unix)]
fn link(from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

/// Only some users of Windows may make links, and no payload that was made there has one.
#[cfg(not(unix))]
fn link(from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    fs::copy(from, to).map(drop)
}

#[cfg(unix)]
fn give_rights(source: &File, to: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let is_program = source.metadata()?.permissions().mode() & 0o111 != 0;
    to.set_permissions(fs::Permissions::from_mode(if is_program { 0o755 } else { 0o644 }))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
fn give_rights(_: &File, _: &File) -> io::Result<()> {
    Ok(())
}
