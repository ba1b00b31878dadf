use camino::{Utf8Path, Utf8PathBuf};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use pep440_rs::{Version, VersionSpecifiers};
use regex::bytes::Regex;
use serde::Deserialize;

use super::TrimError;

/// The table, which says itself what its fields are.
const TABLE: &str = include_str!("rules.toml");

/// Something in the installed packages that an app does not need at run time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub id: String,
    pub what: String,
    /// Why it is not needed, and how that was checked: for readers of the table.
    #[serde(rename = "why")]
    _why: String,
    #[serde(rename = "checked")]
    _checked: String,
    pub package: Option<String>,
    versions: Option<String>,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    pub whole: Vec<String>,
    #[serde(default)]
    libraries: Vec<String>,
    #[serde(default)]
    strip: Vec<String>,
    pub bytes: u64,
    #[serde(default)]
    pub unless: Unless,
}

/// When a rule is not applied.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Unless {
    pub words: Vec<String>,
    pub own: Option<String>,
    pub others: Option<String>,
    but: Vec<String>,
    pub installed: Vec<String>,
    pub data: bool,
    pub by_name: bool,
}

/// Files, as a `.gitignore` at the top of the tree names them.
#[derive(Debug)]
pub(crate) struct Globs(Gitignore);

impl Globs {
    /// Whether a path, relative to the tree, is among them or in a folder that is.
    pub fn has(&self, path: &Utf8Path) -> bool {
        self.0.matched_path_or_any_parents(path, false).is_ignore()
    }

    /// Whether a module with this dotted name would be among them, as source or compiled.
    pub fn has_module(&self, module: &str) -> bool {
        let path = module.replace('.', "/");
        ["/__init__.py", ".py", ".so", ".pyd"]
            .iter()
            .any(|end| self.has(&Utf8PathBuf::from(format!("{path}{end}"))))
    }
}

impl Rule {
    /// All rules, in the order of their application.
    pub fn table() -> Result<Vec<Self>, TrimError> {
        #[derive(Deserialize)]
        struct Table {
            rule: Vec<Rule>,
        }
        toml::from_str::<Table>(TABLE)
            .map(|table| table.rule)
            .map_err(|source| TrimError::Rule { rule: "table".to_owned(), source: source.into() })
    }

    pub fn removes(&self) -> Result<Globs, TrimError> {
        self.globs(&self.remove)
    }

    pub fn libraries(&self) -> Result<Globs, TrimError> {
        self.globs(&self.libraries)
    }

    pub fn strips(&self) -> Result<Globs, TrimError> {
        self.globs(&self.strip)
    }

    /// Files of others whose code does not count.
    pub fn but(&self) -> Result<Globs, TrimError> {
        self.globs(&self.unless.but)
    }

    /// Whether the rule is about what is installed: `version_of` gives a distribution's version.
    pub fn concerns(&self, version_of: impl Fn(&str) -> Option<String>) -> Result<bool, TrimError> {
        let Some(package) = &self.package else { return Ok(true) };
        let Some(version) = version_of(package) else { return Ok(false) };
        let Some(range) = &self.versions else { return Ok(true) };
        let range: VersionSpecifiers = range.parse().map_err(|source| self.wrong(source))?;
        // A version that can't be read is none that a rule was tried with.
        Ok(version.parse::<Version>().is_ok_and(|version| range.contains(&version)))
    }

    /// One of the rule's regular expressions.
    pub fn regex(&self, pattern: Option<&str>) -> Result<Option<Regex>, TrimError> {
        pattern.map(Regex::new).transpose().map_err(|source| self.wrong(source))
    }

    fn globs(&self, patterns: &[String]) -> Result<Globs, TrimError> {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            builder.add_line(None, pattern).map_err(|source| self.wrong(source))?;
        }
        builder.build().map(Globs).map_err(|source| self.wrong(source))
    }

    fn wrong(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> TrimError {
        TrimError::Rule { rule: self.id.clone(), source: source.into() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_is_well_formed() {
        let rules = Rule::table().unwrap();
        let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids.len(), rules.len(), "each has a name of its own");
        for rule in &rules {
            for globs in [rule.removes(), rule.libraries(), rule.strips(), rule.but()] {
                assert!(globs.is_ok(), "{}", rule.id);
            }
            for pattern in [&rule.unless.own, &rule.unless.others] {
                assert!(rule.regex(pattern.as_deref()).is_ok(), "{}", rule.id);
            }
            assert!(rule.concerns(|_| Some("1.0".into())).is_ok(), "{}", rule.id);
            assert_eq!(rule.package.is_some(), rule.versions.is_some(), "{}", rule.id);
            let small = |word: &String| *word == word.to_lowercase();
            assert!(rule.unless.words.iter().all(small), "{}: compared in small letters", rule.id);
            for name in &rule.whole {
                let about = format!("/{name}-*.dist-info/");
                assert!(rule.remove.contains(&about), "{}: all of {name} goes", rule.id);
            }
            assert!(!rule._why.is_empty() && !rule._checked.is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn a_rule_is_for_the_versions_that_it_names() {
        let rules = Rule::table().unwrap();
        let flight = rules.iter().find(|rule| rule.id == "pyarrow-flight").unwrap();
        let with = |version: Option<&str>| flight.concerns(|_| version.map(str::to_owned)).unwrap();
        assert!(with(Some("26.0.1")) && with(Some("14.0")));
        assert!(!with(Some("27.0")) && !with(Some("odd")) && !with(None));
    }

    #[test]
    fn modules_are_found_by_their_files() {
        let rules = Rule::table().unwrap();
        let globs = |id| rules.iter().find(|rule| rule.id == id).unwrap().removes().unwrap();
        assert!(globs("pyarrow-flight").has_module("pyarrow.flight"));
        assert!(globs("pyarrow-flight").has_module("pyarrow._flight"));
        assert!(globs("pyarrow-parquet").has_module("pyarrow.parquet"));
        assert!(globs("tests").has_module("astropy.tests.helper"));
        assert!(globs("numpy-test-modules").has_module("numpy._core._simd"));
        assert!(!globs("pyarrow-flight").has_module("pyarrow"));
        assert!(!globs("numpy-test-modules").has_module("numpy._core.multiarray"));
    }
}
