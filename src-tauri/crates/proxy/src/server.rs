use std::fmt;
use std::io;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connections::{Connections, Limits, Visitor};
use crate::gate::Gate;
use crate::listener::Listener;
use crate::observer::{Observer, Silent};
use crate::platform::Neighbours;
use crate::service::Service;
use crate::statics::StaticFiles;
use crate::unavailable::{Unavailable, unavailable_page};
use crate::upstream::Upstream;

/// How long a head may be, in bytes; beyond is 431. The number of its fields is left at hyper's 100
/// (1.12, `DEFAULT_MAX_HEADERS`): any other number costs an allocation and a third of the work.
const MAX_HEAD: usize = 256 * 1024;

/// How long to wait after the system refused to accept, which it does when it has no more files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a [`Proxy`] works with.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// Who may come in.
    pub gate: Gate,
    /// Files to answer with at once.
    pub statics: Option<StaticFiles>,
    /// Where the app is.
    pub upstream: watch::Receiver<Upstream>,
    /// Which cookies the app gets on an upgrade, by name, where all of them together are too long.
    /// All of them by default.
    pub upgrade_cookies: fn(&str) -> bool,
    /// How long connecting to the app may take, and its answer to an upgrade. 10 s by default.
    pub handshake_timeout: Duration,
    /// How long a request that met the app's end waits for word of it from `upstream`, to be asked
    /// of the app that starts next, before it is answered with 502. Only a request by a safe method
    /// and without a body does. 2 s by default.
    pub restart_notice: Duration,
    /// How many connections there may be, and how long they may take.
    pub limits: Limits,
    /// Who is told of what passes.
    pub observer: Arc<dyn Observer>,
    /// Makes the HTML page that says why the app does not answer.
    pub unavailable: Arc<dyn Fn(&Unavailable) -> String + Send + Sync>,
    /// Where it is given, the app's logins at other sites are done in the system's browser, which
    /// shows this HTML page in the end. Not by default: the page is in a browser itself then.
    pub returned: Option<Arc<str>>,
}

impl Options {
    /// Options with the defaults that their fields name.
    pub fn new(gate: Gate, upstream: watch::Receiver<Upstream>) -> Self {
        Self {
            gate,
            statics: None,
            upstream,
            upgrade_cookies: |_| true,
            handshake_timeout: Duration::from_secs(10),
            restart_notice: Duration::from_secs(2),
            limits: Limits::default(),
            observer: Arc::new(Silent),
            unavailable: Arc::new(unavailable_page),
            returned: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("gate", &self.gate)
            .field("statics", &self.statics)
            .field("handshake_timeout", &self.handshake_timeout)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// A running proxy. Dropping it ends every connection at once; [`Proxy::shutdown`] is the polite
/// way.
#[derive(Debug)]
pub struct Proxy {
    tasks: Tasks,
}

/// The owner of every task of a proxy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    /// No more connections, no more requests on the ones there are.
    pub(crate) draining: CancellationToken,
    /// Every task ends where it stands.
    killed: CancellationToken,
}

impl Tasks {
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let task = self.killed.clone().run_until_cancelled_owned(task);
        self.tracker.spawn(async { task.await.unwrap_or_default() });
    }

    /// Resolves when the proxy was stopped and no task is left.
    async fn ended(self) {
        self.draining.cancelled().await;
        self.tracker.close();
        self.tracker.wait().await;
    }
}

impl Proxy {
    /// Serves on the listener's sockets until [`Proxy::shutdown`].
    ///
    /// Must be called within a tokio runtime with time and I/O.
    pub fn serve(listener: Listener, options: Options) -> Self {
        let tasks = Tasks::default();
        let connections = Connections::new(options.limits);
        let service = Arc::new(Service::new(options, tasks.clone()));
        for socket in listener.sockets {
            let (service, connections) = (Arc::clone(&service), Arc::clone(&connections));
            tasks.spawn(accept(socket, service, connections, tasks.clone()));
        }
        Self { tasks }
    }

    /// The same on a thread of its own, which ends with the proxy.
    ///
    /// One thread for all connections: most of what a proxy does is too short to be worth handing
    /// it to another thread, and what the caller's runtime has to do delays nothing here.
    ///
    /// # Errors
    ///
    /// When the system gives no thread, or nothing to wait on its sockets with.
    pub fn serve_apart(listener: Listener, options: Options) -> io::Result<Self> {
        let (started, starting) = mpsc::sync_channel(1);
        let run = move || {
            let serve = |runtime: &Runtime| {
                let _inside = runtime.enter();
                Ok(Self::serve(listener.on_this_runtime()?, options))
            };
            let runtime = match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(started.send(Err(error))),
            };
            let proxy = serve(&runtime);
            let tasks = proxy.as_ref().ok().map(|proxy| proxy.tasks.clone());
            // Who waits for it is there until it comes.
            drop(started.send(proxy));
            if let Some(tasks) = tasks {
                runtime.block_on(tasks.ended());
            }
        };
        thread::Builder::new().name("proxy".to_owned()).spawn(run)?;
        starting.recv().unwrap_or_else(|_| Err(io::Error::other("the thread ended")))
    }

    /// Stops: no new connection is taken, held requests get 503, upgraded connections end, and
    /// answers under way may finish until `budget` is over. Returns when nothing is left.
    pub async fn shutdown(&self, budget: Duration) {
        self.tasks.draining.cancel();
        self.tasks.tracker.close();
        if tokio::time::timeout(budget, self.tasks.tracker.wait()).await.is_err() {
            tracing::debug!(left = self.tasks.tracker.len(), "connections are cut");
            self.tasks.killed.cancel();
            self.tasks.tracker.wait().await;
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.tasks.draining.cancel();
        self.tasks.killed.cancel();
    }
}

async fn accept(
    socket: TcpListener,
    service: Arc<Service>,
    connections: Arc<Connections>,
    tasks: Tasks,
) {
    let draining = tasks.draining.clone();
    let mut neighbours = Neighbours::new();
    let accepting = async {
        loop {
            match next(&socket, &mut neighbours).await {
                Ok((stream, is_foreign)) => {
                    let visitor = connections.meet().foreign(is_foreign);
                    let service = Arc::clone(&service);
                    tasks.spawn(serve(stream, service, visitor, tasks.draining.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    connections.cut_oldest_stranger();
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    draining.run_until_cancelled(accepting).await;
}

/// The next connection, and whether it is another user's.
async fn next(socket: &TcpListener, users: &mut Neighbours) -> io::Result<(TcpStream, bool)> {
    let (stream, peer) = socket.accept().await?;
    stream.set_nodelay(true)?;
    let is_foreign = users.is_foreign(stream.local_addr()?, peer);
    Ok((stream, is_foreign))
}

/// How a connection is read and written.
///
/// hyper takes a lone line feed for the end of a line, and of a length and chunks the chunks; RFC
/// 9112 (sections 2.2 and 6.1) allows both. Neither gets any further: each request is written anew
/// for the app, so that no reader before or behind this one finds other ends than it did.
pub(crate) fn http() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .max_header_size(MAX_HEAD)
        .preserve_header_case(true)
        // The app's answers have a date; our own get one in `service`.
        .auto_date_header(false);
    builder
}

/// Serves one connection. Its place is free again when HTTP ends on it.
pub(crate) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    service: Arc<Service>,
    visitor: Visitor,
    draining: CancellationToken,
) {
    let head_timeout = visitor.limits().head_timeout;
    let visitor = Arc::new(visitor);
    let outstayed = {
        let visitor = Arc::clone(&visitor);
        async move { visitor.outstayed().await }
    };
    let answer = service_fn(move |request| {
        let (service, visitor) = (Arc::clone(&service), Arc::clone(&visitor));
        async move { Ok::<_, std::convert::Infallible>(service.answer(request, &visitor).await) }
    });
    let connection = http()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .serve_connection(TokioIo::new(stream), answer)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = draining.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = outstayed => {
            tracing::debug!("a connection that did not pass the gate in time was cut");
            Ok(())
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection of the window ended");
    }
}
