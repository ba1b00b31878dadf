//! Figures of the packaged example `hello`, beside the same app under `streamlit run`.
//!
//! `scripts/bench` builds what this needs and runs it. Tables go to stdout, progress to stderr.

mod figures;
mod forwarder;
mod frames;
mod machine;
mod memory;
mod milestones;
mod packaged;
mod peer;
mod start;
mod tree;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use waterskin_tests::Result;

#[derive(Debug, Parser)]
#[command(name = "scripts/bench", about = "Measures the packaged example `hello`")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum What {
    /// From the start of the program to the page
    Start {
        /// How often each side is measured, after a start to warm up
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
    },
    /// Memory and processor at rest
    Memory {
        /// How often each side is measured, after a start to warm up
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut terminate = signal(SignalKind::terminate())?;
    // An interrupted benchmark still drops, and so ends, everything that it started.
    tokio::select! {
        done = run(arguments.what) => done,
        _ = terminate.recv() => anyhow::bail!("asked to end"),
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
    }
}

async fn run(what: What) -> Result<()> {
    match what {
        What::Start { runs } => start::run(runs).await,
        What::Memory { runs } => memory::run(runs).await,
    }
}
