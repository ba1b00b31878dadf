//! An archive of the app's folder.

use std::io::{self, BufReader};

use waterskin_bundle::{Layout, System, Target};

use crate::archive::{self, Archive, Container, Entries};
use crate::readme::readme;
use crate::{Artifact, Compression, Format, FormatError, InstallTree, Job};

/// An archive of the app's folder, `<package>-<version>-<target>.tar.gz`. It runs wherever it is
/// unpacked, without being installed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TarGz;

impl Format for TarGz {
    fn name(&self) -> &'static str {
        "tar.gz"
    }

    fn about(&self) -> &'static str {
        "An archive that runs wherever it is unpacked"
    }

    fn supports(&self, _: &Target) -> bool {
        true
    }

    /// Each system has something that people are more used to.
    fn is_default(&self, _: &Target) -> bool {
        false
    }

    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError> {
        let top = tree.version_name();
        let mut staged = job.begin(&format!("{}.{}", tree.full_name(), self.name()))?;
        let destination = staged.destination().to_owned();

        let program = tree.program_name();
        let mut entries = Entries::default();
        entries.add_program(format!("{top}/{program}"), tree.program.file)?;
        let payload = format!("{top}/{}", Layout::PAYLOAD);
        entries.add_tree(&payload, tree.payload.layout.root())?;
        entries.add_bytes(format!("{top}/README.txt"), readme(tree));
        for (name, text) in tree.documents.files() {
            entries.add_bytes(format!("{top}/{name}"), text);
        }
        job.progress.begin(entries.bytes());

        let layers = archive::layers_of(tree, &payload, format!("{top}/{program}"))?;
        let kind = (Container::Tar, Compression::Gzip);
        let archive = Archive::new(kind, "", tree.documents.time, &destination, job);
        let parts = archive.parts(entries, &layers)?;
        let write = || FormatError::write(&destination);
        let content = archive.read(&parts).map_err(write())?;
        let mut content = BufReader::with_capacity(archive::BUFFER, content);
        io::copy(&mut content, staged.file()).map_err(write())?;

        let (path, bytes) = job.finish(staged, false)?;
        let install = match tree.target.system() {
            // In PowerShell.
            System::Windows => {
                format!("tar -xzf '{}'; & '.\\{top}\\{program}'", path.as_str().replace('\'', "''"))
            }
            System::Linux | System::MacOs => {
                format!("tar -xzf '{}' && ./{top}/{program}", path.as_str().replace('\'', r"'\''"))
            }
        };
        Ok(Artifact { path, bytes, kind: self.name(), install })
    }
}
