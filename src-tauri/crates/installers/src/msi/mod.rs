//! Packages for Windows Installer, and all that only it knows.

mod cabinet;
mod contents;
mod package;
mod product;
mod tables;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
mod version;

use std::panic::resume_unwind;
use std::thread;

use camino::Utf8PathBuf;
use waterskin_bundle::{App, Digest, System, Target};
use waterskin_process::find;

use crate::windows::{Files, InstalledFile, ico, program};
use crate::{Artifact, Format, FormatError, InstallTree, Job, time};
use product::Product;
use version::ProductVersion;

/// A package for Windows Installer, `<package>-<version>-windows-<processor>.msi`.
///
/// It installs `Program Files\<package>\` for everybody on the machine, with the shell, named like the
/// package, and the payload beside it, and an entry in the start menu.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Msi;

/// The most bytes that a package can have.
const MOST: u64 = 0x7fff_ffff;

impl Format for Msi {
    fn name(&self) -> &'static str {
        "msi"
    }

    fn about(&self) -> &'static str {
        "A package for Windows Installer, for everybody on a machine"
    }

    fn supports(&self, target: &Target) -> bool {
        target.system() == System::Windows && target.processor() == "x86_64"
    }

    fn is_default(&self, _: &Target) -> bool {
        find(NSIS).is_none()
    }

    fn notes(&self, app: &App) -> Vec<String> {
        let mut notes = Vec::new();
        if find(NSIS).is_none() {
            notes.push(format!(
                "there is no `{NSIS}` on the PATH, which makes the set-up that needs no administrator (on Debian and Ubuntu, `sudo apt install nsis`)"
            ));
        }
        let version = ProductVersion::of(&app.version);
        if version.is_blurred {
            notes.push(format!(
                "the .msi has version {} for `{}`: Windows Installer compares three numbers, of which the first two are at most 255, and tells versions apart by them alone",
                version.text, app.version
            ));
        }
        notes
    }

    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError> {
        let mut staged = job.begin(&format!("{}.msi", tree.full_name()))?;
        let destination = staged.destination().to_owned();
        let write = || FormatError::write(&destination);

        let mut files = Files::of(tree)?;
        if let Some(file) = files.files.iter().find(|file| file.size > MOST) {
            return Err(FormatError::Full { format: self.name(), bytes: file.size, most: MOST });
        }
        let icon = ico(&tree.icon)?;
        let (name, content) = (tree.program_name(), program(tree, &icon, job)?);
        let temporary = tempfile::Builder::new()
            .prefix(".waterskin-")
            .tempdir_in(job.output)
            .map_err(write())?;
        let folder = Utf8PathBuf::from_path_buf(temporary.path().to_owned())
            .map_err(|path| FormatError::Name { path: path.display().to_string() })?;
        files.add_documents(tree, &folder)?;
        let source = folder.join(&name);
        fs_err::write(&source, &content).map_err(FormatError::write(&source))?;
        let program = InstalledFile { path: name, source, size: content.len() as u64 };
        job.progress.begin(files.bytes() + program.size);

        let digest = Digest::of(&content);
        drop(content);
        let plans = cabinet::plans(tree, &files, (&program, digest));
        let cabinets = thread::scope(|scope| {
            let begin = |plan| scope.spawn(move || cabinet::Plan::make(plan, job));
            let begun: Vec<_> = plans.iter().map(begin).collect();
            let end = |one: thread::ScopedJoinHandle<'_, _>| {
                one.join().unwrap_or_else(|panic| resume_unwind(panic))
            };
            begun.into_iter().map(end).collect::<Result<Vec<_>, _>>()
        })?;

        // What is installed decides what the package is called, so that the same is called the same.
        let mut digests = String::new();
        let mut bytes = 0;
        for (plan, cabinet) in plans.iter().zip(&cabinets) {
            let file = cabinet.open()?;
            bytes += file.metadata().map_err(write())?.len();
            let digest = cabinet::digest(file).map_err(write())?;
            digests.push_str(plan.name);
            digests.push_str(digest.as_str());
            digests.extend(plan.files.iter().map(|(_, file)| file.path.as_str()));
        }
        if bytes > MOST {
            return Err(FormatError::Full { format: self.name(), bytes, most: MOST });
        }
        let product = Product::of(tree.app(), &Digest::of(digests.as_bytes()));
        let tables = tables::tables(&product, &files, &plans);
        let count = files.files.len();
        if tables::texts(&tables) > tables::MOST_TEXTS {
            return Err(FormatError::Crowded { format: self.name(), files: count });
        }
        let names: Vec<_> = plans.iter().map(|plan| plan.name).collect();
        let database =
            package::database(&product, tables, &icon, time::of_build(), &names).map_err(write())?;
        let opened = cabinets.iter().map(cabinet::Cabinet::open).collect::<Result<Vec<_>, _>>()?;
        let cabinets = names.into_iter().zip(opened).collect();
        package::write(database, cabinets, staged.file()).map_err(write())?;

        let (path, bytes) = job.finish(staged, true)?;
        let install = format!("msiexec /i {}", path.file_name().unwrap_or_default());
        Ok(Artifact { path, bytes, kind: self.name(), install })
    }
}

/// What makes the other kind of installer for Windows, which is made unasked where it can be.
const NSIS: &str = "makensis";
