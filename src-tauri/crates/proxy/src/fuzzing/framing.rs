use std::convert::Infallible;
use std::sync::Mutex;

use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING, UPGRADE};
use http::{Method, Request, Response, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

use super::converse::converse;
use crate::body::empty;
use crate::framing::Framing;
use crate::strict::Strict;

/// What hyper made of a connection.
#[derive(Default)]
struct Found {
    requests: u64,
    /// No request asked for another end of the connection than the client's.
    goes_on: bool,
}

/// What a strict connection lets through: the first byte says in what pieces the rest comes in.
///
/// Pieces must not matter to the framing, and hyper must find no request where the framing found
/// none. Where neither finds a fault, they find the same.
pub fn framing(data: &[u8]) {
    let Some((size, input)) = data.split_first() else { return };
    let piece = usize::from(*size) + 1;
    let mut framing = Framing::default();
    let fault = framing.feed(input);
    let heads = framing.heads();
    let mut framing = Framing::default();
    let begins = (0..input.len()).step_by(piece);
    let again = begins.zip(input.chunks(piece)).find_map(|(at, it)| Some(at + framing.feed(it)?));
    assert_eq!((fault, heads), (again, framing.heads()), "in pieces of {piece}");

    let state = Mutex::new(Found { requests: 0, goes_on: true });
    let found = || state.lock().expect("no panic holds it");
    let (ended, _) = converse(input, piece, async |server| {
        let service = service_fn(async |request: Request<Incoming>| {
            found().requests += 1;
            let fields = request.headers();
            assert!(
                !fields.contains_key(CONTENT_LENGTH) || !fields.contains_key(TRANSFER_ENCODING),
                "a length and chunks"
            );
            let upgrades = fields.contains_key(UPGRADE);
            found().goes_on &= !fields.contains_key(CONNECTION)
                && !upgrades
                && request.version() == Version::HTTP_11
                && request.method() != Method::CONNECT;
            let whole = request.into_body().collect().await.is_ok();
            found().goes_on &= whole;
            let mut answer = Response::new(empty());
            if upgrades {
                // As the proxy's own service answers it.
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(answer)
        });
        http1::Builder::new()
            .serve_connection(TokioIo::new(Strict::new(server)), service)
            .with_upgrades()
            .await
    });
    let Found { requests, goes_on } = *found();
    assert!(requests <= heads, "hyper found {requests} requests, the framing {heads}");
    if fault.is_none() && ended.is_ok() && goes_on {
        assert_eq!(requests, heads);
    }
}
