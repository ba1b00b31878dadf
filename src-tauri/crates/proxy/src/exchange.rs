use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, Response};
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming, SizeHint};

use crate::body::{Body, BoxError};
use crate::observer::Observer;

/// One request and its answer, told to the [`Observer`] when the request is there, and when the answer
/// has ended.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Counts the requests that this proxy was sent, from 1.
    pub number: u64,
    /// The method.
    pub method: Method,
    /// The path, without the query: that may hold a token.
    pub path: String,
    /// The status of the answer; none where the window went before there was one.
    pub status: Option<u16>,
    /// Who answered.
    pub by: Answerer,
    /// The number of the upgraded connection that began with a 101.
    pub stream: Option<u64>,
    /// How many bytes of the request's body went to the app.
    pub sent: u64,
    /// How many bytes of the answer's body went to the window.
    pub received: u64,
    /// When the head of the request was there.
    pub start: Instant,
    /// When the head of the answer was there; none as with `status`.
    pub answered: Option<Instant>,
    /// When the last of the answer was handed to the system, or the exchange was given up.
    pub end: Instant,
    /// Whether the answer came to its end.
    pub whole: bool,
}

/// Who answered a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answerer {
    /// The app.
    App,
    /// The proxy, with one of its static files.
    Files,
    /// The proxy itself: a refusal, a path of its own, or a word in place of the app.
    Proxy,
}

/// The number of an upgraded connection, on the 101 that begins it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream(pub(crate) u64);

/// Counts the bytes of a request's body. Travels with the request's head.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<AtomicU64>);

impl Meter {
    pub(crate) fn count(&self, body: Incoming) -> Body {
        let Self(count) = self.clone();
        let counted = move |frame: Frame<Bytes>| {
            let length = frame.data_ref().map_or(0, Bytes::len);
            count.fetch_add(length as u64, Ordering::Relaxed);
            frame
        };
        body.map_frame(counted).map_err(Into::into).boxed_unsync()
    }
}

/// An exchange under way. Tells of its end by being dropped.
pub(crate) struct Begun {
    exchange: Exchange,
    sent: Meter,
    observer: Arc<dyn Observer>,
}

impl Begun {
    pub(crate) fn new(
        number: u64,
        request: &mut http::Request<Incoming>,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let (now, sent) = (Instant::now(), Meter::default());
        request.extensions_mut().insert(sent.clone());
        let exchange = Exchange {
            number,
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            status: None,
            by: Answerer::Proxy,
            stream: None,
            sent: 0,
            received: 0,
            start: now,
            answered: None,
            end: now,
            whole: false,
        };
        observer.asked(&exchange);
        Self { exchange, sent, observer }
    }

    /// Goes on with the answer's body, and tells the observer at its end.
    pub(crate) fn answered(mut self, answer: Response<Body>, by: Answerer) -> Response<Body> {
        self.exchange.answered = Some(Instant::now());
        self.exchange.status = Some(answer.status().as_u16());
        self.exchange.by = by;
        self.exchange.stream = answer.extensions().get::<Stream>().map(|Stream(number)| *number);
        let length = answer.headers().get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        answer.map(|body| Observed { body, length, begun: self }.boxed_unsync())
    }
}

/// The body of an answer, which takes its exchange to the end.
struct Observed {
    body: Body,
    /// What the head says of it.
    length: Option<u64>,
    begun: Begun,
}

impl hyper::body::Body for Observed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.begun.exchange.received += length as u64;
            }
            Poll::Ready(None) => self.begun.exchange.whole = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        // A body of known length is not asked again after its last byte.
        let exchange = &mut self.begun.exchange;
        exchange.whole |=
            hyper::body::Body::is_end_stream(&self.body) || self.length == Some(exchange.received);
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.exchange.end = Instant::now();
        self.exchange.sent = self.sent.0.load(Ordering::Relaxed);
        self.observer.exchange(&self.exchange);
    }
}
