use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use camino::Utf8Path;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use waterskin_proxy::{Cache, Gate, Observer, StaticFiles, Upstream};
use waterskin_streamlit::{Kept, STATIC, Static};
use waterskin_supervisor::OutputLog;

use crate::{
    AppInfo, Milestones, PortInfo,
    shared::Shared,
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
    options.statics = statics.map(|folder| static_files(folder, edition));
    options.upgrade_cookies = waterskin_streamlit::is_own_cookie;
    options.handshake_timeout = HANDSHAKE;
    options.observer = observer;
    options
}

/// The routes that are answered with files of Streamlit's `static` folder, whatever Python does.
/// `edition` tells one payload's files from another's.
fn static_files(folder: &Utf8Path, edition: &str) -> StaticFiles {
    let cache = |kept| match kept {
        Kept::Revalidated => Cache::Revalidate,
        Kept::Forever => Cache::Immutable,
    };
    let files = StaticFiles::new(folder.as_std_path()).edition(edition);
    STATIC.iter().fold(files, |files, route| match *route {
        Static::File(path, file, kept) => files.file(path, file, cache(kept)),
        Static::Tree(path, folder, kept) => files.tree(path, folder, cache(kept)),
    })
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
