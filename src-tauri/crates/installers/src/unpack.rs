use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};
use flate2::read::MultiGzDecoder;

/// Why a finished file could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// It has another name than those that are made here.
    #[error("`{file}` is no installer that can be opened here")]
    Kind {
        /// The file.
        file: Utf8PathBuf,
    },
    /// It can't be read, or its content can't be written.
    #[error("could not unpack `{file}`")]
    Unpack {
        /// The file.
        file: Utf8PathBuf,
        /// What was met.
        #[source]
        source: io::Error,
    },
}

/// Unpacks a finished `.deb` or `.tar.gz` into `folder`, which exists, as an installation would lay its
/// files down. Nothing of it is run.
///
/// # Errors
///
/// [`UnpackError`]; the folder may have a part of it then.
pub fn unpack(file: &Utf8Path, folder: &Utf8Path) -> Result<(), UnpackError> {
    let unpack = match () {
        () if file.as_str().ends_with(".deb") => deb,
        () if file.as_str().ends_with(".tar.gz") => tar_gz,
        () => return Err(UnpackError::Kind { file: file.to_owned() }),
    };
    fs_err::File::open(file)
        .and_then(|content| unpack(content, folder))
        .map_err(|source| UnpackError::Unpack { file: file.to_owned(), source })
}

fn tar_gz(content: fs_err::File, folder: &Utf8Path) -> io::Result<()> {
    tar(MultiGzDecoder::new(io::BufReader::new(content)), folder)
}

/// Debian's format: an archive of `ar` with `data.tar` in it, compressed in one of several ways
/// (deb(5)).
fn deb(content: fs_err::File, folder: &Utf8Path) -> io::Result<()> {
    let mut members = ar::Archive::new(io::BufReader::new(content));
    while let Some(member) = members.next_entry() {
        let member = member?;
        match member.header().identifier() {
            b"data.tar.zst" => return tar(zstd::Decoder::new(member)?, folder),
            b"data.tar.gz" => return tar(MultiGzDecoder::new(member), folder),
            b"data.tar" => return tar(member, folder),
            name if name.starts_with(b"data.tar") => {
                let name = String::from_utf8_lossy(name);
                return Err(io::Error::other(format!(
                    "its files are in `{name}`, compressed in a way that is not known here"
                )));
            }
            _ => {}
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "it holds no files"))
}

fn tar(content: impl Read, folder: &Utf8Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(content);
    archive.set_preserve_permissions(true);
    archive.set_preserve_mtime(true);
    // What leads out of the folder is passed over, links included.
    archive.unpack(folder)
}
