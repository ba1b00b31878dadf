use std::collections::BTreeSet;

use camino::Utf8Path;
use regex::bytes::Regex;

use super::{Found, top};

/// What the Python files of the installed packages say, tests apart.
pub(super) struct Mentions<'a> {
    root: &'a Utf8Path,
    /// Paths relative to the root.
    files: Vec<String>,
}

impl<'a> Mentions<'a> {
    pub fn new(root: &'a Utf8Path, files: &[Found]) -> Self {
        let of_tests = |path: &Utf8Path| {
            path.file_name() == Some("conftest.py")
                || path.components().any(|part| matches!(part.as_str(), "tests" | "test"))
        };
        let files = files
            .iter()
            .filter(|file| file.path.extension() == Some("py") && !of_tests(&file.path))
            .map(|file| file.path.to_string())
            .collect();
        Self { root, files }
    }

    /// The packages, among those that `of` names, whose code matches the regular expression. A
    /// file that can't be read, or is there no more, says nothing.
    pub fn in_packages(
        &self,
        pattern: &str,
        of: impl Fn(&str) -> bool,
    ) -> Result<BTreeSet<String>, regex::Error> {
        let pattern = Regex::new(pattern)?;
        let mut found = BTreeSet::new();
        for file in &self.files {
            let package = top(Utf8Path::new(file));
            if found.contains(package) || !of(package) {
                continue;
            }
            if let Ok(text) = fs_err::read(self.root.join(file))
                && pattern.is_match(&text)
            {
                found.insert(package.to_owned());
            }
        }
        Ok(found)
    }
}
