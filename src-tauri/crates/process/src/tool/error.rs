use std::io;
use std::path::PathBuf;

use crate::ExitStatus;

/// Why a tool did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The program is not there, or the system did not start it.
    #[error("could not start `{program}`")]
    Start {
        /// The program, as it was named.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The folder to start in is not there.
    #[error("could not start `{program}` in the folder `{}`", directory.display())]
    Directory {
        /// The program, as it was named.
        program: String,
        /// The folder.
        directory: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It ended with another code than 0.
    #[error("`{program}` {status}")]
    Failed {
        /// The program, as it was named.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// Its last lines on the standard error, or on the standard output if there are none.
        #[source]
        source: Option<LastWords>,
    },
    /// Its [`Canceller`] was used.
    #[error("`{program}` was cancelled")]
    Cancelled {
        /// The program, as it was named.
        program: String,
    },
}

/// The last lines that a tool printed before it failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{lines}")]
pub struct LastWords {
    lines: String,
}

/// How many lines of a failed tool are kept in the error.
const LAST_LINES: usize = 20;

impl LastWords {
    /// The last lines of what was `printed`; `None` when it is blank.
    pub(super) fn of(printed: &str) -> Option<Self> {
        let lines: Vec<&str> = printed.trim_end().lines().collect();
        let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
        let lines = last.join("\n");
        (!lines.trim().is_empty()).then_some(Self { lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_words_are_the_last_lines() {
        let many: String = (0..100).map(|number| format!("line {number}\n")).collect();
        let words = LastWords::of(&many).map(|words| words.to_string()).unwrap_or_default();
        assert!(words.starts_with("line 80\n") && words.ends_with("line 99"), "{words}");
        assert_eq!(LastWords::of(" \n\n"), None);
    }
}
