//! What comes with an app to be read, by what it is for. It is made once for each tree, and each
//! format puts it where its system looks for such.

mod licences;
mod pinned;
mod sbom;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

use waterskin_bundle::{Digest, Payload, Work};

use crate::text::one_line;
use crate::{FormatError, Program, time};

/// What comes with an app to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documents {
    /// When the app was built, in seconds since 1970.
    pub time: u64,
    /// Whose works are inside, under which licences, and where the texts of these are: for people.
    pub licences: String,
    /// What is new in this version, a sentence.
    pub change: String,
    /// The same as [`Documents::licences`], with digests and addresses for programs: a CycloneDX
    /// bill of materials in JSON.
    pub sbom: String,
}

impl Documents {
    /// The file with the licences, in formats without a place of their own for it.
    pub const LICENCES: &str = "LICENCES.txt";
    /// The end of the name of a file with a bill of materials, as the standard asks for.
    pub const SBOM: &str = "cdx.json";

    pub(crate) fn of(payload: &Payload, program: &Program<'_>) -> Result<Self, FormatError> {
        let time = time::of_build();
        let works = Work::of(payload);
        let app = &payload.manifest.app;
        let read = FormatError::read(program.file);
        let digest = fs_err::File::open(program.file).and_then(Digest::of_reader).map_err(read)?;
        Ok(Self {
            time,
            licences: licences::licences(payload, &works),
            change: format!("Version {} of {}.", one_line(&app.version), one_line(&app.name)),
            sbom: sbom::sbom(payload, &works, &digest, time)?,
        })
    }

    /// What formats without places of their own put beside the program: names and texts.
    pub fn files(&self) -> [(String, &str); 2] {
        let sbom = format!("sbom.{}", Self::SBOM);
        [(Self::LICENCES.to_owned(), &self.licences), (sbom, &self.sbom)]
    }
}
