//! Archives in layers: what changes seldom is compressed once and kept.
//!
//! The interpreter, the packages and the shell are a layer each, known by its digest. The rest, with
//! the app's own files, comes first, since it has the folders that all others are in.

use std::io::{self, Write};
use std::panic::resume_unwind;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use waterskin_bundle::{Digest, Layout, file_digest};

use super::archive::{self, Written};
use super::content::LARGE;
use super::entries::{Entries, Entry as File};
use super::{Compression, FormatError, Package};
use crate::Progress;
use crate::cache::{Cache, Entry};
use crate::payload::provision::RECIPE;

/// The names of the files of a layer in the cache.
pub(super) const DATA: &str = "data";
const WRITTEN: &str = "written.json";

/// A folder or file of the archive that may be compressed already.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Its path in the archive.
    pub path: String,
    /// What it holds.
    pub digest: Digest,
}

/// What a layer is in the archive, besides its bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    written: Written,
    bytes: u64,
}

/// How an archive is written.
#[derive(Clone, Copy)]
pub(super) struct Archive<'a> {
    pub compression: Compression,
    /// Stands before every path: `./` in a Debian package.
    pub prefix: &'a str,
    /// Seconds since 1970, of every file.
    pub time: u64,
    /// The file to be, for errors.
    pub destination: &'a Utf8Path,
    pub progress: &'a dyn Progress,
}

/// Compressed layers, to be put together.
pub(super) struct Parts {
    files: Vec<Part>,
    /// What was written, of all of them.
    pub written: Written,
    _scratch: Option<tempfile::TempDir>,
}

enum Part {
    Bytes(Vec<u8>),
    /// A file of the cache, which nobody removes as long as the entry lives.
    Kept(Entry),
}

impl Archive<'_> {
    /// Compresses `entries`, or takes from the package's cache what is there.
    pub fn parts(
        &self,
        package: &Package<'_>,
        mut entries: Entries,
        layers: &[Layer],
    ) -> Result<Parts, FormatError> {
        let failed = || FormatError::write(self.destination);
        let layers: Vec<_> =
            layers.iter().map(|layer| (layer, entries.take(&layer.path))).collect();
        let (rest, written) = self.compress(&entries, true, self.progress)?;
        let mut parts = Parts { files: vec![Part::Bytes(rest)], written, _scratch: None };
        let own;
        let cache = match package.cache {
            Some(cache) => cache,
            None => {
                let scratch = tempfile::tempdir_in(package.output).map_err(failed())?;
                own = Cache::open(Utf8Path::from_path(scratch.path()).unwrap_or(package.output))?;
                parts._scratch = Some(scratch);
                &own
            }
        };
        // At the same time: a layer is seldom long enough to keep all processors busy to its end.
        let layers: Vec<_> = std::thread::scope(|scope| {
            let begin = |(layer, entries)| scope.spawn(move || self.layer(cache, layer, &entries));
            let begun: Vec<_> = layers.into_iter().map(begin).collect();
            begun.into_iter().map(|one| one.join().unwrap_or_else(|it| resume_unwind(it))).collect()
        });
        for layer in layers {
            let (entry, written) = layer?;
            parts.written.append(&written);
            parts.files.push(Part::Kept(entry));
        }
        let end = self.compression.part(&mut |writer| writer.write_all(&archive::END));
        let end = end.map_err(failed())?;
        parts.files.push(Part::Bytes(end));
        Ok(parts)
    }

    /// A layer of the cache, compressed now where it is not there.
    fn layer(
        &self,
        cache: &Cache,
        layer: &Layer,
        entries: &Entries,
    ) -> Result<(Entry, Written), FormatError> {
        let failed = || FormatError::write(self.destination);
        let (path, digest) = (&layer.path, layer.digest.as_str());
        let key = format!(
            "{RECIPE} {:?} {} {path} {} {digest}",
            self.compression, self.prefix, self.time
        );
        let mut made = false;
        let entry = cache.entry("layer", &key, self.progress, |folder| {
            made = true;
            let (data, written) = self.layer_data(cache, entries)?;
            let kept = Kept { written, bytes: entries.bytes() };
            let kept = serde_json::to_vec(&kept).map_err(io::Error::from).map_err(failed())?;
            fs_err::write(folder.join(DATA), data).map_err(failed())?;
            fs_err::write(folder.join(WRITTEN), kept).map_err(failed())
        })?;
        let path = entry.path().join(WRITTEN);
        let kept = fs_err::read(&path).map_err(FormatError::read(&path))?;
        let kept: Kept = serde_json::from_slice(&kept)
            .map_err(io::Error::from)
            .map_err(FormatError::read(&path))?;
        if !made {
            self.progress.advance(kept.bytes);
        }
        Ok((entry, kept.written))
    }

    /// A layer's entries, the large files last: their contents are compressed apart.
    fn layer_data(
        &self,
        cache: &Cache,
        entries: &Entries,
    ) -> Result<(Vec<u8>, Written), FormatError> {
        let failed = || FormatError::write(self.destination);
        let mut rest = entries.clone();
        let large = rest.take_large(LARGE);
        let files: Vec<_> = large
            .iter()
            .filter_map(|(_, entry)| match entry {
                File::File { source, size, .. } => Some((source.as_path(), *size)),
                _ => None,
            })
            .collect();
        let (small, contents) = std::thread::scope(|scope| {
            let small = scope.spawn(|| self.compress(&rest, false, self.progress));
            let contents = self.contents(cache, &files);
            (small.join().unwrap_or_else(|it| resume_unwind(it)), contents)
        });
        let (mut data, mut written) = small?;
        let options = archive::Options { prefix: self.prefix, root: false, time: self.time };
        for ((path, entry), compressed) in large.iter().zip(contents?) {
            written.add_file(path, &compressed.content);
            let head = self
                .compression
                .part(&mut |writer| archive::write_head(writer, (path, entry), options));
            data.extend(head.map_err(failed())?);
            data.extend(compressed.part);
        }
        Ok((data, written))
    }

    /// Compresses entries, with the archive's root before them if `root`.
    fn compress(
        &self,
        entries: &Entries,
        root: bool,
        progress: &dyn Progress,
    ) -> Result<(Vec<u8>, Written), FormatError> {
        let options = archive::Options { prefix: self.prefix, root, time: self.time };
        let mut written = Ok(Written::default());
        let part = self.compression.part(&mut |writer| {
            written = archive::write(writer, entries, options, self.destination, progress);
            if written.is_ok() { Ok(()) } else { Err(io::Error::other("see the other error")) }
        });
        let written = written?;
        Ok((part.map_err(FormatError::write(self.destination))?, written))
    }

    /// Puts the parts together into `output`, in their order.
    pub fn write_all<W: Write>(&self, parts: &Parts, output: W) -> Result<W, FormatError> {
        let mut contents = Vec::new();
        for part in &parts.files {
            contents.push(match part {
                Part::Bytes(bytes) => bytes.clone(),
                Part::Kept(entry) => {
                    let path = entry.path().join(DATA);
                    fs_err::read(&path).map_err(FormatError::read(&path))?
                }
            });
        }
        let joined = self.compression.join(&contents, output);
        joined.map_err(FormatError::write(self.destination))
    }
}

/// The layers of a package whose payload and shell are at these paths of the archive.
pub(super) fn of(
    package: &Package<'_>,
    payload: &str,
    program: String,
) -> Result<Vec<Layer>, FormatError> {
    let digests = &package.payload.manifest.digests;
    let tree = |name: &&str| {
        let digest = digests.get(*name)?.clone();
        Some(Layer { path: format!("{payload}/{name}"), digest })
    };
    let mut layers: Vec<Layer> =
        [Layout::PYTHON, Layout::SITE_PACKAGES].iter().filter_map(tree).collect();
    let shell = file_digest(package.shell)
        .map_err(|error| FormatError::read(package.shell)(io::Error::other(error)))?;
    layers.push(Layer { path: program, digest: shell });
    Ok(layers)
}
