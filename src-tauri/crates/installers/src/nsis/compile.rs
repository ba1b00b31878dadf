use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;
use waterskin_process::{Tool, find};

use crate::{FormatError, time};

/// The compiler of set-ups, where the system has it.
pub(super) fn makensis() -> Option<PathBuf> {
    find("makensis")
}

/// What `makensis` writes, beside the script.
const SETUP: &str = "made.exe";

/// What a set-up is made of, in a folder beside the one that it is for. It goes when this value does.
pub(super) struct Folder {
    path: Utf8PathBuf,
    _temporary: TempDir,
}

impl Folder {
    pub fn new(output: &Utf8Path) -> Result<Self, FormatError> {
        let write = || FormatError::write(output);
        fs_err::create_dir_all(output).map_err(write())?;
        let temporary =
            tempfile::Builder::new().prefix(".waterskin-").tempdir_in(output).map_err(write())?;
        let path = Utf8PathBuf::from_path_buf(temporary.path().to_owned())
            .map_err(|path| FormatError::Name { path: path.display().to_string() })?;
        Ok(Self { path, _temporary: temporary })
    }

    /// Where it is.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Adds a folder; gives its path.
    pub fn inside(&self, name: &str) -> Result<Utf8PathBuf, FormatError> {
        let path = self.path.join(name);
        fs_err::create_dir(&path).map_err(FormatError::write(&path))?;
        Ok(path)
    }

    /// Adds a file. Names here are ours, so that no path of the author's stands in a script.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), FormatError> {
        let path = self.path.join(name);
        fs_err::write(&path, content).map_err(FormatError::write(path))
    }

    /// Has the folder `source` under this name.
    pub fn link(&self, name: &str, source: &Utf8Path) -> Result<(), FormatError> {
        let path = self.path.join(name);
        let source = source.canonicalize_utf8().map_err(FormatError::read(source))?;
        link_folder(&source, &path).map_err(FormatError::write(path))
    }

    /// Runs `makensis` on the script.
    pub fn compile(&self, makensis: &Path) -> Result<(), FormatError> {
        Tool::new(makensis)
            .args(["-V2", "-INPUTCHARSET", "UTF8", "script.nsi"])
            // Names of files are in the encoding of the locale.
            .env("LC_ALL", "C.UTF-8")
            .env("SOURCE_DATE_EPOCH", time::of_build().to_string())
            .directory(&self.path)
            .run(&mut |_, _| {})
            .map(drop)
            .map_err(|source| self.full_disk().unwrap_or(FormatError::Makensis { source }))
    }

    /// Whether there is no room left where `makensis` writes: what it says of that is that some function
    /// failed. Its temporary files go where the C library has them.
    fn full_disk(&self) -> Option<FormatError> {
        const ROOM: usize = 1 << 20;
        let temporary = Utf8PathBuf::from_path_buf(std::env::temp_dir()).ok();
        let output = self.path.parent().map(Utf8Path::to_owned);
        output.into_iter().chain(temporary).find_map(|folder| {
            let written =
                tempfile::tempfile_in(&folder).and_then(|mut file| file.write_all(&vec![0; ROOM]));
            let full = written.err().filter(|it| it.kind() == io::ErrorKind::StorageFull)?;
            Some(FormatError::write(folder)(full))
        })
    }

    /// Moves the set-up to `path`.
    pub fn finish(self, path: &Utf8Path) -> Result<(), FormatError> {
        fs_err::rename(self.path.join(SETUP), path).map_err(FormatError::write(path))
    }
}

#[cfg(unix)]
fn link_folder(source: &Utf8Path, link: &Utf8Path) -> io::Result<()> {
    fs_err::os::unix::fs::symlink(source, link)
}

/// A symbolic link takes a right that few people have there, a junction none.
#[cfg(windows)]
fn link_folder(source: &Utf8Path, link: &Utf8Path) -> io::Result<()> {
    if fs_err::os::windows::fs::symlink_dir(source, link).is_ok() {
        return Ok(());
    }
    let source = source.as_str().trim_start_matches(r"\\?\");
    Tool::new("cmd")
        .args(["/c", "mklink", "/J", link.as_str(), source])
        .run(&mut |_, _| {})
        .map(drop)
        .map_err(io::Error::other)
}
