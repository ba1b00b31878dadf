use std::fmt;

use camino::Utf8PathBuf;
use serde::{Serialize, Serializer};
use waterskin_project::SignCommand;

/// Something that a build executes and that is not Waterskin's own. Planning executes none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// A program in the project's folder.
    Program {
        /// Its path, absolute.
        program: Utf8PathBuf,
    },
    /// What makes an installable package of a source.
    Backend {
        /// Whose, as the author knows it: `` `yfinance` ``, or a phrase where nobody knows it yet.
        of: String,
    },
    /// What signs programs and finished files.
    Sign {
        /// The author's command.
        command: SignCommand,
    },
    /// The app itself, at the end of the build.
    App {
        /// The script, relative to the project.
        entry: Utf8PathBuf,
    },
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program { program } => write!(f, "`{program}`"),
            Self::Backend { of } => write!(f, "the build backend of {of}"),
            Self::Sign { command } => write!(f, "`{command}`, for what is handed out"),
            Self::App { entry } => {
                write!(f, "`{entry}`, once at the end, to see whether the app starts")
            }
        }
    }
}

/// As people read it: scripts have no use for its parts.
impl Serialize for Run {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
