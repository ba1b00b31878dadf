//! Our proxy in a process of its own, as a session has it, in front of any server.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Context;
use camino::Utf8PathBuf;
use clap::Args;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use waterskin_proxy::{Address, Gate, Listener, Proxy, Upstream};
use waterskin_session::{Lone, lone_observer, proxy_options};
use waterskin_tests::Result;

/// What the proxy has to know.
#[derive(Clone, Debug, Args)]
pub struct OursArguments {
    /// A port of 127.0.0.1, or the path of a Unix socket
    upstream: Target,
    /// Streamlit's `static` folder
    #[arg(long)]
    statics: Option<Utf8PathBuf>,
    /// Where to write a trace
    #[arg(long)]
    trace: Option<Utf8PathBuf>,
    /// Whether somebody looks at what passes
    #[arg(long)]
    inspected: bool,
    /// Whether nobody can look at it
    #[arg(long)]
    bare: bool,
}

#[derive(Clone, Debug)]
enum Target {
    Tcp(u16),
    Unix(PathBuf),
}

impl FromStr for Target {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::Unix(text.into()), Self::Tcp))
    }
}

/// Serves until it is told to end, on the runtime that the command and the shell have. Prints the
/// port and the path that lets a client in.
pub fn serve(arguments: OursArguments) -> Result<()> {
    Runtime::new()?.block_on(async {
        let listener = Listener::bind(0).await?;
        let port = listener.port();
        let gate = Gate::new(port)?;
        let address = match arguments.upstream {
            Target::Tcp(port) => Address::Tcp { port, secret: "secret".to_owned() },
            Target::Unix(path) => Address::Unix(path),
        };
        let (_app, upstream) = watch::channel(Upstream::Ready(address));
        let statics = arguments.statics.as_deref();
        let how = match &arguments.trace {
            Some(trace) => Lone::Traced(trace),
            None if arguments.inspected => Lone::Open,
            None if arguments.bare => Lone::Bare,
            None => Lone::Closed,
        };
        let observer = lone_observer(how).await;
        let options = proxy_options(gate.clone(), upstream, statics, "", observer);
        let _proxy = Proxy::serve_apart(listener, options)?;
        println!("listening {port} {}", gate.entry_path().context("a new gate has a token")?);
        signal(SignalKind::terminate())?.recv().await;
        Ok(())
    })
}
