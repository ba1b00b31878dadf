//! The desktop host: opens an app's session and shows it in a window. It holds no logic that a
//! host of another kind would need as well.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod action;
mod arguments;
mod boot;
mod commands;
mod cover;
mod desk;
mod devices;
mod downloads;
mod host;
mod icon;
#[cfg_attr(target_os = "linux", expect(dead_code, reason = "GTK has a layer over the page"))]
mod inpage;
mod ipc;
mod keychain;
mod logging;
mod login;
mod menu;
mod native;
mod navigation;
#[cfg(target_os = "linux")]
mod network;
mod notice;
mod outside;
mod page;
mod place;
mod port;
mod report;
mod running;
mod screens;
mod settings;
mod signals;
mod system;
mod title;
mod window;
mod zoom;

use std::{process::ExitCode, time::Instant};

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
    native::begin();
    let boot = boot::Boot::read(arguments.project.as_deref());
    let _running = arguments.project.is_some().then(|| running::begin(&boot));
    let _log = logging::begin(boot.folders());
    match host::run(boot, start) {
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
