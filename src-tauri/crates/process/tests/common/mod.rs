#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]
#![allow(dead_code, clippy::allow_attributes, reason = "not every test needs every helper")]

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use waterskin_process::{Command, ExitStatus, Output, Size, TerminalOutput, Tool, ToolError, find};

/// Longer than anything here takes on a busy machine: a test that reaches it has failed.
// Under Wine, starting a program alone takes a second there.
pub const LIMIT: Duration = Duration::from_secs(if cfg!(windows) { 90 } else { 30 });

/// The program of `actor.rs`.
const ACTOR: &str = concat!(env!("CARGO_PKG_NAME"), "-actor");

/// A folder whose name has what names may have.
pub fn folder() -> TempDir {
    let name = if cfg!(windows) { "it's a wäter skin " } else { "it's a \"wäter\" skin " };
    tempfile::Builder::new().prefix(name).tempdir().unwrap()
}

/// An actor (`actor.rs`) that takes these steps; it may hold the lifeline at this address.
pub fn actor(folder: &Path, lifeline: &str, steps: &[impl AsRef<OsStr>]) -> Command {
    let mut environment = vec![("LIFELINE".into(), lifeline.into())];
    // Windows opens no socket without the second.
    let kept = ["PATH", "SystemRoot"].into_iter();
    environment.extend(kept.filter_map(|name| Some((name.into(), std::env::var_os(name)?))));
    Command {
        program: example(ACTOR),
        arguments: steps.iter().map(|step| step.as_ref().to_owned()).collect(),
        environment,
        directory: folder.to_owned(),
        size: Size { columns: 120, rows: 40 },
    }
}

/// An example of this crate, which Cargo builds with the tests.
pub fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap().join("examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "`cargo build --examples` makes `{}`", program.display());
    program
}

/// A Python program `text` that starts with [`PRELUDE`].
pub fn python(folder: &Path, text: &str, arguments: &[&str]) -> Command {
    let script = folder.join("stüb '1'.py");
    std::fs::write(&script, format!("{PRELUDE}\n{text}")).unwrap();
    let arguments = arguments.iter().map(OsString::from);
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
import os, signal, socket, sys, time

lines = []

def hold(name):
    host, port = sys.argv[1].split(":")
    line = socket.create_connection((host, int(port)))
    line.sendall((name + "\n").encode())
    lines.append(line)

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

/// What every process of a tree has a connection to, which ends with the process.
pub struct Lifeline {
    /// Where it listens.
    pub address: String,
    news: Receiver<News>,
    open: Cell<usize>,
}

enum News {
    /// From this port.
    Came(u16),
    /// The process says its name, which may be empty.
    Named(String),
    Left,
}

impl Lifeline {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, news) = mpsc::channel();
        thread::spawn(move || {
            loop {
                let (line, from) = listener.accept().unwrap();
                let sender = sender.clone();
                if sender.send(News::Came(from.port())).is_err() {
                    return;
                }
                thread::spawn(move || follow(line, &sender));
            }
        });
        Self { address, news, open: Cell::new(0) }
    }

    /// Waits until the processes `names` are there, in any order.
    pub fn wait_for(&self, names: &[&str]) {
        let mut found = Vec::new();
        while found.len() < names.len() {
            if let News::Named(name) = self.next()
                && !name.is_empty()
            {
                found.push(name);
            }
        }
        found.sort();
        let mut names = names.to_vec();
        names.sort_unstable();
        assert_eq!(found, names);
    }

    /// Waits until no process holds it.
    pub fn wait_for_end(&self) {
        // Who is there has come before this one.
        let last = TcpStream::connect(&self.address).unwrap().local_addr().unwrap().port();
        let mut is_last = false;
        while !is_last || self.open.get() > 0 {
            match self.next() {
                News::Came(port) => is_last |= port == last,
                News::Named(name) => assert!(name.is_empty(), "another process came: {name}"),
                News::Left => {}
            }
        }
    }

    fn next(&self) -> News {
        let open = self.open.get();
        let news = self.news.recv_timeout(LIMIT);
        let news = news.unwrap_or_else(|_| panic!("nothing happens, with {open} processes there"));
        match news {
            News::Came(_) => self.open.set(open + 1),
            News::Left => self.open.set(open - 1),
            News::Named(_) => {}
        }
        news
    }
}

/// Tells of one process.
fn follow(line: TcpStream, news: &Sender<News>) {
    // The end of a process that was killed may look like an error.
    for name in BufReader::new(line).lines().map_while(Result::ok) {
        let _ = news.send(News::Named(name));
    }
    let _ = news.send(News::Left);
}

/// Runs a tool on a thread, so that a hanging one fails the test.
pub fn run(tool: Tool) -> Result<Output, ToolError> {
    let (sender, result) = mpsc::channel();
    thread::spawn(move || sender.send(tool.run(&mut |_, _| {})));
    result.recv_timeout(LIMIT).expect("the tool did not return")
}

/// Ends a process in the hardest way.
pub fn kill_9(id: u32) {
    let tool = if cfg!(windows) {
        // Wine's `taskkill` has the process exit with 0.
        Tool::new(example(ACTOR)).arg(format!("kill {id}"))
    } else {
        Tool::new("kill").arg("-KILL").arg(id.to_string())
    };
    tool.run(&mut |_, _| {}).unwrap();
}

/// How the leader of a tree ends that was killed.
pub fn killed() -> ExitStatus {
    if cfg!(windows) { ExitStatus::exited(1) } else { ExitStatus::signalled(9) }
}

/// What a person reads of it: the pseudo-console of Windows draws a screen, by escape sequences.
pub fn plain(printed: &[u8]) -> String {
    let printed = String::from_utf8_lossy(printed);
    if !cfg!(windows) {
        return printed.into_owned();
    }
    let mut text = String::new();
    let mut rest = printed.chars();
    while let Some(character) = rest.next() {
        match character {
            '\r' => {}
            '\x1b' => {
                let end: fn(&char) -> bool = match rest.next() {
                    Some('[') => char::is_ascii_alphabetic,
                    Some(']') => |it| *it == '\x07',
                    _ => continue,
                };
                let _ = rest.by_ref().find(end);
            }
            _ => text.push(character),
        }
    }
    text
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
