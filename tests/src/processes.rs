use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::{Result, eventually};

/// The variable that marks everything a sandbox started. Not `WATERSKIN_...`, for variables of
/// such names are not handed on to Python.
pub(crate) const MARK: &str = "MARK_OF_THE_TEST";

/// What counts as ours among the machine's processes.
#[derive(Clone, Debug, Default)]
pub struct Ours {
    mark: Option<String>,
    folders: Vec<PathBuf>,
}

/// One process, as it was when looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub id: Pid,
    /// Its parent's id.
    pub parent: i32,
    /// Its session's id.
    pub session: i32,
    /// Its command line, blanks between the arguments.
    pub command: String,
    /// Its program's file.
    pub executable: PathBuf,
}

impl Ours {
    /// Whatever has the variable `MARK_OF_THE_TEST=mark` in its environment.
    pub fn marked(mark: impl Into<String>) -> Self {
        Self { mark: Some(mark.into()), folders: Vec::new() }
    }

    /// And whatever runs a program in `folder`.
    #[must_use]
    pub fn or_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// Those of them that live. A process that only waits to be reaped doesn't.
    pub fn alive(&self) -> Vec<Process> {
        let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
        let me = std::process::id().cast_signed();
        entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
            .filter(|id| *id != me)
            .filter_map(|id| self.look_at(id))
            .collect()
    }

    /// Those whose command line has `part` in it.
    pub fn with(&self, part: &str) -> Vec<Process> {
        let mut found = self.alive();
        found.retain(|process| process.command.contains(part));
        found
    }

    /// Waits until none is left; the error lists those that are.
    pub async fn gone(&self, limit: Duration) -> Result<()> {
        let none = eventually("the end of every process", limit, async || {
            Ok(self.alive().is_empty().then_some(()))
        });
        none.await.map_err(|error| error.context(format!("still alive: {:#?}", self.alive())))
    }

    /// Kills all of them, and what they start meanwhile, and waits for each one's end.
    pub fn kill(&self) {
        // A round per generation: nobody forks faster for long.
        for _ in 0..50 {
            let alive = self.alive();
            if alive.is_empty() {
                return;
            }
            for process in alive {
                kill_and_wait(process.id);
            }
        }
    }

    fn look_at(&self, id: i32) -> Option<Process> {
        let folder = PathBuf::from(format!("/proc/{id}"));
        let executable = std::fs::read_link(folder.join("exe")).ok()?;
        let ours = self.folders.iter().any(|ours| executable.starts_with(ours))
            || self.mark.as_ref().is_some_and(|mark| has_mark(&folder, mark));
        let (state, parent, session) = stat(&folder)?;
        if !ours || matches!(state, 'Z' | 'X') {
            return None;
        }
        let command = std::fs::read(folder.join("cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command).replace('\0', " ").trim().to_owned();
        Some(Process { id: Pid::from_raw(id)?, parent, session, command, executable })
    }
}

impl Process {
    /// The TCP ports that it listens on, one for each socket, in order.
    pub fn listening_ports(&self) -> Result<Vec<u16>> {
        let folder = PathBuf::from(format!("/proc/{}", self.id.as_raw_nonzero()));
        let sockets: Vec<String> = fs_err::read_dir(folder.join("fd"))?
            .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
            .filter_map(|link| {
                Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
            })
            .collect();
        let mut ports = Vec::new();
        for table in ["net/tcp", "net/tcp6"] {
            // See `proc_pid_net(5)`: local address, state (0A listens) and inode are 1, 3 and 9.
            for line in fs_err::read_to_string(folder.join(table))?.lines().skip(1) {
                let fields: Vec<&str> = line.split_whitespace().collect();
                let [_, local, _, "0A", _, _, _, _, _, inode, ..] = fields[..] else { continue };
                if sockets.iter().any(|socket| socket == inode) {
                    let port = local.rsplit_once(':').map_or("", |(_, port)| port);
                    ports.push(u16::from_str_radix(port, 16)?);
                }
            }
        }
        ports.sort_unstable();
        Ok(ports)
    }
}

/// State, parent and session; see `proc_pid_stat(5)`: the name in brackets may hold anything.
fn stat(folder: &Path) -> Option<(char, i32, i32)> {
    let text = std::fs::read_to_string(folder.join("stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.chars().next()?;
    let parent = fields.next()?.parse().ok()?;
    let session = fields.nth(1)?.parse().ok()?;
    Some((state, parent, session))
}

fn has_mark(folder: &Path, mark: &str) -> bool {
    let variable = format!("{MARK}={mark}");
    std::fs::read(folder.join("environ"))
        .is_ok_and(|text| text.split(|byte| *byte == 0).any(|entry| entry == variable.as_bytes()))
}

fn kill_and_wait(id: Pid) {
    // By descriptor, so that an id that was given to another process meanwhile is not hit.
    let Ok(process) = pidfd_open(id, PidfdFlags::empty()) else { return };
    if pidfd_send_signal(&process, Signal::KILL).is_ok() {
        let two_seconds = Timespec { tv_sec: 2, tv_nsec: 0 };
        let _late = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&two_seconds));
    }
}

/// The variable of [`Ours::marked`], to be put into an environment.
pub(crate) fn mark_variable(mark: &str) -> (OsString, OsString) {
    (MARK.into(), mark.into())
}
