//! Carrying out a plan: each stage gets what it needs of it.

pub(crate) mod error;
mod installer;
mod manifest;
pub(crate) mod weight;

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle::Layout;
use waterskin_installers::Artifact;
use waterskin_project::{
    LeftOut, NeededModule, ProjectFiles, distribution_of, module_of, normalized,
};

use crate::build::error::BuildError;
use crate::build::weight::Weight;
use crate::cache::Cache;
use crate::copy::Method;
use crate::own::{OwnBuild, OwnWheels};
use crate::payload::Parts;
use crate::payload::provision::{Packages, ProvisionError};
use crate::plan::BuildPlan;
use crate::plan::runs::Run;
use crate::runtime::{RuntimeSource, tk};
use crate::toolchain::{Toolchain, Wanted};
use crate::trial::{self, Trial};
use crate::trim::TrimReport;
use crate::wheels::Wheels;
use crate::wheels::resolved::Resolved;
use crate::wheels::source_build::SourceBuild;
use crate::wheels::uv::Uv;
use crate::{Progress, Step};

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

/// Carries out a plan. It blocks until everything is done. The app is started by `trial` where the
/// plan has that among what it runs.
///
/// Files appear in the output folder whole or not at all, and nothing else is left behind but what
/// the cache keeps.
///
/// # Errors
///
/// [`BuildError`]; [`BuildError::hint`] says what the author can do about it.
pub fn build(
    plan: &BuildPlan,
    trial: Option<&dyn Trial>,
    progress: &dyn Progress,
) -> Result<BuildOutcome, BuildError> {
    let began = Instant::now();
    let output = OutputFolder::prepare(&plan.output)?;
    check_kept(plan.keep_payload.as_deref())?;
    let cache = Cache::open(&plan.cache)?;
    cache.prune(SystemTime::now(), plan.cache_limit);
    let folder = cache.temporary()?;
    let folder = Utf8Path::from_path(folder.path()).unwrap_or(&plan.cache);

    let wanted = Wanted {
        python: &plan.python,
        target: &plan.target,
        project: &plan.root,
        cache: &plan.cache,
        uv: &plan.uv,
        offline: plan.offline,
        tk: plan.tk.is_some(),
    };
    let toolchain = Toolchain::provide(&wanted, &cache, progress)?;
    let (base, host_python) = (&toolchain.shipped, toolchain.host_python());
    progress.step(Step::Resolve, None);
    let settings = plan.requirements.given.settings.for_building();
    let uv = Uv { program: &plan.uv, python: &host_python, offline: plan.offline };
    let takes_compilers = !plan.own.is_empty();
    let original = takes_compilers.then(|| toolchain.for_compilers(&wanted)).flatten();
    let own = OwnBuild {
        build: SourceBuild { uv, folder, settings: &settings },
        cache: &cache,
        python: original.as_deref(),
        target: &plan.target,
    };
    let own = own.make(&plan.own, progress)?;
    let wheels = Wheels {
        requirements: &plan.requirements,
        needed: &plan.needed,
        target: &plan.target,
        root: &plan.root,
        no_run: plan.no_run,
        uv,
        python_version: &base.facts.python.version,
        folder,
        own: &own,
    };
    let resolution =
        wheels.resolve(&cache, SystemTime::now(), progress).map_err(ProvisionError::from)?;
    let packages =
        Packages::provide(&wheels, &plan.trim, &resolution, &base.facts, &cache, progress)?;
    let mut notes = plan.notes.clone();
    notes.extend(own.notes.iter().cloned());
    notes.extend(resolution.notes.iter().cloned());
    if let Some(file) = &plan.tk
        && !tk::is_there(&host_python)
    {
        notes.push(format!(
            "`{file}` imports Tk, and the Python that is packed has none: give one that has it with `--python` (on Debian and Ubuntu, the package `python3-tk`), or leave `--python` out where standalone builds can be fetched"
        ));
    }
    notes.extend(missing_modules(
        &plan.needed,
        &plan.files,
        &packages.tree(),
        &own,
        &resolution.resolved,
    )?);

    let parts = Parts {
        python: &base.tree(),
        packages: &packages.tree(),
        root: &plan.root,
        files: &plan.files,
        resolved: &resolution.resolved,
        icon: plan.icon.as_deref(),
        manifest: manifest::manifest(plan, &base.facts, &packages.facts, &resolution.streamlit),
        host_python: &host_python,
    };
    let (destination, method) = match &plan.keep_payload {
        Some(kept) => (kept.clone(), Method::Copy),
        None => (folder.join(Layout::PAYLOAD), Method::Link),
    };
    let (payload, failed) = parts.assemble(&destination, method, progress)?;
    notes.extend(failed.iter().map(|failure| {
        let line = failure.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("`{}{line}` is not valid Python ({})", failure.file, failure.message)
    }));
    let is_tried = plan.runs.iter().any(|run| matches!(run, Run::App { .. }));
    if let Some(trial) = trial.filter(|_| is_tried) {
        notes.extend(trial::run(trial, &payload, &cache, progress)?);
    }
    let (artifacts, sbom) = installer::make(plan, &payload, &cache, progress)?;
    output.keep();
    // What this build uses is locked, so that it stays for the next.
    cache.prune(SystemTime::now(), plan.cache_limit);
    let (sizes, weight) = weigh(plan.app.name.as_str(), &plan.shell, &payload.layout);
    Ok(BuildOutcome {
        artifacts,
        sbom,
        left_out: plan.files.left_out.clone(),
        notes,
        sizes,
        weight,
        trim: packages.facts.trim,
        runtime: base.source.clone(),
        streamlit: resolution.streamlit.clone(),
        distributions: resolution.resolved.len(),
        minimum_glibc: payload.manifest.minimum.glibc,
        payload: plan.keep_payload.clone(),
        took: began.elapsed(),
    })
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

/// Looks whether every module that the code imports can be found in the payload. One that is
/// needed as soon as the app starts is an error; one that is needed perhaps is said.
fn missing_modules(
    needed: &[NeededModule],
    files: &ProjectFiles,
    site_packages: &Utf8Path,
    wheels: &OwnWheels,
    resolved: &Resolved,
) -> Result<Vec<String>, BuildError> {
    let installed: BTreeSet<String> = site_packages
        .read_dir_utf8()
        .map_err(|source| BuildError::Write { path: site_packages.to_owned(), source })?
        .flatten()
        // `_cffi_backend.cpython-311-x86_64-linux-gnu.so`, `six.py` and `pandas` alike.
        .map(|entry| entry.file_name().split('.').next().unwrap_or_default().to_owned())
        .collect();
    // A project may put any of its folders on the path, so a module of any of them counts.
    let own: BTreeSet<&str> = files
        .files
        .iter()
        .filter(|file| module_of(&file.path).is_some())
        .flat_map(|file| file.path.components())
        .map(|part| module_of(part.as_str().into()).unwrap_or(part.as_str()))
        .collect();
    let mut notes = Vec::new();
    for needed in needed {
        let top = waterskin_project::top_level(&needed.module);
        let (file, module) = (&needed.file, &needed.module);
        if installed.contains(top) || wheels.modules().contains(top) {
            continue;
        } else if own.contains(top) {
            notes.push(format!(
                "`{file}` imports `{module}`, which is not beside the script: the app must put its folder on `sys.path` itself"
            ));
        } else if let Some(clue) = &needed.clue {
            notes.push(format!(
                "`{file}` {clue}, which may take the module `{module}`, and nothing installs it"
            ));
        } else if needed.always {
            let installed = distribution_of(module).and_then(|(_, name)| {
                let version = resolved.version_of(&normalized(name))?;
                Some(format!("`{name}` {version}"))
            });
            let (module, file) = (module.clone(), file.clone());
            return Err(BuildError::MissingModule { module, file, installed });
        } else {
            notes.push(format!(
                "`{file}` imports `{module}` in some cases, and nothing installs it"
            ));
        }
    }
    Ok(notes)
}

fn weigh(name: &str, shell: &Utf8Path, payload: &Layout) -> (Sizes, Weight) {
    let python = Weight::of(Layout::PYTHON, &payload.python());
    let packages = Weight::of(Layout::SITE_PACKAGES, &payload.site_packages());
    let app = Weight::of(Layout::APP, &payload.app());
    let shell = fs_err::metadata(shell).map_or(0, |metadata| metadata.len());
    let sizes = Sizes { python: python.bytes, packages: packages.bytes, app: app.bytes, shell };
    let parts = vec![python, packages, app, Weight::file("shell", shell)];
    (sizes, Weight::new(name, parts))
}
