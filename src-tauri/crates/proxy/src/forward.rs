use std::sync::Arc;
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{Request, Response, StatusCode, Uri, Version, request};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;

use crate::body::{Body, empty, streamed};
use crate::exchange::Meter;
use crate::headers;
use crate::observer::UpstreamFailure;
use crate::pool::{Answered, Connection, Pool, failure, open};
use crate::server::Tasks;
use crate::upstream::Address;

/// What forwarding needs besides the request.
pub(crate) struct Route<'a> {
    pub(crate) address: Address,
    pub(crate) pool: &'a Arc<Pool>,
    pub(crate) tasks: &'a Tasks,
    /// How long connecting may take. There is no limit for the answer: scripts are slow.
    pub(crate) connect_timeout: Duration,
}

/// Sends the request on and gives back the app's answer. Dropping the future, or the answer's
/// body, ends the connection to the app.
///
/// A request that meets a kept connection which has just ended, and of which no byte was sent,
/// goes out again on a new one (RFC 9112 section 9.3.1). No other is repeated here.
pub(crate) async fn forward(
    request: Request<Body>,
    route: &Route<'_>,
) -> Result<Response<Body>, UpstreamFailure> {
    let mut request = request;
    while let Some(mut sender) = route.pool.take(&route.address) {
        match sender.try_send_request(request).await {
            Ok(answer) => return finish(answer, sender, route),
            Err(mut error) => match error.take_message() {
                Some(unsent) => request = unsent,
                None => return Err(failure(error.error())),
            },
        }
    }
    let connecting = open(&route.address, route.tasks);
    let mut sender = tokio::time::timeout(route.connect_timeout, connecting)
        .await
        .unwrap_or(Err(UpstreamFailure::TimedOut))?;
    let answer = sender.send_request(request).await.map_err(|error| failure(&error))?;
    finish(answer, sender, route)
}

/// The answer, with the connection in its body: that keeps it for the next request.
fn finish(
    answer: Response<Incoming>,
    sender: SendRequest<Body>,
    route: &Route<'_>,
) -> Result<Response<Body>, UpstreamFailure> {
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        // Nobody asked it to.
        return Err(UpstreamFailure::Malformed);
    }
    let (pool, address) = (Arc::clone(route.pool), route.address.clone());
    let connection = Connection { pool, address, sender };
    Ok(homeward(answer, |body| Answered::new(body, connection).map_err(Into::into).boxed_unsync()))
}

/// The target as it goes to the app: in origin form, otherwise verbatim (RFC 9112 section 3.2.1).
pub(crate) fn target(uri: &Uri) -> Uri {
    // `Uri::from` a path cannot fail, whatever form the target came in.
    Uri::from(uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")))
}

/// The request as the app gets it, with head fields from `change`.
pub(crate) fn onward(
    mut parts: request::Parts,
    body: Option<Incoming>,
    change: impl FnOnce(http::HeaderMap) -> http::HeaderMap,
) -> Request<Body> {
    parts.uri = target(&parts.uri);
    parts.version = Version::HTTP_11;
    parts.headers = change(parts.headers);
    let body = match (body, parts.extensions.remove::<Meter>()) {
        (None, _) => empty(),
        (Some(body), Some(meter)) => meter.count(body),
        (Some(body), None) => streamed(body),
    };
    Request::from_parts(parts, body)
}

/// The answer as the window gets it, with its body by `carry`.
pub(crate) fn homeward(
    answer: Response<Incoming>,
    carry: impl FnOnce(Incoming) -> Body,
) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    parts.version = Version::HTTP_11;
    parts.headers = headers::end_to_end(parts.headers);
    Response::from_parts(parts, carry(body))
}
