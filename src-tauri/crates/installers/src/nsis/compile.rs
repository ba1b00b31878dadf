use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;
use waterskin_process::{Tool, find};

use crate::{FormatError, Signer, time};

/// The compiler of set-ups, where the system has it.
pub(super) fn makensis() -> Option<PathBuf> {
    find("makensis")
}

/// What `makensis` writes, beside the script.
const SETUP: &str = "made.exe";

/// What a set-up is made of, in a folder beside the one that it is for. It goes when this value does.
pub(super) struct Folder {
    path: Utf8PathBuf,
    output: Utf8PathBuf,
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
        Ok(Self { path, output: output.to_owned(), _temporary: temporary })
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
            .map_err(|source| FormatError::Makensis { source })
    }

    /// Puts the set-up in its place, signed where the author has a command for it; gives its length in
    /// bytes.
    pub fn finish(
        self,
        destination: &Utf8Path,
        signer: Option<&Signer>,
    ) -> Result<u64, FormatError> {
        let made = self.path.join(SETUP);
        if let Some(signer) = signer {
            signer.sign(&made, destination.file_name().unwrap_or_default())?;
        }
        readable(&made).map_err(FormatError::write(&made))?;
        let bytes = fs_err::metadata(&made).map_err(FormatError::read(&made))?.len();
        fs_err::rename(&made, destination).map_err(FormatError::write(&self.output))?;
        Ok(bytes)
    }
}

#[cfg(unix)]
fn link_folder(source: &Utf8Path, link: &Utf8Path) -> std::io::Result<()> {
    fs_err::os::unix::fs::symlink(source, link)
}

/// A symbolic link takes a right that few people have there, a junction none.
#[cfg(windows)]
fn link_folder(source: &Utf8Path, link: &Utf8Path) -> std::io::Result<()> {
    if fs_err::os::windows::fs::symlink_dir(source, link).is_ok() {
        return Ok(());
    }
    let source = source.as_str().trim_start_matches(r"\\?\");
    Tool::new("cmd")
        .args(["/c", "mklink", "/J", link.as_str(), source])
        .run(&mut |_, _| {})
        .map(drop)
        .map_err(std::io::Error::other)
}

#[cfg(unix)]
fn readable(file: &Utf8Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::set_permissions(file, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Utf8Path) -> std::io::Result<()> {
    Ok(())
}
