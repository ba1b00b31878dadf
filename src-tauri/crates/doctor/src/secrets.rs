use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderName, HeaderValue};

use crate::Address;

/// A header that every request to the host carries, with a value that nothing ever shows.
#[derive(Clone)]
pub struct SecretHeader {
    /// Its name.
    pub name: HeaderName,
    /// Its value.
    pub value: HeaderValue,
}

impl fmt::Debug for SecretHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: (hidden)", self.name)
    }
}

/// Why a header can't be sent. It never has the value in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// There is no colon.
    #[error("a header has no colon")]
    NoColon,
    /// What is before the colon is no name.
    #[error("the name of a header has signs that no name has")]
    Name,
    /// The value can't stand in a header.
    #[error("the value of the header `{name}` has signs that can't be sent")]
    Value {
        /// The header's name.
        name: HeaderName,
    },
    /// The library sends it itself.
    #[error("the header `{name}` is the probe's own")]
    Own {
        /// The header's name.
        name: HeaderName,
    },
}

impl SecretHeader {
    /// Reads `Name: value`.
    pub fn parse(text: &str) -> Result<Self, HeaderError> {
        let (name, value) = text.split_once(':').ok_or(HeaderError::NoColon)?;
        let name: HeaderName = name.trim().parse().map_err(|_| HeaderError::Name)?;
        let own = ["connection", "upgrade", "content-length", "transfer-encoding", "te", "trailer"];
        if own.contains(&name.as_str()) || name.as_str().starts_with("sec-websocket-") {
            return Err(HeaderError::Own { name });
        }
        let mut value: HeaderValue =
            value.trim().parse().map_err(|_| HeaderError::Value { name: name.clone() })?;
        value.set_sensitive(true);
        Ok(Self { name, value })
    }

    /// The one for the user and the password of an address.
    pub fn of_user(address: &Address) -> Option<Self> {
        let (user, password) = address.user()?;
        let value = format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")));
        let mut value: HeaderValue = value.parse().ok()?;
        value.set_sensitive(true);
        Some(Self { name: http::header::AUTHORIZATION, value })
    }
}

/// One cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    value: String,
}

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=(hidden)", self.name)
    }
}

/// The cookies that go with a request, as a browser keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cookies(Vec<Cookie>);

impl Cookies {
    /// Reads a file of cookies: Netscape's form, of which those for the host are taken, or the text of a
    /// header `Cookie`.
    pub fn parse(text: &str, address: &Address) -> Self {
        let mut cookies = Self::default();
        for line in text.lines() {
            let line = line.trim_end_matches('\r');
            let bare = line.strip_prefix("#HttpOnly_").unwrap_or(line);
            if let [domain, _, path, secure, _, name, value] =
                bare.split('\t').collect::<Vec<_>>()[..]
            {
                let over_tls = address.scheme() == crate::Scheme::Https;
                if belongs(domain, &address.host())
                    && address.path().starts_with(path.trim_end_matches('/'))
                    && (over_tls || !secure.eq_ignore_ascii_case("true"))
                {
                    cookies.set(name, value);
                }
            } else if !line.trim_start().starts_with('#') {
                let pairs = line.strip_prefix("Cookie:").unwrap_or(line).split(';');
                for (name, value) in pairs.filter_map(|pair| pair.split_once('=')) {
                    cookies.set(name.trim(), value.trim());
                }
            }
        }
        cookies
    }

    /// Keeps what a header `Set-Cookie` says; gives the cookie's name.
    pub fn keep(&mut self, set_cookie: &str) -> Option<String> {
        let pair = set_cookie.split(';').next()?;
        let (name, value) = pair.split_once('=')?;
        let gone = set_cookie.to_ascii_lowercase().contains("max-age=0");
        match gone {
            true => self.0.retain(|cookie| cookie.name != name.trim()),
            false => self.set(name.trim(), value.trim()),
        }
        Some(name.trim().to_owned())
    }

    fn set(&mut self, name: &str, value: &str) {
        if name.is_empty() {
            return;
        }
        match self.0.iter_mut().find(|cookie| cookie.name == name) {
            Some(cookie) => value.clone_into(&mut cookie.value),
            None => self.0.push(Cookie { name: name.to_owned(), value: value.to_owned() }),
        }
    }

    /// The value of the header `Cookie`, where there is any.
    pub fn header(&self) -> Option<HeaderValue> {
        let pairs: Vec<String> =
            self.0.iter().map(|it| format!("{}={}", it.name, it.value)).collect();
        let mut value = HeaderValue::from_bytes(pairs.join("; ").as_bytes()).ok()?;
        value.set_sensitive(true);
        (!pairs.is_empty()).then_some(value)
    }

    /// The value of one of them.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|cookie| cookie.name == name).map(|cookie| cookie.value.as_str())
    }

    /// Their names.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|cookie| cookie.name.clone()).collect()
    }

    fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|cookie| cookie.value.as_str())
    }
}

/// Whether a cookie of this domain goes to this host.
fn belongs(domain: &str, host: &str) -> bool {
    let bare = domain.trim_start_matches('.');
    host.eq_ignore_ascii_case(bare)
        || host.to_ascii_lowercase().ends_with(&format!(".{}", bare.to_ascii_lowercase()))
}

/// The values that must not stand in anything that is shown.
#[derive(Clone, Default)]
pub struct Hidden(Vec<String>);

/// Shorter values stand in texts by chance.
const SHORTEST: usize = 4;

/// What stands in their place.
pub const HIDDEN: &str = "(hidden)";

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hidden values", self.0.len())
    }
}

impl Hidden {
    /// Those of these headers and cookies.
    pub fn of(headers: &[SecretHeader], cookies: &Cookies) -> Self {
        let mut hidden = Self::default();
        for header in headers {
            let value = String::from_utf8_lossy(header.value.as_bytes()).into_owned();
            // Servers name what follows the kind of a login.
            hidden.0.extend(value.split_ascii_whitespace().map(str::to_owned));
            hidden.0.push(value);
        }
        hidden.0.extend(cookies.values().map(str::to_owned));
        hidden.0.retain(|value| value.len() >= SHORTEST);
        hidden.0.sort_by_key(|value| std::cmp::Reverse(value.len()));
        hidden
    }

    /// The text without them.
    pub fn scrub(&self, text: &str) -> String {
        let scrubbed = self.0.iter().filter(|value| text.contains(value.as_str()));
        scrubbed.fold(text.to_owned(), |text, value| text.replace(value.as_str(), HIDDEN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let header = SecretHeader::parse("Authorization: Bearer abc.def").unwrap();
        assert_eq!(
            (header.name.as_str(), header.value.as_bytes()),
            ("authorization", &b"Bearer abc.def"[..])
        );
        assert!(!format!("{header:?}").contains("abc"));
        for (text, error) in [("secret", HeaderError::NoColon), ("a b: secret", HeaderError::Name)]
        {
            assert_eq!(SecretHeader::parse(text).unwrap_err(), error);
        }
        for text in ["X: sec\nret", "Upgrade: secret", "Sec-WebSocket-Key: secret"] {
            let error = SecretHeader::parse(text).unwrap_err().to_string();
            assert!(!error.contains("sec\nret") && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn cookies_of_a_file() {
        let address = Address::parse("https://app.example.org/x/").unwrap();
        let netscape = "# Netscape HTTP Cookie File\n.example.org\tTRUE\t/\tTRUE\t0\ta\t1\n#HttpOnly_app.example.org\tFALSE\t/\tFALSE\t0\tb\t2\nother.org\tTRUE\t/\tFALSE\t0\tc\t3\n.example.org\tTRUE\t/y\tFALSE\t0\td\t4\n";
        assert_eq!(Cookies::parse(netscape, &address).names(), ["a", "b"]);
        let header = Cookies::parse("Cookie: a=1; b=2=3\n", &address);
        assert_eq!(header.header().unwrap(), "a=1; b=2=3");
        assert_eq!(Cookies::parse("", &address).header(), None);
        assert!(!format!("{header:?}").contains("2=3"));
    }

    #[test]
    fn cookies_of_a_server() {
        let mut cookies = Cookies::default();
        assert_eq!(cookies.keep("a=1; Path=/").as_deref(), Some("a"));
        cookies.keep("a=2; Path=/");
        cookies.keep("b=3");
        cookies.keep("b=; Max-Age=0");
        assert_eq!(cookies.header().unwrap(), "a=2");
        assert_eq!(cookies.keep("nothing"), None);
    }

    #[test]
    fn what_is_hidden_is_nowhere() {
        let headers = [SecretHeader::parse("Authorization: Bearer abc.def").unwrap()];
        let address = Address::parse("http://h/").unwrap();
        let hidden = Hidden::of(&headers, &Cookies::parse("id=0123456789; x=1", &address));
        let text = hidden.scrub("/login?for=abc.def&id=0123456789 Bearer abc.def 1");
        assert_eq!(text, "/login?for=(hidden)&id=(hidden) (hidden) 1");
        assert!(!format!("{hidden:?}").contains("abc"));
    }
}
