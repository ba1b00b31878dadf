use std::error::Error;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use portable_pty::{MasterPty, native_pty_system};
use rustix::event::{FdSetElement, fd_set_insert, fd_set_num_elements};
use rustix::fs::Access;
use rustix::process::Pid;

use crate::{Child, Command, TerminalOutput, Tree, tree};

/// Our end of a pseudo-terminal.
///
/// When the last descriptor of it closes, the kernel hangs up: SIGHUP to the session's leader and
/// its foreground group. So it stays open as long as the child is wanted, and closes with us.
pub(crate) struct Terminal {
    ours: File,
    /// Becomes readable, at its end, when the other half is dropped.
    closed: io::PipeReader,
    close: Mutex<Option<io::PipeWriter>>,
}

/// Fails when `program` may not be executed by us.
pub(crate) fn check_executable(program: &Path) -> io::Result<()> {
    Ok(rustix::fs::access(program, Access::EXEC_OK)?)
}

/// Starts `command` in a new terminal.
pub(crate) fn spawn(
    command: &Command,
) -> Result<(Child, TerminalOutput), Box<dyn Error + Send + Sync>> {
    let pair = native_pty_system().openpty(super::pty_size(command.size))?;
    let (closed, close) = io::pipe()?;
    let ours = descriptor(&*pair.master)?;
    set_modes(ours.as_fd())?;
    let terminal = Terminal { ours: ours.into(), closed, close: Mutex::new(Some(close)) };
    let leader = pair.slave.spawn_command(super::builder(command))?;
    let id = leader.process_id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
    let id = id.ok_or_else(|| io::Error::other("the new process has no id"))?;
    // The pair goes here, the child's end with it: we would else wait for ourselves at the end.
    drop(pair);
    Ok(Child::adopt(Tree::new(tree::unix::Tree::of(id)), terminal)?)
}

/// A descriptor of our own for the terminal, closed on `exec`.
#[expect(unsafe_code, reason = "portable-pty lends a raw descriptor only")]
fn descriptor(master: &dyn MasterPty) -> io::Result<OwnedFd> {
    let raw = master.as_raw_fd().ok_or_else(|| io::Error::other("the terminal is not open"))?;
    // SAFETY: `master` keeps the descriptor open while it is borrowed here.
    unsafe { BorrowedFd::borrow_raw(raw) }.try_clone_to_owned()
}

/// No echo of what is typed, and `\n` as it is printed instead of `\r\n`.
#[expect(unsafe_code, reason = "termios is called through libc, as portable-pty itself does")]
fn set_modes(terminal: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: the struct is plain numbers, for which zero is a value.
    let mut modes: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is open and the struct is ours.
    if unsafe { libc::tcgetattr(terminal.as_raw_fd(), &raw mut modes) } != 0 {
        return Err(io::Error::last_os_error());
    }
    modes.c_lflag &= !(libc::ECHO | libc::ECHONL);
    modes.c_oflag &= !libc::OPOST;
    // SAFETY: as above.
    if unsafe { libc::tcsetattr(terminal.as_raw_fd(), libc::TCSANOW, &raw const modes) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

impl Terminal {
    /// Reads what was printed; 0 at the end and after [`close`](Self::close).
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.wait()? {
                return Ok(0);
            }
            return match (&self.ours).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // Linux says EIO when nobody holds the other end any more.
                Err(error) if error.raw_os_error() == Some(libc::EIO) => Ok(0),
                result => result,
            };
        }
    }

    /// Makes [`read`](Self::read) end even if someone still holds the terminal.
    pub(crate) fn close(&self) {
        *self.close.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Nothing to do here: nobody waits for what is left to be read.
    pub(crate) fn unwanted(&self) {}

    /// Nothing to do here: the end of the output comes from those who hold the terminal.
    pub(crate) fn leader_ended(&self) {}

    /// Waits until there is something to read, `true`, or the terminal was closed, `false`.
    // `select`, since `poll` on macOS does not serve terminals (OpenSSH's `configure.ac` sets
    // BROKEN_POLL there). The sets are as long as the descriptors need: no limit of 1024.
    #[expect(unsafe_code, reason = "`select` takes raw descriptors")]
    fn wait(&self) -> io::Result<bool> {
        let descriptors = [self.ours.as_raw_fd(), self.closed.as_raw_fd()];
        let count = descriptors[0].max(descriptors[1]) + 1;
        let mut ready = vec![FdSetElement::default(); fd_set_num_elements(2, count)];
        fd_set_insert(&mut ready, descriptors[0]);
        fd_set_insert(&mut ready, descriptors[1]);
        loop {
            let mut set = ready.clone();
            // SAFETY: both descriptors are open for as long as `self` lives.
            match unsafe { rustix::event::select(count, Some(&mut set), None, None, None) } {
                Ok(_) => {
                    let mut readable = rustix::event::FdSetIter::new(&set);
                    return Ok(!readable.any(|descriptor| descriptor == descriptors[1]));
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
