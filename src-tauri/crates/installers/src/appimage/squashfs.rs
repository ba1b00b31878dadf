use std::fs::File;
use std::io::{self, BufReader, Read};

use backhand::compression::{CompressionOptions, Compressor, Zstd};
use backhand::{
    BackhandError, FilesystemCompressor, FilesystemReader, FilesystemWriter, InnerNode, NodeHeader,
    SquashfsFileWriter,
};
use camino::{Utf8Path, Utf8PathBuf};

use crate::archive::{BUFFER, Entries, Entry, Layer};
use crate::{Compression, FormatError, Job, Kept, Progress};

/// A file is compressed in blocks of so many bytes, each for itself; what is smaller shares a block
/// with others.
const BLOCK: u32 = 1 << 20;

/// The level where none is chosen.
const DEFAULT_LEVEL: u32 = 9;

/// The name of the file in a kept folder.
const DATA: &str = "large.squashfs";

/// What stands there for a layer's own path, which has the app's name in it.
const LAYER: &str = "/layer";

/// How a SquashFS is written.
///
/// Files of at least a block are copied from one of each layer that is kept between builds, where they
/// are compressed already. Those that are smaller are compressed anew, since they share their blocks
/// with the app's own.
pub(super) struct SquashFs<'a> {
    level: u32,
    time: u32,
    /// The file to be, for errors.
    destination: &'a Utf8Path,
    job: &'a Job<'a>,
}

impl<'a> SquashFs<'a> {
    /// One that becomes a part of the file `destination`. Everything has this time, in seconds since
    /// 1970.
    pub fn new(
        compression: Compression,
        time: u64,
        destination: &'a Utf8Path,
        job: &'a Job<'a>,
    ) -> Self {
        let level = match compression {
            Compression::Zstd(level) => u32::try_from(level).unwrap_or(DEFAULT_LEVEL),
            // For programs that don't read Zstandard; what is in an AppImage, only its own reads.
            Compression::Gzip => DEFAULT_LEVEL,
        };
        // [`crate::time::of_build`] gives no other.
        let time = u32::try_from(time).unwrap_or(u32::MAX);
        Self { level, time, destination, job }
    }

    /// Writes entries into `file` from `offset` on, and returns how many bytes that were.
    pub fn write(
        &self,
        mut entries: Entries,
        layers: &[Layer],
        file: &mut File,
        offset: u64,
    ) -> Result<u64, FormatError> {
        let mut kept = Vec::new();
        for layer in layers {
            let mut of_layer = entries.take(layer.path());
            let large = of_layer.take_large(u64::from(BLOCK));
            entries.append(of_layer);
            kept.push((layer, self.large(layer, &large)?));
        }
        let mut squashfs = self.begun()?;
        for (path, entry) in entries.iter() {
            self.push(&mut squashfs, path, entry).map_err(self.failed())?;
        }
        for (layer, (_, reader)) in &kept {
            for node in reader.files() {
                let InnerNode::File(content) = &node.inner else { continue };
                let name = node.fullpath.to_str().and_then(|path| path.strip_prefix(LAYER));
                let Some(name) = name else { continue };
                let path = format!("{}{name}", layer.path());
                squashfs.push_file(io::empty(), &path, node.header).map_err(self.failed())?;
                if let Some(place) = squashfs.mut_file(&path) {
                    *place = SquashfsFileWriter::SquashfsFile(reader.file(content));
                }
            }
        }
        let (_, length) = squashfs.write_with_offset(&mut *file, offset).map_err(self.failed())?;
        Ok(length)
    }

    /// The large files of a layer, in a SquashFS of the store.
    fn large(
        &self,
        layer: &Layer,
        large: &Entries,
    ) -> Result<(Box<dyn Kept>, FilesystemReader<'static>), FormatError> {
        let Self { level, time, .. } = self;
        let key = format!("{BLOCK} {level} {time} {}", layer.digest().as_str());
        let mut is_new = false;
        let kept = self.job.store.folder("squashfs", &key, &mut |folder| {
            is_new = true;
            let path = folder.join(DATA);
            let mut squashfs = self.begun()?;
            for (path, entry) in large.iter() {
                let name = path.strip_prefix(layer.path()).unwrap_or(path);
                let path = Utf8PathBuf::from(format!("{LAYER}{name}"));
                let folders: Vec<_> = path.ancestors().skip(1).collect();
                for folder in folders.into_iter().rev().filter(|it| *it != "/") {
                    // It may be there for another file.
                    let _ = squashfs.push_dir(folder, self.header(&Entry::Folder));
                }
                self.push(&mut squashfs, path.as_str(), entry).map_err(self.failed())?;
            }
            let mut file = fs_err::File::create(&path).map_err(FormatError::write(&path))?;
            squashfs.write(&mut file).map(drop).map_err(self.failed())
        })?;
        if !is_new {
            self.job.progress.advance(large.bytes());
        }
        let path = kept.path().join(DATA);
        let file = File::open(&path).map_err(FormatError::read(&path))?;
        let reader = FilesystemReader::from_reader(BufReader::with_capacity(BUFFER, file));
        let damaged = |error| FormatError::read(&path)(io::Error::other(error));
        Ok((kept, reader.map_err(damaged)?))
    }

    /// One with nothing in it.
    fn begun<'c>(&self) -> Result<FilesystemWriter<'c, 'static, 'c>, FormatError>
    where
        'a: 'c,
    {
        let zstd = CompressionOptions::Zstd(Zstd { compression_level: self.level });
        let compressor = FilesystemCompressor::new(Compressor::Zstd, Some(zstd));
        let mut squashfs = FilesystemWriter::default();
        squashfs.set_block_size(BLOCK);
        squashfs.set_compressor(compressor.map_err(self.failed())?);
        squashfs.set_time(self.time);
        squashfs.set_root_mode(0o755);
        squashfs.set_only_root_id();
        Ok(squashfs)
    }

    fn push<'c>(
        &self,
        squashfs: &mut FilesystemWriter<'_, '_, 'c>,
        path: &str,
        entry: &Entry,
    ) -> Result<(), BackhandError>
    where
        'a: 'c,
    {
        let header = self.header(entry);
        match entry {
            Entry::Folder => squashfs.push_dir(path, header),
            Entry::Link(target) => squashfs.push_symlink(target, path, header),
            Entry::Bytes(content) => {
                self.job.progress.advance(content.len() as u64);
                squashfs.push_file(io::Cursor::new(content.clone()), path, header)
            }
            Entry::File { source, size, .. } => {
                let progress = self.job.progress;
                let content =
                    Source { path: source.clone(), size: *size, read: 0, file: None, progress };
                squashfs.push_file(content, path, header)
            }
        }
    }

    fn header(&self, entry: &Entry) -> NodeHeader {
        // Modes have 12 bits.
        let permissions = u16::try_from(entry.mode()).unwrap_or_default();
        NodeHeader { permissions, uid: 0, gid: 0, mtime: self.time }
    }

    /// For `map_err` on what the crate returns.
    fn failed(&self) -> impl FnOnce(BackhandError) -> FormatError {
        let path = self.destination.to_owned();
        move |error| match error {
            BackhandError::StdIo(source) => match source.downcast::<FormatError>() {
                Ok(own) => own,
                Err(source) => FormatError::Write { path, source },
            },
            other => FormatError::Write { path, source: io::Error::other(other) },
        }
    }
}

/// A file that is open only while it is read, and tells who is told of each byte.
struct Source<'a> {
    path: Utf8PathBuf,
    /// The length that it is to have, in bytes.
    size: u64,
    /// What was read of it.
    read: u64,
    file: Option<File>,
    progress: &'a dyn Progress,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.size - self.read;
        // A file that grows is cut, one that shrinks is an error.
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..most).filter(|it| !it.is_empty()) else {
            self.file = None;
            return Ok(0);
        };
        let file = match &mut self.file {
            Some(file) => file,
            closed => {
                let file = File::open(&self.path);
                closed
                    .insert(file.map_err(FormatError::read(&self.path)).map_err(io::Error::other)?)
            }
        };
        let length =
            file.read(buffer).map_err(FormatError::read(&self.path)).map_err(io::Error::other)?;
        self.read += length as u64;
        self.progress.advance(length as u64);
        if length == 0 {
            return Err(io::Error::other(FormatError::Changed { path: self.path.clone() }));
        }
        Ok(length)
    }
}
