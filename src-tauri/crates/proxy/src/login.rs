//! Logging in at another site, in the system's browser: providers refuse web views (RFC 8252
//! section 8.12).

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::request::Parts;
use http::{Method, Uri};
use url::Url;

use crate::gate::parameter;
use crate::provenance;
use crate::secret::Secret;

/// Where the system's browser begins.
pub(crate) const LEAVE: &str = "/_waterskin/leave";

/// How long a person may take at the other site.
pub(crate) const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// How many people may be on their way at a time: one, who tries again.
const MOST: usize = 4;

/// The logins and logouts that the app began and that have not come back.
#[derive(Default)]
pub(crate) struct Logins(Mutex<Vec<Errand>>);

/// One way to another site and back.
struct Errand {
    begun: Instant,
    /// Good for one request of [`LEAVE`].
    token: Option<Secret>,
    /// The other site's address.
    away: Url,
    back: Back,
}

/// What a browser that comes back asks for.
enum Back {
    /// This path, with this `state`: the answer to an authorization request.
    Answer { path: String, state: Secret },
    /// This path, without a `state`.
    End { path: String },
    /// Nobody comes back.
    Never,
}

/// What becomes of an app's redirect to another site.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Departure {
    /// A login. A browser is to open this path of ours, and the page stays.
    Login { path: String },
    /// A logout. A browser is to open this path of ours, and the page begins anew.
    Logout { path: String },
    /// A login that would come back to an address that is not ours.
    NoReturn { redirect_uri: String },
}

/// Who came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Return {
    /// From a login: the window has to ask for this, since it has the app's cookies.
    Login { target: String },
    /// From a logout, of which the app has nothing to learn.
    Logout,
}

impl Logins {
    /// Looks at an app's redirect. `None` when it is no login or logout at another site.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub(crate) fn depart(
        &self,
        location: &str,
        port: u16,
        now: Instant,
    ) -> Result<Option<Departure>, getrandom::Error> {
        let Some((away, wish)) = read(location, port) else { return Ok(None) };
        let back = match wish {
            Wish::NoReturn { redirect_uri } => {
                return Ok(Some(Departure::NoReturn { redirect_uri }));
            }
            Wish::Login { path, state } => Back::Answer { path, state: Secret::of(&state) },
            Wish::Logout { path: Some(path) } => Back::End { path },
            Wish::Logout { path: None } => Back::Never,
        };
        let token = Secret::random()?;
        let path = format!("{LEAVE}?token={}", token.reveal());
        let departure = match back {
            Back::Answer { .. } => Departure::Login { path },
            Back::End { .. } | Back::Never => Departure::Logout { path },
        };
        let mut errands = self.errands(now);
        if errands.len() == MOST {
            errands.remove(0);
        }
        errands.push(Errand { begun: now, token: Some(token), away, back });
        Ok(Some(departure))
    }

    /// The address that a token stands for, once.
    pub(crate) fn leave(&self, request: &Parts, now: Instant) -> Option<String> {
        if request.method != Method::GET || request.uri.path() != LEAVE {
            return None;
        }
        let offered = parameter(request.uri.query().unwrap_or(""), "token")?;
        self.errands(now).iter_mut().find_map(|errand| {
            errand.token.take_if(|token| token.matches(offered.as_bytes()))?;
            Some(errand.away.to_string())
        })
    }

    /// Whether this request is a browser that comes back from an errand, which it does once.
    pub(crate) fn come_back(&self, request: &Parts, now: Instant) -> Option<Return> {
        if request.method != Method::GET {
            return None;
        }
        let offered = state_of(&request.uri);
        let mut errands = self.errands(now);
        let found = errands.iter().position(|errand| match (&errand.back, &offered) {
            (Back::Answer { path, state }, Some(offered)) => {
                request.uri.path() == path && state.matches(offered.as_bytes())
            }
            (Back::End { path }, None) => request.uri.path() == path,
            _ => false,
        })?;
        Some(match errands.remove(found).back {
            Back::Answer { .. } => {
                let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
                Return::Login { target: target.to_owned() }
            }
            Back::End { .. } | Back::Never => Return::Logout,
        })
    }

    /// Those that are not too old.
    fn errands(&self, now: Instant) -> MutexGuard<'_, Vec<Errand>> {
        let mut errands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        errands.retain(|errand| now.saturating_duration_since(errand.begun) <= LIFETIME);
        errands
    }
}

impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Logins(..)")
    }
}

/// What an app wants at another site.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Login { path: String, state: String },
    NoReturn { redirect_uri: String },
    Logout { path: Option<String> },
}

/// Reads the `Location` of a redirect: an authorization request of RFC 6749 section 4.1.1, with a
/// state, or a logout of OpenID Connect RP-Initiated Logout 1.0 section 2.
fn read(location: &str, port: u16) -> Option<(Url, Wish)> {
    // One that is not absolute stays here.
    let away = Url::parse(location).ok()?;
    if !matches!(away.scheme(), "http" | "https") || is_ours(&away, port) {
        return None;
    }
    let value = |wanted: &str| {
        let mut pairs = away.query_pairs();
        pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
    };
    let ours = |uri: &str| {
        let url = Url::parse(uri).ok().filter(|url| is_ours(url, port))?;
        Some(url.path().to_owned())
    };
    let wish = match (value("redirect_uri"), value("state"), value("post_logout_redirect_uri")) {
        (Some(redirect_uri), Some(state), _) => match ours(&redirect_uri) {
            Some(path) => Wish::Login { path, state },
            None => Wish::NoReturn { redirect_uri },
        },
        (_, _, Some(redirect_uri)) => Wish::Logout { path: ours(&redirect_uri) },
        _ => return None,
    };
    Some((away, wish))
}

fn is_ours(url: &Url, port: u16) -> bool {
    url.as_str()
        .parse()
        .is_ok_and(|uri: Uri| uri.authority().is_some() && provenance::target_is_ours(&uri, port))
}

fn state_of(target: &Uri) -> Option<String> {
    let query = target.query().unwrap_or("");
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(name, value)| (name == "state").then(|| value.into_owned()))
}

#[cfg(test)]
#[path = "login_tests.rs"]
mod tests;
