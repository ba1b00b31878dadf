use std::io;
use std::os::windows::io::AsHandle;
use std::os::windows::process::CommandExt;
use std::process::{ChildStderr, ChildStdout, Command};

use crate::{Tree, tree};

/// `CREATE_NO_WINDOW`: a console program started by a windowed one flashes no black window.
const NO_WINDOW: u32 = 0x0800_0000;

/// Starts `command` in a job of its own.
pub(super) fn spawn(mut command: Command) -> io::Result<(Tree, ChildStdout, ChildStderr)> {
    let mut child = command.creation_flags(NO_WINDOW).spawn()?;
    let missing = || io::Error::other("the new process has no pipes");
    let stdout = child.stdout.take().ok_or_else(missing)?;
    let stderr = child.stderr.take().ok_or_else(missing)?;
    let handle = child.as_handle().try_clone_to_owned()?;
    match tree::windows::Tree::of(handle, None) {
        Ok(tree) => Ok((Tree::new(tree), stdout, stderr)),
        Err(source) => {
            // Nobody would end it.
            child.kill()?;
            Err(source)
        }
    }
}
