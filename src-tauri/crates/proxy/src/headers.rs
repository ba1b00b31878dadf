//! Which header fields go on, and which are for one hop only.

use http::header::{
    ACCEPT_ENCODING, CONNECTION, COOKIE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::{Version, request};

use crate::cookie;
use crate::gate::owns_cookie;
use crate::upstream::{Address, SECRET_HEADER};

/// Carries the secret of an app that listens on TCP. One that a client sends is removed.
pub(crate) const SECRET: HeaderName = HeaderName::from_static(SECRET_HEADER);

/// The fields that RFC 9110 section 7.6.1 has an intermediary remove, besides those that
/// `Connection` names. `Transfer-Encoding` is put back by hyper where the next hop needs it.
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("keep-alive"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
];

/// Fields that `Connection` may name without effect, since the message would lose its meaning:
/// a client could otherwise have the app see a request without its `Host` or `Cookie`.
const NEVER_NAMED: [&str; 5] = ["host", "cookie", "content-length", "origin", "authorization"];

/// The fields that go on, in their order (RFC 9110 section 7.6.1).
// Built anew, because `HeaderMap::remove` moves the last field into the gap.
pub(crate) fn end_to_end(headers: HeaderMap) -> HeaderMap {
    let named: Vec<String> = tokens(&headers, CONNECTION)
        .map(|token| token.to_ascii_lowercase())
        .filter(|token| !NEVER_NAMED.contains(&token.as_str()))
        .collect();
    retain(headers, |name| {
        !HOP_BY_HOP.contains(name) && !named.iter().any(|token| token == name.as_str())
    })
}

/// The head of an ordinary request as the app gets it.
pub(crate) fn for_request(headers: HeaderMap, address: &Address) -> HeaderMap {
    let mut headers = without_cookies(end_to_end(headers), |name| !owns_cookie(name));
    if headers.contains_key(ACCEPT_ENCODING) {
        // Loopback gains nothing from compression, and an app that compresses a whole body
        // before its first byte loses seconds with it.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    with_secret(headers, address)
}

/// The most bytes of cookies that an upgrade has without losing any. Python's `websockets` stops
/// at lines of 8192 bytes, and never answers.
pub(crate) const LONG_COOKIES: usize = 7 * 1024;

/// The head of an upgrade as the app gets it: verbatim, except for the cookies of gates. Of cookies
/// that are too long for a WebSocket server only those go on that `keep` names. They pile up, since
/// a browser sends those of every port of `localhost`.
pub(crate) fn for_upgrade(
    headers: HeaderMap,
    keep: fn(&str) -> bool,
    address: &Address,
) -> HeaderMap {
    let mut headers = without_cookies(headers, |name| !owns_cookie(name));
    let length: usize = headers.get_all(COOKIE).iter().map(HeaderValue::len).sum();
    if length > LONG_COOKIES {
        headers = without_cookies(headers, |name| std::str::from_utf8(name).is_ok_and(keep));
    }
    with_secret(headers, address)
}

/// Whether the request's body has an end that the next reader finds too: no transfer coding, or
/// `chunked` alone (RFC 9112 section 6.1; 501 is for all others).
// hyper looks at the last coding only. The others would be lost with the field, which ends here,
// and the app would take a coded body for a plain one.
pub(crate) fn has_clear_end(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    }
}

/// The protocol that the request asks to switch to, when it does (RFC 9110 section 7.8): HTTP/1.1,
/// `upgrade` among the tokens of `Connection`, and an `Upgrade` field.
pub(crate) fn upgrade_of(request: &request::Parts) -> Option<HeaderValue> {
    let asks = request.version == Version::HTTP_11
        && tokens(&request.headers, CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"));
    if asks { request.headers.get(UPGRADE).cloned() } else { None }
}

/// The members of a comma-separated list, over all its fields. A field that is not ASCII has none.
fn tokens(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(','))
        .map(str::trim)
        .filter(|token| !token.is_empty())
}

fn with_secret(headers: HeaderMap, address: &Address) -> HeaderMap {
    let mut headers = retain(headers, |name| *name != SECRET);
    if let Address::Tcp { secret, .. } = address
        && let Ok(mut value) = HeaderValue::from_str(secret)
    {
        value.set_sensitive(true);
        headers.append(SECRET, value);
    }
    headers
}

fn without_cookies(headers: HeaderMap, keep: impl Fn(&[u8]) -> bool) -> HeaderMap {
    if !headers.contains_key(COOKIE) {
        return headers;
    }
    rebuild(
        headers,
        |name, value| {
            if *name == COOKIE { cookie::filtered(&value, &keep) } else { Some(value) }
        },
    )
}

fn retain(headers: HeaderMap, keep: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    if headers.keys().all(&keep) {
        return headers;
    }
    rebuild(headers, |name, value| keep(name).then_some(value))
}

/// `IntoIter` names a field once, and gives its further values without a name.
fn rebuild(
    headers: HeaderMap,
    change: impl Fn(&HeaderName, HeaderValue) -> Option<HeaderValue>,
) -> HeaderMap {
    let mut rebuilt = HeaderMap::with_capacity(headers.len());
    let mut current = None;
    for (name, value) in headers {
        if name.is_some() {
            current = name;
        }
        if let Some(name) = &current
            && let Some(value) = change(name, value)
        {
            rebuilt.append(name, value);
        }
    }
    rebuilt
}

#[cfg(test)]
#[path = "headers_tests.rs"]
mod tests;
