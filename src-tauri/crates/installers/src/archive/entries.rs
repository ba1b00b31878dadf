use std::collections::BTreeMap;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use crate::FormatError;

/// What an archive will hold, in the order in which it will hold it: sorted by path, so that it
/// comes out the same each time. Every folder above an entry is there too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    map: BTreeMap<String, Entry>,
}

/// A file, folder or link of an archive. All belong to root; folders have mode 755.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A folder.
    Folder,
    /// A symbolic link with this text.
    Link(String),
    /// A file with this content and mode 644.
    Bytes(Vec<u8>),
    /// A file that is read when the archive is written.
    File {
        /// Where it is now.
        source: Utf8PathBuf,
        /// Its length in bytes.
        size: u64,
        /// Whether its mode is 755 and not 644.
        executable: bool,
    },
}

impl Entries {
    /// Adds an entry at `path`, which is relative to the archive's root.
    pub fn add(&mut self, path: impl Into<String>, entry: Entry) {
        let path = path.into();
        for (at, _) in path.match_indices('/') {
            self.map.entry(path[..at].to_owned()).or_insert(Entry::Folder);
        }
        self.map.insert(path, entry);
    }

    /// Adds a file with this content.
    pub fn add_bytes(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.add(path, Entry::Bytes(content.into()));
    }

    /// Adds the file at `source` as a program.
    pub fn add_program(&mut self, path: String, source: &Utf8Path) -> Result<(), FormatError> {
        let size = fs_err::metadata(source).map_err(FormatError::read(source))?.len();
        self.add(path, Entry::File { source: source.to_owned(), size, executable: true });
        Ok(())
    }

    /// Adds everything below the folder `source`. Links stay links.
    pub fn add_tree(&mut self, path: &str, source: &Utf8Path) -> Result<(), FormatError> {
        self.add(path, Entry::Folder);
        for found in WalkDir::new(source).min_depth(1) {
            let found = found.map_err(|error| walk_error(source, error))?;
            let from = utf8(found.path())?;
            let name = from.strip_prefix(source).unwrap_or(from).as_str().replace('\\', "/");
            let kind = found.file_type();
            let entry = if kind.is_dir() {
                Entry::Folder
            } else if kind.is_symlink() {
                let target = fs_err::read_link(from).map_err(FormatError::read(from))?;
                Entry::Link(utf8(&target)?.as_str().to_owned())
            } else {
                let metadata = fs_err::metadata(from).map_err(FormatError::read(from))?;
                let executable = is_executable(from, &metadata).map_err(FormatError::read(from))?;
                Entry::File { source: from.to_owned(), size: metadata.len(), executable }
            };
            self.add(format!("{path}/{name}"), entry);
        }
        Ok(())
    }

    /// Takes out the folders that `is_kept` says no to, and leaves what is in them.
    pub fn keep_folders(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.map.retain(|path, entry| *entry != Entry::Folder || is_kept(path));
    }

    /// Adds all of others.
    pub fn append(&mut self, mut others: Self) {
        self.map.append(&mut others.map);
    }

    /// The same in a folder.
    pub fn below(self, folder: &str) -> Self {
        let mut below = Self::default();
        for (path, entry) in self.map {
            below.add(format!("{folder}/{path}"), entry);
        }
        below
    }

    /// Takes out what is at `path` and below it.
    pub fn take(&mut self, path: &str) -> Self {
        let below = format!("{path}/");
        let inside = |it: &String| it == path || it.starts_with(&below);
        let (taken, rest) =
            std::mem::take(&mut self.map).into_iter().partition(|(path, _)| inside(path));
        self.map = rest;
        Self { map: taken }
    }

    /// Takes out the files of at least so many bytes.
    pub fn take_large(&mut self, least: u64) -> Self {
        let large = |entry: &Entry| matches!(entry, Entry::File { size, .. } if *size >= least);
        let (taken, rest) =
            std::mem::take(&mut self.map).into_iter().partition(|(_, entry)| large(entry));
        self.map = rest;
        Self { map: taken }
    }

    /// Writes all of it into a folder that is there.
    pub fn write_to(&self, folder: &Utf8Path) -> Result<(), FormatError> {
        for (path, entry) in &self.map {
            let to = folder.join(path);
            let written = match entry {
                Entry::Folder => fs_err::create_dir(&to),
                Entry::Link(target) => link(target, &to),
                Entry::Bytes(content) => fs_err::write(&to, content),
                Entry::File { source, .. } => fs_err::copy(source, &to).map(drop),
            };
            let is_file = !matches!(entry, Entry::Folder | Entry::Link(_));
            let done =
                written.and_then(|()| if is_file { set_mode(&to, entry.mode()) } else { Ok(()) });
            done.map_err(FormatError::write(to))?;
        }
        Ok(())
    }

    /// Every entry with its path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.map.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// The sum of all contents, in bytes.
    pub fn bytes(&self) -> u64 {
        self.map.values().map(Entry::size).sum()
    }
}

impl Entry {
    /// The length of the content in bytes; 0 for folders and links.
    pub fn size(&self) -> u64 {
        match self {
            Self::Folder | Self::Link(_) => 0,
            Self::Bytes(content) => content.len() as u64,
            Self::File { size, .. } => *size,
        }
    }

    /// The mode in an archive.
    pub fn mode(&self) -> u32 {
        match self {
            Self::Folder | Self::File { executable: true, .. } => 0o755,
            Self::Link(_) => 0o777,
            Self::Bytes(_) | Self::File { executable: false, .. } => 0o644,
        }
    }
}

fn utf8(path: &std::path::Path) -> Result<&Utf8Path, FormatError> {
    Utf8Path::from_path(path).ok_or_else(|| FormatError::Name { path: path.display().to_string() })
}

fn walk_error(root: &Utf8Path, error: walkdir::Error) -> FormatError {
    let path = error.path().and_then(Utf8Path::from_path).unwrap_or(root).to_owned();
    // A loop of links has no `io::Error` of its own.
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links"));
    FormatError::Read { path, source }
}

#[cfg(unix)]
fn link(target: &str, path: &Utf8Path) -> io::Result<()> {
    fs_err::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn link(target: &str, path: &Utf8Path) -> io::Result<()> {
    fs_err::os::windows::fs::symlink_file(target, path)
}

#[cfg(unix)]
fn set_mode(path: &Utf8Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Utf8Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_executable(_: &Utf8Path, metadata: &std::fs::Metadata) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(metadata.permissions().mode() & 0o100 != 0)
}

/// Windows has no executable bit, and what is made there may be for a system that has one: the first
/// bytes of a file say what it is.
#[cfg(not(unix))]
fn is_executable(path: &Utf8Path, _: &std::fs::Metadata) -> io::Result<bool> {
    use std::io::Read as _;
    let mut head = Vec::with_capacity(4);
    fs_err::File::open(path)?.take(4).read_to_end(&mut head)?;
    Ok(begins_a_program(&head))
}

/// Whether a file that begins like this can be started on Linux or macOS: ELF, Mach-O for one
/// processor or for several (`mach-o/loader.h`, `mach-o/fat.h`), or a script with its interpreter.
#[cfg(any(test, not(unix)))]
fn begins_a_program(head: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 4] = [b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!"];
    BEGINNINGS.iter().any(|beginning| head.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_by_how_they_begin_where_a_system_has_no_modes() {
        let this = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(begins_a_program(&this[..4]), cfg!(unix), "Windows can't start those of others");
        assert!(begins_a_program(b"#!/bin/sh"));
        for other in [&b""[..], b"#", b"# a comment", b"MZ", b"{}"] {
            assert!(!begins_a_program(other), "{other:?}");
        }
    }

    #[test]
    fn folders_come_before_what_is_in_them() {
        let mut entries = Entries::default();
        entries.add_bytes("usr/share/doc/é/copyright", "x");
        entries.add("usr/bin/hello", Entry::Link("../lib/hello/hello".into()));
        let paths: Vec<_> = entries.iter().map(|(path, _)| path).collect();
        assert_eq!(
            paths,
            [
                "usr",
                "usr/bin",
                "usr/bin/hello",
                "usr/share",
                "usr/share/doc",
                "usr/share/doc/é",
                "usr/share/doc/é/copyright"
            ]
        );
    }
}
