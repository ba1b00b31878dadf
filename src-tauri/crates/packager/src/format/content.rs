//! The contents of large files, compressed once and kept: a library, or the shell, is the same in
//! every app, while a layer has the app's name in its paths.

use std::io::{self, Read as _};

use camino::Utf8Path;
use rayon::prelude::*;
use waterskin_bundle::Digest;

use super::archive::{self, Content};
use super::layers::{Archive, DATA};
use super::{Compression, FormatError};
use crate::cache::Cache;
use crate::payload::provision::RECIPE;

/// From this length on, in bytes, a file is compressed for itself. Smaller ones have more in common
/// with those before them: with a MiB here, explorer's package was a hundredth larger.
pub(super) const LARGE: u64 = 8 << 20;

/// The content of a file, read and compressed.
#[derive(Debug)]
pub(super) struct Compressed {
    /// What tells it from others.
    pub content: Content,
    /// A part of the archive, without the file's head.
    pub part: Vec<u8>,
}

impl Archive<'_> {
    /// Compresses these files, each as far as the cache does not have it, on all processors.
    pub(super) fn contents(
        &self,
        cache: &Cache,
        files: &[(&Utf8Path, u64)],
    ) -> Result<Vec<Compressed>, FormatError> {
        let content = |&(source, size): &(&Utf8Path, u64)| {
            let content = self.content(cache, source, size);
            self.progress.advance(size);
            content
        };
        files.par_iter().map(content).collect()
    }

    fn content(
        &self,
        cache: &Cache,
        source: &Utf8Path,
        size: u64,
    ) -> Result<Compressed, FormatError> {
        let mut bytes = Vec::new();
        fs_err::File::open(source)
            .and_then(|file| file.take(size + 1).read_to_end(&mut bytes))
            .map_err(FormatError::read(source))?;
        if bytes.len() as u64 != size {
            return Err(FormatError::Changed { path: source.to_owned() });
        }
        let content = Content::of(&bytes);
        let key = format!("{RECIPE} {:?} {}", self.compression, Digest::of(&bytes).as_str());
        let failed = || FormatError::write(self.destination);
        let entry = cache.entry("content", &key, self.progress, |folder| {
            let part = part(self.compression, &bytes).map_err(failed())?;
            fs_err::write(folder.join(DATA), part).map_err(failed())
        })?;
        let path = entry.path().join(DATA);
        let part = fs_err::read(&path).map_err(FormatError::read(&path))?;
        Ok(Compressed { content, part })
    }
}

/// The content with the zeros that end it in an archive.
fn part(compression: Compression, bytes: &[u8]) -> io::Result<Vec<u8>> {
    compression.part(&mut |writer| {
        writer.write_all(bytes)?;
        writer.write_all(archive::padding(bytes.len() as u64))
    })
}
