use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use waterskin_process::Tool;

/// The author's interpreter, with what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Interpreter {
    /// The executable, as it was found.
    #[serde(skip)]
    pub executable: Utf8PathBuf,
    /// Python's version.
    pub version: String,
    /// Streamlit's version, if it is installed.
    pub streamlit: Option<String>,
    /// Streamlit's folder of static files.
    pub statics: Option<Utf8PathBuf>,
}

impl fmt::Display for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let streamlit = self.streamlit.as_deref().unwrap_or("?");
        let Self { version, executable, .. } = self;
        write!(f, "Python {version} with Streamlit {streamlit} (`{executable}`)")
    }
}

/// Why no interpreter can run the project.
#[derive(Debug, thiserror::Error)]
pub enum InterpreterError {
    /// None was found.
    #[error("there is no Python to run the project on")]
    Missing,
    /// It could not be asked.
    #[error("could not ask `{python}` about itself")]
    Ask {
        /// The interpreter.
        python: Utf8PathBuf,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It has no Streamlit.
    #[error("Streamlit is not installed for `{python}` (Python {version})")]
    NoStreamlit {
        /// The interpreter.
        python: Utf8PathBuf,
        /// Its version.
        version: String,
    },
}

impl InterpreterError {
    /// What the author can do.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing | Self::Ask { .. } => {
                "name one with `--python FILE`, or make a virtual environment in the project's folder with `uv venv`".to_owned()
            }
            Self::NoStreamlit { python, .. } => {
                format!("install it with `uv pip install --python \"{python}\" streamlit`, or name another interpreter with `--python FILE`")
            }
        }
    }
}

/// Asks without importing Streamlit, which would take half a second.
const QUESTION: &str = "
import importlib.metadata, importlib.util, json, os, sys
spec = importlib.util.find_spec('streamlit')
try:
    version = importlib.metadata.version('streamlit') if spec else None
except importlib.metadata.PackageNotFoundError:
    version = None
statics = os.path.join(os.path.dirname(spec.origin), 'static') if spec and spec.origin else None
json.dump({'version': sys.version.split()[0], 'streamlit': version, 'statics': statics}, sys.stdout)
";

/// Finds the interpreter for the project in `folder` and asks it.
pub fn find(given: Option<&Utf8Path>, folder: &Utf8Path) -> Result<Interpreter, InterpreterError> {
    let python = match given {
        Some(python) => given_path(python),
        None => candidates(folder)
            .into_iter()
            .find(|path| path.is_file())
            .or_else(on_path)
            .ok_or(InterpreterError::Missing)?,
    };
    let ask = |source| InterpreterError::Ask { python: python.clone(), source };
    let output = Tool::new(python.as_std_path())
        .args(["-c", QUESTION])
        .directory(folder.as_std_path())
        .run(&mut |_, _| {})
        .map_err(|error| ask(Box::new(error)))?;
    let mut interpreter: Interpreter =
        serde_json::from_str(&output.stdout).map_err(|error| ask(Box::new(error)))?;
    interpreter.executable = python;
    if interpreter.streamlit.is_none() {
        return Err(InterpreterError::NoStreamlit {
            python: interpreter.executable,
            version: interpreter.version,
        });
    }
    Ok(interpreter)
}

/// What the author named, from wherever it is started: a name is looked up on `PATH`, a path counts
/// from the current folder. A file of that folder, which may be anybody's, is not taken for a
/// program that is asked for by name.
pub fn given_path(python: &Utf8Path) -> Utf8PathBuf {
    let is_name = python.components().count() == 1;
    let found = is_name.then(|| waterskin_process::find(python.as_str())).flatten();
    found
        .and_then(|path| Utf8PathBuf::from_path_buf(path).ok())
        .or_else(|| camino::absolute_utf8(python).ok())
        .unwrap_or_else(|| python.to_owned())
}

/// Where an author's interpreter usually is, best first.
fn candidates(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let inner = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let active = std::env::var("VIRTUAL_ENV").ok().map(Utf8PathBuf::from);
    active
        .into_iter()
        .chain([".venv", "venv"].map(|name| folder.join(name)))
        .map(|environment| environment.join(inner))
        .collect()
}

fn on_path() -> Option<Utf8PathBuf> {
    let found = ["python3", "python"].into_iter().find_map(waterskin_process::find)?;
    Utf8PathBuf::from_path_buf(found).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_file_of_the_current_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sh"), "").unwrap();
        std::env::set_current_dir(folder.path()).unwrap();
        let here = Utf8PathBuf::from_path_buf(std::env::current_dir().unwrap()).unwrap();
        let found = given_path("sh".into());
        assert!(found.is_absolute() && !found.starts_with(&here), "{found}");
        assert!(given_path("./sh".into()).starts_with(&here));
    }
}
