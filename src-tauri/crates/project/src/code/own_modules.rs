use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::code::compiled::module_of;

/// The modules that a project's files could be when any of its folders is on the path.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnModules {
    /// For each name the folders that an import would have to start from, and the first file of it.
    known: BTreeMap<String, (BTreeSet<Utf8PathBuf>, Utf8PathBuf)>,
}

impl OwnModules {
    /// `files` are the project's, relative to it.
    pub fn of(files: &BTreeSet<Utf8PathBuf>) -> Self {
        let mut found = Self::default();
        for file in files {
            let Some(module) = module_of(file) else { continue };
            let folder = file.parent().unwrap_or(Utf8Path::new(""));
            found.add(module, folder, file);
            for package in folder.ancestors() {
                if let (Some(name), Some(around)) = (package.file_name(), package.parent()) {
                    found.add(name, around, file);
                }
            }
        }
        found
    }

    fn add(&mut self, name: &str, folder: &Utf8Path, file: &Utf8Path) {
        let known = self.known.entry(name.to_owned());
        let (folders, _) = known.or_insert_with(|| (BTreeSet::new(), file.to_owned()));
        folders.insert(folder.to_owned());
    }

    /// The folders that have a module of this name.
    pub fn folders_of(&self, name: &str) -> impl Iterator<Item = &Utf8Path> {
        self.known.get(name).into_iter().flat_map(|(folders, _)| folders).map(Utf8PathBuf::as_path)
    }

    /// A file of the module of this name.
    pub fn file_of(&self, name: &str) -> Option<&Utf8Path> {
        self.known.get(name).map(|(_, file)| file.as_path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_file_and_folder_of_the_project_is_a_module() {
        let paths = [
            "app.py",
            "lib/helpers.py",
            "deep/er/tools/x.cpython-311-x86_64.so",
            "data/yaml/a.csv",
        ];
        let own = OwnModules::of(&paths.into_iter().map(Utf8PathBuf::from).collect());
        for (name, file) in [
            ("app", Some("app.py")),
            ("helpers", Some("lib/helpers.py")),
            ("lib", Some("lib/helpers.py")),
            ("er", Some("deep/er/tools/x.cpython-311-x86_64.so")),
            ("tools", Some("deep/er/tools/x.cpython-311-x86_64.so")),
            ("x", Some("deep/er/tools/x.cpython-311-x86_64.so")),
            ("yaml", None),
            ("a", None),
        ] {
            assert_eq!(own.file_of(name), file.map(Utf8Path::new), "{name}");
        }
        assert_eq!(own.folders_of("tools").collect::<Vec<_>>(), ["deep/er"]);
    }
}
