use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::code::imports::SyntaxError;
use crate::script::candidates::{Candidate, Candidates, Chosen, USUAL};
use crate::settings::config::{PYPROJECT_TOML, WATERSKIN_TOML};

/// Files that say that a folder is a project's.
const MARKERS: [&str; 10] = [
    WATERSKIN_TOML,
    PYPROJECT_TOML,
    "uv.lock",
    "pylock.toml",
    "Pipfile",
    "environment.yml",
    "environment.yaml",
    "requirements.txt",
    "setup.cfg",
    "setup.py",
];

/// Where a project is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    /// Its folder, absolute and without links.
    pub root: Utf8PathBuf,
    /// The script, relative to it, when the author named one.
    pub script: Option<Utf8PathBuf>,
}

/// Why there is no project to build.
#[derive(Debug, thiserror::Error)]
pub enum LocateError {
    /// The path leads to nothing.
    #[error("there is nothing at `{path}`")]
    Missing {
        /// The path.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file that is no script.
    #[error("`{path}` is neither a folder nor a Python script")]
    NoScript {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The folder is one that holds everything, such as a home folder.
    #[error("`{root}` is too much to be one project")]
    TooMuch {
        /// The folder.
        root: Utf8PathBuf,
    },
    /// No script that uses Streamlit.
    #[error("found no Streamlit app in `{root}`")]
    NoEntry {
        /// The folder.
        root: Utf8PathBuf,
    },
    /// Several scripts that use Streamlit, and none with a usual name.
    #[error("several scripts in `{root}` use Streamlit: {}", shown(.scripts))]
    ManyEntries {
        /// The folder.
        root: Utf8PathBuf,
        /// The scripts, those first that are most likely meant. There are at least two.
        scripts: Vec<Candidate>,
    },
    /// The script that was named is not among the project's files.
    #[error("the script `{entry}` is not in `{root}`")]
    EntryMissing {
        /// The folder.
        root: Utf8PathBuf,
        /// The script as it was named.
        entry: Utf8PathBuf,
    },
    /// A script that Python could not run.
    #[error("`{file}:{}` is not valid Python", .source.line)]
    Syntax {
        /// The script, relative to the project.
        file: Utf8PathBuf,
        /// Where and why.
        #[source]
        source: SyntaxError,
    },
    /// A script that can't be read.
    #[error("could not read `{file}`")]
    Read {
        /// The script.
        file: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl LocateError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing { .. } | Self::NoScript { .. } => {
                "give the app's folder, or its script such as `app.py`".into()
            }
            Self::TooMuch { .. } => {
                "put the app in a folder of its own: all of the folder goes into the package".into()
            }
            Self::NoEntry { .. } => format!(
                "name the script one of {}, or give its path instead of the folder's",
                quoted(&USUAL)
            ),
            Self::ManyEntries { root, scripts } => match scripts.first() {
                Some(first) => which("build", root, &first.script),
                None => return None,
            },
            Self::EntryMissing { .. } => {
                "`entry` is relative to the project's folder, and must not be left out".into()
            }
            Self::Syntax { file, .. } => format!("see what Python says: `python {file}`"),
            Self::Read { .. } => {
                "Python scripts must be readable, and in UTF-8 or in the encoding that their first line names (`# coding: latin-1`)".into()
            }
        })
    }
}

/// How the author says which script it is, with the command to type where a path alone says it.
pub fn which(command: &str, root: &Utf8Path, script: &Utf8Path) -> String {
    let path = root.join(script);
    let quoted = |path: &Utf8Path| match path.as_str() {
        path if path.contains(' ') => format!("\"{path}\""),
        path => path.to_owned(),
    };
    // A script in a folder of its own may be taken for a project of its own.
    let typed = match Located::find(&path) {
        Ok(found) if found.root == root => quoted(&path),
        _ => format!("{} --entry {}", quoted(root), quoted(script)),
    };
    format!(
        "say which: `waterskin {command} {typed}`, or write `entry = \"{script}\"` to `waterskin.toml`"
    )
}

fn shown(scripts: &[Candidate]) -> String {
    let text = |candidate: &Candidate| match candidate.because.as_slice() {
        [] => format!("`{}`", candidate.script),
        because => format!("`{}` ({})", candidate.script, because.join(", ")),
    };
    scripts.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn quoted(names: &[impl AsRef<str>]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    names.join(", ")
}

impl Located {
    /// Finds the project's folder from the path that the author gave. A script belongs to the
    /// nearest folder above it that has a project's files, and otherwise to its own folder.
    pub fn find(path: &Utf8Path) -> Result<Self, LocateError> {
        let real = path
            .canonicalize_utf8()
            .map_err(|source| LocateError::Missing { path: path.to_owned(), source })?;
        let located = if real.is_dir() {
            Self { root: real, script: None }
        } else if real.extension() == Some("py") {
            let root = project_of(&real);
            let script = real.strip_prefix(&root).unwrap_or(&real).to_owned();
            Self { root, script: Some(script) }
        } else {
            return Err(LocateError::NoScript { path: path.to_owned() });
        };
        if holds_everything(&located.root) {
            return Err(LocateError::TooMuch { root: located.root });
        }
        Ok(located)
    }
}

fn project_of(script: &Utf8Path) -> Utf8PathBuf {
    let own = script.parent().unwrap_or(script);
    for folder in own.ancestors().take_while(|folder| !holds_everything(folder)) {
        if MARKERS.iter().any(|marker| folder.join(marker).is_file()) {
            return folder.to_owned();
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    own.to_owned()
}

/// The root of a file system, the home folder, and what is above it.
pub(crate) fn holds_everything(folder: &Utf8Path) -> bool {
    let home = std::env::home_dir().and_then(|home| home.canonicalize().ok());
    folder.parent().is_none() || home.is_some_and(|home| home.starts_with(folder))
}

/// Decides which script is the app, among the Python files that come along. `read` gives a file's
/// text.
pub(crate) fn entry(
    root: &Utf8Path,
    named: Option<&Utf8Path>,
    files: &BTreeSet<Utf8PathBuf>,
    read: impl FnMut(&Utf8Path) -> std::io::Result<String>,
) -> Result<Chosen, LocateError> {
    let mut candidates = Candidates::new(files, read);
    if let Some(named) = named {
        let named = named.strip_prefix("./").unwrap_or(named);
        let script = files.get(named).ok_or_else(|| LocateError::EntryMissing {
            root: root.to_owned(),
            entry: named.to_owned(),
        })?;
        return Ok(candidates.behind(script));
    }
    match candidates.best() {
        Ok(Some(chosen)) => Ok(chosen),
        Ok(None) => Err(LocateError::NoEntry { root: root.to_owned() }),
        Err(scripts) => Err(LocateError::ManyEntries { root: root.to_owned(), scripts }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ST: &str = "import streamlit as st";

    fn choose(named: Option<&str>, files: &[(&str, &str)]) -> Result<String, LocateError> {
        let names = files.iter().map(|(name, _)| Utf8PathBuf::from(*name)).collect();
        let read = |path: &Utf8Path| {
            let file = files.iter().find(|(name, _)| path == *name);
            Ok(file.map(|(_, text)| (*text).to_owned()).unwrap_or_default())
        };
        entry("/p".into(), named.map(Utf8Path::new), &names, read).map(|it| it.script.into_string())
    }

    #[test]
    fn the_script_is_found() {
        for (files, expected) in [
            (vec![("app.py", ST), ("streamlit_app.py", ST)], "streamlit_app.py"),
            (vec![("main.py", "import fastapi"), ("board.py", ST)], "board.py"),
            (vec![("main.py", "import own_ui"), ("own_ui/__init__.py", ST)], "main.py"),
            (vec![("pages/a.py", ST), ("tests/t.py", ST), ("x é.py", ST)], "x é.py"),
            (vec![("src/ui/start.py", ST), ("setup.py", "x")], "src/ui/start.py"),
            (vec![("start.py", ST), ("lib/widgets.py", ST)], "start.py"),
            (vec![("app.py", "def f(:"), ("other.py", ST)], "app.py"),
        ] {
            assert_eq!(choose(None, &files).unwrap(), expected, "{files:?}");
        }
    }

    #[test]
    fn the_author_may_name_it() {
        let files = [("a.py", ST), ("b.py", ST)];
        assert_eq!(choose(Some("./b.py"), &files).unwrap(), "b.py");
        assert!(matches!(choose(Some("c.py"), &files), Err(LocateError::EntryMissing { .. })));
    }

    #[test]
    fn nothing_and_too_many_are_told_apart() {
        assert!(matches!(choose(None, &[("data.csv", "")]), Err(LocateError::NoEntry { .. })));
        let error = choose(None, &[("a.py", ST), ("b.py", ST)]).unwrap_err();
        assert_eq!(error.to_string(), "several scripts in `/p` use Streamlit: `a.py`, `b.py`");
        assert_eq!(
            error.hint().unwrap(),
            "say which: `waterskin build /p --entry a.py`, or write `entry = \"a.py\"` to `waterskin.toml`"
        );
    }

    #[test]
    fn a_script_belongs_to_the_project_around_it() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap().canonicalize_utf8().unwrap();
        let script = root.join("my project/src/app é.py");
        fs_err::create_dir_all(script.parent().unwrap()).unwrap();
        fs_err::write(&script, ST).unwrap();
        let found = Located::find(&script).unwrap();
        assert_eq!(found.root, root.join("my project/src"));
        for list in ["Pipfile", "environment.yml", "setup.py"] {
            let list = root.join("my project").join(list);
            fs_err::write(&list, "").unwrap();
            assert_eq!(Located::find(&script).unwrap().root, root.join("my project"), "{list}");
            fs_err::remove_file(&list).unwrap();
        }
        fs_err::write(root.join("my project/pyproject.toml"), "").unwrap();
        let found = Located::find(&script).unwrap();
        assert_eq!(found.root, root.join("my project"));
        assert_eq!(found.script.unwrap(), "src/app é.py");
        let found = Located::find(&root.join("my project/src/..")).unwrap();
        assert_eq!((found.root, found.script), (root.join("my project"), None));
    }

    #[test]
    fn paths_that_are_no_project() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::write(root.join("x.txt"), "").unwrap();
        assert!(matches!(Located::find(&root.join("x.txt")), Err(LocateError::NoScript { .. })));
        assert!(matches!(Located::find(&root.join("none")), Err(LocateError::Missing { .. })));
        assert!(matches!(Located::find("/".into()), Err(LocateError::TooMuch { .. })));
    }
}
