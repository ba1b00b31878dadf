//! A stand-in for the shell in the tests of its death: it starts a program and waits for ever.
//!
//! `host terminal PROGRAM DIRECTORY ARGUMENT...` starts it in a terminal, `host tool ...` as a tool.

use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;

use waterskin_process::{Command, Size, Tool};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let mut next = || arguments.next().ok_or("an argument is missing");
    let kind = next()?;
    let program = PathBuf::from(next()?);
    let directory = PathBuf::from(next()?);
    let arguments: Vec<OsString> = arguments.collect();
    if kind == "tool" {
        Tool::new(program).args(arguments).directory(directory).run(&mut |_, _| {})?;
        return Ok(());
    }
    let environment = std::env::vars_os().collect();
    let command = Command { program, arguments, environment, directory, size: Size::default() };
    let (child, mut output) = command.spawn()?;
    while output.blocking_recv().is_some() {}
    // The output may end before the program: this waits for the hard end alone.
    loop {
        std::thread::park();
        tracing::debug!(?child, "still there");
    }
}
