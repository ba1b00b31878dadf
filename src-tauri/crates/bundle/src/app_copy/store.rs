//! Stores that are several files: of two of them nobody can mix the files.

use std::collections::{BTreeMap, BTreeSet};

use super::is_code;
use super::step::{Step, Thing};

/// Endings of folders that are a store: tables of LanceDB, datasets of Parquet, arrays of Zarr and N5,
/// tables of Delta Lake, arrays of TileDB, geodatabases.
const FOLDERS: [&str; 8] =
    [".lance", ".parquet", ".zarr", ".n5", ".delta", ".tdb", ".gdb", ".savedmodel"];

/// Files that only stores have, each set of them in the store's folder: Chroma; LMDB; LevelDB and
/// RocksDB; FAISS as LangChain saves it; Zarr; a saved model of TensorFlow; a dataset of Hugging Face;
/// an index of LlamaIndex; a dataset of Spark or Dask.
const MARKS: &[&[&str]] = &[
    &["chroma.sqlite3"],
    &["data.mdb"],
    &["CURRENT", "MANIFEST-*"],
    &["index.faiss", "index.pkl"],
    &[".zgroup"],
    &[".zarray"],
    &["zarr.json"],
    &["saved_model.pb"],
    &["dataset_info.json", "state.json"],
    &["docstore.json", "index_store.json"],
    &["_SUCCESS"],
    &["_metadata"],
    &["_common_metadata"],
    &["part-*.parquet"],
    &["part.*.parquet"],
];

/// The log in a table of Delta Lake.
const TABLE_LOG: &str = "_delta_log";
/// What Qdrant has beside `meta.json`.
const COLLECTIONS: &str = "collection";

/// Endings of files that are one: shapes, and the databases of Python's `dbm.dumb` (and so `shelve`).
const FAMILIES: [&[&str]; 2] =
    [&[".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix"], &[".dat", ".dir", ".bak"]];

/// The first of a family's files, without which the others are no family.
const HEADS: [&str; 2] = [".shp", ".dir"];

/// What of an app's files are one.
#[derive(Debug, Default)]
pub(super) struct Stores {
    /// Folders, none in another.
    folders: BTreeSet<String>,
    /// Files, by what their names begin with.
    families: BTreeMap<String, BTreeSet<String>>,
}

impl Stores {
    /// Finds them among the paths of an app's files, which have `/`. The app's own folder is none, and
    /// none has code in it.
    pub fn among<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let names: BTreeSet<&str> = names.collect();
        let mut inside: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in &names {
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            inside.entry(folder).or_default().push(file);
        }
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for (folder, files) in &inside {
            found.extend(folders_named(folder));
            let has = |pattern: &&str| files.iter().any(|file| is_like(file, pattern));
            if MARKS.iter().any(|marks| marks.iter().all(has)) {
                found.insert(folder);
            }
            // Beside what else there is in the store's folder.
            let is_one = files.contains(&"meta.json") && files.contains(&COLLECTIONS);
            let is_table = inside.contains_key(&*format!("{folder}/{TABLE_LOG}"));
            found.extend((is_one || is_table).then_some(folder));
        }
        let has_code = |folder: &str| names.iter().any(|name| is_code(name) && below(name, folder));
        found.retain(|folder| !folder.is_empty() && !has_code(folder));
        let within = |folder: &str| found.iter().any(|outer| below(folder, outer));
        let folders: BTreeSet<String> =
            found.iter().filter(|it| !within(it)).map(|it| (*it).to_owned()).collect();
        let families = families(&names);
        Self { folders, families }
    }

    /// The folders.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(String::as_str)
    }

    /// The sets of files.
    pub fn families(&self) -> impl Iterator<Item = &BTreeSet<String>> {
        self.families.values()
    }

    /// Whether a path is one of these, or in one.
    pub fn has(&self, name: &str) -> bool {
        let in_folder = self.folders.iter().any(|folder| name == folder || below(name, folder));
        in_folder || self.families.values().any(|files| files.contains(name))
    }
}

/// Whether a path is in a folder.
pub(super) fn below(name: &str, folder: &str) -> bool {
    name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The folder above all parts by which a dataset is divided (`sales/year=2026/...`), and those whose names
/// say that they are a store.
fn folders_named(folder: &str) -> impl Iterator<Item = &str> {
    let mut ends: Vec<usize> = folder.match_indices('/').map(|(at, _)| at).collect();
    ends.push(folder.len());
    ends.into_iter().filter_map(|end| {
        let (path, rest) = folder.split_at(end);
        let last = path.rsplit('/').next().unwrap_or(path);
        let next = rest.trim_start_matches('/').split('/').next().unwrap_or_default();
        let named =
            FOLDERS.iter().any(|ending| last.len() > ending.len() && last.ends_with(ending));
        (named || next.contains('=')).then_some(path)
    })
}

fn is_like(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => name == pattern,
    }
}

fn families(names: &BTreeSet<&str>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for (endings, head) in FAMILIES.iter().zip(HEADS) {
        for stem in names.iter().filter_map(|name| name.strip_suffix(head)) {
            let files = endings.iter().map(|ending| format!("{stem}{ending}"));
            let files: BTreeSet<String> = files.collect();
            found.insert(format!("{stem}{head}"), files);
        }
    }
    found
}

/// What is known of a store, by the paths of its files.
pub(super) struct Known<'a> {
    /// What the author ships now; nothing where it is shipped no more.
    pub new: BTreeMap<&'a str, &'a Thing>,
    /// What was shipped when the copy was last finished.
    pub was: BTreeMap<&'a str, &'a Thing>,
    /// What copies that were broken off, or put off, wanted there.
    pub coming: BTreeMap<&'a str, &'a [Thing]>,
    /// Whether the last copy was broken off.
    pub broken_off: bool,
}

impl Known<'_> {
    /// What becomes of all of it: it is kept or replaced as a whole. Looked at `now` only where the
    /// author changed it.
    pub fn step(&self, now: impl FnOnce() -> BTreeMap<String, Thing>) -> Step {
        if self.new == self.was && !self.broken_off {
            return Step::Leave;
        }
        let now = now();
        let is = |known: &BTreeMap<&str, &Thing>| {
            known.len() == now.len() && now.iter().all(|(name, it)| known.get(&**name) == Some(&it))
        };
        // Of one that was broken off some files are of the one, some of the other, and some are missing.
        let authors = |(name, it): (&String, &Thing)| {
            let coming = self.coming.get(&**name).is_some_and(|coming| coming.contains(it));
            coming || self.was.get(&**name) == Some(&it)
        };
        match self.new.is_empty() {
            _ if now.is_empty() && !self.new.is_empty() => Step::Put,
            _ if is(&self.new) => Step::Leave,
            is_gone if is(&self.was) || (self.broken_off && now.iter().all(authors)) => {
                if is_gone {
                    Step::Remove
                } else {
                    Step::Put
                }
            }
            true => Step::Leave,
            false if self.new == self.was => Step::Leave,
            false => Step::Beside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_one_is_found() {
        for (names, found) in [
            (&["db/chroma.sqlite3", "db/1f/data.bin", "db/1f/index.bin"][..], &["db"][..]),
            (&["a/b/t.lance/data/1", "a/b/t.lance/_versions/1", "a/b/x.csv"], &["a/b/t.lance"]),
            (&["sales/year=2026/month=1/0.parquet", "other.csv"], &["sales"]),
            (&["out.parquet/part.0.parquet", "in.parquet"], &["out.parquet"]),
            (&["many/part-00000-x.snappy.parquet"], &["many"]),
            (&["delta/_delta_log/0.json", "delta/0.parquet"], &["delta"]),
            (&["kv/CURRENT", "kv/MANIFEST-000004"], &["kv"]),
            (&["v/meta.json", "v/collection", "v/collection/x/storage.sqlite"], &["v"]),
            (&["prices.parquet", "data/prices.csv", "data/stock.db", "collection/a.csv"], &[]),
            (&["x.lance/a.py", "x.lance/data/1"], &[]),
            (&["chroma.sqlite3", "app.py"], &[]),
        ] {
            let stores = Stores::among(names.iter().copied());
            assert_eq!(stores.folders().collect::<Vec<_>>(), found, "{names:?}");
        }
        let stores = Stores::among(["a/é.shp", "a/é.dbf", "a/other.dbf", "x.dat"].into_iter());
        assert!(stores.has("a/é.dbf") && stores.has("a/é.shx"), "one that may come yet, too");
        assert!(!stores.has("a/other.dbf") && !stores.has("x.dat"));
    }

    #[test]
    fn a_store_is_kept_or_replaced_as_a_whole() {
        let file = |text: &str| Thing::File(text.to_owned());
        let (one, two, own) = (file("1"), file("2"), file("own"));
        let (old, new) = ([("s/a", &one), ("s/b", &one)], [("s/a", &two), ("s/c", &two)]);
        let none: [(&str, &Thing); 0] = [];
        for (new, was, broken_off, now, step, why) in [
            (&new[..], &none[..], false, &none[..], Step::Put, "the first start"),
            (&new, &old, false, &old, Step::Put, "only the author changed it"),
            (&old, &old, false, &[("s/a", &own)], Step::Leave, "only the person changed it"),
            (&new, &old, false, &[("s/a", &one)], Step::Beside, "the person removed a part of it"),
            (&new, &old, false, &[old[0], old[1], ("s/d", &own)], Step::Beside, "rows were added"),
            (&new, &none, false, &[("s/a", &own)], Step::Beside, "an earlier version made it"),
            (&new, &old, false, &new, Step::Leave, "it is there already"),
            (&new, &old, true, &[("s/a", &two), ("s/b", &one)], Step::Put, "broken off"),
            (&new, &old, true, &[("s/a", &own), ("s/b", &one)], Step::Beside, "and changed"),
            (&none, &old, false, &old, Step::Remove, "the author has it no more"),
            (&none, &old, false, &[("s/a", &own)], Step::Leave, "no more, but changed"),
            (&old, &old, false, &none, Step::Leave, "the person removed it"),
        ] {
            let coming = [two.clone()];
            let known = Known {
                new: new.iter().copied().collect(),
                was: was.iter().copied().collect(),
                coming: new.iter().map(|(name, _)| (*name, &coming[..])).collect(),
                broken_off,
            };
            let now = now.iter().map(|(name, it)| ((*name).to_owned(), (*it).clone()));
            assert_eq!(known.step(|| now.collect()), step, "{why}");
        }
    }
}
