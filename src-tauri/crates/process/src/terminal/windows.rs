use std::error::Error;
use std::io::{self, Read, Write};
use std::os::windows::io::BorrowedHandle;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use portable_pty::{MasterPty, native_pty_system};

use crate::{Child, Command, TerminalOutput, Tree, tree};

/// Our end of a pseudo-console.
pub(crate) struct Terminal {
    reader: Mutex<Box<dyn Read + Send>>,
    console: Mutex<Option<Box<dyn MasterPty + Send>>>,
}

/// portable-pty asks for `PSEUDOCONSOLE_INHERIT_CURSOR` (0.9.0, `psuedocon.rs`): the console asks
/// where the cursor is, and starts nothing until it is told. In the corner.
const CURSOR_POSITION: &[u8] = b"\x1b[1;1R";

/// Whether a file is a program is only known by starting it.
pub(crate) fn check_executable(_program: &Path) -> io::Result<()> {
    Ok(())
}

/// Starts `command` in a new console.
#[expect(unsafe_code, reason = "portable-pty lends a raw handle only")]
pub(crate) fn spawn(
    command: &Command,
) -> Result<(Child, TerminalOutput), Box<dyn Error + Send + Sync>> {
    let pair = native_pty_system().openpty(super::pty_size(command.size))?;
    let reader = pair.master.try_clone_reader()?;
    let mut input = pair.master.take_writer()?;
    input.write_all(CURSOR_POSITION)?;
    let mut leader = pair.slave.spawn_command(super::builder(command))?;
    let handle = leader.as_raw_handle().ok_or_else(|| io::Error::other("no handle"))?;
    // SAFETY: `leader` keeps the handle open while it is borrowed here.
    let handle = unsafe { BorrowedHandle::borrow_raw(handle) }.try_clone_to_owned()?;
    let tree = match tree::windows::Tree::of(handle, Some(input)) {
        Ok(tree) => Tree::new(tree),
        Err(source) => {
            leader.kill()?;
            return Err(source.into());
        }
    };
    drop(pair.slave);
    let terminal = Terminal { reader: Mutex::new(reader), console: Mutex::new(Some(pair.master)) };
    Ok(Child::adopt(tree, terminal)?)
}

impl Terminal {
    /// Reads what was printed; 0 at the end and after [`close`](Self::close).
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.reader.lock().unwrap_or_else(PoisonError::into_inner).read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
            result => result,
        }
    }

    /// Closes the console, which ends the processes that are left in it and then the output.
    // `ClosePseudoConsole` waits until somebody has read all that was printed (before Windows 11
    // 24H2, says its documentation). Whoever closes must not wait for whoever reads.
    pub(crate) fn close(&self) {
        let console = self.console.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(console) = console {
            let closing = thread::Builder::new().name("console".to_owned());
            // Without a thread it is closed here.
            let _ = closing.spawn(move || drop(console));
        }
    }

    /// Reads on when nobody wants the output any more, so that the console can be closed.
    pub(crate) fn unwanted(&self) {
        let mut buffer = [0; 4096];
        while self.read(&mut buffer).is_ok_and(|length| length > 0) {}
    }

    /// A console's output has no end of its own, so it ends with the leader.
    pub(crate) fn leader_ended(&self) {
        self.close();
    }
}
