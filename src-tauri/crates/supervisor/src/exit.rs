use std::error::Error;
use std::fmt;
use std::time::Duration;

use waterskin_process::ExitStatus;

/// Why a program does not run any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It was never started.
    NotStarted {
        /// The error with its causes.
        reason: String,
    },
    /// It ended by itself, or somebody else ended it.
    Ended {
        /// How.
        status: ExitStatus,
        /// Whether it had been ready.
        ready: bool,
    },
    /// It ran, and the check for its readiness failed; it was ended.
    NotReady {
        /// The error with its causes.
        reason: String,
    },
    /// It ran and did not answer in time; it was ended.
    Unresponsive {
        /// How long it was waited for.
        waited: Duration,
    },
}

impl fmt::Display for Exit {
    /// What happened, to follow the program's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted { reason } => write!(f, "could not be started: {reason}"),
            Self::Ended { status, ready: true } => write!(f, "{status}"),
            Self::Ended { status, ready: false } => write!(f, "{status} before it was ready"),
            Self::NotReady { reason } => write!(f, "did not become ready: {reason}"),
            Self::Unresponsive { waited } => {
                write!(f, "did not answer within {} seconds", waited.as_secs())
            }
        }
    }
}

/// `error` and its causes on one line.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_happened() {
        let status = ExitStatus::exited(1);
        let texts = [
            (Exit::Ended { status, ready: true }, "exited with code 1"),
            (Exit::Ended { status, ready: false }, "exited with code 1 before it was ready"),
            (
                Exit::Unresponsive { waited: Duration::from_secs(60) },
                "did not answer within 60 seconds",
            ),
            (Exit::NotStarted { reason: "no".into() }, "could not be started: no"),
            (Exit::NotReady { reason: "no".into() }, "did not become ready: no"),
        ];
        for (exit, expected) in texts {
            assert_eq!(exit.to_string(), expected);
        }
    }

    #[test]
    fn names_every_cause_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("could not start")]
        struct Outer(#[source] std::fmt::Error);
        let text = chain(&Outer(std::fmt::Error));
        assert_eq!(text, format!("could not start: {}", std::fmt::Error));
    }
}
