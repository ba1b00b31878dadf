#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{Terminal, check_executable, spawn};
#[cfg(windows)]
pub(crate) use windows::{Terminal, check_executable, spawn};

use portable_pty::{CommandBuilder, PtySize};

use crate::{Command, Size};

fn builder(command: &Command) -> CommandBuilder {
    let mut builder = CommandBuilder::new(&command.program);
    builder.args(&command.arguments);
    builder.env_clear();
    for (name, value) in &command.environment {
        builder.env(name, value);
    }
    builder.cwd(&command.directory);
    builder
}

fn pty_size(size: Size) -> PtySize {
    PtySize { rows: size.rows, cols: size.columns, pixel_width: 0, pixel_height: 0 }
}
