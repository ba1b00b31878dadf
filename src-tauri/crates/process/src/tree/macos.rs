use std::mem::size_of;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, getsid, kill_process};

use super::members::Process;

/// Every process that can be seen.
pub(crate) fn processes() -> Vec<Process> {
    ids().into_iter().filter_map(process).collect()
}

/// Sends `signal` to `process`, and to no other that has its number by now.
pub(crate) fn signal(process: &Process, signal: Signal) {
    let Some(id) = Pid::from_raw(process.id) else { return };
    if !self::process(process.id).is_some_and(|now| now.is(process)) {
        return;
    }
    if let Err(error) = kill_process(id, signal)
        && error != Errno::SRCH
    {
        tracing::warn!(process = process.id, %error, "could not signal a process");
    }
}

/// `SZOMB` of `sys/proc.h`.
const ENDED: u32 = 5;

#[expect(unsafe_code, reason = "libproc has no safe binding")]
fn ids() -> Vec<i32> {
    // SAFETY: a null buffer asks for the number of processes only.
    let count = unsafe { libc::proc_listallpids(std::ptr::null_mut(), 0) };
    // Some more, for those that start meanwhile.
    let mut ids = vec![0_i32; usize::try_from(count).unwrap_or(0) + 64];
    let size = libc::c_int::try_from(ids.len() * size_of::<i32>()).unwrap_or(0);
    // SAFETY: the buffer is as large as said.
    let count = unsafe { libc::proc_listallpids(ids.as_mut_ptr().cast(), size) };
    ids.truncate(usize::try_from(count).unwrap_or(0));
    ids
}

#[expect(unsafe_code, reason = "libproc has no safe binding")]
fn process(id: i32) -> Option<Process> {
    let size = libc::c_int::try_from(size_of::<libc::proc_bsdinfo>()).ok()?;
    // SAFETY: the struct is plain numbers, for which zero is a value.
    let mut info: libc::proc_bsdinfo = unsafe { std::mem::zeroed() };
    // SAFETY: the buffer is a struct of the kind and size that is asked for.
    let written =
        unsafe { libc::proc_pidinfo(id, libc::PROC_PIDTBSDINFO, 0, (&raw mut info).cast(), size) };
    if written != size {
        return None;
    }
    Some(Process {
        id,
        parent: i32::try_from(info.pbi_ppid).ok()?,
        group: i32::try_from(info.pbi_pgid).ok()?,
        session: getsid(Pid::from_raw(id)).map_or(0, |session| session.as_raw_nonzero().get()),
        started: info.pbi_start_tvsec * 1_000_000 + info.pbi_start_tvusec,
        ended: info.pbi_status == ENDED,
    })
}
