mod state;
mod step;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use self::state::State;
use self::step::{Known, Step, Thing};
use crate::{DataPolicy, Layout, Payload, Recorded, StagedFile, StagingError, record};

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
    /// Takes no time where nothing has changed. Two that begin at once take turns. What is known of
    /// the copy is written last, so that one that was broken off is finished by the next.
    ///
    /// # Errors
    ///
    /// [`AppCopyError`], for a disk that is full, for instance.
    pub fn bring(&self) -> Result<Vec<Kept>, AppCopyError> {
        if self.is_done(&State::read(&self.folder)) {
            return Ok(Vec::new());
        }
        fs::create_dir_all(&self.folder).map_err(writing(&self.folder))?;
        let _turn = self.wait_for_turn();
        let mut state = State::read(&self.folder);
        if self.is_done(&state) {
            return Ok(Vec::new());
        }
        if !self.script().is_file() {
            // Somebody emptied the folder, nothing was ever in it, or the script has another name:
            // what is missing was not removed one by one.
            state.files.retain(|name, _| self.folder.join(name).symlink_metadata().is_ok());
        }
        let shipped = self.shipped()?;
        let broken_off = !state.coming.is_empty();
        state.begin(&shipped);
        state.write(&self.folder).map_err(writing(&self.folder))?;
        let kept = self.follow(&state, &shipped, broken_off)?;
        let done = State { edition: self.edition.clone(), files: shipped, coming: BTreeMap::new() };
        done.write(&self.folder).map_err(writing(&self.folder))?;
        Ok(kept)
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
        for entry in walk.filter_entry(|entry| entry.file_name() != COMPILED) {
            let entry = entry?;
            let Some(path) = Utf8Path::from_path(entry.path()) else { continue };
            let name = self.name(path, &self.folder);
            let ours = name == State::FILE || path.file_name().is_some_and(is_temporary);
            if entry.file_type().is_dir() || ours {
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
            && !self.edition.is_empty()
            && self.script().is_file()
            && state.files.keys().all(|name| !is_code(name) || self.folder.join(name).exists())
    }

    /// Waits until no other start works at the copy. Where the file system has no locks, the single
    /// instance of an app has to do.
    fn wait_for_turn(&self) -> Option<File> {
        let path = self.folder.with_file_name("copy.lock");
        let file = File::options().create(true).append(true).open(path).ok()?;
        file.lock().ok()?;
        Some(file)
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

    /// Does what has to be done: first what makes room, then what comes. After a copy that was
    /// broken off nothing is taken to be as it was when the last one was done.
    fn follow(
        &self,
        state: &State,
        shipped: &BTreeMap<String, Thing>,
        broken_off: bool,
    ) -> Result<Vec<Kept>, AppCopyError> {
        let known = |name: &str| Known {
            new: shipped.get(name),
            was: state.files.get(name),
            coming: state.coming.get(name).map_or(&[], Vec::as_slice),
            needed: broken_off || is_code(name) || shipped.get(name) == Some(&Thing::Folder),
            code: is_code(name),
        };
        let earlier: BTreeSet<&String> = state.files.keys().chain(state.coming.keys()).collect();
        // What is in a folder comes before it.
        for name in earlier.into_iter().rev().filter(|name| !shipped.contains_key(*name)) {
            let path = self.folder.join(name);
            // A log belongs to the database beside it, whosever that is now.
            if of_database(name).is_some_and(|base| shipped.contains_key(base)) {
                continue;
            }
            if known(name).step(thing(&path).as_ref()) == Step::Remove {
                remove(&path).map_err(writing(&path))?;
            }
        }
        let mut kept = Vec::new();
        let mut put = BTreeSet::new();
        for name in shipped.keys() {
            // The log of the author's database says what is missing in that one, and in no other.
            if of_database(name)
                .is_some_and(|base| shipped.contains_key(base) && !put.contains(base))
            {
                continue;
            }
            let path = self.folder.join(name);
            let known = known(name);
            // Large files are not read where the author changed nothing.
            let unchanged = !broken_off
                && known.new == known.was
                && known.new != Some(&Thing::Folder)
                && path.symlink_metadata().is_ok();
            let now = if unchanged { known.new.cloned() } else { thing(&path) };
            match known.step(now.as_ref()) {
                Step::Leave | Step::Remove => {}
                Step::Put => {
                    // A folder of the author's that holds something of the person's stays.
                    if now == Some(Thing::Folder) && fs::remove_dir(&path).is_err() {
                        kept.push(self.beside(name)?);
                    } else {
                        self.put(name, &path)?;
                        put.insert(name.as_str());
                    }
                }
                Step::Beside => kept.push(self.beside(name)?),
                Step::Aside => {
                    let aside = self.free(name, "before").0;
                    fs::rename(&path, self.folder.join(aside)).map_err(writing(&path))?;
                    self.put(name, &path)?;
                }
            }
        }
        Ok(kept)
    }

    /// Puts what the author ships beside what the person has, once.
    fn beside(&self, name: &str) -> Result<Kept, AppCopyError> {
        let (beside, is_there) = self.free(name, "new");
        if !is_there {
            self.put(name, &self.folder.join(&beside))?;
        }
        Ok(Kept { file: name.into(), beside: beside.into() })
    }

    /// A name for the author's or the person's file that nothing else has, and whether the author's
    /// is there already.
    fn free(&self, name: &str, kind: &str) -> (String, bool) {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".+~_-".contains(c);
        let version: String =
            self.version.chars().map(|c| if plain(c) { c } else { '_' }).collect();
        let shipped = thing(&self.payload.app().join(name));
        let mut number = 1;
        loop {
            let more = if number == 1 { String::new() } else { format!("-{number}") };
            let name = format!("{name}.{kind}-{version}{more}");
            match thing(&self.folder.join(&name)) {
                None => return (name, false),
                there if kind == "new" && there == shipped => return (name, true),
                Some(_) => number += 1,
            }
        }
    }

    /// Has `to` be what the author ships as `name`. A file appears whole.
    fn put(&self, name: &str, to: &Utf8Path) -> Result<(), AppCopyError> {
        let from = self.payload.app().join(name);
        let reading = |source| AppCopyError::Read { path: from.clone(), source };
        let kind = from.symlink_metadata().map_err(reading)?.file_type();
        if kind.is_dir() {
            if to.symlink_metadata().is_ok_and(|there| !there.is_dir()) {
                fs::remove_file(to).map_err(writing(to))?;
            }
            return fs::create_dir_all(to).map_err(writing(to));
        }
        if kind.is_symlink() {
            let leads_to = fs::read_link(&from).map_err(reading)?;
            return link(&leads_to, &from, to).map_err(writing(to));
        }
        let mut source = File::open(&from).map_err(reading)?;
        let staged = |error| match error {
            StagingError::Create { source, .. } | StagingError::Commit { source, .. } => {
                AppCopyError::Write { path: to.to_owned(), source }
            }
        };
        let mut copy = StagedFile::new(to).map_err(staged)?;
        // On Linux this shares the blocks where the file system can.
        io::copy(&mut source, copy.file()).map_err(writing(to))?;
        copy.commit().map_err(staged)?;
        // Never as a folder that nobody may write to has it.
        mark_executable(&source, to).map_err(writing(to))
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

/// A file that a copy was making when it was broken off.
fn is_temporary(name: &str) -> bool {
    name.starts_with(".waterskin-")
}

/// What is at a path; `None` where nothing is.
fn thing(path: &Utf8Path) -> Option<Thing> {
    let kind = match path.symlink_metadata() {
        Ok(about) => about.file_type(),
        Err(error) => {
            use io::ErrorKind::{NotADirectory, NotFound};
            // What can't be looked at may be the person's.
            let nothing = matches!(error.kind(), NotFound | NotADirectory);
            return (!nothing).then_some(Thing::Other);
        }
    };
    Some(if kind.is_dir() {
        Thing::Folder
    } else if kind.is_symlink() {
        fs::read_link(path).map_or(Thing::Other, |to| Thing::Link(to.display().to_string()))
    } else if kind.is_file() && !has_journal(path) {
        let hash = File::open(path).and_then(record::hash_of);
        hash.map_or(Thing::Other, Thing::File)
    } else {
        Thing::Other
    })
}

/// How the logs of databases end, in which changes are that are not in the file yet: SQLite's ("Temporary
/// Files": a write-ahead log, or a rollback journal of a program that was ended), and DuckDB's.
const LOGS: [&str; 3] = ["-wal", "-journal", ".wal"];

/// The database that a log belongs to by its name. SQLite's index of a log goes with it.
fn of_database(name: &str) -> Option<&str> {
    LOGS.iter().chain(&["-shm"]).find_map(|ending| name.strip_suffix(ending))
}

/// Whether a database has changes that are not in its file yet.
fn has_journal(path: &Utf8Path) -> bool {
    LOGS.iter().any(|ending| {
        fs::metadata(format!("{path}{ending}")).is_ok_and(|journal| journal.len() > 0)
    })
}

/// Removes what was the author's: a folder only when nothing but what Python made is left in it.
fn remove(path: &Utf8Path) -> io::Result<()> {
    if !path.symlink_metadata()?.is_dir() {
        return fs::remove_file(path);
    }
    let mut inside = fs::read_dir(path)?.flatten();
    if inside.all(|entry| entry.file_name() == COMPILED) {
        let _ = fs::remove_dir_all(path.join(COMPILED));
        let _ = fs::remove_dir(path);
    }
    Ok(())
}

#[cfg(unix)]
fn link(leads_to: &std::path::Path, _: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    if to.symlink_metadata().is_ok() {
        fs::remove_file(to)?;
    }
    std::os::unix::fs::symlink(leads_to, to)
}

/// Only some users of Windows may make links, and no payload that was made there has one.
#[cfg(not(unix))]
fn link(_: &std::path::Path, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    fs::copy(from, to).map(drop)
}

#[cfg(unix)]
fn mark_executable(source: &File, to: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if source.metadata()?.permissions().mode() & 0o111 == 0 {
        return Ok(());
    }
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn mark_executable(_: &File, _: &Utf8Path) -> io::Result<()> {
    Ok(())
}
