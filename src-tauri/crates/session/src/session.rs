use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use camino::Utf8PathBuf;
use tokio::{
    runtime,
    sync::{Notify, watch},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use waterskin_proxy::{Address, BindError, Gate, GateError, Listener, Observer, Proxy, Upstream};
use waterskin_supervisor::{
    BoxError, Exit, OutputLog, Policy, Program, Readiness, Status, Supervisor,
};

use crate::{
    About, Failure, FoldersError, Inspection, Milestone, Milestones, Options, Phase, PortInfo,
    Report, SecretValues, SessionState, Wait, about,
    copying::Copying,
    course::Course,
    failure::{self, Ending},
    launch,
    launcher::{self, LauncherError},
    probe,
    report::Material,
    serving,
    shared::Shared,
    socket,
    trace::{self, Followers, Source},
    watcher::Watcher,
};

/// How many of Python's lines a failure and a report look at.
const LAST_LINES: usize = 200;

/// One running app: Python under supervision, the proxy in front of it, and the state to show.
///
/// It ends by [`Session::stop`]. A session that is dropped without it ends Python by force.
pub struct Session {
    start: Start,
    /// Python, once it has begun; nothing, where the session ended before.
    python: Arc<OnceLock<Option<Running>>>,
    proxy: Proxy,
    gate: Gate,
    /// Nothing passes any more: what writes about it ends.
    closing: CancellationToken,
    /// Those who follow what passes the proxy.
    followers: Arc<Followers>,
    /// The stages of the current load.
    course: Arc<Course>,
    /// Told when a person asks the splash for details.
    details: Arc<Notify>,
    versions: Vec<String>,
    stopping: AtomicBool,
}

/// What Python is started with, but for its secrets.
struct Start {
    options: Options,
    launcher: Utf8PathBuf,
    port: u16,
    shared: Arc<Shared>,
    log: Arc<OutputLog>,
    milestones: Arc<Milestones>,
    upstream: watch::Sender<Upstream>,
    tasks: TaskTracker,
    runtime: runtime::Handle,
}

/// Python under supervision.
struct Running {
    supervisor: Supervisor,
    secrets: SecretValues,
    /// Whether earlier sessions had these secrets too.
    kept: bool,
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
        let (upstream, serving) = watch::channel(Upstream::Holding);
        let start = Start {
            options,
            launcher,
            port,
            shared: Arc::clone(&shared),
            log: Arc::clone(&log),
            milestones: Arc::clone(&milestones),
            upstream,
            tasks: TaskTracker::new(),
            runtime: runtime::Handle::current(),
        };
        let python = Arc::new(OnceLock::new());
        if let Some(secrets) = start.options.secrets.clone() {
            python.get_or_init(|| Some(start.python(secrets, true)));
        }
        let gate = Gate::new(port).map_err(|source| OpenError::Gate { source })?;
        let healthy = {
            let python = Arc::downgrade(&python);
            move || {
                if let Some(python) = python.upgrade()
                    && let Some(Some(running)) = python.get()
                {
                    running.supervisor.healthy();
                }
            }
        };
        let options = &start.options;
        let watcher = Watcher::new(shared, milestones, Box::new(healthy))
            .telling(options.login.as_ref().map(|login| login.steps.clone()));
        let (course, details) = (watcher.course(), watcher.details());
        let closing = CancellationToken::new();
        let followers = Arc::<Followers>::default();
        if let Some(path) = &options.trace {
            let (tasks, closing) = (&start.tasks, closing.clone());
            trace::begin(&followers, trace::Place { path, log, tasks, closing }).await;
        }
        let observer: Arc<dyn Observer> =
            Arc::new(Source::new(Arc::new(watcher), Arc::clone(&followers)));
        let (statics, edition) = (options.statics.as_deref(), &*options.edition);
        let mut serving = serving::options(gate.clone(), serving, statics, edition, observer);
        serving.returned = options.login.as_ref().map(|login| Arc::clone(&login.page));
        let proxy =
            Proxy::serve_apart(listener, serving).map_err(|source| OpenError::Proxy { source })?;
        start.tasks.close();
        let stopping = AtomicBool::new(false);
        Ok(Self {
            start,
            python,
            proxy,
            gate,
            closing,
            followers,
            course,
            details,
            versions,
            stopping,
        })
    }

    /// Starts Python with these secrets, where it waits for them. `kept` says whether earlier sessions
    /// had the same: their logs have no others then. Gives whether these are the ones.
    pub fn begin(&self, secrets: SecretValues, kept: bool) -> bool {
        let mut is_now = false;
        self.python.get_or_init(|| {
            is_now = true;
            Some(self.start.python(secrets, kept))
        });
        is_now
    }

    /// Shows what the secrets are waited for, as long as Python has not begun.
    pub fn wait(&self, wait: Wait) {
        let phase = match wait {
            Wait::Quietly => Phase::Starting,
            Wait::ForKeychain => Phase::Unlocking,
            Wait::InVain => Phase::GaveUp { failure: failure::keychain() },
            Wait::ForPerson => Phase::Asking,
            Wait::Over => return,
        };
        self.start.shared.set_wait(phase);
    }

    /// The state now.
    pub fn state(&self) -> SessionState {
        self.start.shared.get()
    }

    /// The state and all that follow. A slow reader sees the newest one only.
    pub fn subscribe(&self) -> watch::Receiver<SessionState> {
        self.start.shared.subscribe()
    }

    /// The port of the page.
    pub fn port(&self) -> u16 {
        self.start.port
    }

    /// The page's address with a fresh one-time token. Whoever opens it first is let in; an
    /// address from an earlier call is no longer good.
    pub fn entry_url(&self) -> String {
        let path = self.gate.renew().unwrap_or_else(|error| {
            // The page then says that the token is missing, and what to do.
            tracing::error!(%error, "no token could be made");
            "/".to_owned()
        });
        format!("http://localhost:{}{path}", self.start.port)
    }

    /// Ends Python, if it runs, and starts it again; also after the session gave up. Gives whether there
    /// was anything to start again: not before Python has begun.
    pub fn restart(&self) -> bool {
        let running = self.running();
        if let Some(running) = running {
            running.supervisor.restart();
        }
        running.is_some()
    }

    fn running(&self) -> Option<&Running> {
        self.python.get()?.as_ref()
    }

    /// Python's output.
    pub fn log(&self) -> &Arc<OutputLog> {
        &self.start.log
    }

    /// The folder of the log's files.
    pub fn log_folder(&self) -> &Utf8PathBuf {
        &self.start.options.folders.logs
    }

    /// What the start passed, and when.
    pub fn milestones(&self) -> &Arc<Milestones> {
        &self.start.milestones
    }

    /// Follows what passes the proxy, until what this gives is dropped. Before that nothing is measured.
    pub fn inspect(&self) -> Inspection {
        Inspection::begin(&self.followers, &self.course)
    }

    /// Waits until a person asks the splash in the page for details.
    pub async fn details_asked(&self) {
        self.details.notified().await;
    }

    /// What a person can send to the app's author; `system` are lines about what all of it runs on.
    pub fn report(&self, system: &[String]) -> Report {
        let lines: Vec<String> =
            self.start.log.tail(LAST_LINES).into_iter().map(|line| line.text).collect();
        let running = self.running();
        Report::new(&Material {
            state: &self.state(),
            versions: &[&self.versions, system].concat(),
            milestones: &self.start.milestones.passed(),
            lines: &lines,
            folders: Some(&self.start.options.folders),
            secrets: running.map_or(&SecretValues::default(), |running| &running.secrets),
            sure: running.is_some_and(|running| running.kept),
        })
    }

    /// What the window about the app shows, with lines about the `system`. Reads the metadata of all
    /// that is in the app.
    pub fn about(&self, system: &[String]) -> About {
        let options = &self.start.options;
        let app = &options.app;
        About {
            name: app.name.clone(),
            version: app.version.clone(),
            author: options.author.clone(),
            waterskin: env!("CARGO_PKG_VERSION").to_owned(),
            versions: [&self.versions, system].concat(),
            parts: options.payload.as_ref().map(about::parts).unwrap_or_default(),
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
        // From here on Python does not begin.
        let python = self.python.get_or_init(|| None);
        let python = async {
            match python {
                Some(running) => running.supervisor.stop(budget).await,
                // What waits for Python waits in vain.
                None => drop(self.start.upstream.send_replace(Upstream::Down)),
            }
        };
        // Both at once: Python closes its streams by itself, which is what draining waits for.
        tokio::join!(python, self.proxy.shutdown(budget));
        self.closing.cancel();
        if tokio::time::timeout_at(deadline, self.start.tasks.wait()).await.is_err() {
            tracing::warn!("a task did not end in time");
        }
        self.start.shared.set_phase(Phase::Stopped);
    }
}

impl Start {
    /// Starts Python, and has the state and the proxy follow it.
    fn python(&self, secrets: SecretValues, kept: bool) -> Running {
        let _entered = self.runtime.enter();
        let python = Arc::new(Python {
            options: self.options.clone(),
            secrets: secrets.clone(),
            launcher: self.launcher.clone(),
            port: self.port,
            address: Mutex::new(None),
            copying: Copying::new(self.options.copy.clone(), Arc::clone(&self.log)),
            milestones: Arc::clone(&self.milestones),
        });
        let supervisor = Supervisor::start(
            Arc::clone(&python) as Arc<dyn Program>,
            Policy::default(),
            Arc::clone(&self.log),
        );
        self.tasks.spawn(follow(Follower {
            status: supervisor.subscribe(),
            upstream: self.upstream.clone(),
            shared: Arc::clone(&self.shared),
            python,
            log: Arc::clone(&self.log),
        }));
        Running { supervisor, secrets, kept }
    }
}

/// Python as the supervisor sees it.
struct Python {
    options: Options,
    secrets: SecretValues,
    launcher: Utf8PathBuf,
    port: u16,
    /// Where the current attempt listens.
    address: Mutex<Option<Address>>,
    copying: Copying,
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
        self.copying.bring()?;
        let sockets = self.options.trial.as_ref().map(|trial| &*trial.sockets);
        let address = socket::fresh(sockets)?;
        let command =
            launch::command(&self.options, &self.secrets, &self.launcher, self.port, &address);
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
        if let Some(failure) = self.python.copying.failure() {
            return failure;
        }
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
