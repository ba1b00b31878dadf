//! What has to be done for a copy to be what the author ships, and doing it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use super::coming::{Coming, clear_away};
use super::disk::{self, is_trace_of_reading, of_database, thing};
use super::state::State;
use super::step::{Known, Step, Thing};
use super::store::{self, Stores, below};
use super::{AppCopy, AppCopyError, Brought, COMPILED, Kept, Late, is_code, writing};

type Things = BTreeMap<String, Thing>;

/// What becomes of a path.
struct Deed {
    name: String,
    step: Step,
    /// Whether it is a folder that is one with all that is in it.
    whole: bool,
}

impl Deed {
    fn brings(&self) -> bool {
        matches!(self.step, Step::Put | Step::Beside | Step::Aside)
    }
}

impl AppCopy {
    /// Brings the copy from what is known of it to what is shipped. What comes is complete and on the
    /// disk before anything changes; a file of data that can't be written then stays as it is, and is
    /// tried again by the next start. Code is of one version: there, as on a full disk, nothing goes on.
    pub(super) fn follow(
        &self,
        mut state: State,
        shipped: Things,
    ) -> Result<Brought, AppCopyError> {
        let folders = shipped.iter().filter(|(_, thing)| **thing == Thing::Folder);
        let folders: Vec<Utf8PathBuf> = folders.map(|(name, _)| self.folder.join(name)).collect();
        clear_away(folders.iter().chain([&self.folder]).map(Utf8PathBuf::as_path));

        let deeds = self.decide(&state, &shipped);
        let mut coming = Coming::new(&self.folder).map_err(writing(&self.folder))?;
        let (mut brought, mut late) = (Brought::default(), BTreeSet::new());
        let mut put_off = |name: &str, error, brought: &mut Brought| {
            let why = may_wait(name, error)?;
            late.insert(name.to_owned());
            brought.late.push(Late { file: name.into(), why });
            Ok::<_, AppCopyError>(())
        };
        let mut taken = BTreeMap::new();
        for deed in deeds.iter().filter(|deed| deed.brings()) {
            if !deed.whole && shipped.get(&deed.name) == Some(&Thing::Folder) {
                continue;
            }
            match coming.take(&self.payload.app().join(&deed.name)) {
                Ok(path) => drop(taken.insert(&*deed.name, path)),
                Err(error) => put_off(&deed.name, error, &mut brought)?,
            }
        }
        disk::settle(&self.folder).map_err(writing(&self.folder))?;
        state.begin(&shipped);
        state.write(&self.folder).map_err(writing(&self.folder))?;

        for deed in &deeds {
            let base = of_database(&deed.name).unwrap_or(&deed.name);
            if brought.late.iter().any(|late| late.file == deed.name || late.file == base) {
                continue;
            }
            match self.carry_out(deed, taken.get(&*deed.name), &mut coming) {
                Ok(kept) => brought.kept.extend(kept),
                Err(error) => put_off(&deed.name, error, &mut brought)?,
            }
        }
        coming.end();
        // What is known of the copy vouches for all of it.
        disk::settle(&self.folder).map_err(writing(&self.folder))?;
        let is_late = |name: &str| late.iter().any(|it| it == name || below(name, it));
        let done = state.finish(self.edition.clone(), shipped, is_late);
        done.write(&self.folder).map_err(writing(&self.folder))?;
        Ok(brought)
    }

    /// What becomes of each path: first what makes room, then what comes. After a copy that was broken
    /// off nothing is taken to be as it was when the last one was done.
    fn decide(&self, state: &State, shipped: &Things) -> Vec<Deed> {
        let broken_off = state.is_broken_off();
        let earlier: BTreeSet<&String> = state.files.keys().chain(state.coming.keys()).collect();
        let names = earlier.iter().copied().chain(shipped.keys());
        let stores = Stores::among(names.map(String::as_str));
        let known = |name: &str| Known {
            new: shipped.get(name),
            was: state.files.get(name),
            coming: state.coming.get(name).map_or(&[], Vec::as_slice),
            needed: broken_off || is_code(name) || shipped.get(name) == Some(&Thing::Folder),
            code: is_code(name),
        };
        let mut found = Vec::new();
        let deed = |name: &str, step| Deed { name: name.to_owned(), step, whole: false };
        // What is in a folder comes before it.
        for name in earlier.into_iter().rev().filter(|name| !shipped.contains_key(*name)) {
            // A log belongs to the database beside it, whosever that is now.
            let logs = of_database(name).is_some_and(|base| shipped.contains_key(base));
            if logs || stores.has(name) {
                continue;
            }
            let step = known(name).step(thing(&self.folder.join(name)).as_ref());
            found.extend((step == Step::Remove).then(|| deed(name, step)));
        }
        for folder in stores.folders() {
            let its = |name: &str| name == folder || below(name, folder);
            let step = store_of(state, shipped, its).step(|| self.inside(folder));
            found.push(Deed { name: folder.to_owned(), step, whole: true });
        }
        for files in stores.families() {
            let step = store_of(state, shipped, |name| files.contains(name)).step(|| {
                let now = |name: &String| Some((name.clone(), thing(&self.folder.join(name))?));
                files.iter().filter_map(now).collect()
            });
            found.extend(files.iter().filter_map(|name| match (step, shipped.get(name)) {
                (Step::Put | Step::Beside, Some(_)) => Some(deed(name, step)),
                (Step::Put | Step::Remove, None) => Some(deed(name, Step::Remove)),
                _ => None,
            }));
        }
        let mut put = BTreeSet::new();
        for name in shipped.keys().filter(|name| !stores.has(name)) {
            // The log of the author's database says what is missing in that one, and in no other.
            if of_database(name)
                .is_some_and(|base| shipped.contains_key(base) && !put.contains(base))
            {
                continue;
            }
            let (path, known) = (self.folder.join(name), known(name));
            let is_folder = known.new == Some(&Thing::Folder);
            // Large files are not read where the author changed nothing.
            let unchanged = !broken_off
                && known.new == known.was
                && !is_folder
                && path.symlink_metadata().is_ok();
            let now = match unchanged {
                true => known.new.cloned(),
                // A person may have it on another disk, by a link.
                false if is_folder && path.is_dir() => Some(Thing::Folder),
                false => thing(&path),
            };
            let step = known.step(now.as_ref());
            if step == Step::Put {
                put.insert(name.as_str());
            }
            found.push(deed(name, step));
        }
        found
    }

    /// What is in a folder, less what only reading it leaves there.
    fn inside(&self, folder: &str) -> Things {
        let root = self.folder.join(folder);
        let walk = WalkDir::new(&root).into_iter();
        let walk = walk.filter_entry(|entry| entry.file_name() != COMPILED);
        let mut found = Things::new();
        for entry in walk.filter_map(Result::ok) {
            let Some(path) = Utf8Path::from_path(entry.path()) else {
                // Nothing of the author's is called so.
                found.insert(format!("{folder}/\u{fffd}"), Thing::Other);
                continue;
            };
            if !is_trace_of_reading(path) {
                found.extend(thing(path).map(|thing| (self.name(path, &self.folder), thing)));
            }
        }
        found
    }

    /// Does what was decided about a path.
    fn carry_out(
        &self,
        deed: &Deed,
        taken: Option<&Utf8PathBuf>,
        coming: &mut Coming,
    ) -> Result<Option<Kept>, AppCopyError> {
        let path = self.folder.join(&deed.name);
        match deed.step {
            Step::Leave => {}
            Step::Remove if deed.whole => coming.clear(&path).map_err(writing(&path))?,
            Step::Remove => disk::remove(&path).or_else(gone).map_err(writing(&path))?,
            Step::Put => {
                // A folder of the author's that holds something of the person's stays.
                let is_file = taken.is_some() && !deed.whole;
                let is_folder = path.symlink_metadata().is_ok_and(|there| there.is_dir());
                if is_file && is_folder && fs::remove_dir(&path).is_err() {
                    return self.beside(deed, taken, coming).map(Some);
                }
                put(taken, &path, coming).map_err(writing(&path))?;
            }
            Step::Beside => return self.beside(deed, taken, coming).map(Some),
            Step::Aside => {
                let aside = self.free(&deed.name, "before").0;
                fs::rename(&path, self.folder.join(aside)).map_err(writing(&path))?;
                put(taken, &path, coming).map_err(writing(&path))?;
            }
        }
        Ok(None)
    }

    /// Puts what the author ships beside what the person has, once.
    fn beside(
        &self,
        deed: &Deed,
        taken: Option<&Utf8PathBuf>,
        coming: &mut Coming,
    ) -> Result<Kept, AppCopyError> {
        let name = &*deed.name;
        let (beside, is_there) = self.free(name, "new");
        if !is_there {
            let path = self.folder.join(&beside);
            put(taken, &path, coming).map_err(writing(&path))?;
        }
        Ok(Kept { file: name.into(), beside: beside.into() })
    }

    /// A name for the author's or the person's file that nothing else has, and whether the author's
    /// is there already.
    fn free(&self, name: &str, kind: &str) -> (String, bool) {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".+~_-".contains(c);
        let version: String =
            self.version.chars().map(|c| if plain(c) { c } else { '_' }).collect();
        let shipped = self.payload.app().join(name);
        let (folder, file) = name.rsplit_once('/').map_or((None, name), |(a, b)| (Some(a), b));
        let mut number = 1;
        loop {
            let more = if number == 1 { String::new() } else { format!("-{number}") };
            let ending = format!(".{kind}-{version}{more}");
            let file = format!("{}{ending}", shortened(file, ending.len()));
            let name = folder.map_or_else(|| file.clone(), |folder| format!("{folder}/{file}"));
            let path = self.folder.join(&name);
            match thing(&path) {
                None => return (name, false),
                Some(_) if kind == "new" && is_same(&path, &shipped) => return (name, true),
                Some(_) => number += 1,
            }
        }
    }
}

/// The beginning of a file's name that leaves room for as many bytes more: no file system takes more than
/// 255 for a name.
fn shortened(name: &str, more: usize) -> &str {
    let most = 255_usize.saturating_sub(more).max(1);
    let end = (0..=name.len().min(most)).rev().find(|at| name.is_char_boundary(*at));
    name.get(..end.unwrap_or_default()).unwrap_or(name)
}

/// What is known of the paths of a store.
fn store_of<'a>(
    state: &'a State,
    shipped: &'a Things,
    its: impl Fn(&str) -> bool,
) -> store::Known<'a> {
    let of = |things: &'a Things| {
        let its = things.iter().filter(|(name, _)| its(name));
        its.map(|(name, thing)| (name.as_str(), thing)).collect()
    };
    let coming = state.coming.iter().filter(|(name, _)| its(name));
    store::Known {
        new: of(shipped),
        was: of(&state.files),
        coming: coming.map(|(name, things)| (name.as_str(), things.as_slice())).collect(),
        broken_off: state.is_broken_off(),
    }
}

/// Has a path be what was taken of the author's; a folder where nothing was.
fn put(taken: Option<&Utf8PathBuf>, to: &Utf8Path, coming: &mut Coming) -> io::Result<()> {
    match taken {
        Some(taken) => coming.put(taken, to),
        None => {
            if to.symlink_metadata().is_ok_and(|there| !there.is_dir()) {
                fs::remove_file(to)?;
            }
            fs::create_dir_all(to)
        }
    }
}

/// Whether two files, or two folders with all that is in them, are the same.
fn is_same(one: &Utf8Path, other: &Utf8Path) -> bool {
    let all = |root: &Utf8Path| {
        let walk = WalkDir::new(root).into_iter().filter_map(Result::ok);
        walk.filter_map(|entry| {
            let path = Utf8Path::from_path(entry.path())?;
            Some((path.strip_prefix(root).ok()?.to_owned(), thing(path)?))
        })
        .collect::<BTreeMap<_, _>>()
    };
    thing(one) == thing(other) && all(one) == all(other)
}

/// What is not there is removed already.
fn gone(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// Why a path stays as it is for now, where the app can do without what is new there: not where it is
/// code, where the author's file can't be read, or where nothing at all can be written.
fn may_wait(name: &str, error: AppCopyError) -> Result<String, AppCopyError> {
    use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error {
        AppCopyError::Write { source, .. }
            if !is_code(name)
                && !matches!(source.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem) =>
        {
            Ok(source.to_string())
        }
        error => Err(error),
    }
}
