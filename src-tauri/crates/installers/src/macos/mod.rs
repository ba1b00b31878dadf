//! The app as macOS has it: a folder `<name>.app`, which every format for macOS holds.

mod code_resources;
mod icon;
mod info;
mod mach_o;
mod signature;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

use camino::{Utf8Path, Utf8PathBuf};
pub use mach_o::MachOError;
use tempfile::TempDir;
use waterskin_bundle::{Digest, Layout};

use crate::archive::{Entries, Layer, layers_of};
use crate::text::one_line;
use crate::{FormatError, InstallTree, Job, Signer};

/// An app for macOS, to be written into an archive or a file system.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// The name of its folder.
    pub name: String,
    /// All of it, with its folder.
    pub entries: Entries,
    /// What of it may be kept.
    pub layers: Vec<Layer>,
    /// Where what was made of it stands meanwhile.
    pub folder: Option<Scratch>,
}

impl Bundle {
    /// The bundle of a tree. It is sealed, and its program signed, by nobody: Macs with Apple's own
    /// processors start no program without a signature, and call an app damaged whose program has one
    /// and whose other files have not.
    ///
    /// Where the author has a command that signs, that signs all of it anew.
    pub fn of(tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Self, FormatError> {
        let name = format!("{}.app", folder_name(&tree.app().name));
        let contents = format!("{name}/Contents");
        let (program, payload) =
            (format!("MacOS/{}", tree.program_name()), format!("Resources/{}", Layout::PAYLOAD));

        let mut entries = Entries::default();
        entries.add_tree(&payload, tree.payload.layout.root())?;
        entries.add_bytes(format!("Resources/{}", info::ICON), icon::icns(&tree.icon)?);
        for (name, text) in tree.documents.files() {
            entries.add_bytes(format!("Resources/{name}"), text);
        }
        let sealed = code_resources::code_resources(&entries)?;
        let info = info::info(tree)?;
        let unsigned =
            fs_err::read(tree.program.file).map_err(FormatError::read(tree.program.file))?;
        let seal = signature::Seal { info: &info, resources: &sealed };
        let signed = signature::signed(&unsigned, &info::identifier(tree.app().id.as_str()), &seal)
            .map_err(|source| FormatError::Seal { path: tree.program.file.to_owned(), source })?;
        let digest = Digest::of(&signed);
        let folder = Scratch::new(job)?;
        let file = folder.path().join(tree.program_name());
        fs_err::write(&file, signed).map_err(FormatError::write(&file))?;

        entries.add_bytes("Info.plist", info);
        // Four letters for the kind of a bundle, and four for its maker.
        entries.add_bytes("PkgInfo", "APPL????");
        entries.add_bytes("_CodeSignature/CodeResources", sealed);
        entries.add_program(program.clone(), &file)?;
        let mut layers = layers_of(tree, &format!("{contents}/{payload}"), String::new())?;
        // The last one is of the program as it came.
        layers.pop();
        layers.push(Layer::new(format!("{contents}/{program}"), digest));
        let entries = entries.below(&contents);
        match &job.options.sign {
            Some(signer) => Self::signed(name, &entries, signer, job),
            None => Ok(Self { name, entries, layers, folder: Some(folder) }),
        }
    }
}

impl Bundle {
    /// The bundle of these entries with a signature of the author's. What is signed is another each time,
    /// so nothing of it is kept.
    fn signed(
        name: String,
        entries: &Entries,
        signer: &Signer,
        job: &Job<'_>,
    ) -> Result<Self, FormatError> {
        let folder = Scratch::new(job)?;
        let root = folder.path();
        entries.write_to(root)?;
        let app = root.join(&name);
        signer.sign(&app, &name)?;
        let mut entries = Entries::default();
        entries.add_tree(&name, &app)?;
        Ok(Self { name, entries, layers: Vec::new(), folder: Some(folder) })
    }
}

/// A folder beside the finished files that goes when they are made.
#[derive(Debug)]
pub(crate) struct Scratch {
    _folder: TempDir,
    path: Utf8PathBuf,
}

impl Scratch {
    pub fn new(job: &Job<'_>) -> Result<Self, FormatError> {
        let output = job.output;
        let made = fs_err::create_dir_all(output)
            .and_then(|()| tempfile::Builder::new().prefix(".waterskin-").tempdir_in(output));
        let folder = made.map_err(FormatError::write(output))?;
        let path = Utf8PathBuf::from_path_buf(folder.path().to_owned())
            .map_err(|path| FormatError::Name { path: path.display().to_string() })?;
        Ok(Self { _folder: folder, path })
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

/// What people call the app, as the name of a folder: Finder shows a `/` for a `:`, and nothing that
/// begins with a point.
fn folder_name(name: &str) -> String {
    const MOST: usize = 200;
    let name: String = one_line(name)
        .chars()
        .map(|c| if matches!(c, '/' | ':' | '\\') { '-' } else { c })
        .collect();
    let mut name = name.trim_start_matches('.').trim().to_owned();
    while name.len() > MOST {
        name.pop();
    }
    if name.is_empty() { "App".to_owned() } else { name }
}
