use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use camino::Utf8PathBuf;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use waterskin_proxy::{Address, BindError, Gate, GateError, Listener, Observer, Proxy, Upstream};
use waterskin_supervisor::{
    BoxError, Exit, OutputLog, Policy, Program, Readiness, Status, Supervisor,
};

use crate::{
    About, Failure, FoldersError, Milestone, Milestones, Options, Phase, PortInfo, Report,
    SessionState, about,
    failure::{self, Ending},
    launch,
    launcher::{self, LauncherError},
    probe,
    report::Material,
    serving,
    shared::Shared,
    socket, trace,
    watcher::Watcher,
};

/// How many of Python's lines a failure and a report look at.
const LAST_LINES: usize = 200;

/// One running app: Python under supervision, the proxy in front of it, and the state to show.
///
/// It ends by [`Session::stop`]. A session that is dropped without it ends Python by force.
pub struct Session {
    shared: Arc<Shared>,
    supervisor: Arc<Supervisor>,
    proxy: Proxy,
    gate: Gate,
    log: Arc<OutputLog>,
    milestones: Arc<Milestones>,
    tasks: TaskTracker,
    /// Nothing passes any more: what writes about it ends.
    closing: CancellationToken,
    options: Options,
    versions: Vec<String>,
    port: u16,
    stopping: AtomicBool,
}

/// Why a session could not begin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No port could be had.
    #[error("could not listen for the app's window")]
    Bind {
        /// What went wrong.
        #[source]
        source: BindError,
    },
    /// The gate could not be made.
    #[error("could not make the secrets of the app's window")]
    Gate {
        /// What went wrong.
        #[source]
        source: GateError,
    },
    /// The proxy could not be started.
    #[error("could not start what serves the app's window")]
    Proxy {
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// The app's folders could not be made.
    #[error("could not make the app's folders")]
    Folders {
        /// What went wrong.
        #[source]
        source: FoldersError,
    },
    /// The launcher could not be put on disk.
    #[error("could not prepare the start of Python")]
    Launcher {
        /// The folder that it goes into.
        folder: Utf8PathBuf,
        /// What went wrong.
        #[source]
        source: LauncherError,
    },
}

impl Session {
    /// Opens a session: binds the port, starts Python and serves the page at once.
    ///
    /// `versions` are lines about the app for the report, `start` is when the process began.
    pub async fn open(
        options: Options,
        versions: Vec<String>,
        start: Instant,
    ) -> Result<Self, OpenError> {
        let milestones = Arc::new(Milestones::since(start));
        // The port first: a window may come the moment it is known.
        let listener =
            Listener::bind(options.port).await.map_err(|source| OpenError::Bind { source })?;
        let port = listener.port();
        milestones.pass(Milestone::Listening);
        if port != options.port && options.port != 0 {
            tracing::warn!(wanted = options.port, port, "the port is taken, another one serves");
        }
        options.folders.create().map_err(|source| OpenError::Folders { source })?;
        let launcher = launcher::install(&options.folders.cache).map_err(|source| {
            let folder = options.folders.cache.clone();
            OpenError::Launcher { folder, source }
        })?;
        let log = Arc::new(OutputLog::open(Some(options.folders.logs.as_std_path())));

        let ports = PortInfo { port, preferred: options.port };
        let shared = Arc::new(Shared::new(options.app.clone(), ports));
        let python = Arc::new(Python {
            options: options.clone(),
            launcher,
            port,
            address: Mutex::new(None),
            milestones: Arc::clone(&milestones),
        });
        let supervisor = Arc::new(Supervisor::start(
            Arc::clone(&python) as Arc<dyn Program>,
            Policy::default(),
            Arc::clone(&log),
        ));
        let (upstream, serving) = watch::channel(Upstream::Holding);
        let gate = Gate::new(port).map_err(|source| OpenError::Gate { source })?;
        let healthy = {
            let supervisor = Arc::downgrade(&supervisor);
            move || {
                if let Some(supervisor) = supervisor.upgrade() {
                    supervisor.healthy();
                }
            }
        };
        let watcher = Watcher::new(Arc::clone(&shared), Arc::clone(&milestones), Box::new(healthy))
            .telling(options.login.as_ref().map(|login| login.steps.clone()));
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let mut observer: Arc<dyn Observer> = Arc::new(watcher);
        if let Some(path) = &options.trace {
            let (log, closing) = (Arc::clone(&log), closing.clone());
            let place = trace::Place { path, log, tasks: &tasks, closing };
            observer = trace::begin(observer, place).await;
        }
        let (statics, edition) = (options.statics.as_deref(), &*options.edition);
        let mut serving = serving::options(gate.clone(), serving, statics, edition, observer);
        serving.returned = options.login.as_ref().map(|login| Arc::clone(&login.page));
        let proxy =
            Proxy::serve_apart(listener, serving).map_err(|source| OpenError::Proxy { source })?;
        tasks.spawn(follow(Follower {
            status: supervisor.subscribe(),
            upstream,
            shared: Arc::clone(&shared),
            python,
            log: Arc::clone(&log),
        }));
        tasks.close();
        Ok(Self {
            shared,
            supervisor,
            proxy,
            gate,
            log,
            milestones,
            tasks,
            closing,
            options,
            versions,
            port,
            stopping: AtomicBool::new(false),
        })
    }

    /// The state now.
    pub fn state(&self) -> SessionState {
        self.shared.get()
    }

    /// The state and all that follow. A slow reader sees the newest one only.
    pub fn subscribe(&self) -> watch::Receiver<SessionState> {
        self.shared.subscribe()
    }

    /// The port of the page.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The page's address with a fresh one-time token. Whoever opens it first is let in; an
    /// address from an earlier call is no longer good.
    pub fn entry_url(&self) -> String {
        let path = self.gate.renew().unwrap_or_else(|error| {
            // The page then says that the token is missing, and what to do.
            tracing::error!(%error, "no token could be made");
            "/".to_owned()
        });
        format!("http://localhost:{}{path}", self.port)
    }

    /// Ends Python, if it runs, and starts it again; also after the session gave up.
    pub fn restart(&self) {
        self.supervisor.restart();
    }

    /// Python's output.
    pub fn log(&self) -> &Arc<OutputLog> {
        &self.log
    }

    /// The folder of the log's files.
    pub fn log_folder(&self) -> &Utf8PathBuf {
        &self.options.folders.logs
    }

    /// What the start passed, and when.
    pub fn milestones(&self) -> &Arc<Milestones> {
        &self.milestones
    }

    /// What a person can send to the app's author; `system` are lines about what all of it runs on.
    pub fn report(&self, system: &[String]) -> Report {
        let lines: Vec<String> =
            self.log.tail(LAST_LINES).into_iter().map(|line| line.text).collect();
        Report::new(&Material {
            state: &self.state(),
            versions: &[&self.versions, system].concat(),
            milestones: &self.milestones.passed(),
            lines: &lines,
            folders: Some(&self.options.folders),
            secrets: &self.options.secrets,
        })
    }

    /// What the window about the app shows, with lines about the `system`. Reads the metadata of all
    /// that is in the app.
    pub fn about(&self, system: &[String]) -> About {
        let app = &self.options.app;
        About {
            name: app.name.clone(),
            version: app.version.clone(),
            author: self.options.author.clone(),
            waterskin: env!("CARGO_PKG_VERSION").to_owned(),
            versions: [&self.versions, system].concat(),
            parts: self.options.payload.as_ref().map(about::parts).unwrap_or_default(),
        }
    }

    /// Ends everything within `budget`: stops accepting, drains, ends Python's tree, and joins.
    /// A second call, while the first is under way, ends at once what is left.
    pub async fn stop(&self, budget: Duration) {
        let again = self.stopping.swap(true, Ordering::SeqCst);
        if again {
            tracing::debug!("asked to stop again: ending by force");
        }
        let deadline = tokio::time::Instant::now() + budget;
        // Both at once: Python closes its streams by itself, which is what draining waits for.
        tokio::join!(self.supervisor.stop(budget), self.proxy.shutdown(budget),);
        self.closing.cancel();
        if tokio::time::timeout_at(deadline, self.tasks.wait()).await.is_err() {
            tracing::warn!("a task did not end in time");
        }
        self.shared.set_phase(Phase::Stopped);
    }
}

/// Python as the supervisor sees it.
struct Python {
    options: Options,
    launcher: Utf8PathBuf,
    port: u16,
    /// Where the current attempt listens.
    address: Mutex<Option<Address>>,
    milestones: Arc<Milestones>,
}

impl Python {
    fn address(&self) -> Option<Address> {
        self.address.lock().ok()?.clone()
    }

    fn set_address(&self, address: Option<Address>) {
        if let Ok(mut current) = self.address.lock() {
            *current = address;
        }
    }
}

impl Program for Python {
    fn command(&self, _attempt: u32) -> Result<waterskin_process::Command, BoxError> {
        let address = socket::fresh()?;
        let command = launch::command(&self.options, &self.launcher, self.port, &address);
        self.set_address(Some(address));
        self.milestones.pass(Milestone::Spawned);
        Ok(command)
    }

    fn ready(&self, _attempt: u32) -> Readiness {
        let address = self.address();
        let port = self.port;
        let milestones = Arc::clone(&self.milestones);
        Box::pin(async move {
            let address = address.ok_or("the attempt has no address")?;
            probe::ready(address, port).await;
            milestones.pass(Milestone::Ready);
            Ok(())
        })
    }

    fn ended(&self, _attempt: u32) {
        if let Some(address) = self.address() {
            socket::remove(&address);
        }
        self.set_address(None);
    }
}

/// What turns the supervisor's status into the state and the proxy's upstream.
struct Follower {
    status: watch::Receiver<Status>,
    upstream: watch::Sender<Upstream>,
    shared: Arc<Shared>,
    python: Arc<Python>,
    log: Arc<OutputLog>,
}

/// Runs until the supervisor has stopped.
async fn follow(mut follower: Follower) {
    loop {
        let status = follower.status.borrow_and_update().clone();
        let stopped = matches!(status, Status::Stopped);
        follower.show(status).await;
        if stopped || follower.status.changed().await.is_err() {
            return;
        }
    }
}

impl Follower {
    async fn show(&self, status: Status) {
        tracing::info!(?status, "python");
        match status {
            Status::Starting { attempt } => {
                self.upstream.send_replace(Upstream::Holding);
                self.shared.set_start(Phase::Starting, attempt);
            }
            Status::Ready { attempt } => {
                let Some(address) = self.python.address() else { return };
                self.upstream.send_replace(Upstream::Ready(address));
                self.shared.set_start(Phase::Ready, attempt);
            }
            Status::Waiting { failures, delay, last } => {
                self.upstream.send_replace(Upstream::Holding);
                self.shared.set_phase(Phase::Waiting {
                    failures,
                    delay_ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
                    reason: last.to_string(),
                });
            }
            Status::GaveUp { last, .. } => {
                self.upstream.send_replace(Upstream::Down);
                let failure = self.failure(&last).await;
                self.shared.set_phase(Phase::GaveUp { failure });
            }
            Status::Stopping => {
                self.shared.set_phase(Phase::Stopping);
            }
            Status::Stopped => {
                self.upstream.send_replace(Upstream::Down);
                self.shared.set_phase(Phase::Stopped);
            }
        }
    }

    /// Why Python ended for good: a damaged file of the app's, or else what it said last.
    async fn failure(&self, last: &Exit) -> Failure {
        let options = &self.python.options;
        let lines: Vec<String> =
            self.log.tail(LAST_LINES).into_iter().map(|line| line.text).collect();
        let log_file = self.log.path().and_then(|path| Utf8PathBuf::from_path_buf(path).ok());
        let ending = Ending {
            exit: &last.to_string(),
            unresponsive: matches!(last, Exit::Unresponsive { .. } | Exit::NotReady { .. }),
        };
        let log_file = log_file.unwrap_or_default();
        let crashing = failure::crashing(&options.app.name, &ending, &lines, &log_file);
        let Some(payload) = options.payload.clone() else { return crashing };
        match tokio::task::spawn_blocking(move || payload.diagnose()).await {
            Ok(Err(error)) => {
                tracing::error!(%error, "the app is damaged");
                let damaged = failure::damaged(&error);
                let details = format!("{}\n\n{}", damaged.details, crashing.details);
                Failure { details, log_file: crashing.log_file, ..damaged }
            }
            _ => crashing,
        }
    }
}
