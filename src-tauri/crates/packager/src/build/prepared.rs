//! A build whose versions, packages and programs are all known, with nothing laid down yet.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;
use walkdir::WalkDir;
use waterskin_bundle::{Layout, Payload, System};
use waterskin_project::{NeededModule, ProjectFiles, distribution_of, module_of, normalized};

use super::error::BuildError;
use super::shell::{Fetching, ShellProgram};
use super::weight::Weight;
use super::{BuildOutcome, Sizes, installer, manifest};
use crate::cache::Cache;
use crate::copy::Method;
use crate::names::{bad_names, too_long};
use crate::own::{OwnBuild, OwnWheels};
use crate::payload::Parts;
use crate::payload::provision::{Packages, ProvisionError};
use crate::plan::BuildPlan;
use crate::plan::runs::Run;
use crate::runtime::{runs_here, tk};
use crate::toolchain::{Toolchain, Wanted};
use crate::trial::{self, Trial};
use crate::wheels::Wheels;
use crate::wheels::resolve::Resolution;
use crate::wheels::resolved::Resolved;
use crate::wheels::source_build::SourceBuild;
use crate::wheels::uv::Uv;
use crate::{Progress, Step};

/// What one plan needs, found out and fetched as far as it takes to know that nothing is missing.
pub(super) struct Prepared<'p> {
    plan: &'p BuildPlan,
    /// For files on the way.
    folder: TempDir,
    toolchain: Toolchain,
    host_python: Utf8PathBuf,
    shell: ShellProgram,
    own: OwnWheels,
    resolution: Resolution,
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
        let temporary = cache.temporary()?;
        let folder = path_of(&temporary, plan);
        let wanted = wanted(plan);
        let toolchain = Toolchain::provide(&wanted, cache, progress)?;
        let host_python = toolchain.host_python();
        let uv = uv(plan, &host_python);
        let given = &plan.requirements.given;
        let fetching = Fetching { uv, links: &plan.find_links, folder, cache };
        let shell = fetching.program(&plan.shell, progress)?;
        progress.step(Step::Resolve, None);
        let settings = given.settings.for_building();
        let takes_compilers = !plan.own.is_empty();
        let original = takes_compilers.then(|| toolchain.for_compilers(&wanted)).flatten();
        let own = OwnBuild {
            build: SourceBuild { uv, folder, settings: &settings },
            cache,
            python: original.as_deref(),
            target: &plan.target,
        };
        let own = own.make(&plan.own, progress)?;
        let wheels = wheels(plan, uv, toolchain.version(), folder, &own);
        let resolution =
            wheels.resolve(cache, SystemTime::now(), progress).map_err(ProvisionError::from)?;
        let took = began.elapsed();
        Ok(Self { plan, folder: temporary, toolchain, host_python, shell, own, resolution, took })
    }

    /// What it is of.
    pub fn plan(&self) -> &'p BuildPlan {
        self.plan
    }

    /// Fills the payload, tries it, and makes every file that the plan has.
    pub fn finish(
        self,
        trial: Option<&dyn Trial>,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<BuildOutcome, BuildError> {
        let began = Instant::now();
        let (plan, resolution, host_python) = (self.plan, &self.resolution, &self.host_python);
        let folder = path_of(&self.folder, plan);
        let base = self.toolchain.ship(&wanted(plan), cache, progress)?;
        let wheels =
            wheels(plan, uv(plan, host_python), self.toolchain.version(), folder, &self.own);
        let packages =
            Packages::provide(&wheels, &plan.trim, resolution, &base.facts, cache, progress)?;
        let mut notes = plan.notes.clone();
        notes.extend(self.own.notes.iter().cloned());
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
            &self.own,
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
            None => (folder.join(Layout::PAYLOAD), Method::Link),
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

fn path_of<'f>(folder: &'f TempDir, plan: &'f BuildPlan) -> &'f Utf8Path {
    Utf8Path::from_path(folder.path()).unwrap_or(&plan.cache)
}

fn wanted(plan: &BuildPlan) -> Wanted<'_> {
    Wanted {
        python: &plan.python,
        target: &plan.target,
        project: &plan.root,
        cache: &plan.cache,
        uv: &plan.uv,
        offline: plan.offline,
        tk: plan.tk.is_some(),
    }
}

fn uv<'p>(plan: &'p BuildPlan, python: &'p Utf8Path) -> Uv<'p> {
    Uv { program: &plan.uv, python, offline: plan.offline }
}

fn wheels<'p>(
    plan: &'p BuildPlan,
    uv: Uv<'p>,
    python_version: &'p str,
    folder: &'p Utf8Path,
    own: &'p OwnWheels,
) -> Wheels<'p> {
    Wheels {
        requirements: &plan.requirements,
        needed: &plan.needed,
        target: &plan.target,
        root: &plan.root,
        no_run: plan.no_run,
        uv,
        python_version,
        folder,
        own,
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
