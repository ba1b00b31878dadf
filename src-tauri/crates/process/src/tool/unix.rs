use std::io;
use std::os::unix::process::CommandExt;
use std::process::{ChildStderr, ChildStdout, Command};

use rustix::process::Pid;

use crate::{Tree, tree};

/// Starts `command` as the leader of a session of its own.
#[expect(unsafe_code, reason = "`setsid` is called between `fork` and `exec`")]
pub(super) fn spawn(mut command: Command) -> io::Result<(Tree, ChildStdout, ChildStderr)> {
    let ours = rustix::process::getpid();
    // SAFETY: the closure makes system calls only, and allocates nothing.
    unsafe { command.pre_exec(move || lead_session(ours)) };
    let mut child = command.spawn()?;
    let missing = || io::Error::other("the new process has no pipes");
    let stdout = child.stdout.take().ok_or_else(missing)?;
    let stderr = child.stderr.take().ok_or_else(missing)?;
    let id = child.id().try_into().ok().and_then(Pid::from_raw).ok_or_else(missing)?;
    // `child` is let go without a wait: the tree collects the process.
    Ok((Tree::new(tree::unix::Tree::of(id)), stdout, stderr))
}

#[cfg(target_os = "linux")]
fn lead_session(parent: Pid) -> io::Result<()> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal, setsid};

    setsid()?;
    // A tool ends with us even if we are killed. (The signal comes when the thread that started
    // it ends; that thread waits for the tool.)
    set_parent_process_death_signal(Some(Signal::TERM))?;
    if getppid() != Some(parent) {
        // We ended before the line above.
        return Err(rustix::io::Errno::SRCH.into());
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn lead_session(_parent: Pid) -> io::Result<()> {
    rustix::process::setsid()?;
    Ok(())
}
