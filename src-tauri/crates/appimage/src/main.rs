//! The program of an AppImage.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    waterskin_appimage::run(std::env::args_os().skip(1).collect())
}

/// No AppImage is opened here; the program is only built along.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
