//! The desktop host: opens an app's session and shows it in a window. It holds no logic that a
//! host of another kind would need as well.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod app;
mod context;
mod model;
mod platform;
mod windows;

use std::{process::ExitCode, time::Instant};

use app::{arguments, boot, lifecycle, logging, running};

fn main() -> ExitCode {
    let start = Instant::now();
    let arguments = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    if arguments.version {
        println!("waterskin-shell {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    platform::begin();
    let boot = boot::Boot::read(arguments.project.as_deref());
    let _running = arguments.project.is_some().then(|| running::begin(&boot));
    let _log = logging::begin(boot.folders());
    match lifecycle::run(boot, start) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a window there is only the terminal and the log to say it in.
            tracing::error!(%error, "the window system could not be used");
            eprintln!(
                "error: could not open a window\n  caused by: {error}\nhint: start the app in a desktop session"
            );
            ExitCode::FAILURE
        }
    }
}
