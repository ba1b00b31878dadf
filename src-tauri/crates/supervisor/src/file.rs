use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions};

/// A file that is moved aside when it is full: `app.log`, `app.log.1`, `app.log.2`.
// The crate file-rotate (0.8.0) asserts that nobody else moves its files, and drops every write in
// silence once a file could not be opened. A log must do neither.
#[derive(Debug)]
pub(crate) struct RotatingFile {
    path: PathBuf,
    /// The size in bytes at which a file is full.
    limit: u64,
    /// How many files there are in all.
    count: u32,
    /// `None` when it could not be opened; the next write tries again.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    size: u64,
}

impl RotatingFile {
    /// Goes on with the file at `path`; makes it and its folder if they are not there.
    pub(crate) fn new(path: PathBuf, limit: u64, count: u32) -> Self {
        Self { path, limit, count, open: None }
    }

    /// Where the newest lines are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file, so that one that cannot be written is known early.
    pub(crate) fn open(&mut self) -> io::Result<()> {
        self.opened().map(drop)
    }

    /// Adds `bytes`. Whole pieces stay in one file as long as they are smaller than it.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let limit = self.limit;
        let open = self.opened()?;
        if open.size > 0 && open.size + bytes.len() as u64 > limit {
            self.rotate()?;
        }
        let open = self.opened()?;
        open.file.write_all(bytes)?;
        open.size += bytes.len() as u64;
        Ok(())
    }

    fn opened(&mut self) -> io::Result<&mut Open> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                if let Some(folder) = self.path.parent() {
                    fs_err::create_dir_all(folder)?;
                }
                let file = private().open(&self.path)?;
                let size = file.metadata()?.len();
                Open { file, size }
            }
        };
        Ok(self.open.insert(open))
    }

    fn rotate(&mut self) -> io::Result<()> {
        // Closed first: Windows moves no open file.
        self.open = None;
        for number in (0..self.count.saturating_sub(1)).rev() {
            match fs_err::rename(self.numbered(number), self.numbered(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        if number > 0 {
            path.push(format!(".{number}"));
        }
        path.into()
    }
}

/// To append to a file that only its owner reads: a log may hold what a person typed.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::Builder::new().prefix("Prötokoll 'x' ").tempdir().unwrap()
    }

    fn contents(file: &RotatingFile) -> Vec<String> {
        (0..9).map_while(|number| fs_err::read_to_string(file.numbered(number)).ok()).collect()
    }

    #[test]
    fn keeps_the_newest_files() {
        let folder = folder();
        let mut file = RotatingFile::new(folder.path().join("new/app.log"), 10, 3);
        for text in ["one two\n", "three\n", "four\n", "five\n", "a long line of text\n", "6\n"] {
            file.write(text.as_bytes()).unwrap();
        }
        assert_eq!(contents(&file), ["6\n", "a long line of text\n", "four\nfive\n"]);
    }

    #[test]
    fn goes_on_with_the_file_of_the_last_time() {
        let folder = folder();
        let path = folder.path().join("app.log");
        RotatingFile::new(path.clone(), 10, 3).write(b"before\n").unwrap();
        let mut file = RotatingFile::new(path, 10, 3);
        file.write(b"12\n").unwrap();
        assert_eq!(contents(&file), ["before\n12\n"]);
        file.write(b"full\n").unwrap();
        assert_eq!(contents(&file), ["full\n", "before\n12\n"]);
    }

    #[test]
    fn tries_again_after_a_failure() {
        let folder = folder();
        let path = folder.path().join("app.log");
        fs_err::create_dir(&path).unwrap();
        let mut file = RotatingFile::new(path.clone(), 10, 3);
        assert!(file.write(b"lost\n").is_err(), "a folder is in the way");
        fs_err::remove_dir(&path).unwrap();
        file.write(b"kept\n").unwrap();
        assert_eq!(contents(&file), ["kept\n"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        let mut file = RotatingFile::new(folder.path().join("app.log"), 4, 2);
        file.write(b"one\n").unwrap();
        file.write(b"two\n").unwrap();
        for number in 0..2 {
            let mode = fs_err::metadata(file.numbered(number)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
