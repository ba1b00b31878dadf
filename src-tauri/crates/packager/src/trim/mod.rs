//! Removes from the installed packages what an app never needs at run time, by the rules in
//! `rules.toml`.

mod linked;
mod record;
mod rule;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;
use waterskin_project::{Mentions, Switches, module_of, normalized};

use linked::Linked;
use rule::Globs;
use rule::Rule;
use sources::Sources;

use crate::elf::{self, ElfError};
use crate::{Progress, Step};

/// What one rule took away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trimmed {
    /// The rule's name.
    pub id: String,
    /// What it is.
    pub what: String,
    /// How many files are gone or smaller.
    pub files: u64,
    /// By how many bytes the packages are smaller; about, where they were not even installed.
    pub bytes: u64,
}

/// Something that stays although there is a rule for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The rule's name.
    pub id: String,
    /// What it is.
    pub what: String,
    /// Why it stays.
    pub because: String,
}

/// What became of the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrimReport {
    /// What is gone.
    pub trimmed: Vec<Trimmed>,
    /// What stays, since a package needs it.
    pub kept: Vec<Kept>,
}

/// What will be removed, as far as the app decides it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Trim {
    /// The rules that will be applied, in that order.
    pub rules: Vec<Planned>,
    /// What the app seems to need, or its project file switches off.
    pub kept: Vec<Kept>,
}

/// A rule that will be applied where it finds something.
#[derive(Clone, Debug, Serialize)]
pub struct Planned {
    /// The rule's name.
    pub id: String,
    /// What it removes.
    pub what: String,
    /// About how many bytes it saves where all is there that it is for.
    pub bytes: u64,
    #[serde(skip)]
    rule: Rule,
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
    /// A library can't be read or changed.
    #[error(transparent)]
    Elf(#[from] ElfError),
    /// A rule of ours is wrong.
    #[error("the rule `{rule}` is wrong")]
    Rule {
        /// Its name.
        rule: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl TrimError {
    fn file(action: &'static str, path: &Utf8Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}

/// The names of all rules, which a project's settings may switch.
pub(crate) fn rules() -> Result<Vec<String>, TrimError> {
    Ok(Rule::table()?.into_iter().map(|rule| rule.id).collect())
}

impl Trim {
    /// Decides what can be decided before anything is installed.
    pub(crate) fn plan(switches: &Switches, app: &Mentions) -> Result<Self, TrimError> {
        let mut trim = Self::default();
        for rule in Rule::table()? {
            match kept_by(&rule, switches, app)? {
                Some(because) => {
                    trim.kept.push(Kept { id: rule.id, what: rule.what, because });
                }
                None => trim.rules.push(Planned {
                    id: rule.id.clone(),
                    what: rule.what.clone(),
                    bytes: rule.bytes,
                    rule,
                }),
            }
        }
        Ok(trim)
    }

    /// A text that is the same exactly for the same decisions.
    pub(crate) fn key(&self) -> String {
        self.rules.iter().map(|planned| planned.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The distributions that need not be installed, as [`Trim::apply`] would remove all of them.
    /// `version_of` gives the version of one that would be.
    pub(crate) fn spared(
        &self,
        version_of: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<&str>, TrimError> {
        let mut spared = Vec::new();
        for Planned { rule, .. } in self.rules.iter().filter(|it| !it.rule.whole.is_empty()) {
            if rule.concerns(&version_of)? {
                spared.extend(rule.whole.iter().map(String::as_str));
            }
        }
        Ok(spared)
    }

    /// Removes what the rules name from the tree `site_packages`, where the distributions `spared`
    /// were not installed. Modules of the author's own code, `own`, stay as they are. When another package turns out to ask for one of those, it gives nothing
    /// back, and the tree is of no use.
    pub(crate) fn apply(
        &self,
        site_packages: &Utf8Path,
        spared: &[&str],
        own: &BTreeSet<&str>,
        progress: &dyn Progress,
    ) -> Result<Option<TrimReport>, TrimError> {
        let mut tree = Tree { own, ..Tree::read(site_packages)? };
        let is_spared = |rule: &Rule| rule.whole.iter().any(|it| spared.contains(&it.as_str()));
        progress.step(Step::Trim, Some(self.rules.len() as u64));
        let mut report = TrimReport::default();
        for Planned { rule, .. } in &self.rules {
            progress.advance(1);
            if !rule.concerns(|package| tree.version_of(package))? {
                continue;
            }
            if let Some(because) = tree.needs(rule)? {
                if is_spared(rule) {
                    return Ok(None);
                }
                report.kept.push(Kept { id: rule.id.clone(), what: rule.what.clone(), because });
                continue;
            }
            let before = (tree.files.len(), tree.bytes());
            let mut files = tree.remove(rule)?;
            files += tree.strip(&rule.strips()?)?;
            let mut bytes = before.1.saturating_sub(tree.bytes());
            if is_spared(rule) {
                bytes += rule.bytes;
            }
            if files > 0 || is_spared(rule) {
                let (id, what) = (rule.id.clone(), rule.what.clone());
                report.trimmed.push(Trimmed { id, what, files, bytes });
            }
        }
        remove_empty_folders(site_packages)?;
        record::rewrite_all(site_packages)?;
        Ok(Some(report))
    }
}

/// Why a rule is not for this app.
fn kept_by(rule: &Rule, switches: &Switches, app: &Mentions) -> Result<Option<String>, TrimError> {
    let off = match switches {
        Switches::Off => true,
        Switches::Rules(rules) => rules.get(&rule.id) == Some(&false),
    };
    if off {
        return Ok(Some("the project file says so".to_owned()));
    }
    let named = rule.removes()?;
    if let Some(module) = app.imports.iter().find(|module| named.has_module(module)) {
        return Ok(Some(format!("the app imports `{module}`")));
    }
    if let Some(word) = rule.unless.words.iter().find(|word| app.words.contains(*word)) {
        return Ok(Some(format!("the app mentions `{word}`")));
    }
    if rule.unless.by_name && app.by_name {
        let because = "the app may take it by a name that is not in its code";
        return Ok(Some(because.to_owned()));
    }
    let shows_data = rule.unless.data && !app.plain;
    Ok(shows_data.then(|| "the app may show data".to_owned()))
}

/// The installed packages.
struct Tree<'a> {
    root: &'a Utf8Path,
    /// Length in bytes by path, which is relative to the root.
    files: BTreeMap<Utf8PathBuf, u64>,
    linked: Linked,
    sources: Sources,
    /// Modules that no rule is about.
    own: &'a BTreeSet<&'a str>,
}

/// No modules.
static NONE: BTreeSet<&str> = BTreeSet::new();

impl<'a> Tree<'a> {
    fn read(root: &'a Utf8Path) -> Result<Self, TrimError> {
        let error = |error: walkdir::Error| {
            let source =
                error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links"));
            TrimError::file("read", root)(source)
        };
        let mut files = BTreeMap::new();
        for entry in WalkDir::new(root).min_depth(1) {
            let entry = entry.map_err(error)?;
            let Some(path) = Utf8Path::from_path(entry.path()) else { continue };
            if !entry.file_type().is_dir() {
                let path = path.strip_prefix(root).unwrap_or(path).to_owned();
                files.insert(path, entry.metadata().map_err(error)?.len());
            }
        }
        let paths = || files.keys().map(Utf8PathBuf::as_path);
        let linked = Linked::read(root, paths())?;
        let sources = Sources::read(root, paths());
        Ok(Self { root, files, linked, sources, own: &NONE })
    }

    fn is_named(&self, named: &Globs, path: &Utf8Path) -> bool {
        named.has(path) && !self.own.contains(module_of(top(path).into()).unwrap_or(top(path)))
    }

    fn bytes(&self) -> u64 {
        self.files.values().sum()
    }

    /// The version of a distribution, by the name of its `.dist-info`.
    fn version_of(&self, package: &str) -> Option<String> {
        let tops = self.files.keys().map(|path| top(path));
        let mut distributions =
            tops.filter_map(|name| name.strip_suffix(".dist-info")?.split_once('-'));
        distributions
            .find(|(name, _)| normalized(name) == normalized(package))
            .map(|(_, version)| version.to_owned())
    }

    /// Why what a rule names stays, when a package seems to need it. Of a rule about every package,
    /// each is asked for itself in [`Tree::remove`].
    fn needs(&self, rule: &Rule) -> Result<Option<String>, TrimError> {
        let installed =
            |module: &&String| self.files.keys().any(|path| top(path) == module.as_str());
        if let Some(module) = rule.unless.installed.iter().find(installed) {
            return Ok(Some(format!("`{module}` is installed")));
        }
        let named = rule.removes()?;
        let own: BTreeSet<&str> =
            self.files.keys().filter(|path| named.has(path)).map(|path| top(path)).collect();
        let but = rule.but()?;
        let counts = |path: &Utf8Path| !own.contains(top(path)) && !but.has(path);
        if let Some(pattern) = rule.regex(rule.unless.others.as_deref())?
            && let Some(file) = self.sources.saying(&pattern, counts)
        {
            return Ok(Some(format!("`{file}` mentions it")));
        }
        if rule.unless.own.is_some() {
            return Ok(None);
        }
        let importing = self.sources.importing(&named, &but);
        Ok(importing.map(|(file, module)| format!("`{file}` imports `{module}`")))
    }

    /// Removes what a rule names, and says how many files that were.
    fn remove(&mut self, rule: &Rule) -> Result<u64, TrimError> {
        let named = rule.removes()?;
        let mut go: Vec<Utf8PathBuf> =
            self.files.keys().filter(|path| self.is_named(&named, path)).cloned().collect();
        if let Some(pattern) = rule.regex(rule.unless.own.as_deref())? {
            let packages: BTreeSet<String> = go.iter().map(|path| top(path).to_owned()).collect();
            let says = |package: &&String| {
                self.sources.saying(&pattern, |path| top(path) == *package).is_some()
            };
            let saying: BTreeSet<&String> = packages.iter().filter(says).collect();
            go.retain(|path| saying.iter().all(|package| *package != top(path)));
        }
        for path in &go {
            self.drop(path)?;
        }
        let libraries = self.unused(&rule.libraries()?)?;
        Ok((go.len() + libraries) as u64)
    }

    /// Removes those of the named libraries that nothing uses any more.
    fn unused(&mut self, named: &Globs) -> Result<usize, TrimError> {
        let candidates: Vec<Utf8PathBuf> =
            self.files.keys().filter(|path| self.is_named(named, path)).cloned().collect();
        let unused = self.linked.unused(&candidates);
        for library in &unused {
            self.drop(library)?;
        }
        for name in unused.iter().filter_map(|library| library.file_name()) {
            for path in self.linked.naming(name) {
                elf::remove_library(&self.root.join(&path), name)?;
            }
        }
        Ok(unused.len())
    }

    fn strip(&mut self, named: &Globs) -> Result<u64, TrimError> {
        let paths: Vec<Utf8PathBuf> =
            self.files.keys().filter(|path| self.is_named(named, path)).cloned().collect();
        let mut count = 0;
        for path in paths {
            let file = self.root.join(&path);
            if elf::strip(&file)? {
                let length = fs_err::metadata(&file).map_err(TrimError::file("read", &file))?.len();
                self.files.insert(path, length);
                count += 1;
            }
        }
        Ok(count)
    }

    fn drop(&mut self, path: &Utf8Path) -> Result<(), TrimError> {
        let file = self.root.join(path);
        fs_err::remove_file(&file).map_err(TrimError::file("remove", &file))?;
        self.files.remove(path);
        self.linked.remove(path);
        self.sources.remove(path);
        Ok(())
    }
}

/// The package that a file belongs to: the first part of its path.
fn top(path: &Utf8Path) -> &str {
    path.components().next().map(|part| part.as_str()).unwrap_or_default()
}

/// Removes folders that have become empty. One that a namespace package needs holds a file.
fn remove_empty_folders(root: &Utf8Path) -> Result<(), TrimError> {
    for entry in WalkDir::new(root).min_depth(1).contents_first(true).into_iter().flatten() {
        if entry.file_type().is_dir() {
            match std::fs::remove_dir(entry.path()) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
                Err(source) => {
                    let path: Utf8PathBuf = entry.path().to_string_lossy().into_owned().into();
                    return Err(TrimError::file("remove", &path)(source));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
