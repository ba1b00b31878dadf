use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use camino::Utf8Path;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use waterskin_proxy::{Gate, Observer, Upstream};
use waterskin_supervisor::OutputLog;

use crate::{
    AppInfo, Milestones, PortInfo,
    shared::Shared,
    streamlit,
    trace::{self, Place},
    watcher::Watcher,
};

/// How long an upgrade may wait for Python's answer. A server that reads too long a header line
/// hangs without one.
const HANDSHAKE: Duration = Duration::from_secs(15);

/// The proxy's options, as every session has them. `statics` is Streamlit's `static` folder,
/// `edition` names its version among payloads.
pub fn options(
    gate: Gate,
    upstream: watch::Receiver<Upstream>,
    statics: Option<&Utf8Path>,
    edition: &str,
    observer: Arc<dyn Observer>,
) -> waterskin_proxy::Options {
    let mut options = waterskin_proxy::Options::new(gate, upstream);
    options.statics = statics.map(|folder| streamlit::static_files(folder, edition));
    options.upgrade_cookies = streamlit::is_own_cookie;
    options.handshake_timeout = HANDSHAKE;
    options.observer = observer;
    options
}

/// The observer that a session has, without the session: for benchmarks of the proxy alone. It
/// writes a trace to the file `trace`, as long as the runtime is there.
pub async fn lone_observer(trace: Option<&Utf8Path>) -> Arc<dyn Observer> {
    let milestones = Arc::new(Milestones::since(Instant::now()));
    let none = String::new;
    let app = AppInfo { id: none(), name: none(), version: none() };
    let shared = Arc::new(Shared::new(app, PortInfo { port: 0, preferred: 0 }));
    let watcher = Arc::new(Watcher::new(shared, milestones, Box::new(|| {})));
    let Some(path) = trace else { return watcher };
    let (log, closing) = (Arc::new(OutputLog::open(None)), CancellationToken::new());
    trace::begin(watcher, Place { path, log, tasks: &TaskTracker::new(), closing }).await
}
