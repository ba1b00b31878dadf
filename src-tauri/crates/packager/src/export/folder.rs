//! The folder that an export is written to: which files in it are the export's, and how they get there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;
use waterskin_bundle::{Digest, StagedDir};
use waterskin_project::EXPORT;

use super::app::folder_mode;
use super::error::ExportError;

/// What an export says of its files: whatever else is in the folder is somebody's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    /// The form of this record.
    version: u32,
    files: BTreeMap<Utf8PathBuf, Digest>,
}

/// A folder that is looked at, and may be written to.
#[derive(Debug)]
pub(super) struct ExportFolder {
    path: Utf8PathBuf,
    /// The earlier export; `None` where nothing is there.
    earlier: Option<Record>,
}

impl ExportFolder {
    /// Looks whether an export may be written to `path`, before any work is done.
    pub fn look(path: &Utf8Path) -> Result<Self, ExportError> {
        let failed = |path: &Utf8Path| ExportError::write(path);
        let entries = match path.read_dir_utf8() {
            Ok(mut entries) => entries.next(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(ExportError::NoFolder { path: path.to_owned() });
            }
            Err(error) => return Err(failed(path)(error)),
        };
        if entries.is_none() {
            return Ok(Self { path: path.to_owned(), earlier: None });
        }
        let record = path.join(EXPORT);
        let foreign = || ExportError::Foreign { path: path.to_owned() };
        let text = match fs_err::read(&record) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(foreign()),
            Err(error) => return Err(failed(&record)(error)),
        };
        let earlier = serde_json::from_slice(&text).map_err(|_| foreign())?;
        Ok(Self { path: path.to_owned(), earlier: Some(earlier) })
    }

    /// Puts what is staged in place, and gives its files.
    pub fn put(self, staged: StagedDir) -> Result<Vec<Utf8PathBuf>, ExportError> {
        let record = Record::of(staged.path())?;
        let text = serde_json::to_vec_pretty(&record).unwrap_or_default();
        let place = staged.path().join(EXPORT);
        fs_err::write(&place, text).map_err(ExportError::write(&place))?;
        match &self.earlier {
            None => {
                staged.commit().map_err(|source| ExportError::Staging { source })?;
            }
            Some(earlier) => self.renew(staged.path(), earlier, &record)?,
        }
        Ok(record.files.into_keys().collect())
    }

    /// Each file appears whole, the record last: an export that is broken off is finished by the next.
    fn renew(&self, staged: &Utf8Path, earlier: &Record, new: &Record) -> Result<(), ExportError> {
        let is_as_written = |file: &Utf8Path| match digest(&self.path.join(file)) {
            Ok(found) => {
                earlier.files.get(file) == Some(&found) || new.files.get(file) == Some(&found)
            }
            // What is not there was taken away, and comes again.
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        let all: std::collections::BTreeSet<&Utf8PathBuf> =
            earlier.files.keys().chain(new.files.keys()).collect();
        let changed = all.iter().filter(|file| !is_as_written(file));
        let changed: Vec<Utf8PathBuf> = changed.map(|file| (*file).clone()).collect();
        if !changed.is_empty() {
            return Err(ExportError::Changed { folder: self.path.clone(), files: changed });
        }
        for file in earlier.files.keys().filter(|file| !new.files.contains_key(*file)) {
            self.remove(file)?;
        }
        let record = Utf8PathBuf::from(EXPORT);
        for file in new.files.keys().chain([&record]) {
            let to = self.path.join(file);
            let folder = to.parent().unwrap_or(&self.path);
            fs_err::create_dir_all(folder)
                .and_then(|()| fs_err::rename(staged.join(file), &to))
                .map_err(ExportError::write(&to))?;
        }
        Ok(())
    }

    /// Takes a file away, and the folders that are empty then.
    fn remove(&self, file: &Utf8Path) -> Result<(), ExportError> {
        let path = self.path.join(file);
        match fs_err::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(ExportError::write(&path)(error));
            }
            _ => {}
        }
        for folder in file.ancestors().skip(1).filter(|folder| !folder.as_str().is_empty()) {
            // One with something in it stays.
            if fs_err::remove_dir(self.path.join(folder)).is_err() {
                break;
            }
        }
        Ok(())
    }
}

impl Record {
    /// Of every file in a folder, each of whose folders everybody may look into then.
    fn of(root: &Utf8Path) -> Result<Self, ExportError> {
        let mut files = BTreeMap::new();
        for entry in WalkDir::new(root).min_depth(1).sort_by_file_name() {
            let entry = entry.map_err(|error| {
                let source = error.into_io_error().unwrap_or_else(|| io::Error::other("a loop"));
                ExportError::write(root)(source)
            })?;
            let path = Utf8PathBuf::from_path_buf(entry.into_path())
                .map_err(|_| ExportError::write(root)(io::Error::other("a name is not UTF-8")))?;
            let failed = ExportError::write(&path);
            if path.is_dir() && !path.is_symlink() {
                folder_mode(&path).map_err(failed)?;
                continue;
            }
            let digest = digest(&path).map_err(failed)?;
            let name = path.strip_prefix(root).unwrap_or(&path).as_str().replace('\\', "/");
            files.insert(name.into(), digest);
        }
        Ok(Self { version: 1, files })
    }
}

/// Of what a file holds, or where a link leads.
fn digest(path: &Utf8Path) -> io::Result<Digest> {
    match path.read_link_utf8() {
        Ok(leads_to) => Ok(Digest::of(format!("link to {leads_to}").as_bytes())),
        Err(_) => Digest::of_reader(File::open(path)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().join("ein Ordner é/out")).unwrap();
        (dir, path)
    }

    fn put(path: &Utf8Path, files: &[(&str, &str)]) -> Result<Vec<Utf8PathBuf>, ExportError> {
        let folder = ExportFolder::look(path)?;
        let staged = StagedDir::new(path).unwrap();
        for (name, text) in files {
            let file = staged.path().join(name);
            fs_err::create_dir_all(file.parent().unwrap()).unwrap();
            fs_err::write(file, text).unwrap();
        }
        folder.put(staged)
    }

    #[test]
    fn what_is_not_the_exports_stays() {
        let (_dir, path) = place();
        assert_eq!(put(&path, &[("a/b.py", "1"), ("c", "2"), ("d/e", "3")]).unwrap().len(), 3);
        fs_err::create_dir(path.join("secrets")).unwrap();
        fs_err::write(path.join("secrets/secrets.toml"), "x").unwrap();
        fs_err::write(path.join("a/mine"), "y").unwrap();
        fs_err::remove_file(path.join("c")).unwrap();
        put(&path, &[("a/f.py", "4"), ("c", "5")]).unwrap();
        let read = |name: &str| fs_err::read_to_string(path.join(name)).unwrap();
        assert_eq!((read("a/f.py"), read("c")), ("4".to_owned(), "5".to_owned()));
        assert_eq!(
            (read("secrets/secrets.toml"), read("a/mine")),
            ("x".to_owned(), "y".to_owned())
        );
        assert!(!path.join("d").exists() && !path.join("a/b.py").exists(), "no more of the export");
        let beside = path.parent().unwrap().read_dir_utf8().unwrap().count();
        assert_eq!(beside, 1, "nothing temporary is left");
    }

    #[test]
    fn what_somebody_changed_is_not_overwritten() {
        let (_dir, path) = place();
        put(&path, &[("a/b.py", "1"), ("c", "2")]).unwrap();
        fs_err::write(path.join("c"), "mine").unwrap();
        let error = put(&path, &[("a/b.py", "3"), ("c", "4")]).unwrap_err();
        assert!(error.to_string().ends_with("since it was exported: `c`"), "{error}");
        assert_eq!(
            fs_err::read_to_string(path.join("a/b.py")).unwrap(),
            "1",
            "nothing was touched"
        );
        // As a broken-off export leaves it: the new file, and the old record.
        fs_err::write(path.join("c"), "4").unwrap();
        put(&path, &[("a/b.py", "3"), ("c", "4")]).unwrap();
    }

    #[test]
    fn a_folder_of_somebodys_own_is_left_alone() {
        let (_dir, path) = place();
        fs_err::create_dir_all(&path).unwrap();
        ExportFolder::look(&path).unwrap();
        fs_err::write(path.join("x"), "1").unwrap();
        assert!(matches!(ExportFolder::look(&path), Err(ExportError::Foreign { .. })));
        fs_err::write(path.join(EXPORT), "{").unwrap();
        assert!(matches!(ExportFolder::look(&path), Err(ExportError::Foreign { .. })));
        assert!(matches!(ExportFolder::look(&path.join("x")), Err(ExportError::NoFolder { .. })));
    }
}
