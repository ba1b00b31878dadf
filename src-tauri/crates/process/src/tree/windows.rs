mod job;
mod snapshot;

use std::io::{self, Write};
use std::os::windows::io::{AsHandle, AsRawHandle, OwnedHandle};
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
use windows_sys::Win32::System::Threading::{
    GetExitCodeProcess, GetProcessId, INFINITE, WaitForSingleObject,
};

use crate::ExitStatus;
use job::Job;

/// What a tree that was killed exits with, as `TerminateProcess` is called with by custom.
const KILLED: u32 = 1;

/// The input of a pseudo-console.
pub(crate) type Input = Box<dyn Write + Send>;

/// A job and the process that leads it.
pub(crate) struct Tree {
    leader: OwnedHandle,
    job: Job,
    input: Mutex<Option<Input>>,
}

impl Tree {
    /// Puts `leader`, which was started just now, into a job of its own, and whatever it has started by
    /// then.
    pub(crate) fn of(leader: OwnedHandle, input: Option<Input>) -> io::Result<Self> {
        let job = Job::new()?;
        job.take_all(leader.as_handle())?;
        Ok(Self { leader, job, input: Mutex::new(input) })
    }

    /// Lets a leader that was started suspended begin.
    pub(crate) fn begin(&self) -> io::Result<()> {
        snapshot::resume(self.id())
    }

    #[expect(unsafe_code, reason = "process handles have no safe binding")]
    pub(crate) fn id(&self) -> u32 {
        // SAFETY: the handle is open.
        unsafe { GetProcessId(self.leader.as_raw_handle()) }
    }

    /// Types Ctrl+C and closes the input. A process without a console has no gentler end than
    /// [`kill`](Self::kill).
    // CTRL_BREAK_EVENT reaches only processes of our own console, and a pseudo-console is another.
    pub(crate) fn terminate(&self) {
        let input = self.input.lock().unwrap_or_else(PoisonError::into_inner).take();
        match input {
            Some(mut input) => {
                if let Err(error) = input.write_all(b"\x03").and_then(|()| input.flush()) {
                    tracing::debug!(%error, "could not type Ctrl+C");
                }
            }
            None => tracing::debug!(process = self.id(), "there is no input to type Ctrl+C into"),
        }
    }

    pub(crate) fn kill(&self) {
        if let Err(error) = self.job.end(KILLED) {
            tracing::warn!(process = self.id(), %error, "could not end a job");
        }
    }

    #[expect(unsafe_code, reason = "process handles have no safe binding")]
    pub(crate) fn wait(&self) -> ExitStatus {
        let mut code = 0;
        // SAFETY: the handle is open and the code is ours.
        let known = unsafe {
            WaitForSingleObject(self.leader.as_raw_handle(), INFINITE) == WAIT_OBJECT_0
                && GetExitCodeProcess(self.leader.as_raw_handle(), &raw mut code) != 0
        };
        if known { ExitStatus::exited(code) } else { ExitStatus::UNKNOWN }
    }

    /// Nothing to do: handles keep their meaning.
    pub(crate) fn collect(&self) {}
}

#[cfg(test)]
mod tests;
