use std::net::IpAddr;

use serde::Serialize;
use url::{Host, Url};
use waterskin_streamlit::{HEALTH, HOST_CONFIG, STREAM};

/// Where an app is: what a person typed, as an address with a scheme, and without what is secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    url: Url,
    user: Option<(String, String)>,
}

/// Why something is no address of an app.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is nothing.
    #[error("there is no address")]
    Empty,
    /// It does not read as one.
    #[error("`{typed}` is not an address")]
    NotOne {
        /// What was typed, without a query or a password.
        typed: String,
    },
    /// It has no name of a host.
    #[error("`{typed}` names no host")]
    NoHost {
        /// What was typed.
        typed: String,
    },
    /// Its scheme is none of the web's.
    #[error("`{scheme}` is not how a browser opens an app")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
}

impl AddressError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Scheme { .. } => "give the address as a browser shows it, with http or https",
            _ => {
                "give the address as a browser shows it, such as `https://apps.example.org/sales/`"
            }
        }
    }
}

/// How a browser asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Plain.
    Http,
    /// Over TLS.
    Https,
}

impl Address {
    /// Reads what a person typed or copied: an address of an app or of one of its pages, with or without
    /// a scheme, or that of its stream or health route.
    pub fn parse(typed: &str) -> Result<Self, AddressError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(AddressError::Empty);
        }
        let shown = || {
            let bare = typed.split(['?', '#']).next().unwrap_or_default();
            let bare = bare.rsplit_once('@').map_or(bare, |(_, rest)| rest);
            bare.chars().filter(|letter| !letter.is_control()).take(80).collect::<String>()
        };
        let not_one = || AddressError::NotOne { typed: shown() };
        if typed.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(not_one());
        }
        let mut url = match typed.split_once("://") {
            Some((scheme, rest)) => {
                let scheme = match scheme.to_ascii_lowercase().as_str() {
                    "http" | "ws" => "http",
                    "https" | "wss" => "https",
                    other => return Err(AddressError::Scheme { scheme: other.to_owned() }),
                };
                if rest.is_empty() || rest.starts_with(['/', '?', '#', ':']) {
                    return Err(AddressError::NoHost { typed: shown() });
                }
                Url::parse(&format!("{scheme}://{rest}")).map_err(|_| not_one())?
            }
            None => without_scheme(typed).ok_or_else(not_one)?,
        };
        if url.host_str().is_none_or(str::is_empty) {
            return Err(AddressError::NoHost { typed: shown() });
        }
        let decoded = |part: &str| {
            url::form_urlencoded::parse(format!("x={}", part.replace('+', "%2B")).as_bytes())
                .next()
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        let user = (!url.username().is_empty())
            .then(|| (decoded(url.username()), decoded(url.password().unwrap_or_default())));
        url.set_query(None);
        url.set_fragment(None);
        // Neither can fail for a URL that has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let path = base_of(url.path()).to_owned();
        url.set_path(&path);
        Ok(Self { url, user })
    }

    /// That of a whole URL, as a redirect names it.
    pub fn of(url: &Url) -> Option<Self> {
        Self::parse(url.as_str()).ok()
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        if self.url.scheme() == "https" { Scheme::Https } else { Scheme::Http }
    }

    /// The host, as it is looked up: a name, or an address without brackets.
    pub fn host(&self) -> String {
        match self.url.host() {
            Some(Host::Ipv6(ip)) => ip.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        }
    }

    /// The port, also where it is the scheme's own.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(80)
    }

    /// Host and port as the header `Host` has them.
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// The origin, as the header `Origin` has it.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.url.scheme(), self.authority())
    }

    /// The path, as it was given; `/` at least.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// The bases that Streamlit's page tries from here: its own path, and the one above (1.40 to 1.67,
    /// `getPossibleBaseUris`). Without a slash at the end; empty for the root.
    pub fn bases(&self) -> Vec<String> {
        let own = self.path().trim_end_matches('/').to_owned();
        let above = own.rsplit_once('/').map(|(above, _)| above.to_owned());
        std::iter::once(own).chain(above).collect()
    }

    /// The same host with another path.
    #[must_use]
    pub fn with_path(&self, path: &str) -> Self {
        let mut url = self.url.clone();
        url.set_path(path);
        Self { url, user: self.user.clone() }
    }

    /// The whole of it, to show: no user, no query.
    pub fn shown(&self) -> String {
        self.url.to_string()
    }

    /// The URL that a relative one on this page leads to.
    pub fn join(&self, link: &str) -> Option<Url> {
        self.url.join(link).ok()
    }

    /// The user and the password that were in it.
    pub fn user(&self) -> Option<&(String, String)> {
        self.user.as_ref()
    }
}

/// What is typed without a scheme: plain for this machine, for an address in numbers and for a port that
/// is not TLS's own, as people mean it; TLS for all else.
fn without_scheme(typed: &str) -> Option<Url> {
    let url = Url::parse(&format!("http://{typed}")).ok()?;
    let host = url.host()?;
    let (named, local) = match host {
        Host::Domain(name) => {
            let here = name == "localhost" || name.ends_with(".localhost");
            (here || name.contains('.') || url.port().is_some() || typed.contains('/'), here)
        }
        Host::Ipv4(ip) => (typed.starts_with(&ip.to_string()), !is_public(IpAddr::V4(ip))),
        Host::Ipv6(ip) => (true, !is_public(IpAddr::V6(ip))),
    };
    // A first character that no name has, such as that of an option or of a file.
    if !named || typed.starts_with(['-', '.', '/', '~', '@']) {
        return None;
    }
    let other_port = url.port().is_some_and(|port| port != 443);
    if local || other_port {
        return Some(url);
    }
    Url::parse(&format!("https://{}", typed.trim_end_matches(":443"))).ok()
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local()),
        IpAddr::V6(ip) => !(ip.is_loopback() || ip.is_unique_local()),
    }
}

/// The page's path, where that of one of Streamlit's own routes was copied.
fn base_of(path: &str) -> &str {
    for route in [STREAM, HEALTH, HOST_CONFIG, "/index.html"] {
        if let Some(base) = path.strip_suffix(route) {
            return if base.is_empty() { "/" } else { base };
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type() {
        for (typed, shown) in [
            ("https://a.example/x/", "https://a.example/x/"),
            ("  https://a.example  ", "https://a.example/"),
            ("a.example", "https://a.example/"),
            ("a.example:443/x", "https://a.example/x"),
            ("a.example:8501/x", "http://a.example:8501/x"),
            ("intranet:8501", "http://intranet:8501/"),
            ("localhost:8501", "http://localhost:8501/"),
            ("localhost", "http://localhost/"),
            ("127.0.0.1", "http://127.0.0.1/"),
            ("[::1]:8501", "http://[::1]:8501/"),
            ("wss://a.example/x/_stcore/stream", "https://a.example/x"),
            ("ws://a.example/_stcore/stream", "http://a.example/"),
            ("http://a.example/_stcore/health?x=1#y", "http://a.example/"),
            ("HTTP://A.example/Page?token=secret", "http://a.example/Page"),
            ("https://müller.example/", "https://xn--mller-kva.example/"),
        ] {
            let address = Address::parse(typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
            assert_eq!(address.shown(), shown, "{typed}");
        }
    }

    #[test]
    fn what_is_none() {
        for typed in ["", " ", "hello", "a b", "http://", "https:///x", "--json", "./app.py"] {
            assert!(Address::parse(typed).is_err(), "{typed}");
        }
        for typed in ["ftp://a.example", "file:///tmp/x", "ssh://a"] {
            let error = Address::parse(typed).unwrap_err();
            assert!(matches!(error, AddressError::Scheme { .. }), "{typed}: {error}");
        }
        assert!(Address::parse("http://a.example:99999/").is_err(), "no port");
    }

    #[test]
    fn secrets_are_not_shown() {
        let address = Address::parse("https://me:pa%20ss@a.example/x?token=abc").unwrap();
        assert_eq!(address.shown(), "https://a.example/x");
        assert_eq!(address.user(), Some(&("me".to_owned(), "pa ss".to_owned())));
        let error = Address::parse("me:secret@a b?token=abc").unwrap_err().to_string();
        assert!(!error.contains("secret") && !error.contains("abc"), "{error}");
    }

    #[test]
    fn the_page_tries_its_own_path_and_the_one_above() {
        let bases = |typed: &str| Address::parse(typed).unwrap().bases();
        assert_eq!(bases("http://h/"), [""]);
        assert_eq!(bases("http://h/app/"), ["/app", ""]);
        assert_eq!(bases("http://h/a/b"), ["/a/b", "/a"]);
    }

    #[test]
    fn hosts_and_ports() {
        let address = Address::parse("http://[::1]:8501/").unwrap();
        assert_eq!((address.host().as_str(), address.port()), ("::1", 8501));
        assert_eq!(address.origin(), "http://[::1]:8501");
        assert_eq!(Address::parse("https://a.example").unwrap().authority(), "a.example");
    }
}
