//! A `.zip` in layers: each is compressed once and kept, as a `.zip` of its own.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::panic::resume_unwind;
use std::thread;

use camino::Utf8Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::archive::{BUFFER, Entries, Entry, Layer};
use crate::{FormatError, Job, Kept, Progress};

/// The name of a layer's file in the store.
const DATA: &str = "data.zip";

/// Writes entries into `output`, the layers of them from the store where they are there. Every file
/// has this time, in seconds since 1970. `destination` is named in errors.
pub(super) fn write(
    output: &mut File,
    mut entries: Entries,
    layers: &[Layer],
    time: u64,
    destination: &Utf8Path,
    job: &Job<'_>,
) -> Result<(), FormatError> {
    let writing = Writing { time: of_dos(time), destination, progress: job.progress };
    let layers: Vec<_> = layers.iter().map(|layer| (layer, entries.take(layer.path()))).collect();
    let layer = |layer: &Layer, entries: &Entries| {
        let key = format!("{} {time} {}", layer.path(), layer.digest().as_str());
        let mut is_new = false;
        let kept = job.store.folder("zip", &key, &mut |folder| {
            is_new = true;
            let path = folder.join(DATA);
            let file = fs_err::File::create(&path).map_err(FormatError::write(&path))?;
            let mut archive = ZipWriter::new(BufWriter::with_capacity(BUFFER, file));
            writing.add(&mut archive, entries)?;
            let ended = archive.finish().map_err(writing.failed())?;
            ended.into_inner().map_err(|error| FormatError::write(&path)(error.into_error()))?;
            Ok(())
        })?;
        if !is_new {
            job.progress.advance(entries.bytes());
        }
        Ok(kept)
    };
    let mut archive = ZipWriter::new(BufWriter::with_capacity(BUFFER, output));
    let (rest, layers) = thread::scope(|scope| {
        let layer = &layer;
        let begin = |(one, entries)| scope.spawn(move || layer(one, &entries));
        let begun: Vec<_> = layers.into_iter().map(begin).collect();
        let rest = writing.add(&mut archive, &entries);
        let end = |one: thread::ScopedJoinHandle<'_, _>| {
            one.join().unwrap_or_else(|panic| resume_unwind(panic))
        };
        (rest, begun.into_iter().map(end).collect::<Vec<Result<Box<dyn Kept>, FormatError>>>())
    });
    rest?;
    for layer in layers {
        let layer = layer?;
        let path = layer.path().join(DATA);
        let file = fs_err::File::open(&path).map_err(FormatError::read(&path))?;
        let one = ZipArchive::new(BufReader::with_capacity(BUFFER, file))
            .map_err(|error| FormatError::read(&path)(error.into()))?;
        archive.merge_archive(one).map_err(writing.failed())?;
    }
    let mut output = archive.finish().map_err(writing.failed())?;
    output.flush().map_err(FormatError::write(destination))
}

/// How entries are written.
#[derive(Clone, Copy)]
struct Writing<'a> {
    time: DateTime,
    destination: &'a Utf8Path,
    progress: &'a dyn Progress,
}

impl Writing<'_> {
    fn add<W: Write + Seek>(
        self,
        archive: &mut ZipWriter<W>,
        entries: &Entries,
    ) -> Result<(), FormatError> {
        for (path, entry) in entries.iter() {
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .last_modified_time(self.time)
                .large_file(entry.size() >= u64::from(u32::MAX))
                .unix_permissions(entry.mode());
            match entry {
                Entry::Folder => {
                    archive.add_directory(path, options).map_err(self.failed())?;
                }
                Entry::Link(target) => {
                    archive.add_symlink(path, target, options).map_err(self.failed())?;
                }
                Entry::Bytes(content) => {
                    archive.start_file(path, options).map_err(self.failed())?;
                    self.copy(archive, content.as_slice(), self.destination)?;
                }
                Entry::File { source, size, .. } => {
                    archive.start_file(path, options).map_err(self.failed())?;
                    let file = fs_err::File::open(source).map_err(FormatError::read(source))?;
                    // One more, so that a file that grows is seen too.
                    let content = file.take(*size + 1);
                    if self.copy(archive, content, source)? != *size {
                        return Err(FormatError::Changed { path: source.clone() });
                    }
                }
            }
        }
        Ok(())
    }

    /// Copies the content of the file `from`; gives its length in bytes.
    fn copy(
        self,
        output: &mut impl Write,
        mut content: impl Read,
        from: &Utf8Path,
    ) -> Result<u64, FormatError> {
        let mut buffer = vec![0; BUFFER];
        let mut length = 0;
        loop {
            let read = content.read(&mut buffer).map_err(FormatError::read(from))?;
            if read == 0 {
                return Ok(length);
            }
            output.write_all(&buffer[..read]).map_err(FormatError::write(self.destination))?;
            length += read as u64;
            self.progress.advance(read as u64);
        }
    }

    /// For `map_err` on what the archive returns.
    fn failed(&self) -> impl FnOnce(zip::result::ZipError) -> FormatError {
        let write = FormatError::write(self.destination);
        move |error| write(io::Error::from(error))
    }
}

/// The time as archives have it, which begins in 1980 and counts in two seconds.
fn of_dos(seconds: u64) -> DateTime {
    let time = crate::time::parts(seconds);
    time.and_then(|it| {
        let year = u16::try_from(it.year()).ok()?;
        let (month, day) = (u8::from(it.month()), it.day());
        DateTime::from_date_and_time(year, month, day, it.hour(), it.minute(), it.second()).ok()
    })
    .unwrap_or_default()
}
