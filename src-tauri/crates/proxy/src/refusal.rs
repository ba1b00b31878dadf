use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Response, StatusCode};

use crate::body::{Body, full};
use crate::unavailable::{page, wants_html};

/// Which rule of the gate a request broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    User,
    Host,
    Origin,
    Site,
    Cookie,
    Token,
    Expired,
}

impl Refusal {
    /// The rule in words. Nothing that the request said is repeated.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::User => (
                "The app is another user's",
                "The request came from a program of another user of this machine.",
            ),
            Self::Host => (
                "This address does not belong to the app",
                "The request was for a host name other than localhost, 127.0.0.1 or [::1] with the app's port.",
            ),
            Self::Origin | Self::Site => (
                "Another page may not use the app",
                "The request came from a page of another origin.",
            ),
            Self::Cookie => (
                "The app is open in its own window",
                "The request did not come from that window. Use the window, or start the app again.",
            ),
            Self::Token => (
                "This link was used already",
                "A link into the app works once. Use the window that is open, or start the app again for a new link.",
            ),
            Self::Expired => (
                "This link is too old",
                "A link into the app works for ten minutes. Start the app again for a new link.",
            ),
        }
    }

    /// 403 for a request that got no further than the gate.
    pub(crate) fn answer(self, request: &HeaderMap) -> Response<Body> {
        let (title, text) = self.words();
        let (kind, body) = if wants_html(request) {
            ("text/html; charset=utf-8", page(title, text))
        } else {
            ("text/plain; charset=utf-8", format!("{title}. {text}\n"))
        };
        let mut answer = Response::new(full(body));
        *answer.status_mut() = StatusCode::FORBIDDEN;
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        answer.headers_mut().extend([
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            // Who is refused keeps no connection; a body that was announced is not read.
            (CONNECTION, HeaderValue::from_static("close")),
        ]);
        answer
    }
}
