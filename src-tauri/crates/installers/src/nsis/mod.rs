//! Set-ups for Windows that need no administrator, and all that only NSIS knows.

mod compile;
mod script;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
mod words;

use waterskin_bundle::{App, Layout, System, Target};

use crate::windows::{Files, branded, ico};
use crate::{Artifact, Format, FormatError, InstallTree, Job};
use compile::{Folder, makensis};
use script::{Setup, script};

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

    fn brings_needs(&self) -> bool {
        false
    }

    fn notes(&self, _: &App) -> Vec<String> {
        Vec::new()
    }

    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError> {
        let makensis = makensis().ok_or(FormatError::NoMakensis)?;
        let destination = job.output.join(format!("{}-setup.exe", tree.full_name()));
        let files = Files::of(tree)?;
        let bytes = files.bytes();
        job.progress.begin(bytes);
        if bytes > MOST {
            return Err(FormatError::Full { format: self.name(), bytes, most: MOST });
        }

        let folder = Folder::new(job.output)?;
        let icon = ico(&tree.icon)?;
        let name = tree.program_name();
        let shell =
            fs_err::read(tree.program.file).map_err(FormatError::read(tree.program.file))?;
        let program = branded(&shell, tree.app(), &name, &icon).map_err(|reason| {
            FormatError::Program { path: tree.program.file.to_owned(), reason }
        })?;
        let program = job.signed(&name, program)?;
        drop(shell);
        folder.write("app.ico", &icon)?;
        folder.write("program.exe", &program)?;
        folder.link(Layout::PAYLOAD, tree.payload.layout.root())?;
        let setup = Setup {
            app: tree.app(),
            program: &name,
            python: tree.manifest().python.executable.as_str(),
            files: &files,
            program_size: program.len() as u64,
            options: job.options.nsis,
        };
        folder.write("script.nsi", script(&setup).as_bytes())?;
        folder.compile(&makensis)?;
        let bytes = folder.finish(&destination, job.options.sign.as_ref())?;
        job.progress.advance(files.bytes());
        let install = format!(r".\{}", destination.file_name().unwrap_or_default());
        Ok(Artifact { path: destination, bytes, kind: self.name(), install })
    }
}
