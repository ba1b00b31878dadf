use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{Canceller, ExitStatus};

mod error;
mod running;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

pub use error::{LastWords, ToolError};
use running::Running;

/// A helper program that runs to its end without a terminal: `uv`, `python -c`, `strip`.
///
/// It reads nothing, inherits the environment unless told otherwise, and leads a session of its
/// own: it cannot ask for a password, and its whole tree ends with it.
pub struct Tool {
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    clear: bool,
    directory: Option<PathBuf>,
    canceller: Canceller,
}

/// Where a tool printed a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The standard output.
    Stdout,
    /// The standard error.
    Stderr,
}

/// What a tool printed, all of it. What is not UTF-8 is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed to the standard output.
    pub stdout: String,
    /// What it printed to the standard error.
    pub stderr: String,
}

impl Tool {
    /// The tool `program`: a path, or a name that is looked up on the `PATH`.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            clear: false,
            directory: None,
            canceller: Canceller::default(),
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Starts from an empty environment; what [`env`](Self::env) sets, before or after, counts.
    #[must_use]
    pub fn env_clear(mut self) -> Self {
        self.clear = true;
        self
    }

    /// Starts in `directory` instead of our own.
    #[must_use]
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Lets `canceller` end the tool.
    #[must_use]
    pub fn canceller(mut self, canceller: &Canceller) -> Self {
        self.canceller = canceller.clone();
        self
    }

    /// Runs the tool to its end. It blocks; `on_line` sees every line as it comes.
    ///
    /// # Errors
    ///
    /// When the tool could not be started, was cancelled, or ended with another code than 0.
    pub fn run(&self, on_line: &mut dyn FnMut(Stream, &str)) -> Result<Output, ToolError> {
        if self.is_cancelled() {
            return Err(ToolError::Cancelled { program: self.name() });
        }
        if let Some(directory) = &self.directory {
            // The system would say the same of a missing program.
            std::fs::read_dir(directory).map_err(|source| ToolError::Directory {
                program: self.name(),
                directory: directory.clone(),
                source,
            })?;
        }
        let running =
            self.start().map_err(|source| ToolError::Start { program: self.name(), source })?;
        let watched = [&self.canceller, Canceller::all()].map(|it| it.watch(running.tree()));
        let output = running.finish(on_line);
        drop(watched);
        if self.is_cancelled() {
            return Err(ToolError::Cancelled { program: self.name() });
        }
        if !output.status.success() {
            let source = LastWords::of(&output.stderr).or_else(|| LastWords::of(&output.stdout));
            return Err(ToolError::Failed { program: self.name(), status: output.status, source });
        }
        Ok(output)
    }

    fn is_cancelled(&self) -> bool {
        self.canceller.is_cancelled() || Canceller::all().is_cancelled()
    }

    fn name(&self) -> String {
        self.program.display().to_string()
    }

    #[expect(clippy::disallowed_methods, reason = "this is where tools start")]
    fn start(&self) -> io::Result<Running> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if self.clear {
            command.env_clear();
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        let (tree, stdout, stderr) = platform::spawn(command)?;
        Running::start(tree, stdout, stderr)
    }
}

impl fmt::Debug for Tool {
    /// The environment by its names alone: its values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.environment.iter().map(|(name, _)| name).collect();
        f.debug_struct("Tool")
            .field("program", &self.program)
            .field("arguments", &self.arguments)
            .field("environment", &names)
            .field("clear", &self.clear)
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}
