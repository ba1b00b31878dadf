//! Debian packages, and all that only they know.

pub(crate) mod control;
pub(crate) mod copyright;
mod depends;
mod installed;
mod lintian;
pub(crate) mod packages;

use std::io::{self, BufWriter, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{App, Layout, System, Target};

use crate::archive::{self, Archive, Container, Entries, Entry, gzip};
use crate::text::gzipped;
use crate::version::of_package;
use crate::{Artifact, Compression, Documents, Format, FormatError, InstallTree, Job};
use crate::{freedesktop, manual};
use copyright::{changelog, copyright};

/// A Debian package, `<package>_<version>_<architecture>.deb`.
///
/// It installs `/usr/lib/<package>/` with the shell, named like the package, and the payload
/// beside it; `/usr/bin/<package>` is a link to the shell, which finds the payload by its own
/// real path. There are no scripts of the maintainer's: nothing of ours runs as root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deb;

/// What the author can choose of a Debian package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DebOptions {
    /// How its files are compressed.
    pub compression: Compression,
}

impl Format for Deb {
    fn name(&self) -> &'static str {
        "deb"
    }

    fn about(&self) -> &'static str {
        "A Debian package"
    }

    fn supports(&self, target: &Target) -> bool {
        target.system() == System::Linux && control::architecture(target).is_some()
    }

    fn is_default(&self, _: &Target) -> bool {
        true
    }

    fn brings_needs(&self) -> bool {
        true
    }

    fn notes(&self, app: &App) -> Vec<String> {
        installed::note(app).into_iter().collect()
    }

    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError> {
        let (app, compression) = (tree.app(), job.options.deb.compression);
        let architecture =
            control::architecture(&tree.target).ok_or_else(|| FormatError::Architecture {
                packages: "Debian",
                triple: tree.target.triple().to_owned(),
            })?;
        let name = format!("{}_{}_{architecture}.deb", app.package, of_package(&app.version));
        let mut staged = job.begin(&name)?;
        let destination = staged.destination().to_owned();

        let time = tree.documents.time;
        let depends = depends::depends(tree, job.progress);
        let recommends = packages::recommends(&tree.needs);
        let entries = entries(tree, compression, time)?;
        job.progress.begin(entries.bytes());

        let write = || FormatError::write(&destination);
        let folder = format!("usr/lib/{}", app.package);
        let payload = format!("{folder}/{}", Layout::PAYLOAD);
        let program = format!("{folder}/{}", app.package);
        let layers = archive::layers_of(tree, &payload, program)?;
        let archive = Archive::new((Container::Tar, compression), "./", time, &destination, job);
        let parts = archive.parts(entries, &layers)?;

        let mut about = Entries::default();
        let written = &parts.written;
        let manifest = tree.manifest();
        let control =
            control::control(manifest, architecture, written.kibibytes, &depends, &recommends);
        about.add_bytes("control", control);
        about.add_bytes("md5sums", written.sums.as_str());
        let about = archive.small(gzip(Vec::new()), &about)?;
        let about = about.finish().map_err(write())?;

        let mut members =
            ar::Builder::new(BufWriter::with_capacity(archive::BUFFER, staged.file()));
        let mut member = |name: &str, length: u64, content: &mut dyn io::Read| {
            let mut header = ar::Header::new(name.as_bytes().to_vec(), length);
            header.set_mode(0o100_644);
            header.set_mtime(time);
            members.append(&header, content)
        };
        let data = format!("data.tar.{}", compression.extension());
        member("debian-binary", 4, &mut &b"2.0\n"[..])
            .and_then(|()| member("control.tar.gz", about.len() as u64, &mut about.as_slice()))
            .and_then(|()| member(&data, archive.length(&parts)?, &mut archive.read(&parts)?))
            .map_err(write())?;
        members.into_inner().and_then(|mut file| file.flush()).map_err(write())?;

        let (path, bytes) = job.finish(staged, false)?;
        let install = format!("sudo apt install {}", quoted(&path));
        Ok(Artifact { path, bytes, kind: self.name(), install })
    }
}

/// Everything that the package installs.
fn entries(
    tree: &InstallTree<'_>,
    compression: Compression,
    time: u64,
) -> Result<Entries, FormatError> {
    let app = tree.app();
    let name = &app.package;
    let mut entries = Entries::default();
    entries.add_program(format!("usr/lib/{name}/{name}"), tree.program.file)?;
    let payload = format!("usr/lib/{name}/{}", Layout::PAYLOAD);
    entries.add_tree(&payload, tree.payload.layout.root())?;
    entries.add(format!("usr/bin/{name}"), Entry::Link(format!("../lib/{name}/{name}")));
    freedesktop::add(&mut entries, tree, &of_package(&app.version), time)?;
    let overrides = lintian::overrides(name, compression);
    entries.add_bytes(format!("usr/share/lintian/overrides/{name}"), overrides);
    add_documents(&mut entries, tree)?;
    Ok(entries)
}

fn add_documents(entries: &mut Entries, tree: &InstallTree<'_>) -> Result<(), FormatError> {
    let (manifest, documents) = (tree.manifest(), &tree.documents);
    let name = &manifest.app.package;
    let compressed = |text: &str, path: &str| gzipped(text).map_err(FormatError::write(path));
    let folder = format!("usr/share/doc/{name}");
    entries.add_bytes(format!("{folder}/copyright"), copyright(manifest, documents.time));
    let path = format!("{folder}/changelog.gz");
    entries.add_bytes(path.as_str(), compressed(&changelog(manifest, documents), &path)?);
    let path = format!("{folder}/sbom.{}.gz", Documents::SBOM);
    entries.add_bytes(path.as_str(), compressed(&documents.sbom, &path)?);
    let path = format!("usr/share/man/man1/{name}.1.gz");
    let page = manual::compressed(&manifest.app).map_err(FormatError::write(path.as_str()))?;
    entries.add_bytes(path, page);
    Ok(())
}

/// A path as one word for a shell, which `apt` and `dnf` take for a file and not for a package's name.
pub(crate) fn quoted(path: &Utf8Path) -> String {
    let path: Utf8PathBuf = if path.components().count() == 1 {
        Utf8Path::new(".").join(path)
    } else {
        path.to_owned()
    };
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@~".contains(c);
    let text = match path.as_str() {
        text if text.starts_with(['/', '.']) => text.to_owned(),
        text => format!("./{text}"),
    };
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
