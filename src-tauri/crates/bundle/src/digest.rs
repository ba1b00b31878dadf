use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

/// A SHA-256 of what the function that makes it says, written as `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The plain SHA-256 of bytes in memory.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(bytes);
        Self::finish(hasher)
    }

    /// The plain SHA-256 of all that is read, a buffer at a time.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn of_reader(reader: impl Read) -> io::Result<Self> {
        let mut hasher = Sha256::new();
        read_into(reader, &mut hasher)?;
        Ok(Self::finish(hasher))
    }

    /// The digest as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 16 hexadecimal digits, for names of folders.
    pub fn short(&self) -> &str {
        let hex = self.0.strip_prefix("sha256:").unwrap_or(&self.0);
        hex.get(..16).unwrap_or(hex)
    }

    fn finish(hasher: Sha256) -> Self {
        Self(format!("sha256:{}", hex::encode(hasher.finalize())))
    }
}

/// Why a digest could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// A file or folder could not be read.
    #[error("could not read `{path}`")]
    Read {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A name in the tree is not UTF-8.
    #[error("the name of `{path}` is not UTF-8")]
    Name {
        /// The name, with the bad bytes replaced.
        path: String,
    },
}

/// The digest of one file: its content and then the content's length in bytes (64 bits, little
/// endian), as it stands in the digest of a tree too. It is not what `sha256sum` prints, and tells
/// files apart as well.
pub fn file_digest(path: &Utf8Path) -> Result<Digest, DigestError> {
    let mut hasher = Sha256::new();
    read_file(path, &mut hasher)?;
    Ok(Digest::finish(hasher))
}

/// The digest of a tree: names, kinds, executable bits, link targets and contents, in the order
/// of the names' bytes. Times and owners don't count, so the same tree gives the same digest on
/// every machine and after every unpacking.
pub fn tree_digest(root: &Utf8Path) -> Result<Digest, DigestError> {
    let mut hasher = Sha256::new();
    for entry in WalkDir::new(root).min_depth(1).sort_by_file_name() {
        let entry = entry.map_err(|error| DigestError::Read {
            path: root.to_owned(),
            source: error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links")),
        })?;
        let path = Utf8Path::from_path(entry.path())
            .ok_or_else(|| DigestError::Name { path: entry.path().display().to_string() })?;
        let name = path.strip_prefix(root).unwrap_or(path).as_str().replace('\\', "/");
        let kind = entry.file_type();
        if kind.is_dir() {
            record(&mut hasher, b'd', &name);
        } else if kind.is_symlink() {
            record(&mut hasher, b'l', &name);
            let target = fs_err::read_link(path)
                .map_err(|source| DigestError::Read { path: path.to_owned(), source })?;
            record(&mut hasher, b't', &target.to_string_lossy());
        } else {
            record(&mut hasher, if executable(&entry) { b'x' } else { b'f' }, &name);
            read_file(path, &mut hasher)?;
        }
    }
    Ok(Digest::finish(hasher))
}

/// Kind, length and text, so that no two different trees give the same stream of bytes.
fn record(hasher: &mut Sha256, kind: u8, text: &str) {
    hasher.update([kind]);
    hasher.update((text.len() as u64).to_le_bytes());
    hasher.update(text);
}

/// The content and its length.
fn read_file(path: &Utf8Path, hasher: &mut Sha256) -> Result<(), DigestError> {
    let length = fs_err::File::open(path)
        .and_then(|file| read_into(file, hasher))
        .map_err(|source| DigestError::Read { path: path.to_owned(), source })?;
    hasher.update(length.to_le_bytes());
    Ok(())
}

/// Everything that is read, a buffer at a time; gives its length in bytes.
fn read_into(mut reader: impl Read, hasher: &mut Sha256) -> io::Result<u64> {
    let mut buffer = vec![0; 128 * 1024];
    let mut length = 0;
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(length),
            n => {
                length += n as u64;
                hasher.update(&buffer[..n]);
            }
        }
    }
}

#[cfg(unix)]
fn executable(entry: &walkdir::DirEntry) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    entry.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o100 != 0)
}

/// Windows has no executable bit; its payloads are written and checked there.
#[cfg(not(unix))]
fn executable(_: &walkdir::DirEntry) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        for (name, text) in files {
            let path = root.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        (dir, root)
    }

    #[test]
    fn the_same_tree_gives_the_same_digest_and_every_change_another() {
        let (_a, one) = tree(&[("a/b.py", "1"), ("c é.py", "2")]);
        let (_b, two) = tree(&[("c é.py", "2"), ("a/b.py", "1")]);
        assert_eq!(tree_digest(&one).unwrap(), tree_digest(&two).unwrap());
        for other in [
            &[("a/b.py", "1"), ("c é.py", "3")][..],
            &[("a/b.py", "1"), ("d.py", "2")],
            &[("a/b.py", "12"), ("c é.py", "")],
            &[("a/b.py", "1")],
        ] {
            let (_c, three) = tree(other);
            assert_ne!(tree_digest(&one).unwrap(), tree_digest(&three).unwrap(), "{other:?}");
        }
    }
}
