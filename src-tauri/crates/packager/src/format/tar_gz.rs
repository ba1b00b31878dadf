use std::io::Write as _;

use waterskin_bundle::{Layout, Manifest, StagedFile};

use super::{
    Artifact, Compression, FormatError, Package,
    entries::Entries,
    layers::{self, Archive},
    text::one_line,
    time,
    version::in_file_name,
};
use crate::{Progress, Step};

/// Writes an archive of the app's folder, `<package>-<version>-<system>-<processor>.tar.gz`. It
/// runs wherever it is unpacked, without being installed.
///
/// # Errors
///
/// [`FormatError`]; the output folder is as it was then.
pub fn tar_gz(package: &Package<'_>, progress: &dyn Progress) -> Result<Artifact, FormatError> {
    let manifest = &package.payload.manifest;
    let top = format!("{}-{}", manifest.app.package, in_file_name(&manifest.app.version));
    let name = format!("{top}-{}.tar.gz", platform(&manifest.python.triple));
    let destination = package.output.join(&name);
    let staging = |source| FormatError::Staging { output: package.output.to_owned(), source };
    let mut staged = StagedFile::new(&destination).map_err(staging)?;

    let program = &manifest.app.package;
    let mut entries = Entries::default();
    entries.add_program(format!("{top}/{program}"), package.shell)?;
    entries.add_tree(&format!("{top}/{}", Layout::PAYLOAD), package.payload.layout.root())?;
    entries.add_bytes(format!("{top}/README.txt"), readme(manifest));
    progress.step(Step::TarGz, Some(entries.bytes()));

    let archive = Archive {
        compression: Compression::Gzip,
        prefix: "",
        time: time::of_build(),
        destination: &destination,
        progress,
    };
    let payload = format!("{top}/{}", Layout::PAYLOAD);
    let layers = layers::of(package, &payload, format!("{top}/{program}"))?;
    let parts = archive.parts(package, entries, &layers)?;
    let write = || FormatError::write(&destination);
    archive.write_all(&parts, staged.file())?.flush().map_err(write())?;

    let bytes = staged.file().metadata().map_err(write())?.len();
    let path = staged.commit().map_err(staging)?;
    let install =
        format!("tar -xzf '{}' && ./{top}/{program}", path.as_str().replace('\'', r"'\''"));
    Ok(Artifact { path, bytes, kind: "tar.gz", install })
}

/// `linux-x86_64` for `x86_64-unknown-linux-gnu`.
fn platform(triple: &str) -> String {
    let processor = triple.split('-').next().unwrap_or_default();
    let system = match triple {
        _ if triple.contains("-windows") => "windows",
        _ if triple.contains("-darwin") => "macos",
        _ => "linux",
    };
    format!("{system}-{processor}")
}

fn readme(manifest: &Manifest) -> String {
    let (name, program) = (one_line(&manifest.app.name), &manifest.app.package);
    let minimum = match manifest.minimum.glibc.as_str() {
        "" => String::new(),
        version => format!(" and the GNU C library {version} or newer"),
    };
    format!(
        "{name} {version}\n\
         \n\
         To start it, open the program `{program}` in this folder, or type in a terminal:\n\
         \n    \
         ./{program}\n\
         \n\
         The folder can stand anywhere, and runs where it stands. To remove the app, delete it.\n\
         \n\
         The system must have WebKitGTK 4.1{minimum}. On Debian and Ubuntu:\n\
         \n    \
         sudo apt install libwebkit2gtk-4.1-0\n",
        version = one_line(&manifest.app.version),
    )
}
