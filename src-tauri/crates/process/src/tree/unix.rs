use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, kill_process_group};

#[cfg(target_os = "linux")]
use super::linux as system;
#[cfg(target_os = "macos")]
use super::macos as system;
use super::members::{Process, members};
use crate::ExitStatus;

/// How often [`Tree::kill`] looks for newly started processes. Each look finds what a process
/// started before it was stopped, so a second one is nearly always empty.
const LOOKS: u32 = 16;

/// The tree that a session leader leads.
pub(crate) struct Tree {
    leader: Pid,
    own: Pid,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The leader is collected: its number may be a stranger's now.
    collected: bool,
    /// Whom an earlier look has found: the chain of parents may be broken since.
    known: Vec<Process>,
}

impl Tree {
    /// The tree of the child `leader` of this process, which leads its session.
    pub(crate) fn of(leader: Pid) -> Self {
        Self { leader, own: rustix::process::getpid(), state: Mutex::default() }
    }

    pub(crate) fn id(&self) -> u32 {
        self.leader.as_raw_nonzero().get().unsigned_abs()
    }

    pub(crate) fn terminate(&self) {
        let mut state = self.lock();
        if state.collected {
            return;
        }
        // When the leader ends, nothing leads to those with a session of their own any more.
        state.known = self.look(&state.known);
        self.signal_group(Signal::TERM);
        // A stopped process hears of SIGTERM only when it goes on.
        self.signal_group(Signal::CONT);
    }

    /// Stops everyone first, since a stopped process starts no other, and kills them then.
    pub(crate) fn kill(&self) {
        let mut state = self.lock();
        if state.collected {
            return;
        }
        let mut stopped: Vec<Process> = Vec::new();
        for _ in 0..LOOKS {
            state.known = self.look(&state.known);
            let fresh: Vec<Process> = state
                .known
                .iter()
                .filter(|process| !stopped.iter().any(|other| other.is(process)))
                .copied()
                .collect();
            if fresh.is_empty() {
                break;
            }
            fresh.iter().for_each(|process| system::signal(process, Signal::STOP));
            stopped.extend(fresh);
        }
        stopped.iter().for_each(|process| system::signal(process, Signal::KILL));
        // In case the processes could not be listed.
        self.signal_group(Signal::KILL);
    }

    pub(crate) fn wait(&self) -> ExitStatus {
        loop {
            match rustix::process::waitid(
                WaitId::Pid(self.leader),
                WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
            ) {
                Ok(Some(status)) => return exit_status(&status),
                Ok(None) | Err(Errno::INTR) => {}
                Err(error) => {
                    tracing::warn!(process = self.id(), %error, "could not wait for a process");
                    return ExitStatus::UNKNOWN;
                }
            }
        }
    }

    pub(crate) fn collect(&self) {
        let mut state = self.lock();
        if !state.collected {
            // It has ended, so this does not wait; an error means that it is gone already.
            let _ = rustix::process::waitid(WaitId::Pid(self.leader), WaitIdOptions::EXITED);
            state.collected = true;
        }
    }

    fn look(&self, known: &[Process]) -> Vec<Process> {
        let leader = self.leader.as_raw_nonzero().get();
        let own = self.own.as_raw_nonzero().get();
        members(leader, own, known, &system::processes())
    }

    fn signal_group(&self, signal: Signal) {
        match kill_process_group(self.leader, signal) {
            // macOS says PERM when only a zombie is left in the group.
            Ok(()) | Err(Errno::SRCH | Errno::PERM) => {}
            Err(error) => {
                tracing::warn!(process = self.id(), %error, "could not signal a process group");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn exit_status(status: &WaitIdStatus) -> ExitStatus {
    if let Some(code) = status.exit_status() {
        ExitStatus::exited(code.unsigned_abs())
    } else if let Some(number) = status.terminating_signal() {
        ExitStatus::signalled(number)
    } else {
        ExitStatus::UNKNOWN
    }
}
