//! Archives that every file manager of Windows and macOS opens.

mod layers;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

use waterskin_bundle::{Digest, Layout, System, Target};

use crate::archive::{Entries, Layer, layers_of};
use crate::macos::{Bundle, Scratch};
use crate::readme::readme;
use crate::windows;
use crate::{Artifact, Format, FormatError, InstallTree, Job};

/// A `.zip`, `<package>-<version>-<target>.zip`: for Windows of a folder that runs wherever it
/// is unpacked, for macOS of the app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zip;

impl Format for Zip {
    fn name(&self) -> &'static str {
        "zip"
    }

    fn about(&self) -> &'static str {
        "A .zip of the app, for Windows and macOS"
    }

    fn supports(&self, target: &Target) -> bool {
        matches!(target.system(), System::Windows | System::MacOs)
    }

    fn is_default(&self, _: &Target) -> bool {
        false
    }

    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError> {
        let mut staged = job.begin(&format!("{}.{}", tree.full_name(), self.name()))?;
        let destination = staged.destination().to_owned();

        let bundle = match tree.target.system() {
            System::MacOs => Bundle::of(tree, job)?,
            System::Linux | System::Windows => folder(tree, job)?,
        };
        let Bundle { name: top, entries, layers, folder: _folder } = bundle;
        job.progress.begin(entries.bytes());
        layers::write(staged.file(), entries, &layers, tree.documents.time, &destination, job)?;
        let (path, bytes) = job.finish(staged, false)?;
        let install = match tree.target.system() {
            // In PowerShell.
            System::Windows => format!(
                "Expand-Archive '{}' .; & '.\\{top}\\{}'",
                path.as_str().replace('\'', "''"),
                tree.program_name()
            ),
            System::Linux | System::MacOs => {
                let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
                format!(
                    "ditto -xk {} /Applications && open {}",
                    quoted(path.as_str()),
                    quoted(&format!("/Applications/{top}"))
                )
            }
        };
        Ok(Artifact { path, bytes, kind: self.name(), install })
    }
}

/// A folder with the program and what it needs, as in a `.tar.gz`.
fn folder(tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Bundle, FormatError> {
    let (top, program) = (tree.version_name(), tree.program_name());
    let payload = format!("{top}/{}", Layout::PAYLOAD);
    let content = windows::program(tree, &windows::ico(&tree.icon)?, job)?;
    let scratch = Scratch::new(job)?;
    let file = scratch.path().join(&program);
    fs_err::write(&file, &content).map_err(FormatError::write(&file))?;
    let mut layers = layers_of(tree, &payload, String::new())?;
    // The last one is of the program as it came.
    layers.pop();
    layers.push(Layer::new(format!("{top}/{program}"), Digest::of(&content)));

    let mut entries = Entries::default();
    entries.add_program(format!("{top}/{program}"), &file)?;
    entries.add_tree(&payload, tree.payload.layout.root())?;
    entries.add_bytes(format!("{top}/README.txt"), readme(tree));
    for (name, text) in tree.documents.files() {
        entries.add_bytes(format!("{top}/{name}"), text);
    }
    Ok(Bundle { name: top, entries, layers, folder: Some(scratch) })
}
