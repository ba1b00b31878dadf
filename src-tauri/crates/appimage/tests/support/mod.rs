//! AppImages for tests.

use std::fs::{self, File};
use std::io::{Cursor, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use backhand::compression::Compressor;
use backhand::{FilesystemCompressor, FilesystemWriter, NodeHeader};
use waterskin_appimage::{Digest, Note};

/// The id of the app that is in them.
pub const ID: &str = "org.example.elan";

/// An AppImage at `path` that begins with the program `runtime`, and whose app is the program `app`
/// with some files beside it.
pub fn appimage(path: &Path, runtime: &[u8], app: &[u8]) -> PathBuf {
    let header = |permissions| NodeHeader { permissions, ..NodeHeader::default() };
    let mut squashfs = FilesystemWriter::default();
    squashfs.set_compressor(FilesystemCompressor::new(Compressor::Zstd, None).unwrap());
    squashfs.push_dir("/usr", header(0o755)).unwrap();
    squashfs.push_file(Cursor::new(app), "/usr/app é", header(0o755)).unwrap();
    squashfs.push_symlink("usr/app é", "/AppRun", header(0o777)).unwrap();
    squashfs.push_file(Cursor::new(vec![7; 300_000]), "/usr/large", header(0o644)).unwrap();
    squashfs.push_file(Cursor::new(""), "/usr/empty", header(0o644)).unwrap();
    for number in 0..40 {
        let (name, text) = (format!("/usr/{number}"), format!("number {number}"));
        squashfs.push_file(Cursor::new(text), name, header(0o644)).unwrap();
    }
    let mut image = Cursor::new(Vec::new());
    squashfs.write(&mut image).unwrap();
    image.rewind().unwrap();
    let note = Note {
        id: ID.to_owned(),
        name: "Élan".to_owned(),
        version: "1.0".to_owned(),
        offset: runtime.len() as u64,
        length: image.get_ref().len() as u64,
        digest: Digest::of(&mut image).unwrap(),
    };
    let mut file = File::create(path).unwrap();
    for bytes in [runtime, image.get_ref(), note.to_text().as_bytes()] {
        file.write_all(bytes).unwrap();
    }
    file.set_permissions(fs::Permissions::from_mode(0o755)).unwrap();
    path.to_owned()
}
