use std::collections::BTreeMap;
use std::io;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::step::Thing;
use crate::{StagedFile, StagingError};

/// What is known of a copy: a file in it, so that whoever removes the folder removes this too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// The digest of the tree that was copied.
    pub edition: String,
    /// What the author shipped then, by paths with `/`.
    pub files: BTreeMap<String, Thing>,
    /// What copies have begun to bring since, of more than one version where each was broken off, and
    /// what the last one could not write. Empty where all is done.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub coming: BTreeMap<String, Vec<Thing>>,
}

impl State {
    /// Its name in the folder.
    pub const FILE: &str = ".waterskin.json";

    /// Reads it. One that is missing or damaged knows nothing: then every file that is not as the
    /// author ships it counts as the person's.
    pub fn read(folder: &Utf8Path) -> Self {
        let text = fs_err::read(folder.join(Self::FILE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Whether the last copy did not come to its end.
    pub fn is_broken_off(&self) -> bool {
        self.edition.is_empty() && !self.coming.is_empty()
    }

    /// What is known once what is shipped is there, less what is late: that is as it was.
    pub fn finish(
        mut self,
        edition: String,
        mut shipped: BTreeMap<String, Thing>,
        is_late: impl Fn(&str) -> bool,
    ) -> Self {
        let coming = shipped.extract_if(.., |name, _| is_late(name));
        let coming = coming.map(|(name, thing)| (name, vec![thing])).collect();
        self.files.retain(|name, _| is_late(name));
        shipped.append(&mut self.files);
        Self { edition, files: shipped, coming }
    }

    /// Notes what a copy begins to bring.
    pub fn begin(&mut self, shipped: &BTreeMap<String, Thing>) {
        self.edition.clear();
        for (name, thing) in shipped {
            let coming = self.coming.entry(name.clone()).or_default();
            if !coming.contains(thing) {
                coming.push(thing.clone());
            }
        }
    }

    /// Whether the author ships, or shipped, this at a path.
    pub fn has(&self, name: &str, thing: &Thing) -> bool {
        let coming = self.coming.get(name).is_some_and(|coming| coming.contains(thing));
        coming || self.files.get(name) == Some(thing)
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, folder: &Utf8Path) -> io::Result<()> {
        use io::Write as _;
        let said = |error| match error {
            StagingError::Create { source, .. } | StagingError::Commit { source, .. } => source,
        };
        let mut staged = StagedFile::new(&folder.join(Self::FILE)).map_err(said)?;
        staged.file().write_all(&serde_json::to_vec(self)?)?;
        // What it says holds after a power cut, too.
        staged.file().sync_all()?;
        staged.commit().map_err(said)?;
        Ok(())
    }
}
