use std::time::{Duration, Instant};

use arbitrary::{Arbitrary, Unstructured};
use http::header::{COOKIE as COOKIE_FIELD, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use http::request::Parts;
use http::{Method, Request};

use super::{COOKIE, TOKEN};
use crate::gate::{ENTRY, Gate, TOKEN_LIFETIME, Verdict};
use crate::headers;
use crate::upstream::Address;

/// The names under which the app may be asked for.
const OURS: [&str; 3] = ["localhost:8501", "127.0.0.1:8501", "[::1]:8501"];

const TARGETS: [&str; 5] = [
    "/",
    "/_waterskin/enter?token=TOKEN42",
    "/_waterskin/enter?next=%2Fa%3Fb&token=TOKEN42",
    "http://localhost:8501/x",
    "/_stcore/stream",
];
const ORIGINS: [&str; 3] = ["http://localhost:8501", "http://127.0.0.1:8501", "http://[::1]:8501"];
const COOKIES: [&str; 4] = [
    "waterskin-8501=COOKIE42",
    "a=b; waterskin-8501=COOKIE42;c",
    " waterskin-8501 = COOKIE42 ",
    "_streamlit_xsrf=2|a; waterskin-8501=old; waterskin-8501=COOKIE42",
];

/// What texts are put together from, besides bytes of the fuzzer's own.
const WORDS: [&str; 44] = [
    "localhost:8501",
    "127.0.0.1:8501",
    "[::1]:8501",
    "localhost",
    "LOCALHOST:8501",
    ":8501",
    ":8502",
    "evil.example",
    "evil.example:8501",
    ".",
    "@",
    "http://",
    "https://",
    "//",
    "/",
    "null",
    ",",
    " ",
    ";",
    "; ",
    "=",
    "waterskin-8501=COOKIE42",
    "waterskin-8501",
    "COOKIE42",
    "waterskin-8502=COOKIE42",
    "_streamlit_xsrf=2|a",
    "a=b",
    "same-origin",
    "same-site",
    "cross-site",
    "none",
    "navigate",
    "no-cors",
    "document",
    "iframe",
    "/_waterskin/enter",
    "?",
    "&",
    "token=TOKEN42",
    "token=",
    "next=",
    "%2F",
    "%5C",
    "/_stcore/stream",
];

/// A request as the fuzzer wants it. An input of zeros is one that passes.
#[derive(Arbitrary, Debug)]
struct Wish<'a> {
    method: u8,
    target: Text<'a>,
    host: Text<'a>,
    cookie: Text<'a>,
    origin: Option<Text<'a>>,
    fetch: Option<[Text<'a>; 3]>,
    more: Vec<(Name<'a>, Text<'a>)>,
    late: bool,
}

#[derive(Arbitrary, Debug)]
enum Text<'a> {
    /// One that is right at this place, in some request.
    Right(u8),
    Pieces(Vec<Piece<'a>>),
}

#[derive(Arbitrary, Debug)]
enum Piece<'a> {
    Word(u8),
    Bytes(&'a [u8]),
}

#[derive(Arbitrary, Debug)]
enum Name<'a> {
    Host,
    Origin,
    Cookie,
    Site,
    Mode,
    Dest,
    Connection,
    Other(&'a str),
}

/// The gate's decision about any head, beside one that is made in another way; and what of the
/// head goes on to the app.
pub fn gate(data: &[u8]) {
    decided(data);
}

/// The decision that both came to; `None` when the input makes no request.
pub(super) fn decided(data: &[u8]) -> Option<Decision> {
    let wish = Wish::arbitrary(&mut Unstructured::new(data)).ok()?;
    let request = wish.request()?;
    let gate = Gate::known(COOKIE, TOKEN);
    let late = TOKEN_LIFETIME + Duration::from_secs(1);
    let now = Instant::now() + if wish.late { late } else { Duration::ZERO };
    let verdict = gate.judge(&request, now);
    let expected = if !comes_from_us(&request) {
        Decision::Refusal
    } else if request.method == Method::GET && request.uri.path() == ENTRY {
        let first = shows_token(&request) && !wish.late;
        if first || shows_cookie(&request) { Decision::Entry } else { Decision::Refusal }
    } else if shows_cookie(&request) {
        Decision::Pass
    } else {
        Decision::Refusal
    };
    let given = match &verdict {
        Verdict::Pass => Decision::Pass,
        Verdict::Refuse(_) => Decision::Refusal,
        Verdict::Enter { next } => {
            assert!(stays_here(next), "`{next}` leads away");
            let again = gate.judge(&request, now);
            let inside = shows_cookie(&request);
            assert_eq!(matches!(again, Verdict::Refuse(_)), !inside, "a token works once");
            Decision::Entry
        }
        Verdict::Leave { .. } | Verdict::Return(_) => Decision::Elsewhere,
    };
    assert_eq!(given, expected, "{request:?}");
    check_what_goes_on(&request.headers);
    Some(given)
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Pass,
    Entry,
    /// Never expected, as no app began a login.
    Elsewhere,
    Refusal,
}

impl Wish<'_> {
    /// `None` when it is no request to the HTTP library.
    fn request(&self) -> Option<Parts> {
        let methods = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "CONNECT", "ODD"];
        let method = methods[usize::from(self.method) % methods.len()];
        let mut fields = vec![(&Name::Host, &self.host), (&Name::Cookie, &self.cookie)];
        fields.extend(self.origin.iter().map(|origin| (&Name::Origin, origin)));
        if let Some([site, mode, dest]) = &self.fetch {
            fields.extend([(&Name::Site, site), (&Name::Mode, mode), (&Name::Dest, dest)]);
        }
        fields.extend(self.more.iter().map(|(name, value)| (name, value)));
        let target = self.target.bytes(&TARGETS);
        let mut parts = Request::builder().method(method).uri(target.as_slice()).body(()).ok()?;
        for (name, value) in fields {
            let (name, right): (&str, &[&str]) = match name {
                Name::Host => ("host", &OURS),
                Name::Origin => ("origin", &ORIGINS),
                Name::Cookie => ("cookie", &COOKIES),
                Name::Site => {
                    ("sec-fetch-site", &["same-origin", "same-site", "cross-site", "none"])
                }
                Name::Mode => ("sec-fetch-mode", &["navigate", "no-cors", "cors"]),
                Name::Dest => ("sec-fetch-dest", &["document", "image", "iframe"]),
                Name::Connection => ("connection", &["close", "upgrade", "cookie", "host, te"]),
                Name::Other(name) => (name, &["", "x"]),
            };
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let value = HeaderValue::from_bytes(&value.bytes(right)).ok()?;
            parts.headers_mut().append(name, value);
        }
        Some(parts.into_parts().0)
    }
}

impl Text<'_> {
    fn bytes(&self, right: &[&str]) -> Vec<u8> {
        let pieces = match self {
            Self::Right(index) => return right[usize::from(*index) % right.len()].into(),
            Self::Pieces(pieces) => pieces,
        };
        let bytes = pieces.iter().flat_map(|piece| match piece {
            Piece::Word(word) => WORDS[usize::from(*word) % WORDS.len()].as_bytes(),
            Piece::Bytes(bytes) => bytes,
        });
        bytes.copied().collect()
    }
}

/// The one value of a field as text; an empty list when it is absent, an error when it is not one.
fn single(headers: &HeaderMap, name: &str) -> Result<Option<String>, ()> {
    let values: Vec<_> = headers.get_all(name).iter().collect();
    match values[..] {
        [] => Ok(None),
        [value] => Ok(Some(value.as_bytes().iter().map(|byte| char::from(*byte)).collect())),
        _ => Err(()),
    }
}

fn comes_from_us(request: &Parts) -> bool {
    let ours = |host: &str| OURS.contains(&host.to_ascii_lowercase().as_str());
    let Ok(Some(host)) = single(&request.headers, "host") else { return false };
    let target = request.uri.authority().is_none_or(|it| ours(it.as_str()))
        && matches!(request.uri.scheme_str(), None | Some("http"));
    let value = |name| single(&request.headers, name);
    let source = match value(ORIGIN.as_str()) {
        Ok(Some(origin)) => origin.strip_prefix("http://").is_some_and(ours),
        Ok(None) => match value("sec-fetch-site").as_ref().map(Option::as_deref) {
            Ok(None | Some("same-origin" | "none")) => true,
            Ok(Some("same-site" | "cross-site")) => {
                request.method == "GET"
                    && value("sec-fetch-mode") == Ok(Some("navigate".to_owned()))
                    && value("sec-fetch-dest") == Ok(Some("document".to_owned()))
            }
            _ => false,
        },
        Err(()) => false,
    };
    ours(&host) && target && source
}

fn shows_cookie(request: &Parts) -> bool {
    cookies(&request.headers).any(|pair| pair == ("waterskin-8501".into(), COOKIE.into()))
}

/// Names and values of all cookies. Latin-1, so that every byte shows.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    let text = |value: &HeaderValue| value.as_bytes().iter().map(|it| char::from(*it)).collect();
    let fields: Vec<String> = headers.get_all(COOKIE_FIELD).iter().map(text).collect();
    fields.into_iter().flat_map(|field| {
        let pairs = field.split(';').map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let trim = |text: &str| text.trim_matches([' ', '\t']).to_owned();
            (trim(name), trim(value))
        });
        pairs.collect::<Vec<_>>()
    })
}

fn shows_token(request: &Parts) -> bool {
    let query = request.uri.query().unwrap_or_default();
    let token = query.split('&').find(|pair| pair.starts_with("token="));
    token.is_some_and(|pair| pair[6..] == *TOKEN)
}

/// As a browser resolves it, by the URL Standard.
fn stays_here(next: &str) -> bool {
    let base = url::Url::parse("http://localhost:8501/_waterskin/enter?token=").expect("a URL");
    base.join(next).is_ok_and(|url| url.origin() == base.origin())
}

/// The cookies of gates never do; on an upgrade with many cookies no other than the chosen ones do;
/// else all others do.
fn check_what_goes_on(headers: &HeaderMap) {
    let address = Address::Tcp { port: 1, secret: "known".to_owned() };
    let chosen = |name: &str| name.starts_with("_streamlit");
    let request = headers::for_request(headers.clone(), &address);
    let upgrade = headers::for_upgrade(headers.clone(), chosen, &address);
    let length: usize = request.get_all(COOKIE_FIELD).iter().map(HeaderValue::len).sum();
    let few = length <= headers::LONG_COOKIES;
    for (onward, all) in [(request, true), (upgrade, few)] {
        assert_eq!(onward.get_all(headers::SECRET).iter().count(), 1, "our own, and no other");
        let goes = |(name, _): &(String, String)| {
            let port = name.strip_prefix("waterskin-").unwrap_or_default();
            let is_gates = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            !is_gates && !name.is_empty() && (all || chosen(name))
        };
        let got: Vec<_> = cookies(&onward).filter(|(name, _)| !name.is_empty()).collect();
        let expected: Vec<_> = cookies(headers).filter(goes).collect();
        assert_eq!(got, expected, "all: {all}");
    }
}
