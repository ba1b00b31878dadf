//! The one place where tests start programs.
#![expect(clippy::disallowed_methods, reason = "tests start the program under test and its tools")]

use std::{
    ffi::OsStr,
    fmt,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio},
};

use camino::Utf8Path;
use rustix::process::{Pid, Signal, kill_process};

/// A program that is to be started, with an empty environment and nothing to read.
#[derive(Debug)]
pub struct Run(Command);

/// How a program ended and what it printed.
#[derive(Debug)]
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A program at work. Dropped, it is killed.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Run {
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.0.args(arguments);
        self
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub fn envs<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.0.envs(variables);
        self
    }

    pub fn directory(mut self, directory: &Utf8Path) -> Self {
        self.0.current_dir(directory);
        self
    }

    /// The same program with the same arguments, environment and folder, given to `program` as its
    /// last arguments.
    pub fn under(self, program: &str, arguments: &[&str]) -> Self {
        let mut outer = Self::new(program).args(arguments);
        outer.0.arg(self.0.get_program()).args(self.0.get_args());
        outer.0.envs(self.0.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(directory) = self.0.get_current_dir() {
            outer.0.current_dir(directory);
        }
        outer
    }

    /// Runs it to its end.
    pub fn finish(mut self) -> Finished {
        let Output { status, stdout, stderr } = self.0.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Finished { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// Starts it.
    pub fn start(mut self) -> Running {
        let mut child = self.0.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Running { child, stdout, stderr }
    }
}

impl Finished {
    /// What it printed, if it ended well.
    pub fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{self}");
        self.stdout
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => writeln!(f, "exit code: {code}")?,
            None => writeln!(f, "ended by a signal")?,
        }
        writeln!(f, "----- stdout -----\n{}----- stderr -----\n{}", self.stdout, self.stderr)
    }
}

impl Running {
    /// The next line on standard output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "the output ended: {line:?} {}", self.rest().1);
        line
    }

    /// Reads standard error until a line holds `words`, and gives what was read.
    pub fn await_stderr(&mut self, words: &str) -> String {
        let mut all = String::new();
        while !all.contains(words) {
            let read = self.stderr.read_line(&mut all).unwrap();
            assert_ne!(read, 0, "`{words}` never came:\n{all}");
        }
        all
    }

    pub fn interrupt(&self) {
        let id = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(id, Signal::INT).unwrap();
    }

    /// Waits for its end; the output is what was not read yet.
    pub fn finish(mut self) -> Finished {
        let (stdout, stderr) = self.rest();
        Finished { code: self.child.wait().unwrap().code(), stdout, stderr }
    }

    fn rest(&mut self) -> (String, String) {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        std::thread::scope(|scope| {
            scope.spawn(|| self.stdout.read_to_string(&mut stdout).unwrap());
            self.stderr.read_to_string(&mut stderr).unwrap();
        });
        (stdout, stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
