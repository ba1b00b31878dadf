//! Archives in layers: what changes seldom is compressed once and kept.
//!
//! The interpreter, the packages and the shell are a layer each, known by its digest. The rest, with
//! the app's own files, comes first, since it has the folders that all others are in.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek as _, Write};
use std::panic::resume_unwind;
use std::thread;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use waterskin_bundle::{Digest, Layout, file_digest};

use super::container::{Container, Options};
use super::content::LARGE;
use super::entries::{Entries, Entry};
use super::memory::Memory;
use super::written::Written;
use super::{BUFFER, Compression};
use crate::store::Kept;
use crate::{FormatError, InstallTree, Job, Progress, Quiet};

/// The names of the files of a layer in the store.
pub(super) const DATA: &str = "data";
const WRITTEN: &str = "written.json";

/// A folder or file of the archive that may be compressed already.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// Its path in the archive.
    path: String,
    /// What it holds.
    digest: Digest,
}

/// What a layer is in the archive, besides its bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Made {
    written: Written,
    bytes: u64,
}

/// How an archive is written.
pub(crate) struct Archive<'a> {
    pub(super) container: Container,
    pub(super) compression: Compression,
    options: Options<'a>,
    /// The file to be, for errors.
    pub(super) destination: &'a Utf8Path,
    pub(super) job: &'a Job<'a>,
    memory: Memory,
}

/// Compressed layers, to be put together.
pub(crate) struct Parts {
    files: Vec<Part>,
    /// What was written, of all of them.
    pub written: Written,
}

enum Part {
    /// A file without a name.
    Own(File),
    /// A folder of the store, which nobody removes as long as the value lives.
    Kept(Box<dyn Kept>),
}

impl Layer {
    /// What is at `path` of an archive, and has this digest.
    pub fn new(path: String, digest: Digest) -> Self {
        Self { path, digest }
    }

    /// Its path in the archive.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What tells it from others.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }
}

impl<'a> Archive<'a> {
    /// An archive that becomes the file `destination`. `prefix` stands before every path (`./` in a
    /// package), and every file has this time, in seconds since 1970.
    pub fn new(
        (container, compression): (Container, Compression),
        prefix: &'a str,
        time: u64,
        destination: &'a Utf8Path,
        job: &'a Job<'a>,
    ) -> Self {
        let options = Options { prefix, root: false, time };
        let memory = Memory::new(compression.memory(u64::MAX));
        Self { container, compression, options, destination, job, memory }
    }

    /// Compresses `entries`, or takes from the store what is there.
    pub fn parts(&self, mut entries: Entries, layers: &[Layer]) -> Result<Parts, FormatError> {
        let layers: Vec<_> =
            layers.iter().map(|layer| (layer, entries.take(&layer.path))).collect();
        // At the same time: a layer is seldom long enough to keep all processors busy to its end.
        let (rest, layers) = thread::scope(|scope| {
            let begin = |(layer, entries)| scope.spawn(move || self.layer(layer, &entries));
            let begun: Vec<_> = layers.into_iter().map(begin).collect();
            let rest = self.rest(&entries);
            let end = |one: thread::ScopedJoinHandle<'_, _>| {
                one.join().unwrap_or_else(|panic| resume_unwind(panic))
            };
            (rest, begun.into_iter().map(end).collect::<Vec<Result<_, _>>>())
        });
        let (rest, mut written) = rest?;
        let mut files = vec![Part::Own(rest)];
        for layer in layers {
            let (kept, of_layer) = layer?;
            written.append(&of_layer);
            files.push(Part::Kept(kept));
        }
        let end = |writer: &mut dyn Write| self.container.write_end(writer).map_err(self.failed());
        let end = self.own(0, end)?.0;
        files.push(Part::Own(end));
        Ok(Parts { files, written })
    }

    /// Entries as an archive that is not compressed and has no layers, such as a list of what is in
    /// another; gives the writer back.
    pub fn small<W: Write>(&self, mut writer: W, entries: &Entries) -> Result<W, FormatError> {
        self.write(&mut writer, entries, true, &Quiet)?;
        self.container.write_end(&mut writer).map_err(self.failed())?;
        Ok(writer)
    }

    /// The length of the parts as one file, in bytes.
    pub fn length(&self, parts: &Parts) -> io::Result<u64> {
        Ok(parts.length()? + self.compression.around())
    }

    /// Reads the parts as one file, in their order.
    pub fn read<'p>(&self, parts: &'p Parts) -> io::Result<Box<dyn Read + 'p>> {
        self.compression.join(parts.read()?)
    }

    /// What is no layer, with the archive's root before it.
    fn rest(&self, entries: &Entries) -> Result<(File, Written), FormatError> {
        self.own(entries.bytes(), |writer| self.write(writer, entries, true, self.job.progress))
    }

    /// A part in a file without a name.
    fn own<T>(
        &self,
        bytes: u64,
        fill: impl FnOnce(&mut dyn Write) -> Result<T, FormatError>,
    ) -> Result<(File, T), FormatError> {
        let file = tempfile::tempfile_in(self.job.output).map_err(self.failed())?;
        let mut output = BufWriter::with_capacity(BUFFER, file);
        let filled = self.part(bytes, &mut output, fill)?;
        let file = output.into_inner().map_err(io::IntoInnerError::into_error);
        Ok((file.map_err(self.failed())?, filled))
    }

    /// A layer of the store, compressed now where it is not there.
    fn layer(
        &self,
        layer: &Layer,
        entries: &Entries,
    ) -> Result<(Box<dyn Kept>, Written), FormatError> {
        let (path, digest) = (&layer.path, layer.digest.as_str());
        let (Options { prefix, time, .. }, container) = (self.options, self.container);
        let key = format!("{container:?} {:?} {prefix} {path} {time} {digest}", self.compression);
        let mut is_new = false;
        let kept = self.job.store.folder("layer", &key, &mut |folder| {
            is_new = true;
            let mut data = create(&folder.join(DATA))?;
            let written = self.layer_data(&mut data, entries)?;
            data.flush().map_err(self.failed())?;
            let made = Made { written, bytes: entries.bytes() };
            let made = serde_json::to_vec(&made).map_err(io::Error::from).map_err(self.failed())?;
            fs_err::write(folder.join(WRITTEN), made).map_err(self.failed())
        })?;
        let path = kept.path().join(WRITTEN);
        let made = fs_err::read(&path).map_err(FormatError::read(&path))?;
        let made: Made = serde_json::from_slice(&made)
            .map_err(io::Error::from)
            .map_err(FormatError::read(&path))?;
        if !is_new {
            self.job.progress.advance(made.bytes);
        }
        Ok((kept, made.written))
    }

    /// A layer's entries, the large files last: their contents are compressed apart.
    fn layer_data(
        &self,
        output: &mut (impl Write + Send),
        entries: &Entries,
    ) -> Result<Written, FormatError> {
        let mut rest = entries.clone();
        let large = rest.take_large(LARGE);
        let files: Vec<_> = large
            .iter()
            .filter_map(|(_, entry)| match entry {
                Entry::File { source, size, .. } => Some((source.as_path(), *size)),
                _ => None,
            })
            .collect();
        let (small, contents) = thread::scope(|scope| {
            let small = scope.spawn(|| {
                let fill =
                    |writer: &mut dyn Write| self.write(writer, &rest, false, self.job.progress);
                self.part(rest.bytes(), output, fill)
            });
            let contents = self.contents(&files);
            (small.join().unwrap_or_else(|panic| resume_unwind(panic)), contents)
        });
        let mut written = small?;
        let container = self.container;
        let mut padding: &[u8] = &[];
        for ((path, entry), compressed) in large.iter().zip(contents?) {
            written.add(path, entry.size(), Some(&compressed.sum));
            self.part(0, output, |writer| {
                writer
                    .write_all(padding)
                    .and_then(|()| container.write_head(writer, (path, entry), self.options))
                    .map_err(self.failed())
            })?;
            padding = container.padding(entry.size());
            let path = compressed.kept.path().join(DATA);
            let mut data = fs_err::File::open(&path).map_err(FormatError::read(&path))?;
            io::copy(&mut data, output).map_err(self.failed())?;
        }
        if !padding.is_empty() {
            self.part(0, output, |writer| writer.write_all(padding).map_err(self.failed()))?;
        }
        Ok(written)
    }

    /// Compresses what `fill` writes, about so many bytes, as soon as there is memory for it.
    pub(super) fn part<T>(
        &self,
        bytes: u64,
        output: &mut dyn Write,
        fill: impl FnOnce(&mut dyn Write) -> Result<T, FormatError>,
    ) -> Result<T, FormatError> {
        let _memory = self.memory.take(self.compression.memory(bytes));
        let (mut fill, mut filled) = (Some(fill), None);
        let part = self.compression.part(output, &mut |writer| {
            let done = fill.take().map(|fill| fill(writer));
            let failed = matches!(done, Some(Err(_)));
            filled = done;
            if failed { Err(io::Error::other("see the other error")) } else { Ok(()) }
        });
        let filled = filled.transpose()?;
        part.and_then(|()| filled.ok_or_else(|| io::ErrorKind::WriteZero.into()))
            .map_err(self.failed())
    }

    /// Writes entries, with the archive's root before them if `root`.
    fn write(
        &self,
        writer: &mut dyn Write,
        entries: &Entries,
        root: bool,
        progress: &dyn Progress,
    ) -> Result<Written, FormatError> {
        let options = Options { root, ..self.options };
        self.container.write(writer, entries, options, self.destination, progress)
    }

    /// For `map_err` on what writing returns.
    pub(super) fn failed(&self) -> impl FnOnce(io::Error) -> FormatError {
        FormatError::write(self.destination)
    }
}

impl Parts {
    fn length(&self) -> io::Result<u64> {
        let length = |part: &Part| match part {
            Part::Own(file) => Ok(file.metadata()?.len()),
            Part::Kept(kept) => Ok(fs_err::metadata(kept.path().join(DATA))?.len()),
        };
        self.files.iter().map(length).sum()
    }

    fn read(&self) -> io::Result<impl Read> {
        let mut all: Box<dyn Read> = Box::new(io::empty());
        for part in &self.files {
            let file: Box<dyn Read> = match part {
                Part::Own(file) => {
                    let mut file = file.try_clone()?;
                    file.rewind()?;
                    Box::new(file)
                }
                Part::Kept(kept) => Box::new(fs_err::File::open(kept.path().join(DATA))?),
            };
            all = Box::new(all.chain(file));
        }
        Ok(all)
    }
}

/// A new file to write a part to.
pub(super) fn create(path: &Utf8Path) -> Result<BufWriter<fs_err::File>, FormatError> {
    let file = fs_err::File::create(path).map_err(FormatError::write(path))?;
    Ok(BufWriter::with_capacity(BUFFER, file))
}

/// The layers of a tree whose payload and program are at these paths of the archive.
pub(crate) fn layers_of(
    tree: &InstallTree<'_>,
    payload: &str,
    program: String,
) -> Result<Vec<Layer>, FormatError> {
    let digests = &tree.manifest().digests;
    let layer = |name: &&str| {
        let digest = digests.get(*name)?.clone();
        Some(Layer { path: format!("{payload}/{name}"), digest })
    };
    let mut layers: Vec<Layer> =
        [Layout::PYTHON, Layout::SITE_PACKAGES].iter().filter_map(layer).collect();
    let file = tree.program.file;
    let shell =
        file_digest(file).map_err(|error| FormatError::read(file)(io::Error::other(error)))?;
    layers.push(Layer { path: program, digest: shell });
    Ok(layers)
}
