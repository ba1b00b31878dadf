#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]
#![allow(dead_code, clippy::allow_attributes, reason = "not every test needs every helper")]

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use waterskin_process::{Command, Size, TerminalOutput, Tool, find};

/// Longer than anything here takes on a busy machine: a test that reaches it has failed.
pub const LIMIT: Duration = Duration::from_secs(30);

/// A folder whose name has what names may have.
pub fn folder() -> TempDir {
    tempfile::Builder::new().prefix("it's a \"wäter\" skin ").tempdir().unwrap()
}

/// A Python program `text` that starts with [`PRELUDE`].
pub fn python(folder: &Path, text: &str, arguments: &[&Path]) -> Command {
    let script = folder.join("stüb '1'.py");
    std::fs::write(&script, format!("{PRELUDE}\n{text}")).unwrap();
    let arguments = arguments.iter().map(|argument| argument.as_os_str().to_owned());
    Command {
        program: interpreter(),
        arguments: [OsString::from("-IuX"), "utf8".into(), script.into()]
            .into_iter()
            .chain(arguments)
            .collect(),
        environment: vec![("PATH".into(), std::env::var_os("PATH").unwrap())],
        directory: folder.to_owned(),
        size: Size { columns: 120, rows: 40 },
    }
}

/// The interpreter itself: what a version manager puts on the `PATH` is a shell script.
pub fn interpreter() -> PathBuf {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    let look = || {
        let python = find("python3").expect("the tests need `python3`");
        let tool = Tool::new(python).args(["-c", "import sys; print(sys.executable)"]);
        tool.run(&mut |_, _| {}).unwrap().stdout.trim().into()
    };
    FOUND.get_or_init(look).clone()
}

/// `hold(name)` tells the lifeline that the process is there and keeps it open.
const PRELUDE: &str = r#"
import os, signal, sys, time

def hold(name):
    line = os.open(sys.argv[1], os.O_WRONLY)
    os.write(line, (name + "\n").encode())

def forever():
    while True:
        signal.pause()

def fork(name, *before):
    child = os.fork()
    if child == 0:
        for step in before:
            step()
        hold(name)
        forever()
    return child
"#;

/// A named pipe that every process of a tree holds open: it ends when the last of them is gone.
pub struct Lifeline {
    pub path: PathBuf,
    lines: Receiver<String>,
}

impl Lifeline {
    pub fn new(folder: &Path) -> Self {
        let path = folder.join("life line");
        Tool::new("mkfifo").arg(&path).run(&mut |_, _| {}).unwrap();
        let (sender, lines) = mpsc::channel();
        let pipe = path.clone();
        thread::spawn(move || {
            // Waits for the first process.
            let pipe = BufReader::new(std::fs::File::open(pipe).unwrap());
            for line in pipe.lines() {
                if sender.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        Self { path, lines }
    }

    /// Waits until the processes `names` are there, in any order.
    pub fn wait_for(&self, names: &[&str]) {
        let mut found: Vec<String> = names
            .iter()
            .map(|_| self.lines.recv_timeout(LIMIT).expect("a process did not say its name"))
            .collect();
        found.sort();
        let mut names = names.to_vec();
        names.sort_unstable();
        assert_eq!(found, names);
    }

    /// Waits until no process holds it.
    pub fn wait_for_end(&self) {
        match self.lines.recv_timeout(LIMIT) {
            Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => panic!("a process of the tree is still there"),
            Ok(name) => panic!("another process came: {name}"),
        }
    }
}

/// Ends a process in the hardest way.
pub fn kill_9(id: u32) {
    Tool::new("kill").arg("-KILL").arg(id.to_string()).run(&mut |_, _| {}).unwrap();
}

/// Everything that is printed until the end.
pub async fn read_to_end(output: &mut TerminalOutput) -> Vec<u8> {
    let mut all = Vec::new();
    let reading = async {
        while let Some(piece) = output.recv().await {
            all.extend_from_slice(&piece);
        }
    };
    tokio::time::timeout(LIMIT, reading).await.expect("the output did not end");
    all
}
