use std::io::{self, Write};
use std::mem::size_of;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation,
    SetInformationJobObject, TerminateJobObject,
};
use windows_sys::Win32::System::Threading::{
    GetExitCodeProcess, GetProcessId, INFINITE, WaitForSingleObject,
};

use crate::ExitStatus;

/// What a tree that was killed exits with, as `TerminateProcess` is called with by custom.
const KILLED: u32 = 1;

/// The input of a pseudo-console.
pub(crate) type Input = Box<dyn Write + Send>;

/// A job and the process that leads it. The job ends with its last handle, so it ends with us.
pub(crate) struct Tree {
    leader: OwnedHandle,
    job: OwnedHandle,
    input: Mutex<Option<Input>>,
}

impl Tree {
    /// Puts `leader`, which was started just now, into a job of its own.
    // What it started before this line is not in the job. A program needs longer to load than
    // this, and portable-pty offers no suspended start (0.9.0, `psuedocon.rs`).
    #[expect(unsafe_code, reason = "jobs have no safe binding")]
    pub(crate) fn of(leader: OwnedHandle, input: Option<Input>) -> io::Result<Self> {
        // SAFETY: no attributes and no name.
        let job = unsafe { CreateJobObjectW(std::ptr::null(), std::ptr::null()) };
        if job.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the handle was made just now and is nobody else's.
        let job = unsafe { OwnedHandle::from_raw_handle(job) };
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        let size = u32::try_from(size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>())
            .map_err(io::Error::other)?;
        // SAFETY: the struct is of the kind and size that is said.
        let limited = unsafe {
            SetInformationJobObject(
                job.as_raw_handle(),
                JobObjectExtendedLimitInformation,
                (&raw const limits).cast(),
                size,
            )
        };
        // SAFETY: both handles are open.
        let assigned =
            unsafe { AssignProcessToJobObject(job.as_raw_handle(), leader.as_raw_handle()) };
        if limited == 0 || assigned == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { leader, job, input: Mutex::new(input) })
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

    #[expect(unsafe_code, reason = "jobs have no safe binding")]
    pub(crate) fn kill(&self) {
        // SAFETY: the handle is open.
        if unsafe { TerminateJobObject(self.job.as_raw_handle(), KILLED) } == 0 {
            let error = io::Error::last_os_error();
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
