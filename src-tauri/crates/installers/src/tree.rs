use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{App, Manifest, Payload, StagedFile, SystemPackage, Target};

use crate::names::in_file_name;
use crate::{Documents, FormatError, Picture};

/// An app as it is installed: what it is made of, and what it needs of a system. Nothing here is
/// said in the words of one format.
#[derive(Debug)]
pub struct InstallTree<'a> {
    /// The finished payload. Its manifest says what the app is called, and who publishes it.
    pub payload: &'a Payload,
    /// The program that opens the app.
    pub program: Program<'a>,
    /// The picture from which icons of all sizes are made.
    pub icon: Picture,
    /// What comes with it to be read.
    pub documents: Documents,
    /// What it needs of a recipient's system.
    pub needs: Needs,
    /// The system that it is for.
    pub target: Target,
}

/// The prebuilt shell.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    /// Where it is now.
    pub file: &'a Utf8Path,
    /// The shared libraries that it is linked with, by the names that the linker knows them by.
    pub libraries: Vec<String>,
}

/// What an app needs of a recipient's system, beyond what every desktop has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The least GNU C library, such as `2.28`; empty where none is used.
    pub glibc: String,
    /// The least WebKitGTK, such as `2.40`; empty where none is used.
    pub webkitgtk: String,
    /// Packages that the project asks for in its own list, `packages.txt`.
    pub packages: Vec<SystemPackage>,
    /// Packages that it works better with.
    pub wishes: Vec<SystemPackage>,
}

impl<'a> InstallTree<'a> {
    /// The tree of a payload with this program. The icon is made from the picture `icon`, else from
    /// the payload's own, and drawn where there is none.
    ///
    /// # Errors
    ///
    /// The picture can't be read, or is none; or the program can't be read.
    pub fn new(
        payload: &'a Payload,
        program: Program<'a>,
        icon: Option<&Utf8Path>,
        needs: Needs,
    ) -> Result<Self, FormatError> {
        let own = payload.layout.icon();
        let source = icon.or_else(|| own.is_file().then_some(&*own));
        let icon = Picture::of(source, &payload.manifest.app.name)
            .map_err(|source| FormatError::Icon { source })?;
        let documents = Documents::of(payload, &program)?;
        let target = Target::of(&payload.manifest.python.triple);
        Ok(Self { payload, program, icon, documents, needs, target })
    }

    /// What the payload says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.payload.manifest
    }

    /// What the app is called.
    pub fn app(&self) -> &App {
        &self.payload.manifest.app
    }

    /// The file name of the program that opens the app, as its system calls programs.
    pub fn program_name(&self) -> String {
        format!("{}{}", self.app().package, self.target.system().program_ending())
    }

    /// The name of this version: `<package>-<version>`, without what a file's name can't hold.
    pub fn version_name(&self) -> String {
        format!("{}-{}", self.app().package, in_file_name(&self.app().version))
    }

    /// The name of this version for its system: `<package>-<version>-<target>`.
    pub fn full_name(&self) -> String {
        format!("{}-{}", self.version_name(), self.target.name())
    }

    /// Writes the bill of materials into the folder `output`, as `<name>.cdx.json`.
    ///
    /// # Errors
    ///
    /// The folder can't be written to; it is as it was then.
    pub fn write_sbom(&self, output: &Utf8Path) -> Result<Utf8PathBuf, FormatError> {
        let destination = output.join(format!("{}.{}", self.full_name(), Documents::SBOM));
        let staging = |source| FormatError::Staging { output: output.to_owned(), source };
        let mut staged = StagedFile::new(&destination).map_err(staging)?;
        std::io::Write::write_all(staged.file(), self.documents.sbom.as_bytes())
            .map_err(FormatError::write(&destination))?;
        staged.commit().map_err(staging)
    }
}
