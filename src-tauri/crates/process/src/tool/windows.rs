use std::io;
use std::os::windows::io::AsHandle;
use std::os::windows::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdout, Command};

use windows_sys::Win32::System::Threading::{CREATE_NO_WINDOW, CREATE_SUSPENDED};

use crate::{Tree, tree};

/// Starts `command` in a job of its own. It begins when it is in there, so that nothing that it starts
/// is left out; and a console program that a windowed one starts flashes no black window.
pub(super) fn spawn(mut command: Command) -> io::Result<(Tree, ChildStdout, ChildStderr)> {
    let mut child = command.creation_flags(CREATE_NO_WINDOW | CREATE_SUSPENDED).spawn()?;
    adopt(&mut child).inspect_err(|_| {
        // Nobody else would end it. What went wrong first is said.
        let _ = child.kill();
    })
}

fn adopt(child: &mut Child) -> io::Result<(Tree, ChildStdout, ChildStderr)> {
    let missing = || io::Error::other("the new process has no pipes");
    let stdout = child.stdout.take().ok_or_else(missing)?;
    let stderr = child.stderr.take().ok_or_else(missing)?;
    let tree = tree::windows::Tree::of(child.as_handle().try_clone_to_owned()?, None)?;
    tree.begin()?;
    Ok((Tree::new(tree), stdout, stderr))
}
