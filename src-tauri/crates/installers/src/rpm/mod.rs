//! RPM packages, and all that only they know.
//!
//! The crate `rpm` writes the headers. Its own builder holds the whole payload and compresses it anew
//! each time, so the payload is one of our archives, of layers that are kept.

mod architecture;
mod dependencies;
mod header;
mod licence;

use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};

use rpm::{Header, Lead, PackageMetadata, RpmFormat, SignatureHeaderBuilder};
use sha2::{Digest as _, Sha256};
use waterskin_bundle::{App, Layout, System, Target};

use crate::archive::{self, Archive, Container, Entries, Entry, LARGEST_IN_CPIO};
use crate::deb::quoted;
use crate::text::gzipped;
use crate::version::of_package;
use crate::{Artifact, Compression, Documents, Format, FormatError, InstallTree, Job};
use crate::{freedesktop, manual, time};
use architecture::Architecture;
use dependencies::Dependencies;
use header::Contents;
use licence::licence;

/// An RPM package, `<package>-<version>-1.<architecture>.rpm`.
///
/// It installs what the Debian package does: `/usr/lib/<package>/` with the shell and the payload, and
/// `/usr/bin/<package>` as a link to the shell. There are no scripts: nothing of ours runs as root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rpm;

/// The package's own revision of an app's version. There is one package of each.
const RELEASE: &str = "1";

/// Before the payload is written its digest is not known, but how long that is.
const UNKNOWN: [u8; 32] = [0; 32];

impl Format for Rpm {
    fn name(&self) -> &'static str {
        "rpm"
    }

    fn about(&self) -> &'static str {
        "A package for Fedora, openSUSE and their kin"
    }

    fn supports(&self, target: &Target) -> bool {
        target.system() == System::Linux && Architecture::of(target).is_some()
    }

    fn is_default(&self, _: &Target) -> bool {
        false
    }

    fn brings_needs(&self) -> bool {
        true
    }

    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError> {
        let (app, compression) = (tree.app(), job.options.deb.compression);
        let architecture = Architecture::of(&tree.target).ok_or_else(|| {
            FormatError::Architecture { packages: "RPM", triple: tree.target.triple().to_owned() }
        })?;
        let version = of_package(&app.version);
        let name = format!("{}-{version}-{RELEASE}.{}.rpm", app.package, architecture.name);
        let mut staged = job.begin(&name)?;
        let destination = staged.destination().to_owned();

        let time = time::of_build();
        let entries = entries(tree, &version, time)?;
        job.progress.begin(entries.bytes());
        let write = || FormatError::write(&destination);
        let payload = format!("{}/{}", folder(app), Layout::PAYLOAD);
        let layers = archive::layers_of(tree, &payload, program(app))?;
        let archive = Archive::new((Container::Cpio, compression), "./", time, &destination, job);
        let parts = archive.parts(entries.clone(), &layers)?;

        let contents = Contents {
            manifest: tree.manifest(),
            version: &version,
            architecture: &architecture,
            entries: &entries,
            sums: &parts.written.sums,
            dependencies: Dependencies::of(
                tree,
                &version,
                &architecture,
                compression,
                job.progress,
            ),
            compression,
            time,
        };
        let length = archive.length(&parts).map_err(write())?;
        let before = metadata(&contents, &UNKNOWN, length).map_err(write())?;
        let file = staged.file();
        file.seek(SeekFrom::Start(before.len() as u64)).map_err(write())?;
        let content = archive.read(&parts).map_err(write())?;
        let content = BufReader::with_capacity(archive::BUFFER, content);
        let mut content = Digested { inner: content, digest: Sha256::new() };
        io::copy(&mut content, file).map_err(write())?;
        let digest: [u8; 32] = content.digest.finalize().into();
        let before = metadata(&contents, &digest, length).map_err(write())?;
        file.rewind().and_then(|()| file.write_all(&before)).map_err(write())?;
        file.flush().map_err(write())?;

        let (path, bytes) = job.finish(staged, true)?;
        let install = format!("sudo dnf install {}", quoted(&path));
        Ok(Artifact { path, bytes, kind: self.name(), install })
    }
}

/// Where everything of the app is.
fn folder(app: &App) -> String {
    format!("usr/lib/{}", app.package)
}

fn program(app: &App) -> String {
    format!("{}/{}", folder(app), app.package)
}

/// Everything that the package installs. Of the folders it has its own: the others belong to packages
/// of the system.
fn entries(tree: &InstallTree<'_>, version: &str, time: u64) -> Result<Entries, FormatError> {
    let app = tree.app();
    let (name, folder) = (&app.package, folder(app));
    let (licences, documents) =
        (format!("usr/share/licenses/{name}"), format!("usr/share/doc/{name}"));
    let mut entries = Entries::default();
    entries.add_program(program(app), tree.program.file)?;
    entries.add_tree(&format!("{folder}/{}", Layout::PAYLOAD), tree.payload.layout.root())?;
    entries.add(format!("usr/bin/{name}"), Entry::Link(format!("../lib/{name}/{name}")));
    freedesktop::add(&mut entries, tree, version, time)?;
    let path = format!("usr/share/man/man1/{name}.1.gz");
    let page = manual::compressed(app).map_err(FormatError::write(path.as_str()))?;
    entries.add_bytes(path, page);
    entries.add_bytes(format!("{licences}/LICENSE"), licence(tree.manifest(), time));
    let path = format!("{documents}/sbom.{}.gz", Documents::SBOM);
    let sbom = gzipped(&tree.documents.sbom).map_err(FormatError::write(path.as_str()))?;
    entries.add_bytes(path, sbom);
    entries.keep_folders(|path| {
        [&folder, &licences, &documents]
            .into_iter()
            .any(|own| path == own || path.starts_with(&format!("{own}/")))
    });
    let large = entries.iter().find(|(_, entry)| entry.size() > LARGEST_IN_CPIO);
    match large {
        Some((path, _)) => Err(FormatError::TooLarge {
            path: path.into(),
            format: "RPM package",
            most: LARGEST_IN_CPIO,
        }),
        None => Ok(entries),
    }
}

/// What stands before a payload of this digest and length: the same number of bytes for any digest.
fn metadata(contents: &Contents<'_>, digest: &[u8; 32], length: u64) -> io::Result<Vec<u8>> {
    let lead = Lead::new(contents.manifest.app.package.as_str());
    let header = contents.header(digest);
    let mut metadata = PackageMetadata { lead, signature: Header::new_empty(), header };
    let header = metadata.header_bytes().map_err(io::Error::other)?;
    metadata.signature = SignatureHeaderBuilder::new()
        .format(RpmFormat::V4)
        .set_content_length(header.len() as u64 + length)
        .calculate_digests(&header)
        .build()
        .map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    metadata.write(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// Passes bytes on and takes their digest on the way.
struct Digested<R> {
    inner: R,
    digest: Sha256,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

/// What a compression is called in the header, and how strong it is.
fn named(compression: Compression) -> (&'static str, String) {
    match compression {
        Compression::Zstd(level) => ("zstd", level.to_string()),
        // The level that `ParallelGzip` has.
        Compression::Gzip => ("gzip", "6".to_owned()),
    }
}
