//! Packages are made from a small payload and read by the system's own tools.

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{Manifest, Payload, SystemPackage, tree_digest};
use waterskin_process::{Tool, find};

use scratch::Scratch;

use super::*;
use crate::appimage::AppImageOptions;
use crate::deb::DebOptions;

mod all;
mod appimage;
mod deb;
mod full_disk;
mod icons;
#[path = "../tests/support/mach_o.rs"]
pub(crate) mod mach_o;
mod rpm;
#[path = "../tests/support/scratch.rs"]
pub(crate) mod scratch;
mod tar_gz;
mod words;

/// What no author should write, and every format must bear.
const NAME: &str = "Élan & <Co> \"100 %\" \\ it's\n数据";

pub(crate) struct Place {
    _folder: tempfile::TempDir,
    pub(crate) root: Utf8PathBuf,
}

pub(crate) fn place() -> Place {
    let folder = tempfile::Builder::new().prefix("mon dossier d'été 数 ").tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    Place { _folder: folder, root }
}

pub(crate) fn write(path: &Utf8Path, content: &str) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, content).unwrap();
}

pub(crate) fn program(path: &Utf8Path, content: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    write(path, content);
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o750)).unwrap();
}

pub(crate) fn manifest() -> Manifest {
    let text = serde_json::json!({
        "schema": 1,
        "app": {
            "id": "org.example.elan", "name": NAME, "package": "elan", "version": "1.0rc1",
            "summary": "Sells & counts <everything>", "publisher": "Zoë, Inc. <zoe@example.org>"
        },
        "entry": "app é.py",
        "python": {
            "version": "3.11.7", "triple": "x86_64-unknown-linux-gnu",
            "executable": "python/bin/python3.11", "source": "relocated"
        },
        "streamlit": { "version": "1.67.0" },
        "shell": { "version": "0.1.0" },
        "minimum": { "glibc": "2.35", "webkitgtk": "2.40" },
        "digests": {}
    });
    Manifest::parse(&text.to_string()).unwrap()
}

/// A payload with every kind of thing that a real one has, and the shell beside it.
pub(crate) fn payload(root: &Utf8Path) -> (Payload, Utf8PathBuf) {
    let payload = root.join("payload");
    // In no order of names: archives must not show it.
    let long = "a".repeat(120);
    write(&payload.join("site-packages/streamlit/static/index.html"), "<html></html>");
    write(&payload.join(format!("site-packages/{long}/{long}.py")), "long = 1\n");
    write(&payload.join("app/app é.py"), "import streamlit\n");
    write(&payload.join("app/empty.csv"), "");
    write(&payload.join("app/__pycache__/app é.cpython-311.pyc"), "bytecode");
    program(&payload.join("python/bin/python3.11"), "#!/bin/sh\necho 'I am Python'\n");
    fs_err::os::unix::fs::symlink("python3.11", payload.join("python/bin/python3")).unwrap();
    write(&payload.join("manifest.json"), &manifest().to_json());
    let shell = root.join("the shell");
    program(
        &shell,
        "#!/bin/sh\nexec \"$(dirname \"$(readlink -f \"$0\")\")/payload/python/bin/python3\"\n",
    );
    (Payload::open(&payload).unwrap(), shell)
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Tool::new(find(program).unwrap_or_else(|| panic!("`{program}` is not here")))
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .run(&mut |_, _| {});
    match output {
        Ok(output) => output.stdout,
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            panic!("{error}: {}", source.unwrap_or_default())
        }
    }
}

/// What a test makes an installer of.
#[derive(Clone)]
pub(crate) struct Package<'a> {
    pub(crate) payload: &'a Payload,
    pub(crate) shell: &'a Utf8Path,
    pub(crate) icon: Option<&'a Utf8Path>,
    pub(crate) needs: Needs,
    pub(crate) output: &'a Utf8Path,
    pub(crate) store: Option<&'a Scratch>,
    pub(crate) sign: Option<Signer>,
}

/// What most tests make an installer of.
pub(crate) fn package_of<'a>(
    payload: &'a Payload,
    shell: &'a Utf8Path,
    output: &'a Utf8Path,
) -> Package<'a> {
    let minimum = &payload.manifest.minimum;
    let (glibc, webkitgtk) = (minimum.glibc.clone(), minimum.webkitgtk.clone());
    let needs = Needs { glibc, webkitgtk, ..Needs::default() };
    Package { payload, shell, icon: None, needs, output, store: None, sign: None }
}

pub(crate) fn make(
    format: &str,
    package: &Package<'_>,
    compression: Compression,
    progress: &dyn Progress,
) -> Result<Artifact, FormatError> {
    // A small program that ends where its file does.
    let runtime = Utf8PathBuf::from_path_buf(find("true").unwrap()).ok();
    let options = FormatOptions {
        deb: DebOptions { compression },
        appimage: AppImageOptions { runtime },
        sign: package.sign.clone(),
        ..FormatOptions::default()
    };
    make_with(format, package, &options, progress)
}

fn make_with(
    format: &str,
    package: &Package<'_>,
    options: &FormatOptions,
    progress: &dyn Progress,
) -> Result<Artifact, FormatError> {
    let program = Program { file: package.shell, libraries: Vec::new() };
    let tree = InstallTree::new(package.payload, program, package.icon, package.needs.clone())?;
    let folder = tempfile::tempdir().unwrap();
    let own = Scratch::new(Utf8Path::from_path(folder.path()).unwrap());
    let (output, store) = (package.output, package.store.unwrap_or(&own));
    format_named(format).unwrap().write(&tree, &Job { output, options, store, progress })
}

pub(crate) fn deb(
    package: &Package<'_>,
    compression: Compression,
    progress: &dyn Progress,
) -> Result<Artifact, FormatError> {
    make("deb", package, compression, progress)
}

pub(crate) fn tar_gz(
    package: &Package<'_>,
    progress: &dyn Progress,
) -> Result<Artifact, FormatError> {
    make("tar.gz", package, Compression::default(), progress)
}
