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
    AppInfo, Inspection, Milestones, PortInfo,
    shared::Shared,
    trace::{self, Followers, Place, Source},
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

/// How a proxy alone is watched, for benchmarks.
#[derive(Clone, Copy, Debug)]
pub enum Lone<'a> {
    /// By what knows the stages of a load, and nobody can follow what passes.
    Bare,
    /// As in a session: nobody follows.
    Closed,
    /// Somebody looks at what passes, as the inspector does.
    Open,
    /// A trace is written to this file.
    Traced(&'a Utf8Path),
}

/// The observer that a session has, without the session: for benchmarks of the proxy alone. Who follows
/// does so as long as the runtime is there.
pub async fn lone_observer(how: Lone<'_>) -> Arc<dyn Observer> {
    let milestones = Arc::new(Milestones::since(Instant::now()));
    let none = String::new;
    let app = AppInfo { id: none(), name: none(), version: none() };
    let shared = Arc::new(Shared::new(app, PortInfo { port: 0, preferred: 0 }));
    let watcher = Arc::new(Watcher::new(shared, milestones, Box::new(|| {})));
    let followers = Arc::<Followers>::default();
    match how {
        Lone::Bare => return watcher,
        Lone::Closed => {}
        Lone::Open => {
            let mut inspection = Inspection::begin(&followers, &watcher.course());
            TaskTracker::new().spawn(async move { while inspection.next().await.is_some() {} });
        }
        Lone::Traced(path) => {
            let (log, closing) = (Arc::new(OutputLog::open(None)), CancellationToken::new());
            let place = Place { path, log, tasks: &TaskTracker::new(), closing };
            trace::begin(&followers, place).await;
        }
    }
    Arc::new(Source::new(watcher, followers))
}
