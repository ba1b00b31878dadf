//! An app for a server: a folder of which an engine for containers makes an image, with what stands in
//! front of it. It is made of the same plan as an installer.

mod app;
pub(crate) mod base;
pub(crate) mod error;
mod facts;
mod folder;
pub(crate) mod keys;
pub(crate) mod packages;
mod render;
mod requirements;

use camino::Utf8PathBuf;
use waterskin_bundle::StagedDir;
use waterskin_project::LeftOut;

use crate::build::settled::Ground;
use crate::cache::Cache;
use crate::export::error::ExportError;
use crate::export::facts::Facts;
use crate::export::folder::ExportFolder;
use crate::export::requirements::Lists;
use crate::plan::BuildPlan;
use crate::plan::purpose::Purpose;
use crate::{Progress, Step};

/// What an export made, and of what.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The folder, absolute.
    pub folder: Utf8PathBuf,
    /// Its files, relative to it, sorted; without those that were there and are not the export's.
    pub files: Vec<Utf8PathBuf>,
    /// The image that the app's own stands on.
    pub base: String,
    /// The name and tag that the files give the app's image.
    pub image: String,
    /// The Python that the packages are chosen for, such as `3.12`.
    pub python: String,
    /// Full version of Streamlit.
    pub streamlit: String,
    /// The number of distributions.
    pub distributions: usize,
    /// The keys of `st.secrets` that the app asks for.
    pub secrets: Vec<String>,
    /// What of the project did not come along.
    pub left_out: Vec<LeftOut>,
    /// What the author should know.
    pub notes: Vec<String>,
}

/// Carries out a plan whose purpose is an export. It blocks until everything is done.
///
/// A new folder appears whole or not at all. One that is an earlier export gets file by file what
/// differs; what lies beside the export's own files stays. No program of the project is run but what
/// the plan names.
///
/// # Errors
///
/// [`ExportError`]; [`ExportError::hint`] says what the author can do about it.
pub fn export(plan: &BuildPlan, progress: &dyn Progress) -> Result<Exported, ExportError> {
    let folder = ExportFolder::look(&plan.output)?;
    let cache = Cache::open(&plan.cache)?;
    let ground = Ground::make(plan, &cache, progress)?;
    let settled = ground.settle(&cache, progress)?;
    let staged = StagedDir::new(&plan.output).map_err(|source| ExportError::Staging { source })?;
    let lists = Lists::make(plan, &settled, staged.path())?;
    app::copy(plan, staged.path(), progress)?;
    progress.step(Step::Export, None);
    let base = match &plan.purpose {
        Purpose::Export(base) => base.clone(),
        Purpose::Installers => base::Base::default(),
    };
    let python = ground.wheels(&settled.own).minor();
    let facts = Facts::of(plan, &settled, &lists, &base, python);
    render::all(&facts, &lists, staged.path())?;
    let files = folder.put(staged)?;
    let mut notes = plan.notes.clone();
    notes.extend(settled.own.notes.iter().cloned());
    notes.extend(settled.resolution.notes.iter().cloned());
    notes.extend(lists.notes);
    notes.extend(base.note());
    Ok(Exported {
        folder: plan.output.clone(),
        files,
        base: facts.base,
        image: format!("{}:{}", facts.name, facts.tag),
        python: facts.python,
        streamlit: settled.resolution.streamlit.clone(),
        distributions: settled.resolution.resolved.len(),
        secrets: keys::of(plan).into_iter().map(|key| key.name.to_owned()).collect(),
        left_out: plan.files.left_out.clone(),
        notes,
    })
}
