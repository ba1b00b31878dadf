use std::io;

use camino::Utf8PathBuf;
use waterskin_bundle::Target;
use waterskin_process::ToolError;

use crate::elf::ElfError;

/// Why there is no interpreter for the payload.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// Neither a standalone build nor an interpreter of this machine.
    #[error("found no Python {version}: {reason}")]
    Nowhere {
        /// The version that was wanted.
        version: String,
        /// Why there is no standalone build.
        reason: String,
    },
    /// Another system's interpreter can only be a standalone build, and there is none.
    #[error("found no Python for {}: {reason}", Target::of(triple).name())]
    Foreign {
        /// The target.
        triple: String,
        /// Why there is no standalone build.
        reason: String,
    },
    /// What the author named is no CPython, or can't be started.
    #[error("`{python}` is not a usable Python: {reason}")]
    Interpreter {
        /// What was named.
        python: Utf8PathBuf,
        /// What is wrong with it, in one line.
        reason: String,
    },
    /// The interpreter that the author named has another version than the project wants.
    #[error("`{python}` is Python {found}, and the project wants {wanted}")]
    Version {
        /// The interpreter.
        python: Utf8PathBuf,
        /// The version wanted.
        wanted: String,
        /// Its version.
        found: String,
    },
    /// An interpreter of this kind of system can't be made relocatable.
    #[error("an installed Python can't be made relocatable on `{triple}`")]
    Unsupported {
        /// The target.
        triple: String,
    },
    /// A file could not be read, copied or changed.
    #[error("could not {action} `{path}`")]
    File {
        /// What was being done, such as `copy`.
        action: &'static str,
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file of the interpreter has a name that is not UTF-8.
    #[error("the name of `{path}` is not UTF-8")]
    Name {
        /// The name, with the bad bytes replaced.
        path: String,
    },
    /// A program or library could not be read or changed.
    #[error(transparent)]
    Elf(#[from] ElfError),
    /// A library that the interpreter itself needs is nowhere.
    #[error("`{needed_by}` needs the library `{name}`, which is not on this machine")]
    Library {
        /// The library's name.
        name: String,
        /// The file that needs it.
        needed_by: Utf8PathBuf,
    },
    /// A program that was needed failed.
    #[error("could not {action}")]
    Tool {
        /// What was being done.
        action: &'static str,
        /// The program's failure.
        #[source]
        source: ToolError,
    },
    /// The interpreter in the payload doesn't start, or lost modules on its way.
    #[error("the copied Python in `{prefix}` does not work: {reason}")]
    Broken {
        /// The payload's `python` folder.
        prefix: Utf8PathBuf,
        /// What happened when it was started, in one line.
        reason: String,
    },
}

impl RuntimeError {
    /// For `map_err` on what `std::io` returns.
    pub(super) fn file(
        action: &'static str,
        path: impl Into<Utf8PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
