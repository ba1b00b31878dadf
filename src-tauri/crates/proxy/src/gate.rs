use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{HOST, HeaderMap, HeaderValue, ORIGIN};
use http::request::Parts;
use http::{HeaderName, Method, Uri};
use percent_encoding::percent_decode_str;

use crate::cookie;
use crate::refusal::Refusal;
use crate::secret::Secret;

/// Where the window's first request goes.
pub(crate) const ENTRY: &str = "/_waterskin/enter";

/// Decides who may talk to the app: the window that was given a one-time token, and after that
/// whoever shows the cookie that the token was traded for.
///
/// Every request of every kind, upgrades and `OPTIONS` included, must satisfy all three:
///
/// 1. its `Host` is `localhost`, `127.0.0.1` or `[::1]` with our port, so that a foreign name
///    that resolves to loopback is of no use (DNS rebinding);
/// 2. its `Origin`, where it has one, is `http://` and such a host, since pages of other origins
///    can send requests here, and cookies do not tell ports apart;
/// 3. it has the cookie.
///
/// Clones share their state.
#[derive(Clone)]
pub struct Gate {
    inner: Arc<Inner>,
}

struct Inner {
    port: u16,
    cookie_name: String,
    cookie: Secret,
    token: Mutex<Option<Secret>>,
}

/// The system gave no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("could not get random numbers from the system")]
pub struct GateError {
    #[source]
    source: getrandom::Error,
}

/// What to do with a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    /// Set the cookie and send the window there.
    Enter {
        next: String,
    },
    Refuse(Refusal),
}

impl Gate {
    /// Makes the gate of the proxy on `port`, with a new cookie value and a first token.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn new(port: u16) -> Result<Self, GateError> {
        let random = || Secret::random().map_err(|source| GateError { source });
        Ok(Self {
            inner: Arc::new(Inner {
                port,
                cookie_name: format!("waterskin-{port}"),
                cookie: random()?,
                token: Mutex::new(Some(random()?)),
            }),
        })
    }

    /// The path that lets one window in, once: `/_waterskin/enter?token=...`. It may be given a
    /// further query parameter `next`, a percent-encoded local path to go to instead of `/`.
    ///
    /// `None` when the token was used; [`Gate::renew`] makes another one.
    pub fn entry_path(&self) -> Option<String> {
        self.token().as_ref().map(path_with)
    }

    /// Makes a new token, which replaces one that was not used, and returns its path.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn renew(&self) -> Result<String, GateError> {
        let token = Secret::random().map_err(|source| GateError { source })?;
        let path = path_with(&token);
        *self.token() = Some(token);
        Ok(path)
    }

    pub(crate) fn judge(&self, request: &Parts) -> Verdict {
        if let Err(refusal) = check_addresses(request, self.inner.port) {
            return Verdict::Refuse(refusal);
        }
        if request.method == Method::GET && request.uri.path() == ENTRY {
            let query = request.uri.query().unwrap_or("");
            return if self.spend(query) {
                Verdict::Enter { next: next_path(query) }
            } else {
                Verdict::Refuse(Refusal::Token)
            };
        }
        let mut offered = cookie::values(&request.headers, &self.inner.cookie_name);
        if offered.any(|value| self.inner.cookie.matches(value)) {
            Verdict::Pass
        } else {
            Verdict::Refuse(Refusal::Cookie)
        }
    }

    /// Whether a cookie of this name is the gate's own, which the app never sees.
    pub(crate) fn owns_cookie(&self, name: &[u8]) -> bool {
        name == self.inner.cookie_name.as_bytes()
    }

    /// The value of `Set-Cookie`. It lasts as long as the web view's session.
    pub(crate) fn set_cookie(&self) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
        let Inner { cookie_name, cookie, .. } = &*self.inner;
        let text = format!("{cookie_name}={}; Path=/; HttpOnly; SameSite=Lax", cookie.reveal());
        let mut value = HeaderValue::try_from(text)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Takes the token when the query has the right one.
    fn spend(&self, query: &str) -> bool {
        let offered = parameter(query, "token").unwrap_or("");
        let mut token = self.token();
        let right = token.as_ref().is_some_and(|token| token.matches(offered.as_bytes()));
        if right {
            *token = None;
        }
        right
    }

    fn token(&self) -> std::sync::MutexGuard<'_, Option<Secret>> {
        self.inner.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("port", &self.inner.port).finish_non_exhaustive()
    }
}

fn path_with(token: &Secret) -> String {
    format!("{ENTRY}?token={}", token.reveal())
}

/// The rules for `Host`, the target and `Origin`.
///
/// A target in absolute form names a host too (RFC 9112 section 3.2.2): it is judged by the same
/// rule, and so is the `Host` that came with it.
fn check_addresses(request: &Parts, port: u16) -> Result<(), Refusal> {
    let host = only(&request.headers, HOST).map_err(|_| Refusal::Host)?.ok_or(Refusal::Host)?;
    if !is_ours(host, port) || !target_is_ours(&request.uri, port) {
        return Err(Refusal::Host);
    }
    match only(&request.headers, ORIGIN) {
        Ok(None) => Ok(()),
        Ok(Some(origin)) => match origin.strip_prefix(b"http://") {
            Some(host) if is_ours(host, port) => Ok(()),
            _ => Err(Refusal::Origin),
        },
        Err(Repeated) => Err(Refusal::Origin),
    }
}

fn target_is_ours(target: &Uri, port: u16) -> bool {
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

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Where to go after the entry: a path of this origin, or `/`.
///
/// Two slashes, or a slash and a backslash, would name another host to a browser.
fn next_path(query: &str) -> String {
    let decoded = percent_decode_str(parameter(query, "next").unwrap_or("")).decode_utf8_lossy();
    let is_local = decoded.starts_with('/')
        && !decoded.starts_with("//")
        && decoded.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_local { decoded.into_owned() } else { "/".to_owned() }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
