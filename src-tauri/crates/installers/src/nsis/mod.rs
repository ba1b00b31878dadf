//! Set-ups for Windows that need no administrator, and all that only NSIS knows.

mod compile;
mod script;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
mod words;

use waterskin_bundle::{Layout, System, Target};

use crate::windows::{Files, ico, program};
use crate::{Artifact, Format, FormatError, InstallTree, Job};
use compile::{Folder, makensis};
use script::{Setup, UNINSTALLER, Uninstaller, script, uninstaller};

/// A set-up for one user, `<package>-<version>-windows-<processor>-setup.exe`.
///
/// It installs `%LOCALAPPDATA%\Programs\<package>\` with the shell, named like the package, and the
/// payload beside it, an entry in the start menu and one in the list of installed apps. `makensis`
/// makes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nsis;

/// What the author can choose of a set-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NsisOptions {
    /// How small it is.
    pub smallness: Smallness,
}

/// How small a set-up is, and what that takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Smallness {
    /// Bzip2, which takes less time here than deflate.
    #[default]
    Quick,
    /// LZMA.
    Smallest,
}

/// The most bytes that a set-up can hold: offsets in it have 31 bits.
const MOST: u64 = 0x7fff_ffff;

impl Format for Nsis {
    fn name(&self) -> &'static str {
        "exe"
    }

    fn about(&self) -> &'static str {
        "A set-up for Windows that needs no administrator"
    }

    fn supports(&self, target: &Target) -> bool {
        target.system() == System::Windows && target.processor() == "x86_64"
    }

    fn is_default(&self, _: &Target) -> bool {
        makensis().is_some()
    }

    fn lacks(&self) -> Option<FormatError> {
        makensis().is_none().then_some(FormatError::NoMakensis)
    }

    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError> {
        let makensis = makensis().ok_or(FormatError::NoMakensis)?;
        let mut files = Files::of(tree)?;
        let bytes = files.bytes();
        job.progress.begin(bytes);
        if bytes > MOST {
            return Err(FormatError::Full { format: self.name(), bytes, most: MOST });
        }

        let folder = Folder::new(job.output)?;
        let icon = ico(&tree.icon)?;
        let program = program(tree, &icon, job)?;
        folder.write("app.ico", &icon)?;
        folder.write("program.exe", &program)?;
        folder.link(Layout::PAYLOAD, tree.payload.layout.root())?;
        files.add_documents(tree, &folder.inside("documents")?)?;
        let name = tree.program_name();
        let setup = Setup {
            app: tree.app(),
            program: &name,
            python: tree.manifest().python.executable.as_str(),
            files: &files,
            program_size: program.len() as u64,
            options: job.options.nsis,
        };
        if let Some(signer) = &job.options.sign {
            // The uninstaller is made along with the set-up and packed in it at once, so it is made
            // twice: first to be signed, then with the signed one in its place.
            folder.write("script.nsi", script(&setup, Uninstaller::Shown).as_bytes())?;
            folder.compile(&makensis)?;
            signer.sign(&folder.path().join(UNINSTALLER), &uninstaller(tree.app()))?;
            folder.write("script.nsi", script(&setup, Uninstaller::Replaced).as_bytes())?;
        } else {
            folder.write("script.nsi", script(&setup, Uninstaller::AsMade).as_bytes())?;
        }
        folder.compile(&makensis)?;
        let staged = job.begin(&format!("{}-setup.exe", tree.full_name()))?;
        folder.finish(staged.path())?;
        let (path, bytes) = job.finish(staged, true)?;
        job.progress.advance(files.bytes());
        let install = format!(r".\{}", path.file_name().unwrap_or_default());
        Ok(Artifact { path, bytes, kind: self.name(), install })
    }
}
