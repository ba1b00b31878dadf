use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use regex::bytes::Regex;
use waterskin_project::{Code, Need};

use super::rule::Globs;

/// The Python code of the installed packages, tests apart.
#[derive(Debug, Default)]
pub(super) struct Sources {
    files: BTreeMap<Utf8PathBuf, Source>,
}

#[derive(Debug)]
struct Source {
    text: Vec<u8>,
    /// What it imports as soon as it is imported itself.
    imports: Vec<String>,
}

impl Sources {
    /// Reads the Python files among `paths`, which are relative to `root`. What is no Python
    /// imports nothing, and a file that can't be read says nothing.
    pub fn read<'p>(root: &Utf8Path, paths: impl Iterator<Item = &'p Utf8Path>) -> Self {
        let source = |path: &Utf8Path| {
            let text = fs_err::read(root.join(path)).ok()?;
            let code = Code::parse(&String::from_utf8_lossy(&text)).unwrap_or_default();
            let always = code.imports.into_iter().filter(|(_, need)| *need == Need::Always);
            Some(Source { text, imports: always.map(|(module, _)| module).collect() })
        };
        let code = paths.filter(|path| is_code(path));
        Self { files: code.filter_map(|path| Some((path.to_owned(), source(path)?))).collect() }
    }

    /// Forgets a file that is there no more.
    pub fn remove(&mut self, path: &Utf8Path) {
        self.files.remove(path);
    }

    /// The first file that matches, of those that count.
    pub fn saying(&self, pattern: &Regex, counts: impl Fn(&Utf8Path) -> bool) -> Option<&Utf8Path> {
        let mut files = self.files.iter().filter(|(path, _)| counts(path));
        files.find(|(_, source)| pattern.is_match(&source.text)).map(|(path, _)| path.as_path())
    }

    /// The first file that stays and can't be imported without one of `named`, and which. Files
    /// in `but` don't count.
    pub fn importing(&self, named: &Globs, but: &Globs) -> Option<(&Utf8Path, &str)> {
        let mut counting = self.files.iter().filter(|(path, _)| !named.has(path) && !but.has(path));
        counting.find_map(|(path, source)| {
            let module = source.imports.iter().find(|module| named.has_module(module))?;
            Some((path.as_path(), module.as_str()))
        })
    }
}

fn is_code(path: &Utf8Path) -> bool {
    let of_tests = path.file_name() == Some("conftest.py")
        || path.components().any(|part| matches!(part.as_str(), "tests" | "test"));
    path.extension() == Some("py") && !of_tests
}
