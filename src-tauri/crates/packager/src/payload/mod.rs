//! The payload: its parts, made once and kept in the cache, and how they are put together.

pub(crate) mod commands;
pub(crate) mod compile;
pub(crate) mod provision;

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{
    DigestError, Layout, Manifest, Payload, PayloadError, StagedDir, StagingError, System,
    tree_digest, write_record,
};
use waterskin_installers::{Picture, PictureError};
use waterskin_project::ProjectFiles;

use crate::copy::{self, CopyError, Method};
use crate::payload::compile::{CompileError, CompileFailure};
use crate::wheels::resolved::Resolved;
use crate::{Progress, Step};

/// Pixels of a side of the icon in a payload.
const ICON_SIZE: u32 = 512;

/// Why a payload could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum AssembleError {
    /// The place for it can't be used.
    #[error("could not make the payload")]
    Staging {
        /// Why.
        #[source]
        source: StagingError,
    },
    /// A tree or file could not be copied.
    #[error("could not copy the app")]
    Copy {
        /// Which, and why.
        #[source]
        source: CopyError,
    },
    /// A file could not be written.
    #[error("could not write `{path}`")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The app's files could not be compiled.
    #[error("could not compile the app")]
    Compile {
        /// Why.
        #[source]
        source: CompileError,
    },
    /// The icon could not be made.
    #[error("could not make the icon")]
    Icon {
        /// Why.
        #[source]
        source: PictureError,
    },
    /// A tree could not be hashed.
    #[error("could not hash `{path}`")]
    Digest {
        /// The tree.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: DigestError,
    },
    /// What was made is no payload.
    #[error("the payload is not whole")]
    Payload {
        /// What is missing.
        #[source]
        source: PayloadError,
    },
}

/// The parts of a payload.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    /// The tree of the interpreter.
    pub python: &'a Utf8Path,
    /// The tree of the packages.
    pub packages: &'a Utf8Path,
    /// The project's folder.
    pub root: &'a Utf8Path,
    /// What of it comes along.
    pub files: &'a ProjectFiles,
    /// What the packages are.
    pub resolved: &'a Resolved,
    /// The picture that becomes the icon; `None` draws one.
    pub icon: Option<&'a Utf8Path>,
    /// The manifest, without the digest of the app's files.
    pub manifest: Manifest,
    /// A Python of the app's minor version that runs here.
    pub host_python: &'a Utf8Path,
}

impl Parts<'_> {
    /// Puts the payload together at `destination`, which appears when all of it is there. Files of
    /// the cache are linked or copied as `method` says; the author's are always copied. The list
    /// names those of them that are not valid Python, as they are called in the project.
    pub fn assemble(
        self,
        destination: &Utf8Path,
        method: Method,
        progress: &dyn Progress,
    ) -> Result<(Payload, Vec<CompileFailure>), AssembleError> {
        let staged =
            StagedDir::new(destination).map_err(|source| AssembleError::Staging { source })?;
        let layout = Layout::new(staged.path());
        let copied = |source| AssembleError::Copy { source };
        copy::tree(self.python, &layout.python(), method).map_err(copied)?;
        copy::tree(self.packages, &layout.site_packages(), method).map_err(copied)?;
        self.copy_app(&layout.app(), progress)?;
        let compiled = compile::byte_compile(self.host_python, &[layout.app()], None, progress)
            .map_err(|source| AssembleError::Compile { source })?;
        write(&layout.resolved(), self.resolved.to_public_text().as_bytes())?;
        let icon = Picture::of(self.icon, &self.manifest.app.name)
            .and_then(|picture| picture.png(ICON_SIZE))
            .map_err(|source| AssembleError::Icon { source })?;
        write(&layout.icon(), &icon)?;

        progress.step(Step::Digest, None);
        let app = layout.app();
        write_record(layout.root(), &app).map_err(|source| AssembleError::Write {
            path: layout.root().join(Layout::RECORD),
            source,
        })?;
        let digest = tree_digest(&app)
            .map_err(|source| AssembleError::Digest { path: app.clone(), source })?;
        progress.step(Step::Manifest, None);
        let mut manifest = self.manifest;
        manifest.digests.insert(Layout::APP.to_owned(), digest);
        write(&layout.manifest(), manifest.to_json().as_bytes())?;
        let root = staged.commit().map_err(|source| AssembleError::Staging { source })?;
        let payload = Payload::open(&root).map_err(|source| AssembleError::Payload { source })?;
        let failed = compiled.failed.into_iter().map(|failure| failure.below(&app)).collect();
        Ok((payload, failed))
    }

    fn copy_app(&self, app: &Utf8Path, progress: &dyn Progress) -> Result<(), AssembleError> {
        let files = &self.files.files;
        progress.step(Step::App, Some(files.len() as u64));
        fs_err::create_dir(app)
            .map_err(|source| AssembleError::Write { path: app.to_owned(), source })?;
        for folder in &self.files.folders {
            let folder = app.join(folder);
            fs_err::create_dir_all(&folder)
                .map_err(|source| AssembleError::Write { path: folder, source })?;
        }
        let windows = System::of(&self.manifest.python.triple) == System::Windows;
        for file in files {
            let from = file.from.clone().unwrap_or_else(|| self.root.join(&file.path));
            let to = app.join(&file.path);
            let folder = to.parent().unwrap_or(app);
            let done = fs_err::create_dir_all(folder).and_then(|()| match &file.link {
                // Only some users of Windows may make links.
                Some(_) if windows => copy::content(&from, &to),
                Some(leads_to) => copy::link(leads_to, &to),
                None => fs_err::copy(&from, &to).and_then(|_| ordinary_mode(&to)),
            });
            done.map_err(|source| AssembleError::Copy {
                source: CopyError { path: from, source },
            })?;
            progress.advance(1);
        }
        Ok(())
    }
}

fn write(path: &Utf8Path, content: &[u8]) -> Result<(), AssembleError> {
    fs_err::write(path, content)
        .map_err(|source| AssembleError::Write { path: path.to_owned(), source })
}

/// Readable for everyone and writable for its owner, so that neither the author's file mode
/// creation mask nor a read-only file of a repository decides what a recipient may read.
#[cfg(unix)]
fn ordinary_mode(path: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let executable = fs_err::metadata(path)?.permissions().mode() & 0o100 != 0;
    let mode = if executable { 0o755 } else { 0o644 };
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn ordinary_mode(_: &Utf8Path) -> io::Result<()> {
    Ok(())
}
