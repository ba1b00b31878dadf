//! The contents of large files, compressed once and kept: a library, or the shell, is the same in
//! every app, while a layer has the app's name in its paths.

use std::io::{self, BufReader, Read as _};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use camino::Utf8Path;
use waterskin_bundle::Digest;

use super::BUFFER;
use super::compression::processors;
use super::container::Counted;
use super::layers::{Archive, DATA, create};
use crate::store::Kept;
use crate::{FormatError, Quiet};

/// From this length on, in bytes, a file is compressed for itself. Smaller ones have more in common
/// with those before them: with a MiB here, explorer's package was a hundredth larger.
pub(super) const LARGE: u64 = 8 << 20;

/// The content of a file, compressed.
pub(super) struct Compressed {
    /// Its sum, as the archive's kind has it.
    pub sum: String,
    /// Has a part of the archive in [`DATA`], without what stands before and after the content.
    pub kept: Box<dyn Kept>,
}

impl Archive<'_> {
    /// Compresses these files, of these lengths, each as far as the store does not have it: at the same
    /// time, as far as there is memory.
    pub(super) fn contents(
        &self,
        files: &[(&Utf8Path, u64)],
    ) -> Result<Vec<Compressed>, FormatError> {
        let next = AtomicUsize::new(0);
        // Not by rayon: its threads take up other work while they wait, and these hold locks.
        let work = || {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some((source, size)) = files.get(at) else { return Ok(done) };
                done.push((at, self.content(source, *size)?));
                self.job.progress.advance(*size);
            }
        };
        let mut contents = thread::scope(|scope| {
            let count = processors().min(files.len());
            let begun: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
            let ended =
                begun.into_iter().map(|it| it.join().unwrap_or_else(|it| resume_unwind(it)));
            ended.collect::<Result<Vec<_>, FormatError>>()
        })
        .map(|contents| contents.into_iter().flatten().collect::<Vec<_>>())?;
        contents.sort_unstable_by_key(|(at, _)| *at);
        Ok(contents.into_iter().map(|(_, content)| content).collect())
    }

    fn content(&self, source: &Utf8Path, size: u64) -> Result<Compressed, FormatError> {
        let changed = || FormatError::Changed { path: source.to_owned() };
        let open = || {
            let file = fs_err::File::open(source).map_err(FormatError::read(source))?;
            Ok::<_, FormatError>(Counted::new(self.container, file.take(size + 1), &Quiet))
        };
        let mut content = open()?;
        let digest = Digest::of_reader(&mut content).map_err(FormatError::read(source))?;
        if content.length() != size {
            return Err(changed());
        }
        let sum = content.finish();
        let key = format!("{:?} {}", self.compression, digest.as_str());
        let kept = self.job.store.folder("content", &key, &mut |folder| {
            let mut output = create(&folder.join(DATA))?;
            self.part(size, &mut output, |writer| {
                let mut content = BufReader::with_capacity(BUFFER, open()?);
                io::copy(&mut content, writer).map_err(FormatError::write(self.destination))?;
                let content = content.into_inner();
                if content.length() != size || content.finish() != sum {
                    return Err(changed());
                }
                Ok(())
            })
        })?;
        Ok(Compressed { sum, kept })
    }
}
