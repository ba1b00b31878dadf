use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Digest;
use waterskin_installers::{FormatError, Kept, Store};

/// A store for a test, in a folder.
pub struct Scratch {
    root: Utf8PathBuf,
    /// Whether each is whole.
    made: Mutex<BTreeMap<Utf8PathBuf, Arc<Mutex<bool>>>>,
}

struct Folder(Utf8PathBuf);

impl Scratch {
    pub fn new(root: &Utf8Path) -> Self {
        fs_err::create_dir_all(root).unwrap();
        Self { root: root.to_owned(), made: Mutex::default() }
    }

    /// The names of all that is kept: kinds, and digests of keys.
    pub fn names(&self) -> BTreeSet<String> {
        let entries = self.root.read_dir_utf8().unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_owned()).collect()
    }
}

impl Store for Scratch {
    fn folder(
        &self,
        kind: &str,
        key: &str,
        make: &mut dyn FnMut(&Utf8Path) -> Result<(), FormatError>,
    ) -> Result<Box<dyn Kept>, FormatError> {
        let path = self.root.join(format!("{kind}-{}", Digest::of(key.as_bytes()).short()));
        let one = Arc::clone(self.made.lock().unwrap().entry(path.clone()).or_default());
        let mut is_whole = one.lock().unwrap();
        if !*is_whole {
            fs_err::create_dir(&path).unwrap();
            if let Err(error) = make(&path) {
                // Nobody takes a half-made one for whole.
                fs_err::remove_dir_all(&path).unwrap();
                return Err(error);
            }
            *is_whole = true;
        }
        Ok(Box::new(Folder(path)))
    }
}

impl Kept for Folder {
    fn path(&self) -> &Utf8Path {
        &self.0
    }
}
