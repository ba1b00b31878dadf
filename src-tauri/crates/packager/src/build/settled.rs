//! What is found out before anything is made of a plan: the interpreters, the author's own wheels, and
//! every version.

use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::error::BuildError;
use crate::cache::Cache;
use crate::own::{OwnBuild, OwnWheels};
use crate::payload::provision::ProvisionError;
use crate::plan::BuildPlan;
use crate::toolchain::{Toolchain, Wanted};
use crate::wheels::Wheels;
use crate::wheels::resolve::Resolution;
use crate::wheels::source_build::SourceBuild;
use crate::wheels::uv::Uv;
use crate::{Progress, Step};

/// What the rest stands on: interpreters, and a folder for files on the way.
#[derive(Debug)]
pub(crate) struct Ground<'p> {
    plan: &'p BuildPlan,
    folder: TempDir,
    pub toolchain: Toolchain,
    pub host_python: Utf8PathBuf,
}

/// Versions, hashes, and the author's own wheels.
#[derive(Debug)]
pub(crate) struct Settled {
    pub own: OwnWheels,
    pub resolution: Resolution,
}

impl<'p> Ground<'p> {
    /// Chooses Python, and makes the one ready that runs here.
    pub fn make(
        plan: &'p BuildPlan,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<Self, BuildError> {
        let folder = cache.temporary()?;
        let toolchain = Toolchain::provide(&wanted(plan), cache, progress)?;
        let host_python = toolchain.host_python();
        Ok(Self { plan, folder, toolchain, host_python })
    }

    /// What it is of.
    pub fn plan(&self) -> &'p BuildPlan {
        self.plan
    }

    /// Which interpreter the app gets.
    pub fn wanted(&self) -> Wanted<'p> {
        wanted(self.plan)
    }

    /// The folder for files on the way.
    pub fn folder(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).unwrap_or(&self.plan.cache)
    }

    /// How `uv` is run.
    pub fn uv(&self) -> Uv<'_> {
        Uv { program: &self.plan.uv, python: &self.host_python, offline: self.plan.offline }
    }

    /// The app's packages, with the author's own among them.
    pub fn wheels<'g>(&'g self, own: &'g OwnWheels) -> Wheels<'g> {
        let plan = self.plan;
        Wheels {
            requirements: &plan.requirements,
            needed: &plan.needed,
            target: &plan.target,
            root: &plan.root,
            no_run: plan.no_run,
            uv: self.uv(),
            python_version: self.toolchain.version(),
            folder: self.folder(),
            own,
        }
    }

    /// Makes the author's own wheels and settles all versions.
    pub fn settle(&self, cache: &Cache, progress: &dyn Progress) -> Result<Settled, BuildError> {
        let plan = self.plan;
        progress.step(Step::Resolve, None);
        let settings = plan.requirements.given.settings.for_building();
        let takes_compilers = !plan.own.is_empty();
        let wanted = self.wanted();
        let original = takes_compilers.then(|| self.toolchain.for_compilers(&wanted)).flatten();
        let own = OwnBuild {
            build: SourceBuild { uv: self.uv(), folder: self.folder(), settings: &settings },
            cache,
            python: original.as_deref(),
            target: &plan.target,
        };
        let own = own.make(&plan.own, progress)?;
        let resolution = self
            .wheels(&own)
            .resolve(cache, SystemTime::now(), progress)
            .map_err(ProvisionError::from)?;
        Ok(Settled { own, resolution })
    }
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
