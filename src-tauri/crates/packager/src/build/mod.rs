//! Carrying out a plan: each stage gets what it needs of it.

pub(crate) mod error;
mod installer;
mod manifest;
mod prepared;
pub(crate) mod settled;
pub(crate) mod shell;
pub(crate) mod weight;

use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle::Layout;
use waterskin_installers::Artifact;
use waterskin_project::LeftOut;

use crate::Progress;
use crate::build::error::BuildError;
use crate::build::prepared::Prepared;
use crate::build::weight::Weight;
use crate::cache::Cache;
use crate::plan::BuildPlan;
use crate::runtime::RuntimeSource;
use crate::trial::Trial;
use crate::trim::TrimReport;

/// What a build made, and of what.
#[derive(Clone, Debug)]
pub struct BuildOutcome {
    /// The finished files.
    pub artifacts: Vec<Artifact>,
    /// The bill of materials of what is inside, in CycloneDX.
    pub sbom: Option<Utf8PathBuf>,
    /// What of the project did not come along.
    pub left_out: Vec<LeftOut>,
    /// What the author should know.
    pub notes: Vec<String>,
    /// How big the parts of the installed app are.
    pub sizes: Sizes,
    /// The same, file by file.
    pub weight: Weight,
    /// What was removed from the packages, and what was not.
    pub trim: TrimReport,
    /// Where the interpreter came from.
    pub runtime: RuntimeSource,
    /// Full version of Streamlit.
    pub streamlit: String,
    /// The number of distributions.
    pub distributions: usize,
    /// The least GNU C library that a recipient needs, such as `2.28`; empty where none is used.
    pub minimum_glibc: String,
    /// The payload, where the author wanted to keep it.
    pub payload: Option<Utf8PathBuf>,
    /// How long it took.
    pub took: Duration,
}

/// Sizes in bytes, installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// The interpreter.
    pub python: u64,
    /// The packages.
    pub packages: u64,
    /// The author's files.
    pub app: u64,
    /// The shell.
    pub shell: u64,
}

impl Sizes {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.python + self.packages + self.app + self.shell
    }
}

/// Carries out the plans of one call, one after the other: first everything is found out that may be
/// missing for one of them, then they are made. It blocks until everything is done. The app is
/// started by `trial` where a plan has that among what it runs.
///
/// Files appear in the output folder whole or not at all, and nothing else is left behind but what
/// the cache keeps.
///
/// # Errors
///
/// [`BuildError`]; [`BuildError::hint`] says what the author can do about it.
pub fn builds(
    plans: &[BuildPlan],
    trial: Option<&dyn Trial>,
    progress: &dyn Progress,
) -> Result<Vec<BuildOutcome>, BuildError> {
    let Some(first) = plans.first() else { return Ok(Vec::new()) };
    let told = |plan: &BuildPlan| {
        if plan.several {
            progress.target(&plan.target);
        }
    };
    around(first, plans, |cache| {
        let (mut prepared, mut lacking) = (Vec::new(), Vec::new());
        for plan in plans {
            told(plan);
            match Prepared::make(plan, cache, progress) {
                Ok(one) => prepared.push(one),
                Err(error) => lacking.push(error.lacking()?),
            }
        }
        if !lacking.is_empty() {
            return Err(BuildError::Lacks { lacking });
        }
        let finish = |one: Prepared<'_>| {
            told(one.plan());
            one.finish(trial, cache, progress)
        };
        prepared.into_iter().map(finish).collect()
    })
}

/// [`builds`] of one plan.
///
/// # Errors
///
/// [`BuildError`]; [`BuildError::hint`] says what the author can do about it.
pub fn build(
    plan: &BuildPlan,
    trial: Option<&dyn Trial>,
    progress: &dyn Progress,
) -> Result<BuildOutcome, BuildError> {
    around(plan, std::slice::from_ref(plan), |cache| {
        Prepared::make(plan, cache, progress)?.finish(trial, cache, progress)
    })
}

/// What comes before and after the work of a call: the places that it writes to.
fn around<T>(
    first: &BuildPlan,
    plans: &[BuildPlan],
    work: impl FnOnce(&Cache) -> Result<T, BuildError>,
) -> Result<T, BuildError> {
    let output = OutputFolder::prepare(&first.output)?;
    for plan in plans {
        check_kept(plan.keep_payload.as_deref())?;
    }
    let cache = Cache::open(&first.cache)?;
    cache.prune(SystemTime::now(), first.cache_limit);
    let made = work(&cache)?;
    output.keep();
    // What this build uses is locked, so that it stays for the next.
    cache.prune(SystemTime::now(), first.cache_limit);
    Ok(made)
}

/// A folder that is replaced must be an earlier payload: whatever else is there is the author's.
fn check_kept(folder: Option<&Utf8Path>) -> Result<(), BuildError> {
    let Some(path) = folder else { return Ok(()) };
    let empty = path.read_dir_utf8().is_ok_and(|mut entries| entries.next().is_none());
    if !path.exists() || empty || Layout::new(path).manifest().is_file() {
        return Ok(());
    }
    Err(BuildError::Kept { path: path.to_owned() })
}

/// The folder for the finished files, known to be writable before the long work begins. When the
/// build fails and the folder was made for it, it goes again.
struct OutputFolder<'a> {
    path: &'a Utf8Path,
    made: bool,
}

impl<'a> OutputFolder<'a> {
    fn prepare(path: &'a Utf8Path) -> Result<Self, BuildError> {
        let error = |source| BuildError::Output { path: path.to_owned(), source };
        let made = !path.exists();
        fs_err::create_dir_all(path).map_err(error)?;
        let folder = Self { path, made };
        tempfile::Builder::new().prefix(".waterskin-").tempfile_in(path).map_err(error)?;
        Ok(folder)
    }

    fn keep(mut self) {
        self.made = false;
    }
}

impl Drop for OutputFolder<'_> {
    fn drop(&mut self) {
        if self.made {
            // Only when it is empty; otherwise somebody put something there meanwhile.
            let _ = fs_err::remove_dir(self.path);
        }
    }
}
