use std::collections::{BTreeMap, BTreeSet};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Target;
use waterskin_project::{AskedFolder, Copied, OwnDistribution, normalized};

use super::copied;
use super::wheel::{Source, WheelFiles};
use crate::Progress;
use crate::cache::{Cache, CacheError, Entry};
use crate::payload::provision::RECIPE;
use crate::wheels::resolved::Resolved;
use crate::wheels::source_build::{SourceBuild, SourceBuildError, With};

/// Why there is no wheel of one of the author's own distributions.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// Its build failed.
    #[error("could not build `{name}`, which is the author's own")]
    Build {
        /// The distribution.
        name: String,
        /// Why.
        #[source]
        source: SourceBuildError,
    },
    /// A file can't be read or written.
    #[error("could not make a package of `{folder}`")]
    Write {
        /// The folder of the distribution.
        folder: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl MakeError {
    /// What the author can do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Build {
                source: SourceBuildError::Platform { path, .. }
                    | SourceBuildError::Compile { path, .. },
                ..
            } => Some(format!(
                "see what its build says above. Where it can be built, on a system as old as your colleagues', make a wheel of it once:\n  \
                 uv build --wheel --out-dir wheels '{path}'\n\
                 and name that in its place, as in `./wheels/NAME.whl`"
            )),
            Self::Build { .. } => Some(
                "see what its build says above; `uv build --wheel` in a copy of its folder, without a compiler, does the same. A version that is read from the history of a repository must be there as a tag, or in `SETUPTOOLS_SCM_PRETEND_VERSION`".to_owned(),
            ),
            Self::Write { .. } => {
                Some("everything in its folder must be readable".to_owned())
            }
            Self::Cache(_) => Some("give a folder that can be written to with `--cache-dir`".to_owned()),
        }
    }
}

/// How the author's own distributions are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnBuild<'a> {
    pub build: SourceBuild<'a>,
    pub cache: &'a Cache,
    /// An interpreter like the app's that has what compilers need of it.
    pub python: Option<&'a Utf8Path>,
    /// The system that the app is for.
    pub target: &'a Target,
}

/// The wheel of one of them.
#[derive(Debug)]
struct OwnWheel {
    folder: Utf8PathBuf,
    asked: AskedFolder,
    /// The normalized name.
    name: String,
    version: String,
    modules: BTreeSet<String>,
    path: Utf8PathBuf,
    _entry: Entry,
}

/// The wheels of all of them. They stay in the cache as long as this value lives.
#[derive(Debug, Default)]
pub(crate) struct OwnWheels {
    wheels: Vec<OwnWheel>,
    /// What the author should know.
    pub notes: Vec<String>,
}

impl OwnBuild<'_> {
    /// Makes a wheel of each. One that the app can do without and that can't be built is only said.
    pub fn make(
        &self,
        distributions: &[OwnDistribution],
        progress: &dyn Progress,
    ) -> Result<OwnWheels, MakeError> {
        let mut made = OwnWheels::default();
        for one in distributions {
            match self.wheel(one, progress) {
                Ok((wheel, notes)) => {
                    made.wheels.push(wheel);
                    made.notes.extend(notes);
                }
                Err(MakeError::Build { name, source }) if one.spare => made.notes.push(format!(
                    "`{name}` is not installed, since it can't be built: {}",
                    causes(&source)
                )),
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }

    fn wheel(
        &self,
        one: &OwnDistribution,
        progress: &dyn Progress,
    ) -> Result<(OwnWheel, Vec<String>), MakeError> {
        let failed = |source| MakeError::Write { folder: one.folder.clone(), source };
        let source = Source {
            folder: &one.folder,
            files: &one.files,
            in_project: one.in_project.as_deref(),
        };
        let (name, plain) = self.plain(one, progress)?;
        let distribution = name.split('-').next().unwrap_or_default();
        let made = plain.as_editable(distribution, &source).map_err(failed)?;
        let notes = made.native(self.target).notes(self.target);
        let mut modules = plain.modules();
        modules.extend(made.modules());
        let key = format!("{RECIPE} {name} {}", made.digest().as_str());
        let entry = self.cache.entry("own", &key, progress, |folder| {
            made.write(&folder.join(&name)).map_err(failed)
        })?;
        let mut parts = name.split('-');
        let (distribution, version) = (parts.next().unwrap_or_default(), parts.next());
        let wheel = OwnWheel {
            folder: one.folder.clone(),
            asked: one.asked.clone(),
            name: normalized(distribution),
            version: version.unwrap_or_default().to_owned(),
            modules,
            path: entry.path().join(&name),
            _entry: entry,
        };
        Ok((wheel, notes))
    }

    /// The wheel as its backend makes it, or as its files are, and its name.
    fn plain(
        &self,
        one: &OwnDistribution,
        progress: &dyn Progress,
    ) -> Result<(String, WheelFiles), MakeError> {
        let failed = |source| MakeError::Write { folder: one.folder.clone(), source };
        if !one.built {
            let read =
                Copied::read(&one.folder).map_err(|because| failed(io::Error::other(because)))?;
            let files = copied::wheel(&read, &one.folder, &one.files).map_err(failed)?;
            return Ok((read.file_name(), files));
        }
        let build = |with| self.build.wheel(&one.folder, &one.files, with, self.cache, progress);
        let compilers = self.python.map(|python| With::Compilers { python });
        let wheel = match compilers.filter(|_| one.compiled) {
            Some(compilers) => build(compilers),
            None => build(With::Nothing),
        };
        // What it takes may not be written where it can be read.
        let wheel = match (wheel, compilers) {
            (Err(error), Some(compilers)) if error.is_for_compilers() => build(compilers),
            (wheel, _) => wheel,
        };
        let wheel =
            wheel.map_err(|source| MakeError::Build { name: one.label().to_owned(), source })?;
        let path = wheel.path();
        let name = path.file_name().unwrap_or_default().to_owned();
        Ok((name, WheelFiles::read(&path).map_err(failed)?))
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("; {}", error.to_string().trim_end()));
        cause = error.source();
    }
    text.lines().collect::<Vec<_>>().join(" ")
}

impl OwnWheels {
    /// Requirements with the wheels in the place of the folders, and with those that no requirement
    /// names.
    pub fn lines(&self, lines: &[String]) -> Vec<String> {
        let mut named = BTreeSet::new();
        let mut made = Vec::new();
        for line in lines {
            let Some(asked) = AskedFolder::of(line) else {
                made.push(line.clone());
                continue;
            };
            if let Some(wheel) = self.wheels.iter().find(|it| it.folder == asked.folder) {
                named.insert(&wheel.folder);
                made.push(asked.line(&wheel.name, &wheel.path));
            }
        }
        let left = self.wheels.iter().filter(|wheel| !named.contains(&wheel.folder));
        made.extend(left.map(|wheel| wheel.asked.line(&wheel.name, &wheel.path)));
        made
    }

    /// Whether a requirement is about one of these wheels.
    pub fn has_line(&self, line: &str) -> bool {
        self.wheels.iter().any(|wheel| line.contains(&waterskin_project::file_address(&wheel.path)))
    }

    /// What was resolved, with names and versions in the place of where the wheels lie.
    pub fn settled(&self, resolved: Resolved) -> Resolved {
        let versions: BTreeMap<&str, &str> =
            self.wheels.iter().map(|it| (it.name.as_str(), it.version.as_str())).collect();
        resolved.with_versions(&versions)
    }

    /// The normalized names.
    pub fn names(&self) -> Vec<&str> {
        self.wheels.iter().map(|wheel| wheel.name.as_str()).collect()
    }

    /// The folders that the wheels are in.
    pub fn folders(&self) -> impl Iterator<Item = &Utf8Path> {
        self.wheels.iter().filter_map(|wheel| wheel.path.parent())
    }

    /// The modules that can be imported once they are installed, wherever these lie.
    pub fn modules(&self) -> BTreeSet<&str> {
        self.wheels.iter().flat_map(|wheel| &wheel.modules).map(String::as_str).collect()
    }
}
