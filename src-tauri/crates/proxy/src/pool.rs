use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use crate::body::Body;
use crate::connect::{Stream, connect};
use crate::observer::UpstreamFailure;
use crate::server::Tasks;
use crate::tolerant::Tolerant;
use crate::upstream::Address;

/// How long an idle connection is used again: shorter than the 5 s after which uvicorn closes
/// one, so that no request meets a connection that is about to go.
const IDLE: Duration = Duration::from_secs(3);

/// How many idle connections are kept: as many as a window may have at once, since each of them
/// can have a request under way.
const KEPT: usize = 512;

/// Connections to the app that are open and idle.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    address: Address,
    since: Instant,
    sender: SendRequest<Body>,
}

impl Pool {
    /// The most recent idle connection to this address. Forgets the ones that are of no more use.
    pub(crate) fn take(&self, address: &Address) -> Option<SendRequest<Body>> {
        let mut idle = self.idle();
        // The oldest come first, so that those at the end are good where the first one is.
        if idle.first().is_some_and(|first| first.since.elapsed() >= IDLE) {
            idle.retain(|it| it.since.elapsed() < IDLE);
        }
        while let Some(at) = idle.iter().rposition(|it| it.sender.is_ready()) {
            let it = idle.remove(at);
            if it.address == *address {
                return Some(it.sender);
            }
        }
        idle.retain(|it| !it.sender.is_closed());
        None
    }

    /// Keeps a connection for later, whose last answer has come to its end. It may take a moment
    /// until it is ready for the next request.
    fn put(&self, address: Address, sender: SendRequest<Body>) {
        let mut idle = self.idle();
        if idle.len() < KEPT && !sender.is_closed() {
            idle.push(Idle { address, since: Instant::now(), sender });
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of an answer, and the connection that it comes on: that is kept once the body has come
/// to its end, and ended where nobody wants the rest.
pub(crate) struct Answered {
    body: Incoming,
    ended: bool,
    connection: Option<Connection>,
}

/// A connection with an answer under way.
pub(crate) struct Connection {
    pub(crate) pool: Arc<Pool>,
    pub(crate) address: Address,
    pub(crate) sender: SendRequest<Body>,
}

impl Answered {
    pub(crate) fn new(body: Incoming, connection: Connection) -> Self {
        Self { body, ended: false, connection: Some(connection) }
    }
}

impl hyper::body::Body for Answered {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.ended |= matches!(polled, Poll::Ready(None));
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        // A body of known length is not asked again after its last byte.
        if let Some(Connection { pool, address, sender }) = self.connection.take()
            && (self.ended || self.body.is_end_stream())
        {
            pool.put(address, sender);
        }
    }
}

/// Opens a connection for ordinary requests.
pub(crate) async fn open(
    address: &Address,
    tasks: &Tasks,
) -> Result<SendRequest<Body>, UpstreamFailure> {
    let stream = Tolerant::new(reach(address).await?);
    let (sender, connection) =
        client().handshake(TokioIo::new(stream)).await.map_err(|error| failure(&error))?;
    tasks.spawn(async move { ended(connection.await) });
    Ok(sender)
}

/// Opens a connection for one upgrade.
pub(crate) async fn open_for_upgrade(
    address: &Address,
    tasks: &Tasks,
) -> Result<SendRequest<Body>, UpstreamFailure> {
    let stream = reach(address).await?;
    let (sender, connection) =
        client().handshake(TokioIo::new(stream)).await.map_err(|error| failure(&error))?;
    tasks.spawn(async move { ended(connection.with_upgrades().await) });
    Ok(sender)
}

/// How the app's connections are read and written.
pub(crate) fn client() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.preserve_header_case(true);
    builder
}

async fn reach(address: &Address) -> Result<Stream, UpstreamFailure> {
    connect(address).await.map_err(|error| {
        tracing::debug!(%error, ?address, "could not connect to the app");
        UpstreamFailure::Refused
    })
}

fn ended(connection: hyper::Result<()>) {
    if let Err(error) = connection {
        tracing::debug!(%error, "a connection to the app ended");
    }
}

/// What a failed exchange says about the app.
pub(crate) fn failure(error: &hyper::Error) -> UpstreamFailure {
    if error.is_parse() { UpstreamFailure::Malformed } else { UpstreamFailure::ClosedEarly }
}
