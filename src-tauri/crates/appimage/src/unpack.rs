use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufReader};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, symlink};
use std::panic::resume_unwind;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use backhand::{BackhandError, FilesystemReader, InnerNode};

use crate::image::Image;

/// How much of the SquashFS is read at once, in bytes.
const BUFFER: usize = 128 << 10;
/// Files are unpacked in so many lots, one after the other for each processor. A reader keeps what
/// small files have in common, so each lot has a reader of its own.
const LOTS: usize = 16;
/// More threads would only wait for the disk.
const THREADS: usize = 4;

/// Unpacks the app into the folder `to`, which is made.
///
/// # Errors
///
/// What the system said, or `InvalidData` where the SquashFS can't be understood.
pub(crate) fn unpack(image: &Image, to: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(to)?;
    let squashfs = open(image)?;
    let mut count: usize = 0;
    for node in squashfs.files() {
        let Some(path) = place(to, &node.fullpath)? else { continue };
        match &node.inner {
            InnerNode::Dir(_) => DirBuilder::new().mode(0o755).create(path)?,
            InnerNode::Symlink(link) => symlink(&link.link, path)?,
            InnerNode::File(_) => count += 1,
            // Nothing that we pack has others.
            _ => return Err(damaged("it has a device")),
        }
    }
    drop(squashfs);
    let (next, lot) = (AtomicUsize::new(0), count.div_ceil(LOTS).max(1));
    let work = || -> io::Result<()> {
        loop {
            let from = next.fetch_add(lot, Ordering::Relaxed);
            if from >= count {
                return Ok(());
            }
            unpack_files(image, to, from, lot)?;
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    thread::scope(|scope| {
        let begun: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut ended =
            begun.into_iter().map(|it| it.join().unwrap_or_else(|it| resume_unwind(it)));
        ended.try_for_each(|it| it)
    })
}

/// Unpacks `count` files, those before number `from` left out.
fn unpack_files(image: &Image, to: &Path, from: usize, count: usize) -> io::Result<()> {
    let squashfs = open(image)?;
    let files = squashfs.files().filter_map(|node| match &node.inner {
        InnerNode::File(file) => Some((node, file)),
        _ => None,
    });
    for (node, file) in files.skip(from).take(count) {
        let Some(path) = place(to, &node.fullpath)? else { continue };
        let mode = u32::from(node.header.permissions) & 0o777;
        let mut written = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        let mut content = squashfs.file(file).reader_checked().map_err(damaged)?;
        io::copy(&mut content, &mut written)?;
    }
    Ok(())
}

fn open(image: &Image) -> io::Result<FilesystemReader<'static>> {
    let file = BufReader::with_capacity(BUFFER, File::open(&image.file)?);
    FilesystemReader::from_reader_with_offset(file, image.note.offset).map_err(
        |error| match error {
            BackhandError::StdIo(source) => source,
            other => damaged(other),
        },
    )
}

/// Where something of the SquashFS comes; `None` for its root, which is there.
fn place(to: &Path, path: &Path) -> io::Result<Option<PathBuf>> {
    let path = path.strip_prefix("/").unwrap_or(path);
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    // It may be anybody's.
    match path.components().all(|part| matches!(part, Component::Normal(_))) {
        true => Ok(Some(to.join(path))),
        false => Err(damaged("a path leads elsewhere")),
    }
}

fn damaged(why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the file is damaged: {why}"))
}
