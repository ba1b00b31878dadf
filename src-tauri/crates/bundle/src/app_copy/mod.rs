mod coming;
mod disk;
mod follow;
mod state;
mod step;
mod store;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::BTreeMap;
use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use self::disk::thing;
use self::state::State;
use self::step::Thing;
use crate::{DataPolicy, Layout, Payload, Recorded};

/// What Python makes of sources. It is made again in the copy, of the sources that are there.
const COMPILED: &str = "__pycache__";

/// The files of an app in a folder where the app may write ([`DataPolicy::Copy`]), kept in step
/// with what the author ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppCopy {
    payload: Layout,
    /// The digest of the payload's tree.
    edition: String,
    version: String,
    script: Utf8PathBuf,
    folder: Utf8PathBuf,
}

/// What came of bringing a copy up to date, where that is not simply what the author ships.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Changed here and by the author.
    pub kept: Vec<Kept>,
    /// Could not be written, and is as it was.
    pub late: Vec<Late>,
}

/// What is not as the author ships it yet. The next start tries again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// The file, or the folder that is one with all that is in it, relative to the copy.
    pub file: Utf8PathBuf,
    /// What the system said.
    pub why: String,
}

/// What of the author's new files went beside the person's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The file that the person or the app changed, relative to the copy.
    pub file: Utf8PathBuf,
    /// The author's new one, relative to the copy.
    pub beside: Utf8PathBuf,
}

/// The files of a copy that are not as the author shipped them, relative to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataFiles {
    /// Shipped by the author, and changed.
    pub changed: Vec<Utf8PathBuf>,
    /// Made by the app or the person.
    pub made: Vec<Utf8PathBuf>,
}

/// Why a copy could not be brought up to date. What is there stays usable, and the next start
/// goes on.
#[derive(Debug, thiserror::Error)]
pub enum AppCopyError {
    /// A file of the payload could not be read.
    #[error("could not read `{path}`")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another start of the app has been working at the copy for long.
    #[error("another start of the app still works at `{folder}`")]
    Busy {
        /// The folder.
        folder: Utf8PathBuf,
    },
    /// A file of the copy could not be written.
    #[error("could not write `{path}`")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl AppCopy {
    /// The copy of a payload in the `data` folder of its app; none where the app runs in place.
    pub fn of(payload: &Payload, data: &Utf8Path) -> Option<Self> {
        let manifest = &payload.manifest;
        (manifest.data == DataPolicy::Copy).then(|| Self {
            payload: payload.layout.clone(),
            edition: manifest
                .digests
                .get(Layout::APP)
                .map_or_else(String::new, |digest| digest.as_str().to_owned()),
            version: manifest.app.version.clone(),
            script: manifest.entry.clone(),
            folder: data.to_owned(),
        })
    }

    /// The folder that the app runs in.
    pub fn folder(&self) -> &Utf8Path {
        &self.folder
    }

    /// The script that Streamlit runs.
    pub fn script(&self) -> Utf8PathBuf {
        self.folder.join(&self.script)
    }

    /// Brings the copy up to date: the first time all files, after an upgrade (or a downgrade) what
    /// the author changed. A file that the person or the app changed stays, and the author's new one
    /// goes beside it as `<name>.new-<version>`: the ending keeps it from being taken for another
    /// page, table or picture.
    ///
    /// What is several files and one store, such as a vector database, is kept or replaced as a whole.
    /// A file of data that can't be written stays as it is, and the next start tries again; code that
    /// can't be, and a full disk, are errors, and nothing has changed then, or the next start goes on.
    ///
    /// Takes no time where nothing has changed. Two that begin at once take turns. What is known of
    /// the copy is written last, when all of it is on the disk.
    ///
    /// # Errors
    ///
    /// [`AppCopyError`], for a disk that is full, for instance.
    pub fn bring(&self) -> Result<Brought, AppCopyError> {
        if self.is_done(&State::read(&self.folder)) {
            return Ok(Brought::default());
        }
        fs::create_dir_all(&self.folder).map_err(writing(&self.folder))?;
        let _turn = turn::wait_for_turn(&self.folder)?;
        let mut state = State::read(&self.folder);
        if self.is_done(&state) {
            return Ok(Brought::default());
        }
        if !self.script().is_file() {
            // Somebody emptied the folder, nothing was ever in it, or the script has another name:
            // what is missing was not removed one by one.
            state.files.retain(|name, _| self.folder.join(name).symlink_metadata().is_ok());
        }
        let shipped = self.shipped()?;
        self.follow(state, shipped)
    }

    /// What of the copy is the person's; `None` where there is none yet.
    ///
    /// # Errors
    ///
    /// What the system said of a folder that can't be read.
    pub fn data(&self) -> io::Result<Option<DataFiles>> {
        let state = State::read(&self.folder);
        if state == State::default() {
            return Ok(None);
        }
        let mut found = DataFiles::default();
        let walk = WalkDir::new(&self.folder).min_depth(1).sort_by_file_name().into_iter();
        let is_temporary = |name: &str| name.starts_with(coming::PREFIX);
        for entry in walk.filter_entry(|entry| {
            entry.file_name() != COMPILED && !entry.file_name().to_str().is_some_and(is_temporary)
        }) {
            let entry = entry?;
            let Some(path) = Utf8Path::from_path(entry.path()) else { continue };
            let name = self.name(path, &self.folder);
            if entry.file_type().is_dir() || name == State::FILE {
                continue;
            }
            if !(state.files.contains_key(&name) || state.coming.contains_key(&name)) {
                found.made.push(name.into());
            } else if !thing(path).is_some_and(|thing| state.has(&name, &thing)) {
                found.changed.push(name.into());
            }
        }
        Ok(Some(found))
    }

    /// Whether the copy is of this edition, with all code there.
    fn is_done(&self, state: &State) -> bool {
        state.edition == self.edition
            && state.coming.is_empty()
            && !self.edition.is_empty()
            && self.script().is_file()
            && state.files.keys().all(|name| !is_code(name) || self.folder.join(name).exists())
    }

    /// All that the author ships, by paths with `/`.
    fn shipped(&self) -> Result<BTreeMap<String, Thing>, AppCopyError> {
        let app = self.payload.app();
        let record = fs_err::read_to_string(self.payload.root().join(Layout::RECORD));
        let lines = Recorded::parse(&record.unwrap_or_default());
        let hashes: BTreeMap<&str, &str> =
            lines.iter().map(|line| (line.path(), line.hash())).collect();
        let mut found = BTreeMap::new();
        let walk = WalkDir::new(&app).min_depth(1).into_iter();
        for entry in walk.filter_entry(|entry| entry.file_name() != COMPILED) {
            let entry = entry.map_err(|error| AppCopyError::Read {
                path: app.clone(),
                source: error
                    .into_io_error()
                    .unwrap_or_else(|| io::Error::other("a loop of links")),
            })?;
            let Some(path) = Utf8Path::from_path(entry.path()) else { continue };
            let name = self.name(path, &app);
            let recorded = hashes.get(format!("{}/{name}", Layout::APP).as_str());
            let thing = match recorded.filter(|hash| !hash.is_empty()) {
                Some(hash) if entry.file_type().is_file() => Some(Thing::File((*hash).to_owned())),
                _ => thing(path),
            };
            if let Some(thing) = thing {
                found.insert(name, thing);
            }
        }
        Ok(found)
    }

    fn name(&self, path: &Utf8Path, folder: &Utf8Path) -> String {
        let name = path.strip_prefix(folder).unwrap_or(path).as_str();
        if cfg!(windows) { name.replace('\\', "/") } else { name.to_owned() }
    }
}

fn writing(path: &Utf8Path) -> impl FnOnce(io::Error) -> AppCopyError {
    let path = path.to_owned();
    move |source| AppCopyError::Write { path, source }
}

fn is_code(name: &str) -> bool {
    name.ends_with(".py")
}
