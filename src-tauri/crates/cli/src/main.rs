//! The command `waterskin`: turns a Streamlit project into a desktop app, or runs it in a window.

mod args;
mod ask;
mod attempt;
mod build;
mod cache;
mod doctor;
mod documents;
mod export;
mod interpreter;
mod interrupt;
mod progress;
mod render;
mod run;
mod self_check;
mod serve;
mod size_report;
mod trial;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let done = match args.command {
        args::Command::Build(args) => build::run(&args),
        args::Command::Export(args) => export::run(&args),
        args::Command::Run(args) => run::run(&args),
        args::Command::Try(args) => attempt::run(&args),
        args::Command::Verify(args) => verify::run(&args),
        args::Command::Cache(args) => cache::run(&args),
        args::Command::Doctor(args) => doctor::run(&args),
        args::Command::SelfCheck(args) => self_check::run(&args),
        args::Command::Completions(args) => documents::completions(&args),
        args::Command::Man => documents::manual(),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            anstream::eprint!("{failure}");
            failure.exit_code()
        }
    }
}
