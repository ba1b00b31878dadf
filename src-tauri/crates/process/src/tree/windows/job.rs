use std::collections::BTreeMap;
use std::io;
use std::mem::size_of;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};

use windows_sys::Win32::Foundation::{FILETIME, WAIT_OBJECT_0};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, IsProcessInJob, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation,
    SetInformationJobObject, TerminateJobObject,
};
use windows_sys::Win32::System::Threading::{
    GetProcessId, GetProcessTimes, OpenProcess, PROCESS_QUERY_LIMITED_INFORMATION,
    PROCESS_SET_QUOTA, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE, WaitForSingleObject,
};

use super::snapshot;

/// A job, which ends with its last handle, so it ends with us.
pub(super) struct Job(OwnedHandle);

/// A process that is looked at. As long as it is open, no other gets its number.
struct Process {
    handle: OwnedHandle,
    /// When it was started, in a unit of the system.
    started: u64,
}

impl Job {
    /// A job with nobody in it.
    #[expect(unsafe_code, reason = "jobs have no safe binding")]
    pub fn new() -> io::Result<Self> {
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
        if limited == 0 { Err(io::Error::last_os_error()) } else { Ok(Self(job)) }
    }

    /// Takes `leader` in, and what it has started by then: portable-pty starts no program suspended
    /// (0.9.0, `psuedocon.rs`). What a process starts that is in the job is in it from its start.
    ///
    /// Of a process that has ended nothing leads to what its children left when they ended as well.
    pub fn take_all(&self, leader: BorrowedHandle<'_>) -> io::Result<()> {
        self.take(leader)?;
        let started = started(leader)?;
        let mut known = BTreeMap::from([(
            id(leader),
            Process { handle: leader.try_clone_to_owned()?, started },
        )]);
        loop {
            // Whoever is in the job already was born in it, and so was all that comes of it.
            let fresh: Vec<_> = snapshot::processes()?
                .into_iter()
                .filter(|(id, _)| !known.contains_key(id))
                .filter_map(|(id, parent)| Some((id, child(id, known.get(&parent)?)?)))
                .filter(|(_, process)| !self.has(process.handle.as_handle()))
                .collect();
            if fresh.is_empty() {
                return Ok(());
            }
            for (id, process) in fresh {
                // One that can't be taken in keeps nobody from starting.
                if let Err(error) = self.take(process.handle.as_handle()) {
                    tracing::warn!(process = id, %error, "a process is in no job");
                }
                known.insert(id, process);
            }
        }
    }

    /// Takes one process in. One that has ended belongs to no job, which is no failure.
    #[expect(unsafe_code, reason = "jobs have no safe binding")]
    fn take(&self, process: BorrowedHandle<'_>) -> io::Result<()> {
        // SAFETY: both handles are open.
        let taken =
            unsafe { AssignProcessToJobObject(self.0.as_raw_handle(), process.as_raw_handle()) };
        let error = io::Error::last_os_error();
        if taken != 0 || has_ended(process) { Ok(()) } else { Err(error) }
    }

    #[expect(unsafe_code, reason = "jobs have no safe binding")]
    fn has(&self, process: BorrowedHandle<'_>) -> bool {
        let mut has = 0;
        // SAFETY: both handles are open and the answer is ours.
        let known = unsafe {
            IsProcessInJob(process.as_raw_handle(), self.0.as_raw_handle(), &raw mut has)
        };
        known != 0 && has != 0
    }

    /// Ends every process in it, which then exits with `code`.
    #[expect(unsafe_code, reason = "jobs have no safe binding")]
    pub fn end(&self, code: u32) -> io::Result<()> {
        // SAFETY: the handle is open.
        match unsafe { TerminateJobObject(self.0.as_raw_handle(), code) } {
            0 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }
}

/// The process with this number, where it is a child of `parent`: one that is older is the child of
/// another that had the parent's number before. `None` for one that is gone, or is not ours to end.
#[expect(unsafe_code, reason = "process handles have no safe binding")]
fn child(id: u32, parent: &Process) -> Option<Process> {
    let access = PROCESS_QUERY_LIMITED_INFORMATION
        | PROCESS_SET_QUOTA
        | PROCESS_SYNCHRONIZE
        | PROCESS_TERMINATE;
    // SAFETY: takes numbers alone.
    let handle = unsafe { OpenProcess(access, 0, id) };
    if handle.is_null() {
        return None;
    }
    // SAFETY: the handle was opened just now and is nobody else's.
    let handle = unsafe { OwnedHandle::from_raw_handle(handle) };
    let started = started(handle.as_handle()).ok()?;
    (started >= parent.started && !has_ended(handle.as_handle()))
        .then_some(Process { handle, started })
}

#[expect(unsafe_code, reason = "process handles have no safe binding")]
fn started(process: BorrowedHandle<'_>) -> io::Result<u64> {
    let [mut started, mut ended, mut kernel, mut user] = [FILETIME::default(); 4];
    // SAFETY: the handle is open and the times are ours.
    let known = unsafe {
        GetProcessTimes(
            process.as_raw_handle(),
            &raw mut started,
            &raw mut ended,
            &raw mut kernel,
            &raw mut user,
        )
    };
    if known == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(u64::from(started.dwHighDateTime) << 32 | u64::from(started.dwLowDateTime))
}

#[expect(unsafe_code, reason = "process handles have no safe binding")]
fn has_ended(process: BorrowedHandle<'_>) -> bool {
    // SAFETY: the handle is open.
    unsafe { WaitForSingleObject(process.as_raw_handle(), 0) == WAIT_OBJECT_0 }
}

#[expect(unsafe_code, reason = "process handles have no safe binding")]
fn id(process: BorrowedHandle<'_>) -> u32 {
    // SAFETY: the handle is open.
    unsafe { GetProcessId(process.as_raw_handle()) }
}
