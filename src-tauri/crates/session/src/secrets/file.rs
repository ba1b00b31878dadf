use std::collections::BTreeMap;
use std::io::{self, Write as _};

use camino::{Utf8Path, Utf8PathBuf};

/// A JSON file of secrets that its owner alone may read, where the system has no keychain.
#[derive(Clone, Debug)]
pub struct SecretsFile {
    path: Utf8PathBuf,
}

impl SecretsFile {
    pub fn new(path: Utf8PathBuf) -> Self {
        Self { path }
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// What is in it; nothing, when there is no file or nobody can make sense of it: the form asks
    /// again then.
    pub fn read(&self) -> BTreeMap<String, String> {
        let Ok(text) = fs_err::read_to_string(&self.path) else { return BTreeMap::new() };
        serde_json::from_str(&text).unwrap_or_else(|error| {
            // The parser's words may quote the file.
            tracing::warn!(line = error.line(), "the file of the secrets is damaged");
            BTreeMap::new()
        })
    }

    /// Writes it whole; removes it when there is nothing in it.
    pub fn write(&self, values: &BTreeMap<String, String>) -> io::Result<()> {
        if values.is_empty() {
            return match fs_err::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let folder = self.path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        fs_err::create_dir_all(folder)?;
        // On Unix it is made with mode 0600; on Windows the user's own folders are closed already.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec_pretty(values)?)?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::SecretsFile;

    #[test]
    fn it_is_for_its_owner_alone_and_goes_when_it_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let path = camino::Utf8PathBuf::from_path_buf(folder.path().join("a b/é.json")).unwrap();
        let file = SecretsFile::new(path.clone());
        assert_eq!(file.read(), BTreeMap::new());
        let values = BTreeMap::from([("A".to_owned(), "é \"x\"".to_owned())]);
        file.write(&values).unwrap();
        assert_eq!(file.read(), values);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs_err::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs_err::write(&path, "{\"A\":").unwrap();
        assert_eq!(file.read(), BTreeMap::new(), "damaged");
        file.write(&BTreeMap::new()).unwrap();
        file.write(&BTreeMap::new()).unwrap();
        assert!(!path.exists());
    }
}
