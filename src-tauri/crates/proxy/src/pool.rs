use std::sync::{Mutex, PoisonError};
use std::time::Duration;

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

/// How many idle connections are kept.
const KEPT: usize = 32;

/// More fields in one answer than this are an error.
const MAX_HEADERS: usize = 1024;

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
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|it| {
            it.address == *address && it.since.elapsed() < IDLE && it.sender.is_ready()
        });
        idle.pop().map(|it| it.sender)
    }

    /// Keeps a connection for later.
    pub(crate) fn put(&self, address: Address, sender: SendRequest<Body>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT && sender.is_ready() {
            idle.push(Idle { address, since: Instant::now(), sender });
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

fn client() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.preserve_header_case(true).max_headers(MAX_HEADERS);
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
