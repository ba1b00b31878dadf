use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Command;

/// Goes on as another program, with this one's terminal and environment, to which `environment` is
/// added, and does not come back unless the program can't be started.
///
/// On Unix the process is replaced (execve). Windows has no such thing: there the program is
/// started and waited for, and its exit code returned.
///
/// # Errors
///
/// What the system said when it was asked to start the program.
#[expect(clippy::disallowed_methods, reason = "this is where another program takes over")]
pub fn replace(
    program: &Path,
    arguments: &[OsString],
    environment: &[(&str, OsString)],
) -> io::Result<u8> {
    let mut command = Command::new(program);
    command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
    platform(command)
}

#[cfg(unix)]
fn platform(mut command: Command) -> io::Result<u8> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn platform(mut command: Command) -> io::Result<u8> {
    let status = command.status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
