use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use crate::leader::Leader;
use crate::{Canceller, ExitStatus, Lines};

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

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
/// How long the pipes of a tool that has ended are waited for. They are held open by nobody but
/// a process that left its tree.
const LATE_OUTPUT: Duration = Duration::from_secs(2);
/// Pieces of output on their way, so that a fast tool fills no memory.
const QUEUE: usize = 64;
/// The largest piece, in bytes.
const PIECE: usize = 64 * 1024;

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
        if self.canceller.is_cancelled() {
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
        let watched = self.canceller.watch(running.leader.tree());
        let output = running.finish(on_line);
        drop(watched);
        if self.canceller.is_cancelled() {
            return Err(ToolError::Cancelled { program: self.name() });
        }
        if !output.status.success() {
            let source = last_words(&output.stderr).or_else(|| last_words(&output.stdout));
            return Err(ToolError::Failed { program: self.name(), status: output.status, source });
        }
        Ok(output)
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
        let (sender, events) = mpsc::sync_channel(QUEUE);
        let exit = sender.clone();
        // From here on the tool is killed when anything fails.
        let leader = Leader::start(tree, move |status| {
            let _ = exit.send(Event::Exited(status));
        })?;
        read_all(stdout, Stream::Stdout, sender.clone())?;
        read_all(stderr, Stream::Stderr, sender)?;
        Ok(Running { events, leader })
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

enum Event {
    Printed(Stream, Vec<u8>),
    Closed,
    Exited(ExitStatus),
}

/// A tool that was started. Dropping it kills its tree.
struct Running {
    // First, so that it is dropped first: the threads that the leader waits for may be sending.
    events: Receiver<Event>,
    leader: Leader,
}

#[derive(Default)]
struct Printed {
    bytes: Vec<u8>,
    lines: Lines,
}

impl Running {
    fn finish(self, on_line: &mut dyn FnMut(Stream, &str)) -> Output {
        let (mut stdout, mut stderr) = (Printed::default(), Printed::default());
        let mut status = None;
        let mut open = 2;
        while status.is_none() || open > 0 {
            let event = match status {
                None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(_) => self.events.recv_timeout(LATE_OUTPUT),
            };
            match event {
                Ok(Event::Printed(stream, bytes)) => {
                    let printed = match stream {
                        Stream::Stdout => &mut stdout,
                        Stream::Stderr => &mut stderr,
                    };
                    printed.lines.push(&bytes, |line| on_line(stream, line));
                    printed.bytes.extend_from_slice(&bytes);
                }
                Ok(Event::Closed) => open -= 1,
                Ok(Event::Exited(exit)) => {
                    status = Some(exit);
                    // Whatever it left behind is ended too, which closes the pipes.
                    self.leader.tree().kill();
                }
                Err(RecvTimeoutError::Timeout) => {
                    tracing::debug!("a process that left its tool's tree holds the tool's output");
                    break;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        stdout.lines.finish(|line| on_line(Stream::Stdout, line));
        stderr.lines.finish(|line| on_line(Stream::Stderr, line));
        Output {
            status: status.unwrap_or(ExitStatus::UNKNOWN),
            stdout: text(stdout.bytes),
            stderr: text(stderr.bytes),
        }
    }
}

fn read_all(
    mut pipe: impl Read + Send + 'static,
    stream: Stream,
    sender: SyncSender<Event>,
) -> io::Result<()> {
    thread::Builder::new().name(format!("tool-{stream:?}")).spawn(move || {
        let mut buffer = vec![0; PIECE];
        loop {
            match pipe.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
                Ok(length) => {
                    let piece = Event::Printed(stream, buffer[..length].to_vec());
                    if sender.send(piece).is_err() {
                        return;
                    }
                }
            }
        }
        let _ = sender.send(Event::Closed);
    })?;
    Ok(())
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn last_words(printed: &str) -> Option<LastWords> {
    let lines: Vec<&str> = printed.trim_end().lines().collect();
    let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
    let lines = last.join("\n");
    (!lines.trim().is_empty()).then_some(LastWords { lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_words_are_the_last_lines() {
        let many: String = (0..100).map(|number| format!("line {number}\n")).collect();
        let words = last_words(&many).map(|words| words.to_string()).unwrap_or_default();
        assert!(words.starts_with("line 80\n") && words.ends_with("line 99"), "{words}");
        assert_eq!(last_words(" \n\n"), None);
    }
}
