//! The author's own distributions: folders that are installed like any other package. Which there
//! are is found without running anything; each becomes a wheel when the app is built.

mod asked;
mod copied;
mod folder;
mod reach;
mod workspace;

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

pub use asked::AskedFolder;
pub(crate) use asked::folder_address;
pub use copied::Copied;
use folder::SourceFolder;
pub(crate) use folder::is_source;
use reach::Reach;
pub(crate) use workspace::Workspace;

use crate::code::base::CodeBase;
use crate::code::source;
use crate::files::keys::{self, FoundKey};
use crate::files::{FilesError, ProjectFiles, Selection};
use crate::requirements::line::{checked, name_of};
use crate::requirements::uv_settings::line_of;
use crate::requirements::{Requirements, RequirementsSource};

/// A distribution of the author's own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OwnDistribution {
    /// Its name; `None` where only its build knows it.
    pub name: Option<String>,
    /// Its folder, absolute.
    pub folder: Utf8PathBuf,
    /// Whether its build backend is run. Else its modules are copied as they are.
    pub built: bool,
    /// Whether that takes a compiler.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub compiled: bool,
    /// As it is asked for.
    #[serde(skip)]
    pub asked: AskedFolder,
    /// Whether the app can do without it.
    #[serde(skip)]
    pub spare: bool,
    /// The files in its folder that come along, relative to it.
    #[serde(skip)]
    pub files: Vec<Utf8PathBuf>,
    /// Its folder's path in the project, when it is there.
    #[serde(skip)]
    pub in_project: Option<Utf8PathBuf>,
}

impl OwnDistribution {
    /// What the author calls it.
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.folder.file_name()).unwrap_or(self.folder.as_str())
    }

    /// The same, for whoever is told whose build backend runs.
    pub fn backend(&self) -> String {
        let with = if self.compiled { ", with the compilers of this machine" } else { "" };
        format!("`{}`{with}", self.label())
    }

    /// The text of its files, and whether these are in the project. What can't be read says nothing.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (String, bool)> {
        let code = self.files.iter().filter(|file| file.extension() == Some("py"));
        let texts = code.filter_map(|file| source::read(&self.folder.join(file)).ok());
        texts.map(|text| (text, self.in_project.is_some()))
    }
}

/// Why the author's own distributions can't come along.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// A folder from elsewhere, which nobody expects in a package.
    #[error("`{folder}`, which `{by}{}` asks for, is outside of the project", at(.line))]
    Outside {
        /// The folder.
        folder: Utf8PathBuf,
        /// The file that asks for it.
        by: Utf8PathBuf,
        /// The number of the line, where it can be told.
        line: Option<usize>,
    },
    /// A folder without anything to install.
    #[error("`{folder}`, which `{by}{}` asks for, holds no `pyproject.toml` and no `setup.py`", at(.line))]
    NoSource {
        /// The folder.
        folder: Utf8PathBuf,
        /// The file that asks for it.
        by: Utf8PathBuf,
        /// The number of the line, where it can be told.
        line: Option<usize>,
    },
    /// It has to be built, and nothing may be run.
    #[error("a build would run the build backend of `{name}`: {because}")]
    Runs {
        /// The distribution.
        name: String,
        /// Why it can't be copied.
        because: &'static str,
    },
    /// Its files can't be listed.
    #[error(transparent)]
    Files(#[from] FilesError),
}

fn at(line: &Option<usize>) -> String {
    line.map(|line| format!(":{line}")).unwrap_or_default()
}

impl OwnError {
    /// What the author can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Outside { .. } => {
                "if it is yours, build with `--follow-links`, which takes along what leads out of the project; or build the folder above both".to_owned()
            }
            Self::NoSource { .. } => "correct the path".to_owned(),
            Self::Runs { .. } => "build without `--no-run` if you trust the project".to_owned(),
            Self::Files(_) => "everything in its folder must be readable".to_owned(),
        }
    }
}

/// Where to look for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search<'a> {
    pub root: &'a Utf8Path,
    pub entry: &'a Utf8Path,
    pub requirements: &'a Requirements,
    pub code: &'a CodeBase,
    pub files: &'a ProjectFiles,
    /// Whether what is outside of the project comes along.
    pub follow_links: bool,
    /// Whether no backend may be run.
    pub no_run: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub distributions: Vec<OwnDistribution>,
    /// What a package of the project asks for that is used where it lies.
    pub dependencies: Vec<String>,
    /// Keys in files outside of the project.
    pub keys: Vec<FoundKey>,
    pub notes: Vec<String>,
}

impl Search<'_> {
    /// Finds all of them: those that the list names, the project itself where tools install it, and
    /// what these ask for in turn. Nothing is run.
    pub fn find(&self) -> Result<Found, OwnError> {
        let mut found = Found::default();
        let mut left = self.named();
        self.add_project(&mut left, &mut found);
        let reach = Reach::of(self.root);
        let mut seen = BTreeSet::new();
        let mut next = 0;
        while let Some((asked, spare)) = left.get(next).cloned() {
            next += 1;
            if !seen.insert(asked.folder.clone()) {
                continue;
            }
            if !(self.follow_links || reach.has(&asked.folder)) {
                let (by, line) = self.place_of(&asked.folder);
                return Err(OwnError::Outside { folder: asked.folder, by, line });
            }
            if !is_source(&asked.folder) {
                let (by, line) = self.place_of(&asked.folder);
                return Err(OwnError::NoSource { folder: asked.folder, by, line });
            }
            let source = SourceFolder::read(asked.folder.clone());
            // A lock names all of them itself.
            if !self.requirements.source.is_lock() {
                left.extend(source.local().into_iter().map(|asked| (asked, false)));
            }
            if let Some(one) = self.distribution(&source, asked, spare, &mut found)? {
                found.distributions.push(one);
            }
        }
        Ok(found)
    }

    /// Those that the list of requirements names.
    fn named(&self) -> Vec<(AskedFolder, bool)> {
        let given = &self.requirements.given;
        let lines = given.lines.iter().filter_map(|line| AskedFolder::of(line));
        let lines = lines.map(|asked| (asked, false));
        // The project's own modules may be found beside the script as well.
        let project = given.project.as_deref().and_then(name_of);
        let local = given.local.iter().cloned();
        let local = local.map(|asked| {
            let spare = project.is_some() && asked.name == project;
            (asked, spare)
        });
        lines.chain(local).collect()
    }

    /// Adds the project itself, where it is installed, or what its packages ask for.
    fn add_project(&self, left: &mut Vec<(AskedFolder, bool)>, found: &mut Found) {
        let requirements = self.requirements;
        let file = requirements.file.as_deref().and_then(Utf8Path::parent);
        match (requirements.source, file) {
            (RequirementsSource::Pyproject | RequirementsSource::Poetry, Some(folder)) => {
                let source = SourceFolder::read(folder.to_owned());
                left.extend(source.local().into_iter().map(|asked| (asked, false)));
                if source.is_installed() && source.name.is_some() {
                    left.push((AskedFolder::new(source.name.as_deref(), folder), true));
                    return;
                }
            }
            (RequirementsSource::SetupCfg | RequirementsSource::SetupPy, Some(folder)) => {
                let source = SourceFolder::read(folder.to_owned());
                left.push((AskedFolder::new(source.name.as_deref(), folder), true));
                return;
            }
            // The lock says it.
            (RequirementsSource::UvLock, _) => return,
            _ => {}
        }
        let script = self.root.join(self.entry);
        let above = script.ancestors().skip(1).take_while(|it| it.starts_with(self.root));
        for folder in above.filter(|folder| is_source(folder)) {
            let known = left.iter().any(|(asked, _)| asked.folder == folder);
            let source = SourceFolder::read(folder.to_owned());
            if known || source.is_virtual() {
                continue;
            }
            let asked = AskedFolder::new(source.name.as_deref(), folder);
            let from_src = self.imports_from_src(&source);
            // An app that changes its path itself needs no help to find it, but what it asks for.
            if from_src && !self.mentions(&["sys.path", "addsitedir"]) {
                left.push((asked, false));
            } else if from_src || self.imports_package_of(folder) {
                if self.asks_for_metadata() {
                    left.push((asked, true));
                } else if source.is_installed() {
                    found.dependencies.extend(self.more_of(&source));
                }
            }
        }
    }

    /// Whether the app imports a module of the folder's `src`, which is not on the path by itself.
    fn imports_from_src(&self, source: &SourceFolder) -> bool {
        let script = self.root.join(self.entry);
        let beside = [script.parent().unwrap_or(self.root), self.root];
        let there = |module: &str| {
            let at = |folder: &Utf8Path| {
                folder.join(module).is_dir() || folder.join(format!("{module}.py")).is_file()
            };
            beside.iter().any(|folder| at(folder))
        };
        let modules = source.modules_in_src();
        modules.iter().any(|module| self.code.uses(module) && !there(module))
    }

    /// Whether the app imports a package that lies in the folder itself.
    fn imports_package_of(&self, folder: &Utf8Path) -> bool {
        let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
        let packages = entries.filter(|entry| entry.path().join("__init__.py").is_file());
        packages.into_iter().any(|entry| self.code.uses(entry.file_name()))
    }

    fn asks_for_metadata(&self) -> bool {
        self.mentions(&["importlib.metadata", "importlib_metadata", "pkg_resources"])
    }

    /// Whether the code that the app runs has one of these words.
    fn mentions(&self, words: &[&str]) -> bool {
        let texts = self.code.paths().filter_map(|path| source::read(&self.root.join(path)).ok());
        let has = |text: &str| words.iter().any(|word| text.contains(word));
        texts.into_iter().any(|text| has(&text))
    }

    /// What a library asks for beside the app's own list.
    fn more_of(&self, source: &SourceFolder) -> Vec<String> {
        let listed: BTreeSet<_> =
            self.requirements.listed.iter().filter_map(|line| name_of(line)).collect();
        let lines = source.dependencies().into_iter();
        let lines = lines.filter(|line| name_of(line).is_some_and(|name| !listed.contains(&name)));
        lines.filter_map(|line| checked(&line, &[&source.folder]).ok()).collect()
    }

    fn distribution(
        &self,
        source: &SourceFolder,
        asked: AskedFolder,
        spare: bool,
        found: &mut Found,
    ) -> Result<Option<OwnDistribution>, OwnError> {
        let folder = source.folder.clone();
        let name = source.name.clone().or_else(|| asked.name.clone());
        let in_project = folder.strip_prefix(self.root).ok().map(Utf8Path::to_owned);
        let files: Vec<Utf8PathBuf> = match &in_project {
            Some(inside) => {
                let paths = self.files.files.iter().map(|file| &file.path);
                paths.filter_map(|it| it.strip_prefix(inside).ok()).map(Into::into).collect()
            }
            None => {
                let selected = ProjectFiles::select(&Selection {
                    root: &folder,
                    outputs: &[],
                    include: &[],
                    exclude: &[],
                    follow_links: self.follow_links,
                })?;
                selected.files.into_iter().map(|file| file.path).collect()
            }
        };
        if in_project.is_none() {
            let keys = keys::find(&folder, files.iter().map(Utf8PathBuf::as_path));
            let absolute = |key: FoundKey| FoundKey { file: folder.join(&key.file), ..key };
            found.keys.extend(keys.into_iter().map(absolute));
        }
        let built = !self.no_run;
        let compiled = built && source.is_compiled();
        let one =
            OwnDistribution { name, folder, built, compiled, asked, spare, files, in_project };
        match (built, Copied::of(source)) {
            (true, _) | (false, Ok(_)) => Ok(Some(one)),
            (false, Err(because)) if spare => {
                found.notes.push(format!(
                    "`{}` is not installed, since nothing may be run: {because}",
                    one.label()
                ));
                Ok(None)
            }
            (false, Err(because)) => Err(OwnError::Runs { name: one.label().to_owned(), because }),
        }
    }

    /// The file that asks for a folder, and the line in it.
    fn place_of(&self, folder: &Utf8Path) -> (Utf8PathBuf, Option<usize>) {
        let by = self.requirements.file.clone().unwrap_or_else(|| self.root.to_owned());
        let text = fs_err::read_to_string(&by).unwrap_or_default();
        let line = folder.file_name().and_then(|name| line_of(&text, name));
        (by, line)
    }
}

#[cfg(test)]
mod tests;
