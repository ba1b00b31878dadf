//! A record of what passes the proxy, as JSON lines: which requests and which frames, when and how
//! long. Never what is in them: no payload, no header field, no query.

mod line;
mod writer;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use camino::Utf8Path;
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use waterskin_proxy::{Direction, Event, Exchange, FrameHead, Observer};
use waterskin_streamlit::{Back, Forward};
use waterskin_supervisor::OutputLog;

use writer::{Writer, open};

/// How many lines may wait to be written. More are counted as lost rather than kept in memory.
const WAITING: usize = 16 * 1024;

/// What a trace needs to be written.
pub struct Place<'a> {
    /// The file; what it held is gone.
    pub path: &'a Utf8Path,
    /// Where it is said once that the trace can't be written. The app goes on without it.
    pub log: Arc<OutputLog>,
    /// Owns the task that writes.
    pub tasks: &'a TaskTracker,
    /// Ends the task, once what has passed is written.
    pub closing: CancellationToken,
}

/// Begins a trace of what `inner` observes. This gives the observer in its place.
pub async fn begin(inner: Arc<dyn Observer>, place: Place<'_>) -> Arc<dyn Observer> {
    let Place { path, log, tasks, closing } = place;
    let failed = {
        let path = path.to_owned();
        move |error: std::io::Error| log.note(&format!("no trace in `{path}`: {error}"))
    };
    let opened = async { Writer::begin(open(path).await?).await };
    let writer = match opened.await {
        Ok(writer) => writer,
        Err(error) => {
            failed(error);
            return inner;
        }
    };
    let (tracer, traced) = Tracer::new(inner);
    tasks.spawn(async move { writer.run(traced, closing).await.unwrap_or_else(failed) });
    Arc::new(tracer)
}

/// An observer that hands on to another one, and sends what it sees to a [`Writer`]. It never
/// waits.
struct Tracer {
    inner: Arc<dyn Observer>,
    passed: mpsc::Sender<Passed>,
    lost: Arc<AtomicU64>,
}

/// What becomes a line.
#[derive(Debug)]
enum Passed {
    Exchange(Box<Exchange>),
    Frame(Frame),
    Closed { stream: u64, at: Instant },
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    stream: u64,
    at: Instant,
    direction: Direction,
    head: FrameHead,
    message: Option<&'static str>,
    code: Option<u16>,
}

impl Tracer {
    /// Traces for `inner`. The other part is for the [`Writer`].
    fn new(inner: Arc<dyn Observer>) -> (Self, Traced) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let traced = Traced { passed: receiver, lost: Arc::clone(&lost) };
        (Self { inner, passed: sender, lost }, traced)
    }

    fn send(&self, passed: Passed) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.passed.try_send(passed) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What a [`Tracer`] sends.
#[derive(Debug)]
struct Traced {
    passed: mpsc::Receiver<Passed>,
    lost: Arc<AtomicU64>,
}

impl Observer for Tracer {
    fn event(&self, event: Event) {
        if let Event::UpgradeClosed { stream } = event {
            self.send(Passed::Closed { stream, at: Instant::now() });
        }
        self.inner.event(event);
    }

    fn frame(&self, stream: u64, direction: Direction, head: &FrameHead, prefix: &[u8]) {
        // Streamlit's messages are binary; a compressed one can't be looked into.
        let message = (head.opcode == 2 && head.rsv == 0)
            .then(|| match direction {
                Direction::ToWindow => Forward::name(prefix),
                Direction::ToApp => Back::name(prefix),
            })
            .flatten();
        let code = match (head.opcode, prefix) {
            (8, [high, low, ..]) => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        };
        let at = Instant::now();
        self.send(Passed::Frame(Frame { stream, at, direction, head: *head, message, code }));
        self.inner.frame(stream, direction, head, prefix);
    }

    fn wants_exchanges(&self) -> bool {
        !self.passed.is_closed()
    }

    fn exchange(&self, exchange: &Exchange) {
        self.send(Passed::Exchange(Box::new(exchange.clone())));
        self.inner.exchange(exchange);
    }
}

#[cfg(test)]
mod tests;
