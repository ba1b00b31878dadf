use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{App, Downloads, Window};

use crate::code::source;
use crate::error::ProjectError;
use crate::files::{ProjectFiles, Selection};
use crate::script::arguments::{self, Started};
use crate::script::candidates::Chosen;
use crate::script::locate::{self, Located};
use crate::settings::config::Declaration;
use crate::settings::icon;
use crate::settings::identity::Identity;
use crate::settings::overrides::Overrides;

/// What a project is, as far as it can be known without its code and its requirements: enough to
/// run it where it stands.
#[derive(Clone, Debug)]
pub struct Outline {
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

impl Outline {
    /// Finds out what the project at `path` is; `script` is the one that the author chose, relative to
    /// the project, and `rules` are what its settings may switch in `trim`. Its code is not judged:
    /// mistakes in it are for the page to show, where they go away when the file is saved.
    ///
    /// # Errors
    ///
    /// No project or no script there, or settings that are wrong.
    pub fn read(
        path: &Utf8Path,
        script: Option<&Utf8Path>,
        rules: &[&str],
    ) -> Result<Self, ProjectError> {
        // Only names are asked for here, so links need not be followed.
        let begun = Begun::read(path, script, rules, &[], false)?;
        let Begun { root, declaration, chosen, started, .. } = begun;
        let overrides = Overrides::default();
        let identity = Identity::make(&root, &declaration, &overrides)?;
        Ok(Self {
            app: identity.app,
            window: identity.window,
            downloads: declaration.config.downloads,
            icon: icon::find(&root, &declaration, &overrides)?,
            arguments: started.arguments,
            entry: chosen.script,
            root,
        })
    }
}

/// What everything else that is read of a project begins with.
pub(crate) struct Begun {
    pub root: Utf8PathBuf,
    pub declaration: Declaration,
    pub files: ProjectFiles,
    /// The paths of the files.
    pub names: BTreeSet<Utf8PathBuf>,
    pub chosen: Chosen,
    /// The script's arguments: those of the settings, or else of what starts it.
    pub started: Started,
}

impl Begun {
    pub fn read(
        path: &Utf8Path,
        script: Option<&Utf8Path>,
        rules: &[&str],
        outputs: &[&Utf8Path],
        follow_links: bool,
    ) -> Result<Self, ProjectError> {
        let located = Located::find(path)?;
        let root = located.root;
        let declaration = Declaration::read(&root, rules)?;
        let files = ProjectFiles::select(&Selection {
            root: &root,
            outputs,
            include: &declaration.config.include,
            exclude: &declaration.config.exclude,
            follow_links,
        })?;
        let names: BTreeSet<Utf8PathBuf> =
            files.files.iter().map(|file| file.path.clone()).collect();
        let named = script.map(Utf8Path::to_owned).or(located.script);
        let named = named.or_else(|| declaration.config.entry.clone());
        let read = |file: &Utf8Path| source::read(&root.join(file));
        let chosen = locate::entry(&root, named.as_deref(), &names, read)?;
        let started = match &declaration.config.arguments {
            Some(arguments) => Started { arguments: arguments.clone(), note: None },
            None => arguments::started(&chosen.script, &names, read),
        };
        Ok(Self { root, declaration, files, names, chosen, started })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_arguments_win_over_those_of_a_starter() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::write(root.join("app.py"), "import streamlit").unwrap();
        fs_err::write(root.join("Procfile"), "web: streamlit run app.py -- --demo").unwrap();
        let arguments = || Outline::read(root, None, &[]).unwrap().arguments;
        assert_eq!(arguments(), ["--demo"]);
        for (settings, expected) in [("arguments = []", &[][..]), ("arguments = ['x']", &["x"])] {
            fs_err::write(root.join("waterskin.toml"), settings).unwrap();
            assert_eq!(arguments(), expected, "{settings}");
        }
    }
}
