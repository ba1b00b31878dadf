use std::fmt;
use std::io::Write as _;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Serialize, Serializer};
use waterskin_bundle::{App, StagedFile, Target};

use crate::appimage::{AppImage, AppImageOptions};
use crate::deb::{Deb, DebOptions};
use crate::dmg::Dmg;
use crate::msi::Msi;
use crate::nsis::{Nsis, NsisOptions};
use crate::rpm::Rpm;
use crate::tar_gz::TarGz;
use crate::zip::Zip;
use crate::{FormatError, InstallTree, Progress, Signer, Store};

/// Every format, in the order in which a build makes them.
pub static FORMATS: [&dyn Format; 8] = [&Deb, &AppImage, &Rpm, &Nsis, &Msi, &Dmg, &Zip, &TarGz];

/// A kind of file that an app is handed out in. What is peculiar to it is known to its own folder
/// alone.
pub trait Format: Send + Sync {
    /// The end of the file's name, and what the command line calls it: `deb`, `tar.gz`.
    fn name(&self) -> &'static str;

    /// What it is, as a phrase for the command line's help.
    fn about(&self) -> &'static str;

    /// Whether systems like this have a use for it.
    fn supports(&self, target: &Target) -> bool;

    /// Whether a build for systems like this makes it where nothing else is asked for.
    fn is_default(&self, target: &Target) -> bool;

    /// What it takes of the author's machine that is not there.
    fn lacks(&self) -> Option<FormatError> {
        None
    }

    /// Whether the recipient's system installs what the app needs of it along with the app.
    fn brings_needs(&self) -> bool {
        false
    }

    /// What the author should know before one is made for this app.
    fn notes(&self, _app: &App) -> Vec<String> {
        Vec::new()
    }

    /// Writes the file into the job's folder.
    ///
    /// # Errors
    ///
    /// [`FormatError`]; the folder is as it was then.
    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError>;
}

/// What a format is given besides the tree.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The folder that gets the file.
    pub output: &'a Utf8Path,
    /// What the author chose.
    pub options: &'a FormatOptions,
    /// Where compressed parts are kept between builds.
    pub store: &'a dyn Store,
    /// Who is told.
    pub progress: &'a dyn Progress,
}

impl Job<'_> {
    /// Begins the file that will have this name.
    pub(crate) fn begin(&self, name: &str) -> Result<StagedFile, FormatError> {
        let staging = |source| FormatError::Staging { output: self.output.to_owned(), source };
        StagedFile::new(&self.output.join(name)).map_err(staging)
    }

    /// Puts a finished file in its place, signed by the author's command where files like it can be;
    /// gives its path and its size in bytes.
    pub(crate) fn finish(
        &self,
        mut staged: StagedFile,
        can_be_signed: bool,
    ) -> Result<(Utf8PathBuf, u64), FormatError> {
        let destination = staged.destination().to_owned();
        staged.file().flush().map_err(FormatError::write(&destination))?;
        if let Some(signer) = self.options.sign.as_ref().filter(|_| can_be_signed) {
            signer.sign(staged.path(), destination.file_name().unwrap_or_default())?;
        }
        let size = fs_err::metadata(staged.path()).map(|it| it.len());
        let size = size.map_err(FormatError::write(&destination))?;
        let output = self.output.to_owned();
        let path = staged.commit().map_err(|source| FormatError::Staging { output, source })?;
        Ok((path, size))
    }

    /// The content of a program of ours with a signature, where the author's command makes one; `name`
    /// is the file's.
    pub(crate) fn signed(&self, name: &str, content: Vec<u8>) -> Result<Vec<u8>, FormatError> {
        match &self.options.sign {
            Some(signer) => signer.signed(name, &content),
            None => Ok(content),
        }
    }
}

/// What the author can choose, a field for each format that leaves a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatOptions {
    /// Of Debian packages.
    pub deb: DebOptions,
    /// Of set-ups for Windows.
    pub nsis: NsisOptions,
    /// Of AppImages.
    pub appimage: AppImageOptions,
    /// What signs programs and finished files; nothing does where the author has no command for it.
    pub sign: Option<Signer>,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Artifact {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// The format's name: `deb`, `tar.gz`.
    pub kind: &'static str,
    /// How to install it, as one line for a shell.
    pub install: String,
}

/// The format that the command line calls so, in letters of any size.
pub fn format_named(name: &str) -> Option<&'static dyn Format> {
    FORMATS.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
}

/// The formats that systems like this have a use for.
pub fn formats_for(target: &Target) -> Vec<&'static dyn Format> {
    FORMATS.into_iter().filter(|format| format.supports(target)).collect()
}

/// What is made for systems like this where nothing is asked for: all that there is, where none is made
/// unasked.
pub fn default_formats(target: &Target) -> Vec<&'static dyn Format> {
    let all = formats_for(target);
    let unasked: Vec<_> = all.iter().copied().filter(|format| format.is_default(target)).collect();
    if unasked.is_empty() { all } else { unasked }
}

impl PartialEq for dyn Format + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for dyn Format + '_ {}

impl fmt::Debug for dyn Format + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// As the other names of JSON are: `deb`, `appimage`, `tar-gz`.
impl Serialize for dyn Format + '_ {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name().to_lowercase().replace('.', "-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_formats_and_each_format_its_name() {
        let names = |triple| -> Vec<&str> {
            formats_for(&Target::of(triple)).iter().map(|format| format.name()).collect()
        };
        assert_eq!(names("x86_64-unknown-linux-gnu"), ["deb", "AppImage", "rpm", "tar.gz"]);
        assert_eq!(names("x86_64-pc-windows-msvc"), ["exe", "msi", "zip", "tar.gz"]);
        assert_eq!(names("aarch64-apple-darwin"), ["dmg", "zip", "tar.gz"]);
        assert_eq!(names("m68k-unknown-linux-gnu"), ["tar.gz"], "Debian has no such packages");
        let makensis = waterskin_process::find("makensis");
        let for_windows = if makensis.is_some() { "exe" } else { "msi" };
        for (triple, unasked) in [
            ("x86_64-unknown-linux-gnu", vec!["deb", "AppImage"]),
            ("m68k-unknown-linux-gnu", vec!["tar.gz"]),
            ("x86_64-pc-windows-msvc", vec![for_windows]),
            ("riscv64gc-pc-windows-msvc", vec!["zip", "tar.gz"]),
            ("aarch64-apple-darwin", vec!["dmg"]),
        ] {
            let formats = default_formats(&Target::of(triple));
            assert_eq!(formats.iter().map(|format| format.name()).collect::<Vec<_>>(), unasked);
        }
        for format in FORMATS {
            assert_eq!(format_named(format.name()), Some(format));
            assert_eq!(format_named(&format.name().to_lowercase()), Some(format));
        }
        assert_eq!(format_named("tar-gz"), None);
    }
}
