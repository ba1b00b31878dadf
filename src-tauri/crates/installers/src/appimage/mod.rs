//! AppImages, and all that only they know.
//!
//! The crate `waterskin-appimage` is the program that one begins with, and says how it goes on.

mod desktop;
mod squashfs;

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_appimage::{Digest, Elf, ElfError, Note};
use waterskin_bundle::{App, Layout, System, Target};

use crate::archive::{self, Entries, Entry};
use crate::deb::quoted;
use crate::text::one_line;
use crate::version::of_package;
use crate::{Artifact, Format, FormatError, InstallTree, Job, freedesktop, time};
use desktop::desktop;
use squashfs::SquashFs;

/// An AppImage, `<package>-<version>-<processor>.AppImage`: one file that is opened as it is, by who
/// may install nothing. It brings all but WebKitGTK, and says what to install where that is missing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AppImage;

/// What the command line calls it.
pub const NAME: &str = "AppImage";

/// What an AppImage needs besides the app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppImageOptions {
    /// The program that it begins with, for the system that the app is for.
    pub runtime: Option<Utf8PathBuf>,
}

/// Why a program can't begin an AppImage.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// None was given.
    #[error("there is none")]
    Missing,
    /// It could not be read, or is no program.
    #[error(transparent)]
    Program(#[from] ElfError),
    /// The SquashFS would be looked for where the program ends.
    #[error("something follows where it ends")]
    End,
}

/// What tells an AppImage of the second type, and where that is (AppImage specification).
const MAGIC: [u8; 3] = *b"AI\x02";
const MAGIC_AT: usize = 8;

/// The size of the icon that file managers show, in pixels.
const ICON_SIZE: u32 = 256;

impl Format for AppImage {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "One file that is opened as it is, on any distribution"
    }

    fn supports(&self, target: &Target) -> bool {
        target.system() == System::Linux
            && matches!(target.processor(), "x86_64" | "aarch64" | "riscv64gc")
    }

    fn is_default(&self, _: &Target) -> bool {
        true
    }

    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError> {
        let app = tree.app();
        let version = of_package(&app.version);
        let name = format!("{}-{version}-{}.AppImage", app.package, tree.target.processor());
        let runtime = runtime(job.options.appimage.runtime.as_deref())?;
        let mut staged = job.begin(&name)?;
        let destination = staged.destination().to_owned();

        let time = time::of_build();
        let entries = entries(tree, &version, time)?;
        job.progress.begin(entries.bytes());
        let folder = folder(app);
        let layers = archive::layers_of(
            tree,
            &format!("{folder}/{}", Layout::PAYLOAD),
            format!("{folder}/{}", app.package),
        )?;
        let write = || FormatError::write(&destination);
        let file = staged.file();
        file.write_all(&runtime).map_err(write())?;
        let offset = runtime.len() as u64;
        let squashfs = SquashFs::new(job.options.deb.compression, time, &destination, job);
        let length = squashfs.write(entries, &layers, file, offset)?;

        let digest = file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| Digest::of(file.take(length)))
            .map_err(write())?;
        let (id, name) = (app.id.as_str().to_owned(), one_line(&app.name));
        let note = Note { id, name, version, offset, length, digest };
        file.seek(SeekFrom::Start(offset + length))
            .and_then(|_| file.write_all(note.to_text().as_bytes()))
            .map_err(write())?;

        let (path, bytes) = job.finish(staged, false)?;
        make_executable(&path).map_err(write())?;
        let word = quoted(&path);
        Ok(Artifact {
            path,
            bytes,
            kind: self.name(),
            install: format!("chmod +x {word} && {word}"),
        })
    }
}

/// The program that an AppImage begins with, marked as such.
fn runtime(path: Option<&Utf8Path>) -> Result<Vec<u8>, FormatError> {
    let path = path.ok_or(FormatError::Runtime { path: None, source: RuntimeError::Missing })?;
    let failed = |source| FormatError::Runtime { path: Some(path.to_owned()), source };
    let mut bytes = fs_err::read(path).map_err(FormatError::read(path))?;
    let elf = Elf::read(&mut io::Cursor::new(&bytes)).map_err(|error| failed(error.into()))?;
    if elf.end != bytes.len() as u64 {
        return Err(failed(RuntimeError::End));
    }
    if let Some(magic) = bytes.get_mut(MAGIC_AT..MAGIC_AT + MAGIC.len()) {
        magic.copy_from_slice(&MAGIC);
    }
    Ok(bytes)
}

fn folder(app: &App) -> String {
    format!("usr/lib/{}", app.package)
}

/// Everything that is in it: what packages install, and at its root what the AppImage specification
/// asks for.
fn entries(tree: &InstallTree<'_>, version: &str, time: u64) -> Result<Entries, FormatError> {
    let app = tree.app();
    let (name, id, folder) = (&app.package, &app.id, folder(app));
    let mut entries = Entries::default();
    entries.add_program(format!("{folder}/{name}"), tree.program.file)?;
    entries.add_tree(&format!("{folder}/{}", Layout::PAYLOAD), tree.payload.layout.root())?;
    entries.add("AppRun", Entry::Link(format!("{folder}/{name}")));
    entries.add(format!("usr/bin/{name}"), Entry::Link(format!("../lib/{name}/{name}")));
    freedesktop::add(&mut entries, tree, version, time)?;
    for (file, text) in tree.documents.files() {
        entries.add_bytes(format!("usr/share/doc/{name}/{file}"), text);
    }
    let entry = desktop(app, version);
    entries.add_bytes(format!("{id}.desktop"), entry.as_str());
    entries.add_bytes(format!("usr/share/applications/{id}.desktop"), entry);
    let icon = tree.icon.png(ICON_SIZE).map_err(|source| FormatError::Icon { source })?;
    entries.add_bytes(format!("{id}.png"), icon);
    entries.add(".DirIcon", Entry::Link(format!("{id}.png")));
    Ok(entries)
}

#[cfg(unix)]
fn make_executable(path: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Utf8Path) -> io::Result<()> {
    Ok(())
}
