use std::ffi::{OsStr, OsString};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::{Result, Transcript};

/// A program to start, with exactly the environment that is given here.
#[derive(Clone, Debug)]
pub struct Launch {
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    directory: PathBuf,
}

impl Launch {
    /// A program with no arguments and an empty environment, to be run in `/`.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            directory: PathBuf::from("/"),
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
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets a variable; the last one of a name counts.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets variables.
    #[must_use]
    pub fn envs(mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        self.environment.extend(variables);
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn directory(mut self, directory: impl AsRef<Path>) -> Self {
        self.directory = directory.as_ref().to_owned();
        self
    }

    /// Puts `program` with `arguments` before this command line, as `env` or `setpriv` is put before one.
    #[must_use]
    pub fn behind<A: AsRef<OsStr>>(
        mut self,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let inner = std::mem::replace(&mut self.program, program.as_ref().to_owned());
        let before = arguments.into_iter().map(|argument| argument.as_ref().to_owned());
        self.arguments = before.chain([inner]).chain(std::mem::take(&mut self.arguments)).collect();
        self
    }

    /// Starts it in a process group of its own, with nothing on its standard input.
    pub fn start(self) -> Result<Running> {
        let name = Path::new(&self.program).display().to_string();
        let mut command = Command::from(self.command());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("could not start `{name}`"))?;
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let id = id.with_context(|| format!("`{name}` has no process id"))?;
        let mut readers = JoinSet::new();
        let stdout = child.stdout.take().context("no standard output")?;
        let (stdout, reading) = Transcript::of(stdout);
        readers.spawn(reading);
        let stderr = child.stderr.take().context("no standard error")?;
        let (stderr, reading) = Transcript::of(stderr);
        readers.spawn(reading);
        Ok(Running { name, id, child, stdout, stderr, _readers: readers })
    }

    /// Runs it to its end in this thread, for where nothing can be awaited.
    pub(crate) fn block(self) -> std::io::Result<ExitStatus> {
        self.command().stdout(Stdio::null()).stderr(Stdio::null()).status()
    }

    /// The command, with nothing on its standard input.
    pub(crate) fn command(self) -> std::process::Command {
        #[expect(
            clippy::disallowed_methods,
            reason = "the tests look at the product from outside, so they don't start programs by it"
        )]
        let mut command = std::process::Command::new(self.program);
        command
            .args(self.arguments)
            .env_clear()
            .envs(self.environment)
            .current_dir(self.directory)
            .stdin(Stdio::null())
            .process_group(0);
        command
    }

    /// Runs it to its end.
    pub async fn finish(self, limit: Duration) -> Result<Finished> {
        self.start()?.finish(limit).await
    }
}

/// A program that runs. Dropped, it is killed with its process group.
#[derive(Debug)]
pub struct Running {
    name: String,
    id: Pid,
    child: Child,
    /// What it wrote to standard output.
    pub stdout: Transcript,
    /// What it wrote to standard error.
    pub stderr: Transcript,
    _readers: JoinSet<()>,
}

impl Running {
    /// Its process id, which is that of its process group too.
    pub fn id(&self) -> Pid {
        self.id
    }

    /// Sends a signal to the one process, not to its group.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(self.id, signal).with_context(|| format!("could not signal `{}`", self.name))
    }

    /// Waits for its end; `Err` when `limit` has passed first.
    pub async fn ended(&mut self, limit: Duration) -> Result<ExitStatus> {
        match tokio::time::timeout(limit, self.child.wait()).await {
            Ok(status) => status.with_context(|| format!("could not wait for `{}`", self.name)),
            Err(_) => anyhow::bail!(
                "`{}` did not end within {limit:?}; stdout:\n{}\nstderr:\n{}",
                self.name,
                self.stdout.text(),
                self.stderr.text()
            ),
        }
    }

    /// Waits for its end and that of its output.
    pub async fn finish(mut self, limit: Duration) -> Result<Finished> {
        let status = self.ended(limit).await?;
        let whole = async { (self.stdout.whole().await, self.stderr.whole().await) };
        let (stdout, stderr) = tokio::time::timeout(limit, whole)
            .await
            .with_context(|| format!("something that `{}` left holds its output", self.name))?;
        Ok(Finished { code: status.code(), signal: status.signal(), stdout, stderr })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only while the child is not reaped its id is certainly its own.
        if self.child.id().is_some() {
            let _gone_already = kill_process_group(self.id, Signal::KILL);
        }
    }
}

/// A program that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Its exit code, when it exited.
    pub code: Option<i32>,
    /// The signal that ended it, when one did.
    pub signal: Option<i32>,
    /// All of its standard output.
    pub stdout: String,
    /// All of its standard error.
    pub stderr: String,
}

impl Finished {
    /// Itself when it exited with 0, else an error that shows what it wrote.
    pub fn success(self) -> Result<Self> {
        anyhow::ensure!(self.code == Some(0), "a program failed: {self:#?}");
        Ok(self)
    }
}
