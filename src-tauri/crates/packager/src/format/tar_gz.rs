use std::io::Write as _;

use waterskin_bundle::{Layout, Manifest, StagedFile, System};
use waterskin_project::EMOJI_FONT;

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
    let system = System::of(&manifest.python.triple);
    let processor = manifest.python.triple.split('-').next().unwrap_or_default();
    let name = format!("{top}-{}-{processor}.tar.gz", system.name());
    let destination = package.output.join(&name);
    let staging = |source| FormatError::Staging { output: package.output.to_owned(), source };
    let mut staged = StagedFile::new(&destination).map_err(staging)?;

    let program = program(manifest, system);
    let mut entries = Entries::default();
    entries.add_program(format!("{top}/{program}"), package.shell)?;
    entries.add_tree(&format!("{top}/{}", Layout::PAYLOAD), package.payload.layout.root())?;
    entries.add_bytes(format!("{top}/README.txt"), readme(package, system));
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
    let install = match system {
        // In PowerShell.
        System::Windows => {
            format!("tar -xzf '{}'; & '.\\{top}\\{program}'", path.as_str().replace('\'', "''"))
        }
        System::Linux | System::MacOs => {
            format!("tar -xzf '{}' && ./{top}/{program}", path.as_str().replace('\'', r"'\''"))
        }
    };
    Ok(Artifact { path, bytes, kind: "tar.gz", install })
}

/// The file name of the program that opens the app.
fn program(manifest: &Manifest, system: System) -> String {
    format!("{}{}", manifest.app.package, system.program_ending())
}

fn readme(package: &Package<'_>, system: System) -> String {
    let manifest = &package.payload.manifest;
    let (name, program) = (one_line(&manifest.app.name), program(manifest, system));
    let start = match system {
        System::Windows => format!(".\\{program}"),
        System::Linux | System::MacOs => format!("./{program}"),
    };
    format!(
        "{name} {version}\n\
         \n\
         To start it, open the program `{program}` in this folder, or type in a terminal:\n\
         \n    \
         {start}\n\
         \n\
         The folder can stand anywhere, and runs where it stands. To remove the app, delete it.\n\
         {needs}",
        version = one_line(&manifest.app.version),
        needs = needs(package, system),
    )
}

/// What the system must have, as a paragraph; nothing where every system has it.
fn needs(package: &Package<'_>, system: System) -> String {
    let manifest = &package.payload.manifest;
    // Of two names of a package, the newer one stands first.
    let more = package.depends.iter().map(String::as_str).chain(package.recommends.iter().copied());
    let more: String =
        more.map(|it| format!(" {}", it.split(" | ").next().unwrap_or(it))).collect();
    let glibc = match manifest.minimum.glibc.as_str() {
        "" => String::new(),
        version => format!(" and the GNU C library {version} or newer"),
    };
    match system {
        System::Linux => format!(
            "\n\
             The system must have WebKitGTK 4.1{glibc}. On Debian and Ubuntu:\n\
             \n    \
             sudo apt install libwebkit2gtk-4.1-0 {EMOJI_FONT}{more}\n"
        ),
        System::Windows => {
            "\nThe system must have the WebView2 Runtime, which Windows 11 has.\n".to_owned()
        }
        System::MacOs => String::new(),
    }
}
