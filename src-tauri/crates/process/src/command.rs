use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::{Child, TerminalOutput, terminal};

/// A program to start in a terminal of its own.
pub struct Command {
    /// The program's file; not looked up on the `PATH`.
    pub program: PathBuf,
    /// What follows the program's name.
    pub arguments: Vec<OsString>,
    /// The whole environment: nothing is inherited. (On Unix `SHELL` is added when it is missing,
    /// by portable-pty 0.9.0, `CommandBuilder::as_command`.)
    pub environment: Vec<(OsString, OsString)>,
    /// The folder to start in.
    pub directory: PathBuf,
    /// The terminal's size.
    pub size: Size,
}

/// The size of a terminal in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Characters in a line.
    pub columns: u16,
    /// Lines.
    pub rows: u16,
}

impl Default for Size {
    /// Wide, so that the lines of a traceback are seldom wrapped by the program that prints them.
    fn default() -> Self {
        Self { columns: 160, rows: 50 }
    }
}

/// Why a program could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The program is not there or is not a program.
    #[error("cannot start `{}`", program.display())]
    Program {
        /// The program's file.
        program: PathBuf,
        /// What is wrong with it.
        #[source]
        source: io::Error,
    },
    /// The folder to start in is not there.
    #[error("cannot start `{}` in the folder `{}`", program.display(), directory.display())]
    Directory {
        /// The program's file.
        program: PathBuf,
        /// The folder.
        directory: PathBuf,
        /// What is wrong with it.
        #[source]
        source: io::Error,
    },
    /// The system gave no terminal or no process.
    #[error("cannot start `{}` in a terminal", program.display())]
    Terminal {
        /// The program's file.
        program: PathBuf,
        /// What the system said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl Command {
    /// Starts the program, as the leader of a session with a new terminal.
    ///
    /// The output is to be read for as long as the child lives: a full terminal makes its next
    /// `print` wait. Dropping the [`Child`] kills the whole tree.
    // portable-pty closes every descriptor above 2 before `exec`, the pipe that tells
    // `std::process` of a failed `exec` too (0.9.0, `unix.rs`, `close_random_fds`). A failure
    // would look like a child that died by SIGABRT, hence the checks before.
    pub fn spawn(self) -> Result<(Child, TerminalOutput), SpawnError> {
        self.check()?;
        terminal::spawn(&self)
            .map_err(|source| SpawnError::Terminal { program: self.program, source })
    }

    fn check(&self) -> Result<(), SpawnError> {
        let program = |source| SpawnError::Program { program: self.program.clone(), source };
        if std::fs::metadata(&self.program).map_err(program)?.is_dir() {
            return Err(program(io::ErrorKind::IsADirectory.into()));
        }
        terminal::check_executable(&self.program).map_err(program)?;
        let directory = |source| SpawnError::Directory {
            program: self.program.clone(),
            directory: self.directory.clone(),
            source,
        };
        if !std::fs::metadata(&self.directory).map_err(directory)?.is_dir() {
            return Err(directory(io::ErrorKind::NotADirectory.into()));
        }
        Ok(())
    }
}

impl fmt::Debug for Command {
    /// The environment by its names alone: its values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.environment.iter().map(|(name, _)| name).collect();
        f.debug_struct("Command")
            .field("program", &self.program)
            .field("arguments", &self.arguments)
            .field("environment", &names)
            .field("directory", &self.directory)
            .field("size", &self.size)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_text_shows_no_value_of_the_environment() {
        let command = Command {
            program: "/bin/true".into(),
            arguments: vec![],
            environment: vec![("TOKEN".into(), "hunter2".into())],
            directory: "/".into(),
            size: Size::default(),
        };
        let text = format!("{command:?}");
        assert!(text.contains("TOKEN"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}
