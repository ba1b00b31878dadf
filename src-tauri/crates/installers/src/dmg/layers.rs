//! The parts of an image: each is compressed once and kept. What is in them is not where they are in an
//! image, nor the app's name, so that another app finds them too.

use std::io::{BufWriter, Read as _, Write};
use std::panic::resume_unwind;
use std::thread;

use camino::Utf8Path;

use super::udif::{Part, Runs};
use crate::archive::{BUFFER, Entries, Entry, Layer};
use crate::iso::{BLOCK, GROUP, contents};
use crate::{FormatError, Job};

/// The names of the files of a part in the store.
const DATA: &str = "data";
const MADE: &str = "made.json";

/// How parts are made.
pub(super) struct Layers<'a> {
    /// The file to be, for errors.
    pub destination: &'a Utf8Path,
    pub job: &'a Job<'a>,
}

impl Layers<'_> {
    /// The part with the beginning of the image and what is kept nowhere.
    pub fn own(&self, head: &[u8], entries: &Entries) -> Result<Part, FormatError> {
        let file = tempfile::tempfile_in(self.job.output).map_err(self.failed())?;
        let mut runs = Runs::new(BufWriter::with_capacity(BUFFER, file));
        runs.write_all(head).map_err(self.failed())?;
        self.group(&mut runs, entries)?;
        let (output, made) = runs.finish().map_err(self.failed())?;
        let file = output.into_inner().map_err(|error| self.failed()(error.into_error()))?;
        Ok(Part { made, file, _kept: None })
    }

    /// The parts that are kept, in their order; those that are not there are made at the same time.
    pub fn kept(&self, groups: &[(&Layer, Entries)]) -> Result<Vec<Part>, FormatError> {
        thread::scope(|scope| {
            let begin = |(layer, entries)| scope.spawn(move || self.layer(layer, entries));
            let begun: Vec<_> = groups.iter().map(|(layer, it)| begin((*layer, it))).collect();
            let ended =
                begun.into_iter().map(|one| one.join().unwrap_or_else(|it| resume_unwind(it)));
            ended.collect::<Vec<_>>().into_iter().collect()
        })
    }

    fn layer(&self, layer: &Layer, entries: &Entries) -> Result<Part, FormatError> {
        let mut is_new = false;
        let kept = self.job.store.folder("dmg", layer.digest().as_str(), &mut |folder| {
            is_new = true;
            let path = folder.join(DATA);
            let file = fs_err::File::create(&path).map_err(FormatError::write(&path))?;
            let mut runs = Runs::new(BufWriter::with_capacity(BUFFER, file));
            self.group(&mut runs, entries)?;
            let (_, made) = runs.finish().map_err(FormatError::write(&path))?;
            let made = serde_json::to_vec(&made).map_err(std::io::Error::from);
            let path = folder.join(MADE);
            made.and_then(|made| fs_err::write(&path, made)).map_err(FormatError::write(&path))
        })?;
        if !is_new {
            self.job.progress.advance(entries.bytes());
        }
        let path = kept.path().join(MADE);
        let made = fs_err::read(&path)
            .and_then(|made| Ok(serde_json::from_slice(&made)?))
            .map_err(FormatError::read(&path))?;
        let path = kept.path().join(DATA);
        let file = fs_err::File::open(&path).map_err(FormatError::read(&path))?;
        Ok(Part { made, file: file.into_file(), _kept: Some(kept) })
    }

    /// Writes the contents of a group, and what fills it up.
    fn group(&self, output: &mut impl Write, entries: &Entries) -> Result<(), FormatError> {
        let mut at = 0_u64;
        for (_, entry) in contents(entries) {
            match entry {
                Entry::File { source, size, .. } => {
                    let file = fs_err::File::open(source).map_err(FormatError::read(source))?;
                    let mut content = file.take(*size);
                    if self.copy(output, &mut content, source)? != *size {
                        return Err(FormatError::Changed { path: source.clone() });
                    }
                }
                Entry::Bytes(content) => {
                    self.copy(output, &mut content.as_slice(), self.destination)?;
                }
                Entry::Folder | Entry::Link(_) => {}
            }
            at += entry.size();
            self.fill(output, &mut at, BLOCK)?;
        }
        self.fill(output, &mut at, GROUP)
    }

    fn copy(
        &self,
        output: &mut impl Write,
        content: &mut dyn std::io::Read,
        from: &Utf8Path,
    ) -> Result<u64, FormatError> {
        let mut buffer = vec![0; BUFFER];
        let mut copied = 0;
        loop {
            match content.read(&mut buffer).map_err(FormatError::read(from))? {
                0 => return Ok(copied),
                length => {
                    output.write_all(&buffer[..length]).map_err(self.failed())?;
                    copied += length as u64;
                    self.job.progress.advance(length as u64);
                }
            }
        }
    }

    /// Writes zeros up to a multiple of `unit` bytes.
    fn fill(&self, output: &mut impl Write, at: &mut u64, unit: u64) -> Result<(), FormatError> {
        let end = at.next_multiple_of(unit);
        let mut zeros = std::io::repeat(0).take(end - *at);
        std::io::copy(&mut zeros, output).map_err(self.failed())?;
        *at = end;
        Ok(())
    }

    /// For `map_err` on what writing returns.
    fn failed(&self) -> impl FnOnce(std::io::Error) -> FormatError {
        FormatError::write(self.destination)
    }
}
