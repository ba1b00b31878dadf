//! A build whose versions, packages and programs are all known, with nothing laid down yet.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;
use waterskin_bundle::{Layout, Payload, System};
use waterskin_project::{NeededModule, ProjectFiles, distribution_of, module_of, normalized};

use super::error::BuildError;
use super::settled::{Ground, Settled};
use super::shell::{Fetching, ShellProgram};
use super::weight::Weight;
use super::{BuildOutcome, Sizes, installer, manifest};
use crate::Progress;
use crate::cache::Cache;
use crate::copy::Method;
use crate::names::{bad_names, too_long};
use crate::own::OwnWheels;
use crate::payload::Parts;
use crate::payload::provision::Packages;
use crate::plan::BuildPlan;
use crate::plan::runs::Run;
use crate::runtime::{runs_here, tk};
use crate::trial::{self, Trial};
use crate::wheels::resolved::Resolved;

/// What one plan needs, found out and fetched as far as it takes to know that nothing is missing.
pub(super) struct Prepared<'p> {
    ground: Ground<'p>,
    shell: ShellProgram,
    settled: Settled,
    took: Duration,
}

impl<'p> Prepared<'p> {
    /// Chooses Python, gets the shell and settles all versions.
    pub fn make(
        plan: &'p BuildPlan,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<Self, BuildError> {
        let began = Instant::now();
        let ground = Ground::make(plan, cache, progress)?;
        let fetching =
            Fetching { uv: ground.uv(), links: &plan.find_links, folder: ground.folder(), cache };
        let shell = fetching.program(&plan.shell, progress)?;
        let settled = ground.settle(cache, progress)?;
        Ok(Self { ground, shell, settled, took: began.elapsed() })
    }

    /// What it is of.
    pub fn plan(&self) -> &'p BuildPlan {
        self.ground.plan()
    }

    /// Fills the payload, tries it, and makes every file that the plan has.
    pub fn finish(
        self,
        trial: Option<&dyn Trial>,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<BuildOutcome, BuildError> {
        let began = Instant::now();
        let (plan, ground) = (self.plan(), &self.ground);
        let Settled { own, resolution } = &self.settled;
        let host_python = &ground.host_python;
        let base = ground.toolchain.ship(&ground.wanted(), cache, progress)?;
        let wheels = ground.wheels(own);
        let packages =
            Packages::provide(&wheels, &plan.trim, resolution, &base.facts, cache, progress)?;
        let mut notes = plan.notes.clone();
        notes.extend(own.notes.iter().cloned());
        notes.extend(resolution.notes.iter().cloned());
        let here = runs_here(plan.target.triple());
        if let Some(file) = plan.tk.as_ref().filter(|_| here)
            && !tk::is_there(host_python)
        {
            notes.push(format!(
                "`{file}` imports Tk, and the Python that is packed has none: give one that has it with `--python` (on Debian and Ubuntu, the package `python3-tk`), or leave `--python` out where standalone builds can be fetched"
            ));
        }
        notes.extend(missing_modules(
            &plan.needed,
            &plan.files,
            &packages.tree(),
            own,
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
            host_python,
        };
        let (destination, method) = match &plan.keep_payload {
            Some(kept) => (kept.clone(), Method::Copy),
            None => (ground.folder().join(Layout::PAYLOAD), Method::Link),
        };
        let (payload, failed) = parts.assemble(&destination, method, progress)?;
        notes.extend(failed.iter().map(|failure| {
            let line = failure.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("`{}{line}` is not valid Python ({})", failure.file, failure.message)
        }));
        notes.extend(check_names(plan, &payload)?);
        let is_tried = plan.runs.iter().any(|run| matches!(run, Run::App { .. }));
        if let Some(trial) = trial.filter(|_| is_tried) {
            notes.extend(trial::run(trial, &payload, cache, progress)?);
        } else if !here {
            let name = plan.target.name();
            notes.push(format!("the app for {name} was not tried, since it does not run here"));
        }
        let shell = self.shell.path();
        let (artifacts, sbom) = installer::make(plan, &payload, shell, cache, progress)?;
        let (sizes, weight) = weigh(plan.app.name.as_str(), shell, &payload.layout);
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
            took: self.took + began.elapsed(),
        })
    }
}

/// Looks that the system can have every file of the payload, and gives what the author should know of
/// their paths.
fn check_names(plan: &BuildPlan, payload: &Payload) -> Result<Option<String>, BuildError> {
    let system = plan.target.system();
    if system == System::Linux {
        return Ok(None);
    }
    let root = payload.layout.root();
    let entries = WalkDir::new(root).min_depth(1).into_iter().flatten();
    let files = entries.filter(|entry| !entry.file_type().is_dir()).filter_map(|entry| {
        let path = entry.path().strip_prefix(root).ok()?;
        Some(Utf8PathBuf::from(path.to_str()?.replace('\\', "/")))
    });
    let files: Vec<Utf8PathBuf> = files.collect();
    let paths = || files.iter().map(Utf8PathBuf::as_path);
    let bad = bad_names(paths(), system);
    if !bad.is_empty() {
        return Err(BuildError::Names { target: plan.target.name(), bad });
    }
    let long = (system == System::Windows).then(|| too_long(paths(), &plan.app.package));
    Ok(long.flatten())
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
