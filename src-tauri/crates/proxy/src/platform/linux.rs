use std::io::IoSliceMut;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::io::{ReadWriteFlags, preadv2};

use super::InMemory;

/// The file, when the system has all of it in memory and it is no longer than `most` bytes. Never
/// waits for a disk: `openat2(2)` with `RESOLVE_CACHED`, `preadv2(2)` with `RWF_NOWAIT`.
pub(crate) fn in_memory(path: &Path, most: u64) -> Option<InMemory> {
    let (flags, mode) = (OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    let file = openat2(CWD, path, flags, mode, ResolveFlags::CACHED).ok()?;
    let file = std::fs::File::from(file);
    let metadata = file.metadata().ok()?;
    let length = metadata.len();
    if !metadata.is_file() || length > most {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    let mut read = 0;
    while read < bytes.len() {
        let part = &mut [IoSliceMut::new(&mut bytes[read..])];
        match preadv2(&file, part, read as u64, ReadWriteFlags::NOWAIT).ok()? {
            // It became shorter.
            0 => return None,
            count => read += count,
        }
    }
    Some(InMemory { bytes, modified: metadata.modified().ok()? })
}

#[cfg(test)]
mod tests {
    use super::in_memory;

    #[test]
    fn gives_small_files_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("é file");
        fs_err::write(&path, "what was just written is in memory").unwrap();
        if let Some(found) = in_memory(&path, 1000) {
            assert_eq!(found.bytes, b"what was just written is in memory");
            assert_eq!(found.modified, fs_err::metadata(&path).unwrap().modified().unwrap());
        } else {
            println!("skipped: this file system or kernel can't tell");
        }
        assert!(in_memory(&path, 10).is_none(), "too long");
        assert!(in_memory(folder.path(), 1 << 20).is_none(), "a folder");
        assert!(in_memory(&folder.path().join("none"), 1000).is_none());
    }
}
