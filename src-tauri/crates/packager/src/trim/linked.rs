use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::TrimError;
use crate::binary::symbols;
use crate::elf::Symbols;

/// What the programs and libraries of a tree ask of each other.
#[derive(Debug, Default)]
pub(super) struct Linked {
    files: BTreeMap<Utf8PathBuf, Symbols>,
}

impl Linked {
    /// Reads every library among `paths`, which are relative to `root`.
    pub fn read<'p>(
        root: &Utf8Path,
        paths: impl Iterator<Item = &'p Utf8Path>,
    ) -> Result<Self, TrimError> {
        let mut files = BTreeMap::new();
        for path in paths.filter(|path| is_library(path)) {
            if let Some(symbols) = symbols(&root.join(path))? {
                files.insert(path.to_owned(), symbols);
            }
        }
        Ok(Self { files })
    }

    /// Forgets a file that is there no more.
    pub fn remove(&mut self, path: &Utf8Path) {
        self.files.remove(path);
    }

    /// Those of `candidates` that no other file uses, directly or through each other: none asks
    /// for a symbol that the library gives.
    pub fn unused(&self, candidates: &[Utf8PathBuf]) -> BTreeSet<Utf8PathBuf> {
        // Of a library in another format nothing is known, and an extension module is loaded by
        // Python whether another library asks for it or not: these stay.
        let known = candidates
            .iter()
            .filter(|path| self.files.get(*path).is_some_and(|file| !file.is_module()));
        let mut unused: BTreeSet<Utf8PathBuf> = known.cloned().collect();
        // Each library that is used after all may use others.
        loop {
            let used = unused.iter().find(|library| {
                self.files.iter().any(|(path, user)| {
                    path != *library && !unused.contains(path) && self.uses(user, library)
                })
            });
            match used.cloned() {
                Some(used) => unused.remove(&used),
                None => return unused,
            };
        }
    }

    fn uses(&self, user: &Symbols, library: &Utf8Path) -> bool {
        let name = library.file_name().unwrap_or_default();
        // As Windows compares names.
        let name = if is_of_windows(library) { name.to_lowercase() } else { name.to_owned() };
        let name = name.as_str();
        if !user.needed.contains(name) {
            return false;
        }
        self.files.get(library).is_some_and(|library| {
            user.versioned.contains(name) || !user.undefined.is_disjoint(&library.defined)
        })
    }

    /// The files that ask for a library with this name.
    pub fn naming(&self, name: &str) -> Vec<Utf8PathBuf> {
        let asks = self.files.iter().filter(|(_, symbols)| symbols.needed.contains(name));
        asks.map(|(path, _)| path.clone()).collect()
    }
}

fn is_library(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let of_unix = [".so", ".dylib"].iter().any(|end| name.ends_with(end)) || name.contains(".so.");
    of_unix || is_of_windows(path)
}

fn is_of_windows(path: &Utf8Path) -> bool {
    let endings = ["dll", "pyd", "exe"];
    path.extension().is_some_and(|it| endings.contains(&it.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_goes_with_its_only_user() {
        let names = |names: &[&str]| names.iter().map(|it| it.as_bytes().to_vec()).collect();
        let file = |needed: &[&str], undefined: &[&str], defined: &[&str]| Symbols {
            needed: needed.iter().map(|it| (*it).to_owned()).collect(),
            versioned: BTreeSet::new(),
            undefined: names(undefined),
            defined: names(defined),
        };
        let mut linked = Linked::default();
        for (path, symbols) in [
            ("p/lib.so", file(&["base.so", "set.so"], &["b"], &[])),
            ("p/_set.so", file(&["base.so", "set.so"], &["b", "s"], &[])),
            ("p/set.so", file(&["base.so", "file.so"], &["b", "f"], &["s"])),
            ("p/file.so", file(&["base.so"], &["b"], &["f"])),
            ("p/base.so", file(&[], &[], &["b"])),
            ("p/ext.so", file(&["base.so"], &["b"], &["PyInit_ext"])),
        ] {
            linked.files.insert(path.into(), symbols);
        }
        let candidates = ["p/set.so", "p/file.so", "p/base.so", "p/ext.so"].map(Utf8PathBuf::from);
        assert!(linked.unused(&candidates).is_empty());
        linked.remove("p/_set.so".into());
        let unused = linked.unused(&candidates);
        assert_eq!(
            unused.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
            ["p/file.so", "p/set.so"]
        );
        assert_eq!(linked.naming("set.so"), ["p/lib.so"].map(Utf8PathBuf::from));
    }
}
