//! What a format needs of a build: the tree that is installed, what is kept, and who is told.

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Payload;
use waterskin_installers::{
    Artifact, Format, FormatError, InstallTree, Job, Kept, Needs, Program, Progress as Told, Store,
};

use crate::build::error::BuildError;
use crate::cache::{Cache, CacheError, Entry};
use crate::elf::{self, Glibc};
use crate::payload::provision::RECIPE;
use crate::plan::BuildPlan;
use crate::{Progress, Step};

/// Makes every file that the plan has, and the bill of materials beside them.
pub(crate) fn make(
    plan: &BuildPlan,
    payload: &Payload,
    shell: &Utf8Path,
    cache: &Cache,
    progress: &dyn Progress,
) -> Result<(Vec<Artifact>, Option<Utf8PathBuf>), BuildError> {
    let Some(first) = plan.formats.first() else { return Ok((Vec::new(), None)) };
    let failed = |format: &'static dyn Format| {
        move |source| BuildError::Format { format, source: Box::new(source) }
    };
    let tree = tree(plan, payload, shell).map_err(failed(*first))?;
    let make = |format: &&'static dyn Format| {
        let build = Build { cache, progress, name: format.name() };
        let (output, options) = (plan.output.as_path(), &plan.format_options);
        let job = Job { output, options, store: &build, progress: &build };
        format.write(&tree, &job).map_err(failed(*format))
    };
    let artifacts = plan.formats.iter().map(make).collect::<Result<_, _>>()?;
    let sbom = tree.write_sbom(&plan.output).map_err(failed(*first))?;
    Ok((artifacts, Some(sbom)))
}

fn tree<'a>(
    plan: &'a BuildPlan,
    payload: &'a Payload,
    shell: &'a Utf8Path,
) -> Result<InstallTree<'a>, FormatError> {
    let (libraries, glibc) = linked(shell)?;
    let minimum = &payload.manifest.minimum;
    let needs = Needs {
        glibc: minimum.glibc.parse().ok().max(glibc).map_or_else(String::new, |it| it.to_string()),
        webkitgtk: minimum.webkitgtk.clone(),
        packages: plan.system_packages.clone(),
        wishes: plan.wished_packages.clone(),
    };
    let program = Program { file: shell, libraries };
    InstallTree::new(payload, program, plan.icon.as_deref(), needs)
}

/// The libraries that a program for Linux is linked with, and the oldest C library that will do;
/// nothing of any other program.
fn linked(program: &Utf8Path) -> Result<(Vec<String>, Option<Glibc>), FormatError> {
    let read = |source| FormatError::Read {
        path: program.to_owned(),
        source: std::io::Error::other(source),
    };
    if !elf::is_elf(program).map_err(read)? {
        return Ok((Vec::new(), None));
    }
    let file = elf::Elf::read(program).map_err(read)?;
    Ok((file.needed, file.glibc))
}

/// A build, as the format with this name sees it.
struct Build<'a> {
    cache: &'a Cache,
    progress: &'a dyn Progress,
    name: &'static str,
}

impl Told for Build<'_> {
    fn begin(&self, bytes: u64) {
        self.progress.step(Step::Installer(self.name), Some(bytes));
    }

    fn advance(&self, bytes: u64) {
        self.progress.advance(bytes);
    }

    fn note(&self, text: &str) {
        self.progress.note(text);
    }
}

impl Store for Build<'_> {
    fn folder(
        &self,
        kind: &str,
        key: &str,
        make: &mut dyn FnMut(&Utf8Path) -> Result<(), FormatError>,
    ) -> Result<Box<dyn Kept>, FormatError> {
        let key = format!("{RECIPE} {key}");
        Ok(Box::new(self.cache.entry(kind, &key, self.progress, make)?))
    }
}

impl Kept for Entry {
    fn path(&self) -> &Utf8Path {
        self.path()
    }
}

impl From<CacheError> for FormatError {
    fn from(error: CacheError) -> Self {
        Self::Store { source: Box::new(error) }
    }
}
