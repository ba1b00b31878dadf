use std::io::{self, BufWriter, Seek as _, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use flate2::{Compression as Level, GzBuilder, write::GzEncoder};
use waterskin_bundle::{Layout, Manifest, StagedFile};
use waterskin_project::EMOJI_FONT;

use super::{
    Artifact, Compression, FormatError, Package, archive, control,
    copyright::{changelog, copyright},
    depends::depends,
    desktop::desktop,
    entries::{Entries, Entry},
    layers::{self, Archive},
    lintian, manual,
    metainfo::metainfo,
    picture::{self, Picture},
    time, version,
};
use crate::{Progress, Step};

/// Writes a Debian package, `<package>_<version>_<architecture>.deb`.
///
/// It installs `/usr/lib/<package>/` with the shell, named like the package, and the payload
/// beside it; `/usr/bin/<package>` is a link to the shell, which finds the payload by its own
/// real path. There are no scripts of the maintainer's: nothing of ours runs as root.
///
/// # Errors
///
/// [`FormatError`]; the output folder is as it was then.
pub fn deb(
    package: &Package<'_>,
    compression: Compression,
    progress: &dyn Progress,
) -> Result<Artifact, FormatError> {
    let manifest = &package.payload.manifest;
    let triple = &manifest.python.triple;
    let architecture = control::architecture(triple)
        .ok_or_else(|| FormatError::Architecture { triple: triple.clone() })?;
    let name = format!(
        "{}_{}_{architecture}.deb",
        manifest.app.package,
        version::debian(&manifest.app.version)
    );
    let destination = package.output.join(name);
    let staging = |source| FormatError::Staging { output: package.output.to_owned(), source };
    let mut staged = StagedFile::new(&destination).map_err(staging)?;

    let time = time::of_build();
    let minimum = &manifest.minimum;
    let mut depends = depends(package.shell, &minimum.glibc, &minimum.webkitgtk, progress)?;
    for name in package.depends {
        depends.push_str(&format!(", {name}"));
    }
    let mut recommends = vec![EMOJI_FONT];
    recommends.extend(package.recommends);
    let entries = entries(package, compression, time)?;
    progress.step(Step::Deb, Some(entries.bytes()));

    // The list of checksums stands before the data, so the data waits in a file without a name.
    let write = || FormatError::write(&destination);
    let data = BufWriter::new(tempfile::tempfile_in(package.output).map_err(write())?);
    let folder = format!("usr/lib/{}", manifest.app.package);
    let payload = format!("{folder}/{}", Layout::PAYLOAD);
    let program = format!("{folder}/{}", manifest.app.package);
    let layers = layers::of(package, &payload, program)?;
    let archive = Archive { compression, prefix: "./", time, destination: &destination, progress };
    let parts = archive.parts(package, entries, &layers)?;
    let (data, written) = (archive.write_all(&parts, data)?, parts.written);
    let mut data = data.into_inner().map_err(io::IntoInnerError::into_error).map_err(write())?;

    let mut about = Entries::default();
    about.add_bytes(
        "control",
        control::control(manifest, architecture, written.kibibytes, &depends, &recommends),
    );
    about.add_bytes("md5sums", written.md5sums);
    let mut about_file = gzip(Vec::new());
    let options = archive::Options { prefix: "./", root: true, time };
    archive::write(&mut about_file, &about, options, &destination, &crate::Quiet)?;
    let about =
        about_file.write_all(&archive::END).and_then(|()| about_file.finish()).map_err(write())?;

    let length = data.stream_position().map_err(write())?;
    data.rewind().map_err(write())?;
    let extension = compression.extension();
    let mut members = ar::Builder::new(BufWriter::new(staged.file()));
    let mut member = |name: &str, length: u64, content: &mut dyn io::Read| {
        let mut header = ar::Header::new(name.as_bytes().to_vec(), length);
        header.set_mode(0o100_644);
        header.set_mtime(time);
        members.append(&header, content)
    };
    member("debian-binary", 4, &mut &b"2.0\n"[..])
        .and_then(|()| member("control.tar.gz", about.len() as u64, &mut about.as_slice()))
        .and_then(|()| member(&format!("data.tar.{extension}"), length, &mut data))
        .map_err(write())?;
    members.into_inner().and_then(|mut file| file.flush()).map_err(write())?;

    let bytes = staged.file().metadata().map_err(write())?.len();
    let path = staged.commit().map_err(staging)?;
    let install = format!("sudo apt install {}", quoted(&path));
    Ok(Artifact { path, bytes, kind: "deb", install })
}

/// Everything that the package installs.
fn entries(
    package: &Package<'_>,
    compression: Compression,
    time: u64,
) -> Result<Entries, FormatError> {
    let manifest = &package.payload.manifest;
    let (name, id) = (&manifest.app.package, &manifest.app.id);
    let mut entries = Entries::default();
    entries.add_program(format!("usr/lib/{name}/{name}"), package.shell)?;
    let payload = format!("usr/lib/{name}/{}", Layout::PAYLOAD);
    entries.add_tree(&payload, package.payload.layout.root())?;
    entries.add(format!("usr/bin/{name}"), Entry::Link(format!("../lib/{name}/{name}")));

    entries.add_bytes(format!("usr/share/applications/{id}.desktop"), desktop(manifest));
    entries.add_bytes(format!("usr/share/metainfo/{id}.metainfo.xml"), metainfo(manifest, time));
    let payload_icon = package.payload.layout.icon();
    let source = package.icon.or_else(|| payload_icon.is_file().then_some(&*payload_icon));
    let picture =
        Picture::of(source, &manifest.app.name).map_err(|source| FormatError::Icon { source })?;
    for size in picture::SIZES {
        let path = format!("usr/share/icons/hicolor/{size}x{size}/apps/{id}.png");
        let png = picture.png(size).map_err(|source| FormatError::Icon { source })?;
        entries.add_bytes(path, png);
    }
    let overrides = lintian::overrides(name, compression);
    entries.add_bytes(format!("usr/share/lintian/overrides/{name}"), overrides);
    add_documents(&mut entries, manifest, time)?;
    Ok(entries)
}

fn add_documents(entries: &mut Entries, manifest: &Manifest, time: u64) -> Result<(), FormatError> {
    let name = &manifest.app.package;
    let compressed = |text: String, path: &str| {
        let mut encoder = gzip(Vec::new());
        encoder
            .write_all(text.as_bytes())
            .and_then(|()| encoder.finish())
            .map_err(FormatError::write(path))
    };
    let documents = format!("usr/share/doc/{name}");
    entries.add_bytes(format!("{documents}/copyright"), copyright(manifest, time));
    let path = format!("{documents}/changelog.gz");
    entries.add_bytes(path.as_str(), compressed(changelog(manifest, time), &path)?);
    let path = format!("usr/share/man/man1/{name}.1.gz");
    entries.add_bytes(path.as_str(), compressed(manual::manual(manifest), &path)?);
    Ok(())
}

/// As `gzip -9n` writes it: no name and no time, which Debian asks for and which keeps the bytes
/// the same.
fn gzip<W: io::Write>(output: W) -> GzEncoder<W> {
    GzBuilder::new().mtime(0).operating_system(3).write(output, Level::best())
}

/// A path as one word for a shell, which `apt` takes for a file and not for a package's name.
fn quoted(path: &Utf8Path) -> String {
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
