//! Figures of packaged examples, beside the same app under `streamlit run` and in a program that
//! PyInstaller makes, and of the proxy beside others.
//!
//! `scripts/bench` builds what this needs and runs it. Tables go to stdout, progress to stderr.

mod build;
mod figures;
mod film;
mod forwarder;
mod frames;
mod large;
mod machine;
mod memory;
mod milestones;
mod packaged;
mod peer;
mod probe;
mod proxy;
mod pyinstaller;
mod size;
mod start;
mod tree;
mod versions;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use waterskin_tests::Result;

#[derive(Debug, Parser)]
#[command(name = "scripts/bench", about = "Measures Waterskin beside others")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// From the start of the program to the page
    Start {
        /// How often each side is measured, after a start to warm up
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
        /// Which of `examples/`, or of `tests/apps/`
        #[arg(long, default_value = "hello")]
        app: String,
        /// With Python's files, its packages' and the app's not in the page cache
        #[arg(long)]
        cold: bool,
    },
    /// Pictures of a start, one every 50 ms
    Film {
        /// How many starts, after one to warm up
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
        /// Which of `examples/`, or of `tests/apps/`
        #[arg(long, default_value = "hello")]
        app: String,
        /// The folder for the pictures of the last start
        #[arg(long)]
        keep: Option<PathBuf>,
    },
    /// Memory and processor at rest
    Memory {
        /// How often each side is measured, after a start to warm up
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
        /// Which of `examples/`, or of `tests/apps/`
        #[arg(long, default_value = "hello")]
        app: String,
    },
    /// The time of a build beside PyInstaller's
    Build {
        /// How often each side builds
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
        /// Which of `examples/`
        #[arg(long, default_value = "hello")]
        app: String,
    },
    /// The size of what is handed out beside PyInstaller's
    Size {
        /// Which of `examples/`
        #[arg(long, default_value = "hello")]
        app: String,
    },
    /// Memory and time of a build of a large app
    Large {
        /// How many files of half a gigabyte it has
        #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..))]
        files: u32,
    },
    /// These programs beside those of another version
    Versions {
        /// The folder with the other's `waterskin` and `waterskin-shell`
        other: PathBuf,
        /// How often each is measured, after a round to warm up
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
        /// Which of `examples/`
        #[arg(long, default_value = "hello")]
        app: String,
    },
    /// The proxy beside nginx, HAProxy and Caddy
    Proxy {
        /// One short round
        #[arg(long)]
        quick: bool,
    },
    /// The proxy with the inspector open, closed, and without one
    Inspector {
        /// One short round
        #[arg(long)]
        quick: bool,
    },
    /// The server behind the proxies
    #[command(hide = true)]
    Upstream {
        /// The Unix socket to listen on besides
        socket: PathBuf,
    },
    /// Our proxy in a process of its own
    #[command(hide = true)]
    Ours(proxy::OursArguments),
}

fn main() -> Result<()> {
    match Arguments::parse().what {
        // It has a runtime of its own, as in the product.
        What::Ours(arguments) => proxy::serve_ours(arguments),
        what => measure(what),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn measure(what: What) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    // An interrupted benchmark still drops, and so ends, everything that it started.
    tokio::select! {
        done = run(what) => done,
        _ = terminate.recv() => anyhow::bail!("asked to end"),
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
    }
}

async fn run(what: What) -> Result<()> {
    match what {
        What::Start { runs, app, cold } => start::run(runs, &app, cold).await,
        What::Film { runs, app, keep } => film::run(runs, &app, keep).await,
        What::Memory { runs, app } => memory::run(runs, &app).await,
        What::Build { runs, app } => build::run(runs, &app).await,
        What::Size { app } => size::run(&app).await,
        What::Large { files } => large::run(files).await,
        What::Versions { other, runs, app } => versions::run(runs, &app, &other).await,
        What::Proxy { quick } => proxy::run(quick).await,
        What::Inspector { quick } => proxy::run_inspector(quick).await,
        What::Upstream { socket } => proxy::serve_upstream(socket).await,
        What::Ours(arguments) => proxy::serve_ours(arguments),
    }
}
