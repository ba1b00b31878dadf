//! The program of an AppImage.

use std::process::ExitCode;

fn main() -> ExitCode {
    waterskin_appimage::run(std::env::args_os().skip(1).collect())
}
