use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};

use crate::body::{Body, full};
use crate::observer::UpstreamFailure;

/// Why the proxy answers instead of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The app is not running and does not start by itself: 503.
    Down,
    /// Everything is being ended: 503.
    Stopping,
    /// The app was asked and did not answer: 502, or 504 when it took too long.
    Failed(UpstreamFailure),
}

impl Unavailable {
    /// 502, 503 or 504 (RFC 9110 section 15.6).
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Down | Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed(UpstreamFailure::TimedOut) => StatusCode::GATEWAY_TIMEOUT,
            Self::Failed(_) => StatusCode::BAD_GATEWAY,
        }
    }

    /// What happened, as one sentence without a full stop.
    pub fn message(&self) -> &'static str {
        match self {
            Self::Down => "The app is not running",
            Self::Stopping => "The app is closing",
            Self::Failed(UpstreamFailure::Refused) => "The app did not take the connection",
            Self::Failed(UpstreamFailure::ClosedEarly) => "The app ended before it answered",
            Self::Failed(UpstreamFailure::Malformed) => "The app's answer was not HTTP",
            Self::Failed(UpstreamFailure::TimedOut) => "The app took too long to answer",
        }
    }
}

/// The page for [`Unavailable`] that is used when the host gives no other.
pub fn unavailable_page(unavailable: &Unavailable) -> String {
    page(unavailable.message(), "Its log says more. Reload this page to try again.")
}

pub(crate) fn answer(
    unavailable: &Unavailable,
    as_page: bool,
    render: &dyn Fn(&Unavailable) -> String,
) -> Response<Body> {
    let (kind, body) = if as_page {
        ("text/html; charset=utf-8", render(unavailable))
    } else {
        ("text/plain; charset=utf-8", format!("{}\n", unavailable.message()))
    };
    let mut answer = Response::new(full(body));
    *answer.status_mut() = unavailable.status();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if unavailable.status() == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    answer
}

/// Whether a person will read the answer in a browser.
pub(crate) fn wants_html(request: &HeaderMap) -> bool {
    request.get_all(ACCEPT).iter().any(|field| {
        field
            .as_bytes()
            .windows(b"text/html".len())
            .any(|part| part.eq_ignore_ascii_case(b"text/html"))
    })
}

/// A page that needs nothing else to be shown. Both texts are ours, so there is nothing to escape.
pub(crate) fn page(title: &str, text: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>:root{{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}}\
         body{{max-width:34rem;margin:20vh auto;padding:0 1.5rem}}h1{{font-size:1.4rem}}</style>\n\
         <h1>{title}</h1>\n<p>{text}</p>\n</html>\n"
    )
}
