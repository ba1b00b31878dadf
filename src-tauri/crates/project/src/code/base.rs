use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use ruff_python_stdlib::sys::is_known_standard_library;

use crate::code::compiled::module_of;
use crate::code::imports::{Code, Need, SyntaxError, top_level};
use crate::code::own_modules::OwnModules;
use crate::code::page_lists;
use crate::code::path;

/// The Python files of a project that the app runs: its entry, its pages, and everything of the
/// project that these import, directly or not. Tests and helper scripts are not among them.
#[derive(Clone, Debug, Default)]
pub(crate) struct CodeBase {
    files: BTreeMap<Utf8PathBuf, Code>,
    /// Files that can't be parsed.
    pub broken: Vec<(Utf8PathBuf, SyntaxError)>,
    /// Top-level names that stand for modules of the project.
    local: BTreeSet<String>,
    /// Every module that a file of the project could be, wherever it is.
    own: OwnModules,
    /// Files that are no code and say which code is loaded.
    lists: Vec<Utf8PathBuf>,
    /// The folder of Streamlit's own pages.
    pages: Utf8PathBuf,
}

/// A module that is imported and comes from outside of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import<'a> {
    pub module: &'a str,
    pub need: Need,
    pub file: &'a Utf8Path,
}

impl CodeBase {
    /// Follows the imports from `entry`. `files` are the paths that come along, relative to the
    /// project, and `read` gives the text of one.
    ///
    /// Modules of packages that are built of the project are looked for in `src` too, beside each
    /// file that says how to build one.
    pub fn follow(
        entry: &Utf8Path,
        files: &BTreeSet<Utf8PathBuf>,
        mut read: impl FnMut(&Utf8Path) -> std::io::Result<String>,
    ) -> std::io::Result<Self> {
        let folder = entry.parent().unwrap_or(Utf8Path::new(""));
        let pages = folder.join("pages");
        let mut waiting = vec![entry.to_owned()];
        waiting.extend(files.iter().filter(|file| is_page(file, &pages)).cloned());
        for list in files.iter().filter(|file| lists_pages(file)) {
            // `st_pages` reads its list of pages from there.
            let text = read(list)?;
            let paths = text.split(['"', '\'']).map(|part| part.trim_start_matches("./"));
            waiting.extend(paths.filter_map(|path| {
                files.get(Utf8Path::new(path)).filter(|it| is_python(it)).cloned()
            }));
        }
        let own = OwnModules::of(files);
        let local = local_names(folder, files);
        let mut found = Self { local, own, pages: pages.clone(), ..Self::default() };
        let mut seen = BTreeSet::new();
        loop {
            let Some(file) = waiting.pop() else {
                waiting = found.listed(folder, files, &mut read);
                if waiting.is_empty() {
                    break;
                }
                continue;
            };
            if !seen.insert(file.clone()) {
                continue;
            }
            match Code::parse(&read(&file)?) {
                Ok(code) => {
                    waiting.extend(next(&code, &file, folder, files, &found.own));
                    found.files.insert(file, code);
                }
                Err(error) => found.broken.push((file, error)),
            }
        }
        found.broken.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(found)
    }

    /// Files that are named in files that are no code, once the code was seen to load some by names that
    /// it does not say.
    fn listed(
        &mut self,
        folder: &Utf8Path,
        files: &BTreeSet<Utf8PathBuf>,
        read: impl FnMut(&Utf8Path) -> std::io::Result<String>,
    ) -> Vec<Utf8PathBuf> {
        let dark = self.files.values().any(|code| !code.clues.dark.is_empty());
        if !dark || !self.lists.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (list, named) in page_lists::all(folder, files, read) {
            if named.iter().any(|file| !self.files.contains_key(file)) {
                self.lists.push(list);
                found.extend(named);
            }
        }
        found
    }

    /// The files that are no code and say which of the project's code is loaded.
    pub fn lists(&self) -> &[Utf8PathBuf] {
        &self.lists
    }

    /// What is imported from outside of the project and the standard library, each module once,
    /// with its greatest need and the first file that has it so.
    pub fn outside(&self, minor: u8) -> Vec<Import<'_>> {
        let mut found: BTreeMap<&str, Import<'_>> = BTreeMap::new();
        for (file, code) in &self.files {
            for (module, need) in &code.imports {
                let top = top_level(module);
                if self.local.contains(top) || is_standard(minor, top) {
                    continue;
                }
                let import = Import { module, need: *need, file };
                let known = found.entry(module).or_insert_with(|| import.clone());
                if known.need < import.need {
                    *known = import;
                }
            }
        }
        found.into_values().collect()
    }

    /// The project's file that a module could be, wherever it is. The code may put its folder on the
    /// path, or start from there.
    pub fn own(&self, module: &str) -> Option<&Utf8Path> {
        self.own.file_of(top_level(module))
    }

    /// Whether the file that a module could be is one of Streamlit's pages, which are run and not
    /// imported, and may be called like the package that they show.
    pub fn is_only_page(&self, module: &str) -> bool {
        let mut folders = self.own.folders_of(top_level(module)).peekable();
        folders.peek().is_some() && folders.all(|folder| folder == self.pages)
    }

    /// The files that were read, and what they say.
    pub fn files(&self) -> impl Iterator<Item = (&Utf8Path, &Code)> {
        self.files.iter().map(|(file, code)| (file.as_path(), code))
    }

    /// Whether any file imports `module` or something in it.
    pub fn uses(&self, module: &str) -> bool {
        self.files.values().any(|code| code.uses(module))
    }

    /// The files that were read, those that can't be parsed apart.
    pub fn paths(&self) -> impl Iterator<Item = &Utf8Path> {
        self.files.keys().map(Utf8PathBuf::as_path)
    }

    /// The dotted names of all that is imported from outside: modules, and what is taken from
    /// them, which may be modules too.
    pub fn outside_names(&self, minor: u8) -> BTreeSet<String> {
        let modules = self.outside(minor).into_iter().map(|import| import.module.to_owned());
        let members = self.files.values().flat_map(|code| &code.members);
        let outside = |module: &&String| {
            let top = top_level(module);
            !self.local.contains(top) && !is_standard(minor, top)
        };
        modules.chain(members.filter(outside).cloned()).collect()
    }

    /// The first file that imports one of `modules`, the standard library's included.
    pub fn importer(&self, modules: &[&str]) -> Option<&Utf8Path> {
        let imports = |code: &Code| modules.iter().any(|module| code.uses(module));
        self.files.iter().find(|(_, code)| imports(code)).map(|(file, _)| file.as_path())
    }

    /// Whether any file takes a name of this kind from something by a dot.
    pub fn has_attribute(&self, name: &str) -> bool {
        self.files.values().any(|code| code.attributes.contains(name))
    }
}

/// Whether every Python `3.minor` has the module. The table of the library leaves out the two that
/// are part of the language: the compiler's switches and the running script.
pub fn is_standard(minor: u8, module: &str) -> bool {
    matches!(module, "__future__" | "__main__") || is_known_standard_library(minor, module)
}

fn lists_pages(file: &Utf8Path) -> bool {
    file.parent().and_then(Utf8Path::file_name) == Some(".streamlit")
        && matches!(file.file_name(), Some("pages.toml" | "pages_sections.toml"))
}

fn is_page(file: &Utf8Path, pages: &Utf8Path) -> bool {
    file.parent() == Some(pages) && file.extension() == Some("py")
}

/// Names that an import finds in the project: Streamlit puts the entry's folder on the path, and
/// `python -m streamlit` the current one, which is most often the project's.
fn local_names(folder: &Utf8Path, files: &BTreeSet<Utf8PathBuf>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files.iter().filter(|file| module_of(file).is_some()) {
        for root in [folder, Utf8Path::new("")] {
            let Ok(inside) = file.strip_prefix(root) else { continue };
            let first = inside.components().next().map(|part| part.as_str()).unwrap_or_default();
            names.insert(module_of(first.into()).unwrap_or(first).to_owned());
        }
    }
    names
}

/// The files of the project that `code` leads to, when the script is in `folder`: by imports, and by
/// paths that it makes.
pub(crate) fn next(
    code: &Code,
    file: &Utf8Path,
    folder: &Utf8Path,
    files: &BTreeSet<Utf8PathBuf>,
    own: &OwnModules,
) -> BTreeSet<Utf8PathBuf> {
    let root = Utf8Path::new("");
    let here = file.parent().unwrap_or(root);
    let mut found = BTreeSet::new();
    let mut take = |paths: Vec<Utf8PathBuf>| {
        let before = found.len();
        found.extend(paths.into_iter().filter(|path| files.contains(path)));
        found.len() > before
    };
    for module in code.imports.keys().chain(&code.members) {
        let usual = [folder, root].into_iter().flat_map(|start| module_files(start, module));
        if !take(usual.collect()) {
            // A folder that the code puts on the path is any folder.
            let starts = own.folders_of(top_level(module));
            take(starts.flat_map(|start| module_files(start, module)).collect());
        }
    }
    for (dots, module) in &code.relative {
        if let Some(base) = file.ancestors().nth(*dots as usize) {
            take(module_files(base, module));
        }
    }
    let bases = [folder, here, root];
    for script in &code.scripts {
        take(path::CodePath::text(script).patterns(file, &bases));
    }
    for pattern in code.clues.places.iter().flat_map(|place| place.patterns(file, &bases)) {
        let any = |path: &&Utf8PathBuf| is_python(path) && path::matches(&pattern, path);
        take(files.iter().filter(any).cloned().collect());
    }
    found
}

fn is_python(file: &Utf8Path) -> bool {
    file.extension() == Some("py")
}

/// Every file that importing `module` from `root` may run: packages on the way, too.
fn module_files(root: &Utf8Path, module: &str) -> Vec<Utf8PathBuf> {
    let mut path = root.to_owned();
    let mut found = Vec::new();
    for part in module.split('.') {
        path.push(part);
        found.push(path.join("__init__.py"));
        found.push(Utf8PathBuf::from(format!("{path}.py")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_base(entry: &str, files: &[(&str, &str)]) -> CodeBase {
        let names = files.iter().map(|(name, _)| Utf8PathBuf::from(*name)).collect();
        let text = |path: &Utf8Path| {
            let file = files.iter().find(|(name, _)| path == *name);
            Ok(file.map(|(_, text)| (*text).to_owned()).unwrap_or_default())
        };
        CodeBase::follow(entry.into(), &names, text).unwrap()
    }

    /// The modules from outside that the code can't do without, each once.
    fn outside(base: &CodeBase) -> Vec<&str> {
        let imports = base.outside(11).into_iter().filter(|import| import.need > Need::Optional);
        imports.map(|import| import.module).collect()
    }

    #[test]
    fn modules_of_the_language_are_not_asked_for() {
        let text = "from __future__ import annotations\nimport __main__, os, polars";
        assert_eq!(outside(&code_base("app.py", &[("app.py", text)])), ["polars"]);
    }

    #[test]
    fn the_standard_library_depends_on_the_version() {
        let base = code_base("app.py", &[("app.py", "import distutils, tomllib")]);
        let names = |minor| base.outside(minor).into_iter().map(|it| it.module).collect::<Vec<_>>();
        assert_eq!(names(11), [""; 0]);
        assert_eq!(names(12), ["distutils"]);
        assert_eq!(names(10), ["tomllib"]);
    }

    #[test]
    fn an_entry_in_a_folder_finds_modules_beside_it_and_in_the_project() {
        let base = code_base(
            "src/ui/app.py",
            &[
                ("src/ui/app.py", "import near, far.off"),
                ("src/ui/near.py", "import a1"),
                ("far/off.py", "import b1"),
            ],
        );
        assert_eq!(outside(&base), ["a1", "b1"]);
    }

    #[test]
    fn packages_that_are_built_of_the_project_are_followed() {
        let files = [
            ("app.py", "import harbour.tides, lib"),
            ("pyproject.toml", ""),
            ("src/harbour/__init__.py", ""),
            ("src/harbour/tides.py", "import polars"),
            ("libs/lib/pyproject.toml", ""),
            ("libs/lib/src/lib/__init__.py", "import duckdb"),
        ];
        let base = code_base("app.py", &files);
        let outside = base.outside(11);
        let modules: Vec<&str> = outside.iter().map(|import| import.module).collect();
        assert_eq!(modules, ["duckdb", "harbour.tides", "lib", "polars"]);
        assert!(base.uses("harbour") && !base.uses("tides"));
    }

    #[test]
    fn compiled_modules_of_the_project_are_no_strangers() {
        let files = [
            ("ui/app.py", "import fast, old, pkg.inner, polars"),
            ("ui/fast.cpython-311-x86_64-linux-gnu.so", ""),
            ("old.pyc", ""),
            ("pkg/inner.cp312-win_amd64.pyd", ""),
        ];
        assert_eq!(outside(&code_base("ui/app.py", &files)), ["polars"]);
    }

    #[test]
    fn pages_that_a_file_lists_are_followed() {
        let files = [
            ("app.py", "import st_pages"),
            (".streamlit/pages.toml", "[[pages]]\npath = 'views/a é.py'\nname = \"A\"\n"),
            ("views/a é.py", "import qrcode"),
        ];
        assert_eq!(outside(&code_base("app.py", &files)), ["qrcode", "st_pages"]);
    }

    #[test]
    fn pages_that_a_file_of_data_names_are_followed() {
        for (app, list, text) in [
            ("st.Page(p['path'])", "pages.yaml", "- path: views/a é.py"),
            ("st.navigation([st.Page(p) for p in load()])", "nav.json", "[\"views/a é.py\"]"),
            ("importlib.import_module(choice).show()", "conf/nav.toml", "x = 'views/a é'"),
        ] {
            let files = [("app.py", app), (list, text), ("views/a é.py", "import qrcode")];
            let base = code_base("app.py", &files);
            assert_eq!(outside(&base), ["qrcode"], "{app}");
            assert_eq!(base.lists(), [list], "{app}");
            let seen = [("app.py", "x = 1"), files[1], files[2]];
            assert_eq!(code_base("app.py", &seen).lists(), [""; 0], "{app}");
        }
    }

    #[test]
    fn loops_end_and_broken_files_are_named() {
        let base = code_base(
            "app.py",
            &[
                ("app.py", "import a, c"),
                ("a.py", "import b"),
                ("b.py", "import a"),
                ("c.py", "def"),
            ],
        );
        assert_eq!(base.broken.len(), 1);
        assert_eq!(base.broken[0].0, "c.py");
    }

    #[test]
    fn what_the_code_can_do_without_is_not_guessed() {
        let base =
            code_base("app.py", &[("app.py", "try:\n  import ujson\nexcept ImportError:\n  pass")]);
        assert_eq!(outside(&base), [""; 0]);
        assert_eq!(base.outside(11).len(), 1);
    }
}
