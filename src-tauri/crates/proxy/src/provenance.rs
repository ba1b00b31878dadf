//! Where a request comes from, as far as its own fields tell: browsers set them, and no page can
//! change them.

use http::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use http::request::Parts;
use http::{Method, Uri};

use crate::refusal::Refusal;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The rules for `Host`, the target, `Origin` and `Sec-Fetch-Site`.
///
/// A target in absolute form names a host too (RFC 9112 section 3.2.2): it is judged by the same
/// rule, and so is the `Host` that came with it.
pub(crate) fn check(request: &Parts, port: u16) -> Result<(), Refusal> {
    let host = only(&request.headers, HOST).map_err(|_| Refusal::Host)?.ok_or(Refusal::Host)?;
    if !is_ours(host, port) || !target_is_ours(&request.uri, port) {
        return Err(Refusal::Host);
    }
    match only(&request.headers, ORIGIN) {
        Ok(None) => check_site(request),
        // It says more than `Sec-Fetch-Site` does: the very origin, not only how far away it is.
        Ok(Some(origin)) => match origin.strip_prefix(b"http://") {
            Some(host) if is_ours(host, port) => Ok(()),
            _ => Err(Refusal::Origin),
        },
        Err(Repeated) => Err(Refusal::Origin),
    }
}

/// The rule for requests without `Origin`, which pages of other origins can make too: images,
/// scripts, frames, links. `localhost` with another port is the same *site*, so their requests
/// carry the cookie whatever its `SameSite` is; `Sec-Fetch-Site` (W3C, Fetch Metadata Request
/// Headers, section 2.3) tells them apart.
///
/// What is left to others is to show the app as a page of its own, by a link or by the redirect
/// with which a login provider sends the person back.
fn check_site(request: &Parts) -> Result<(), Refusal> {
    let value = |name| only(&request.headers, name).unwrap_or(Some(b""));
    match value(SEC_FETCH_SITE) {
        // Absent: no browser, or one from before 2023.
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(b"same-site" | b"cross-site")
            if request.method == Method::GET
                && value(SEC_FETCH_MODE) == Some(b"navigate")
                && value(SEC_FETCH_DEST) == Some(b"document") =>
        {
            Ok(())
        }
        Some(_) => Err(Refusal::Site),
    }
}

/// Whether a target that names a host names ours.
pub(crate) fn target_is_ours(target: &Uri, port: u16) -> bool {
    let scheme_is_ours = target.scheme_str().is_none_or(|scheme| scheme == "http");
    let authority = target.authority().map(|authority| authority.as_str().as_bytes());
    scheme_is_ours && authority.is_none_or(|authority| is_ours(authority, port))
}

/// Whether this is one of our names with our port, and nothing else: no user, no other spelling.
fn is_ours(host: &[u8], port: u16) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
        let Some((start, rest)) = host.split_at_checked(name.len()) else { return false };
        start.eq_ignore_ascii_case(name.as_bytes())
            && match rest.strip_prefix(b":") {
                Some(digits) => digits == port.to_string().as_bytes(),
                None => rest.is_empty() && port == 80,
            }
    })
}

/// A field that may come once came twice.
struct Repeated;

fn only(headers: &HeaderMap, name: HeaderName) -> Result<Option<&[u8]>, Repeated> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (first, None) => Ok(first.map(HeaderValue::as_bytes)),
        _ => Err(Repeated),
    }
}

#[cfg(test)]
#[path = "provenance_tests.rs"]
mod tests;
