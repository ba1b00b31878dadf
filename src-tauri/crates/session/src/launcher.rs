use camino::{Utf8Path, Utf8PathBuf};
use include_dir::{Dir, File, include_dir};
use waterskin_bundle::{Digest, StagedDir, StagingError};

/// The Python package that starts Streamlit. It is part of the shell, not of the payload, so that
/// the two sides of the private socket always agree.
static LAUNCHER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/launcher");

/// Why the launcher could not be put on disk.
#[derive(Debug, thiserror::Error)]
pub enum LauncherError {
    /// The folder could not be staged.
    #[error("could not put the launcher in place")]
    Stage {
        /// What went wrong.
        #[source]
        source: StagingError,
    },
    /// A file of it could not be written.
    #[error("could not write the launcher")]
    Write {
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Names what the launcher is: another one has another name.
pub fn edition() -> String {
    let mut files = Vec::new();
    sources(&LAUNCHER, &mut files);
    digest(&files)
}

fn digest(files: &[&File<'_>]) -> String {
    let mut content = Vec::new();
    for file in files {
        content.extend_from_slice(file.path().to_string_lossy().as_bytes());
        content.push(0);
        content.extend_from_slice(file.contents());
    }
    Digest::of(&content).short().to_owned()
}

/// Puts the launcher into `cache` and returns its folder. The folder's name carries the digest of
/// its content, so another version never meets it, and a second start finds it there.
pub fn install(cache: &Utf8Path) -> Result<Utf8PathBuf, LauncherError> {
    let mut files = Vec::new();
    sources(&LAUNCHER, &mut files);
    let folder = cache.join(format!("launcher-{}", digest(&files)));
    if intact(&folder, &files) {
        return Ok(folder);
    }
    let staged = StagedDir::new(&folder).map_err(|source| LauncherError::Stage { source })?;
    for file in &files {
        let path = staged.path().join(file.path().to_string_lossy().as_ref());
        let written = match path.parent() {
            Some(parent) => fs_err::create_dir_all(parent),
            None => Ok(()),
        }
        .and_then(|()| fs_err::write(&path, file.contents()));
        written.map_err(|source| LauncherError::Write { source })?;
    }
    match staged.commit() {
        Ok(folder) => Ok(folder),
        // Another start of the same app was quicker.
        Err(_) if intact(&folder, &files) => Ok(folder),
        Err(source) => Err(LauncherError::Stage { source }),
    }
}

/// Whether the folder holds what it should: a half-emptied cache must not stop the app.
fn intact(folder: &Utf8Path, files: &[&File<'_>]) -> bool {
    files.iter().all(|file| {
        let path = folder.join(file.path().to_string_lossy().as_ref());
        std::fs::read(path).is_ok_and(|content| content == file.contents())
    })
}

/// Only sources: a development tree may hold byte code of another Python.
fn sources<'a>(dir: &'a Dir<'a>, found: &mut Vec<&'a File<'a>>) {
    found.extend(dir.files().filter(|file| file.path().extension().is_some_and(|e| e == "py")));
    for child in dir.dirs() {
        sources(child, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_launcher_wants_the_secret_where_the_proxy_sends_it() {
        let file = LAUNCHER.get_file("waterskin_launcher/secret.py").unwrap();
        let line = format!("\nHEADER = \"{}\"\n", waterskin_proxy::SECRET_HEADER);
        assert!(file.contents_utf8().unwrap().contains(&line), "`secret.py` has no {line}");
    }

    #[test]
    fn a_damaged_launcher_is_put_right() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Utf8PathBuf::from_path_buf(dir.path().join("mein Ordner é")).unwrap();
        let folder = install(&cache).unwrap();
        let main = folder.join("__main__.py");
        let right = fs_err::read(&main).unwrap();
        fs_err::write(&main, "raise SystemExit(1)").unwrap();
        assert_eq!(install(&cache).unwrap(), folder);
        assert_eq!(fs_err::read(&main).unwrap(), right);
    }
}
