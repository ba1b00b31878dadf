use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Method;
use http::header::HeaderValue;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::login::{Departure, Logins, Return};
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::{cookie, provenance};

/// Where the window's first request goes.
pub(crate) const ENTRY: &str = "/_waterskin/enter";

/// What the names of all gates' cookies begin with; the port follows.
const COOKIE_NAME: &str = "waterskin-";

/// How long a token that nobody used is good. A window uses its own at once; a person who copies
/// it to a browser needs a little time.
pub(crate) const TOKEN_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Decides who may talk to the app: the window that was given a one-time token, and after that
/// whoever shows the cookie that the token was traded for.
///
/// Every request of every kind, upgrades and `OPTIONS` included, must satisfy all four:
///
/// 1. its `Host` is `localhost`, `127.0.0.1` or `[::1]` with our port, so that a foreign name
///    that resolves to loopback is of no use (DNS rebinding);
/// 2. its `Origin`, where it has one, is `http://` and such a host, since pages of other origins
///    can send requests here, and cookies do not tell ports apart;
/// 3. where it has no `Origin`, its `Sec-Fetch-Site`, if any, does not name another origin, unless
///    it is a top-level navigation by `GET`: images, scripts and frames have no `Origin`;
/// 4. it has the cookie.
///
/// A browser without the cookie gets two things, once each, and only after the app began a login at
/// another site: the way there, by a token, and the way back, by the state that the app made up.
/// Neither reaches the app.
///
/// Cookie and token have 256 random bits each. Guesses are not counted, since no number of them
/// gets anywhere. Clones share their state.
#[derive(Clone)]
pub struct Gate {
    inner: Arc<Inner>,
}

struct Inner {
    port: u16,
    cookie_name: String,
    cookie: Secret,
    token: Mutex<Option<Token>>,
    logins: Logins,
}

/// Good for one use within [`TOKEN_LIFETIME`].
struct Token {
    secret: Secret,
    made: Instant,
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
    /// Send the browser there: it begins what the window began.
    Leave {
        away: String,
    },
    /// Tell the person to go back to the window.
    Return(Return),
    Refuse(Refusal),
}

impl Gate {
    /// Makes the gate of the proxy on `port`, with a new cookie value and a first token.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn new(port: u16) -> Result<Self, GateError> {
        let gate = Self {
            inner: Arc::new(Inner {
                port,
                cookie_name: format!("{COOKIE_NAME}{port}"),
                cookie: random()?,
                token: Mutex::new(None),
                logins: Logins::default(),
            }),
        };
        gate.renew()?;
        Ok(gate)
    }

    /// The gate of port 8501 with secrets that everybody knows.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn known(cookie: &str, token: &str) -> Self {
        let token = Token { secret: Secret::known(token), made: Instant::now() };
        Self {
            inner: Arc::new(Inner {
                port: 8501,
                cookie_name: "waterskin-8501".to_owned(),
                cookie: Secret::known(cookie),
                token: Mutex::new(Some(token)),
                logins: Logins::default(),
            }),
        }
    }

    /// The path that lets one window in, once: `/_waterskin/enter?token=...`. It may be given a
    /// further query parameter `next`, a percent-encoded local path to go to instead of `/`.
    ///
    /// `None` when the token was used; [`Gate::renew`] makes another one.
    pub fn entry_path(&self) -> Option<String> {
        self.token().as_ref().map(|token| path_with(&token.secret))
    }

    /// Makes a new token, which replaces one that was not used, and returns its path. It is good
    /// for ten minutes.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn renew(&self) -> Result<String, GateError> {
        let secret = random()?;
        let path = path_with(&secret);
        *self.token() = Some(Token { secret, made: Instant::now() });
        Ok(path)
    }

    /// Decides about a request that came at `now`.
    pub(crate) fn judge(&self, request: &Parts, now: Instant) -> Verdict {
        if let Err(refusal) = provenance::check(request, self.inner.port) {
            return Verdict::Refuse(refusal);
        }
        if request.method == Method::GET && request.uri.path() == ENTRY {
            let query = request.uri.query().unwrap_or("");
            return match self.spend(query, now) {
                Ok(()) => Verdict::Enter { next: next_path(query) },
                // Whoever is in already may go in again by the same link.
                Err(_) if self.has_cookie(request) => Verdict::Enter { next: next_path(query) },
                Err(refusal) => Verdict::Refuse(refusal),
            };
        }
        if self.has_cookie(request) {
            return Verdict::Pass;
        }
        // A browser that is not the window can have come for one thing only.
        let logins = &self.inner.logins;
        if let Some(away) = logins.leave(request, now) {
            Verdict::Leave { away }
        } else if let Some(returned) = logins.come_back(request, now) {
            Verdict::Return(returned)
        } else {
            Verdict::Refuse(Refusal::Cookie)
        }
    }

    /// Looks at an app's redirect, as [`Logins::depart`].
    pub(crate) fn depart(
        &self,
        location: &str,
        now: Instant,
    ) -> Result<Option<Departure>, GateError> {
        let departure = self.inner.logins.depart(location, self.inner.port, now);
        departure.map_err(|source| GateError { source })
    }

    /// The value of `Set-Cookie`. It lasts as long as the web view's session.
    pub(crate) fn set_cookie(&self) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
        let Inner { cookie_name, cookie, .. } = &*self.inner;
        let text = format!("{cookie_name}={}; Path=/; HttpOnly; SameSite=Lax", cookie.reveal());
        let mut value = HeaderValue::try_from(text)?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn has_cookie(&self, request: &Parts) -> bool {
        let mut offered = cookie::values(&request.headers, &self.inner.cookie_name);
        offered.any(|value| self.inner.cookie.matches(value))
    }

    /// Takes the token when the query has the right one, in time.
    fn spend(&self, query: &str, now: Instant) -> Result<(), Refusal> {
        let offered = parameter(query, "token").unwrap_or("");
        let mut slot = self.token();
        let right = slot.take_if(|token| token.secret.matches(offered.as_bytes()));
        match right {
            Some(token) if now.duration_since(token.made) <= TOKEN_LIFETIME => Ok(()),
            Some(_) => Err(Refusal::Expired),
            None => Err(Refusal::Token),
        }
    }

    fn token(&self) -> std::sync::MutexGuard<'_, Option<Token>> {
        self.inner.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a cookie of this name is a gate's, which no app sees. A browser sends those of every port
/// of `localhost` (RFC 6265 section 8.5), so it may be another gate's than ours.
pub(crate) fn owns_cookie(name: &[u8]) -> bool {
    name.strip_prefix(COOKIE_NAME.as_bytes())
        .is_some_and(|port| !port.is_empty() && port.iter().all(u8::is_ascii_digit))
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("port", &self.inner.port).finish_non_exhaustive()
    }
}

fn random() -> Result<Secret, GateError> {
    Secret::random().map_err(|source| GateError { source })
}

fn path_with(token: &Secret) -> String {
    format!("{ENTRY}?token={}", token.reveal())
}

/// The value of a query's parameter as it stands.
pub(crate) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
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
