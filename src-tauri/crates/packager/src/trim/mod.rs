//! Removes from the installed packages what an app never needs at run time.

mod linked;
mod mentions;
mod record;
mod rules;

use std::collections::BTreeSet;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Serialize;
use walkdir::WalkDir;

use crate::{Progress, Step};
use linked::Libraries;
use mentions::Mentions;
use rules::{RULES, Rule, Unless};

/// What one rule removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Trimmed {
    /// What it is.
    pub what: String,
    /// How many files.
    pub files: u64,
    /// Their sizes together.
    pub bytes: u64,
}

/// Why packages could not be trimmed.
#[derive(Debug, thiserror::Error)]
pub enum TrimError {
    /// A file or folder can't be read, removed or written.
    #[error("could not {action} `{path}`")]
    File {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A rule of ours is wrong.
    #[error("the rule for {what} is wrong")]
    Rule {
        /// What the rule is for.
        what: &'static str,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The rules that hold for an app, by what its code says. The cache is keyed by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trim {
    /// What the rules are for that do not hold, since the app seems to need the files.
    kept: BTreeSet<&'static str>,
}

/// A file of the tree.
struct Found {
    /// Relative to the tree.
    path: Utf8PathBuf,
    bytes: u64,
}

impl Trim {
    /// Decides by the texts of the app's Python files.
    pub fn for_app<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let text = texts.into_iter().collect::<String>().to_lowercase();
        let needs = |rule: &&Rule| match rule.unless {
            Unless::Mentioned { app, .. } => text.contains(app),
            Unless::Never | Unless::OwnPackageSays(_) | Unless::Linked => false,
        };
        Self { kept: RULES.iter().filter(needs).map(|rule| rule.what).collect() }
    }

    /// A text that is the same exactly for the same decisions.
    pub fn key(&self) -> String {
        format!("{:?}", self.kept)
    }

    /// Removes what the rules name from the tree `site_packages`.
    pub fn apply(
        &self,
        site_packages: &Utf8Path,
        progress: &dyn Progress,
    ) -> Result<Vec<Trimmed>, TrimError> {
        let files = list(site_packages)?;
        progress.step(Step::Trim, Some(files.len() as u64));
        let mentions = Mentions::new(site_packages, &files);
        let mut left: Vec<Found> = files;
        let mut report = Vec::new();
        for rule in RULES.iter().filter(|rule| !self.kept.contains(rule.what)) {
            let matcher = matcher(rule)?;
            let (named, others): (Vec<Found>, Vec<Found>) = left
                .into_iter()
                .partition(|it| matcher.matched_path_or_any_parents(&it.path, false).is_ignore());
            left = others;
            let (go, stay) = choose(rule, named, &left, &mentions, site_packages)?;
            left.extend(stay);
            let mut trimmed = Trimmed { what: rule.what.to_owned(), files: 0, bytes: 0 };
            for file in go {
                remove(&site_packages.join(&file.path))?;
                progress.advance(1);
                trimmed.files += 1;
                trimmed.bytes += file.bytes;
            }
            if trimmed.files > 0 {
                report.push(trimmed);
            }
        }
        progress.advance(left.len() as u64);
        remove_empty_folders(site_packages)?;
        record::rewrite_all(site_packages)?;
        Ok(report)
    }
}

/// Which of the files that a rule names go, and which stay.
fn choose(
    rule: &Rule,
    named: Vec<Found>,
    others: &[Found],
    mentions: &Mentions<'_>,
    root: &Utf8Path,
) -> Result<(Vec<Found>, Vec<Found>), TrimError> {
    let wrong = |source: regex::Error| TrimError::Rule { what: rule.what, source: source.into() };
    match rule.unless {
        Unless::Never => Ok((named, Vec::new())),
        Unless::OwnPackageSays(pattern) => {
            let packages: BTreeSet<&str> = named.iter().map(|it| top(&it.path)).collect();
            let say = mentions.in_packages(pattern, |package| packages.contains(package));
            let say = say.map_err(wrong)?;
            Ok(named.into_iter().partition(|it| !say.contains(top(&it.path))))
        }
        Unless::Mentioned { packages, .. } => {
            let own: BTreeSet<&str> = named.iter().map(|it| top(&it.path)).collect();
            let say = mentions.in_packages(packages, |package| !own.contains(package));
            let needed = !say.map_err(wrong)?.is_empty();
            Ok(if needed { (Vec::new(), named) } else { (named, Vec::new()) })
        }
        Unless::Linked => {
            let paths = named.iter().chain(others).map(|it| it.path.as_path());
            let libraries = Libraries::read(root, paths)?;
            Ok(named.into_iter().partition(|it| !libraries.needs(&it.path)))
        }
    }
}

/// The package that a file belongs to: the first part of its path.
fn top(path: &Utf8Path) -> &str {
    path.components().next().map(|part| part.as_str()).unwrap_or_default()
}

fn matcher(rule: &Rule) -> Result<Gitignore, TrimError> {
    let wrong = |source: ignore::Error| TrimError::Rule { what: rule.what, source: source.into() };
    let mut builder = GitignoreBuilder::new("");
    for pattern in rule.patterns {
        builder.add_line(None, pattern).map_err(wrong)?;
    }
    builder.build().map_err(wrong)
}

fn list(root: &Utf8Path) -> Result<Vec<Found>, TrimError> {
    let error = |error: walkdir::Error| TrimError::File {
        action: "read",
        path: root.to_owned(),
        source: error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links")),
    };
    let mut files = Vec::new();
    for entry in WalkDir::new(root).min_depth(1).sort_by_file_name() {
        let entry = entry.map_err(error)?;
        let Some(path) = Utf8Path::from_path(entry.path()) else { continue };
        if !entry.file_type().is_dir() {
            let bytes = entry.metadata().map_err(error)?.len();
            let path = path.strip_prefix(root).unwrap_or(path).to_owned();
            files.push(Found { path, bytes });
        }
    }
    Ok(files)
}

fn remove(path: &Utf8Path) -> Result<(), TrimError> {
    fs_err::remove_file(path).map_err(|source| TrimError::File {
        action: "remove",
        path: path.to_owned(),
        source,
    })
}

/// Removes folders that have become empty. One that a namespace package needs holds a file.
fn remove_empty_folders(root: &Utf8Path) -> Result<(), TrimError> {
    for entry in WalkDir::new(root).min_depth(1).contents_first(true).into_iter().flatten() {
        if entry.file_type().is_dir() {
            match std::fs::remove_dir(entry.path()) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
                Err(source) => {
                    let path = entry.path().to_string_lossy().into_owned().into();
                    return Err(TrimError::File { action: "remove", path, source });
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
