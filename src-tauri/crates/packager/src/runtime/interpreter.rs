use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use waterskin_process::{Tool, ToolError};

use super::{RuntimeError, minor};

/// What an interpreter says of itself. A virtual environment's interpreter speaks of the one
/// that it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Interpreter {
    /// `cpython` for the only one that we can pack.
    implementation: String,
    /// Full version, such as `3.11.7`.
    pub version: String,
    executable: Utf8PathBuf,
    /// Where it was installed.
    pub base_prefix: Utf8PathBuf,
    abi_flags: String,
    /// `lib`, or `lib64` on some systems: it is compiled into the interpreter (`PLATLIBDIR`).
    pub platlibdir: String,
    /// The folder with `os.py`.
    pub stdlib: Utf8PathBuf,
    /// The folder with `lib-dynload`; nearly always the same.
    pub platstdlib: Utf8PathBuf,
    /// The folder of a shared `libpython`, where there is one.
    pub libdir: Utf8PathBuf,
    /// Which of the extension modules that matter can be imported.
    pub modules: Vec<String>,
}

/// What asks the interpreter.
const QUESTION: &str = include_str!("interpreter.py");

impl Interpreter {
    /// Starts `python` and asks it.
    pub fn ask(python: &Utf8Path) -> Result<Self, RuntimeError> {
        let unusable =
            |reason: String| RuntimeError::Interpreter { python: python.to_owned(), reason };
        // What a version manager put on `PATH` chooses by files of the current folder.
        let empty = tempfile::tempdir().map_err(|error| unusable(error.to_string()))?;
        let program = camino::absolute_utf8(python).unwrap_or_else(|_| python.to_owned());
        let tool = Tool::new(program.as_std_path()).directory(empty.path());
        let answer = answer(tool).map_err(|error| unusable(one_line(&error)))?;
        let interpreter: Self = serde_json::from_str(&answer)
            .map_err(|_| unusable("it did not say where its parts are".to_owned()))?;
        if interpreter.implementation != "cpython" {
            return Err(unusable(format!("it is {}, not CPython", interpreter.implementation)));
        }
        Ok(interpreter)
    }

    /// `python3.11`, or `python3.13t` for a build without the global lock.
    pub fn name(&self) -> String {
        format!("python{}{}", minor(&self.version), self.abi_flags)
    }

    /// The executable that belongs to the installation. An environment made with copies has one
    /// of its own, which is of no use without the installation's.
    pub fn program(&self) -> Utf8PathBuf {
        let installed = self.base_prefix.join("bin").join(self.name());
        if installed.is_file() { installed } else { self.executable.clone() }
    }

    /// A module that Streamlit can't do without and that this interpreter does not have: it was
    /// built without the library, or the system's packages split it up.
    pub fn lacks(&self) -> Option<&'static str> {
        const NEEDED: [&str; 6] = ["_asyncio", "_ctypes", "_hashlib", "_socket", "_ssl", "zlib"];
        NEEDED.into_iter().find(|needed| !self.modules.iter().any(|module| module == needed))
    }
}

/// Whether `version` is what `wanted` asks for: the same parts, as far as `wanted` names them.
pub(super) fn matches(version: &str, wanted: &str) -> bool {
    let mut parts = version.split('.');
    wanted.split('.').all(|part| parts.next() == Some(part))
}

/// The first modules that the interpreter in the payload must have, since the one that it was
/// copied from has them.
pub(super) fn modules(tool: Tool) -> Result<Vec<String>, String> {
    #[derive(Deserialize)]
    struct Answer {
        modules: Vec<String>,
    }
    let answer = answer(tool).map_err(|error| one_line(&error))?;
    let answer: Answer = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
    Ok(answer.modules)
}

/// `-B`, since an import would leave bytecode files that depend on times.
fn answer(python: Tool) -> Result<String, ToolError> {
    let output = python.args(["-I", "-B", "-c", QUESTION]).run(&mut |_, _| {})?;
    Ok(output.stdout.lines().last().unwrap_or_default().to_owned())
}

/// What a failed tool said last, which names the matter; a traceback ends with it too.
pub(super) fn one_line(error: &ToolError) -> String {
    let last = match error {
        ToolError::Failed { source: Some(words), .. } => {
            words.to_string().lines().last().map(|line| line.trim().to_owned())
        }
        ToolError::Start { source, .. } => Some(format!("{error}: {source}")),
        _ => None,
    };
    last.unwrap_or_else(|| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_matches_as_far_as_the_wanted_one_goes() {
        assert!(matches("3.11.7", "3.11"));
        assert!(matches("3.11.7", "3.11.7"));
        assert!(matches("3.11.7", "3"));
        assert!(!matches("3.11.7", "3.1"), "parts are compared, not letters");
        assert!(!matches("3.11.7", "3.11.70"));
        assert!(!matches("3.11", "3.11.7"));
    }
}
