use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{App, Downloads, Window};

use crate::config::Declaration;
use crate::files::{ProjectFiles, Selection};
use crate::identity::Identity;
use crate::locate::{self, Located};
use crate::plan_error::PlanError;
use crate::settings::Overrides;
use crate::{icon, source};

/// What a project is, as far as it can be known without its requirements: enough to run it where
/// it stands.
#[derive(Clone, Debug)]
pub struct Project {
    /// The project's folder, absolute.
    pub root: Utf8PathBuf,
    /// The script, relative to the folder.
    pub entry: Utf8PathBuf,
    /// The app's identity.
    pub app: App,
    /// The window, without its icon.
    pub window: Window,
    /// Where the page's downloads go.
    pub downloads: Downloads,
    /// The picture that is the icon; `None` where there is none.
    pub icon: Option<Utf8PathBuf>,
    /// Arguments that the script gets.
    pub arguments: Vec<String>,
}

/// Finds out what the project at `path` is; `script` is the one that the author chose, relative to the
/// project. Its code is not judged: mistakes in it are for the
/// page to show, where they go away when the file is saved.
///
/// # Errors
///
/// No project or no script there, or settings that are wrong.
pub fn discover(path: &Utf8Path, script: Option<&Utf8Path>) -> Result<Project, PlanError> {
    let located = Located::find(path)?;
    let root = located.root;
    let declaration = Declaration::read(&root)?;
    let files = ProjectFiles::select(&Selection {
        root: &root,
        outputs: &[],
        include: &declaration.config.include,
        exclude: &declaration.config.exclude,
        // Only names are asked for here.
        follow_links: false,
    })?;
    let names: BTreeSet<Utf8PathBuf> = files.files.into_iter().map(|file| file.path).collect();
    let named = script
        .map(Utf8Path::to_owned)
        .or(located.script)
        .or_else(|| declaration.config.entry.clone());
    let read = |file: &Utf8Path| source::read(&root.join(file));
    let entry = locate::entry(&root, named.as_deref(), &names, read)?.script;
    let overrides = Overrides::default();
    let identity = Identity::make(&root, &declaration, &overrides)?;
    Ok(Project {
        app: identity.app,
        window: identity.window,
        downloads: declaration.config.downloads,
        icon: icon::find(&root, &declaration, &overrides)?,
        arguments: declaration.config.arguments.clone(),
        entry,
        root,
    })
}
