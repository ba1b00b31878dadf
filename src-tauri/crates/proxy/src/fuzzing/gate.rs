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

/// A request as the fuzzer wants it.
#[derive(Arbitrary, Debug)]
struct Wish<'a> {
    method: u8,
    target: Vec<Piece<'a>>,
    fields: Vec<(Name<'a>, Vec<Piece<'a>>)>,
    late: bool,
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
    let Ok(wish) = Wish::arbitrary(&mut Unstructured::new(data)) else { return };
    let Some(request) = wish.request() else { return };
    let gate = Gate::known(COOKIE, TOKEN);
    let late = TOKEN_LIFETIME + Duration::from_secs(1);
    let now = Instant::now() + if wish.late { late } else { Duration::ZERO };
    let verdict = gate.judge(&request, now);
    let expected = if !comes_from_us(&request) {
        Expected::Refusal
    } else if request.method == Method::GET && request.uri.path() == ENTRY {
        if shows_token(&request) && !wish.late { Expected::Entry } else { Expected::Refusal }
    } else if shows_cookie(&request) {
        Expected::Pass
    } else {
        Expected::Refusal
    };
    let given = match &verdict {
        Verdict::Pass => Expected::Pass,
        Verdict::Refuse(_) => Expected::Refusal,
        Verdict::Enter { next } => {
            assert!(stays_here(next), "`{next}` leads away");
            let again = gate.judge(&request, now);
            assert!(matches!(again, Verdict::Refuse(_)), "a token works once");
            Expected::Entry
        }
    };
    assert_eq!(given, expected, "{request:?}");
    check_what_goes_on(&gate, &request.headers);
}

#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Pass,
    Entry,
    Refusal,
}

impl Wish<'_> {
    /// `None` when it is no request to the HTTP library.
    fn request(&self) -> Option<Parts> {
        let methods = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "CONNECT", "ODD"];
        let method = methods[usize::from(self.method) % methods.len()];
        let target = joined(&self.target);
        let target = if target.is_empty() { b"/".to_vec() } else { target };
        let mut parts = Request::builder().method(method).uri(target.as_slice()).body(()).ok()?;
        for (name, value) in &self.fields {
            let name = match name {
                Name::Host => "host",
                Name::Origin => "origin",
                Name::Cookie => "cookie",
                Name::Site => "sec-fetch-site",
                Name::Mode => "sec-fetch-mode",
                Name::Dest => "sec-fetch-dest",
                Name::Connection => "connection",
                Name::Other(name) => name,
            };
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let value = HeaderValue::from_bytes(&joined(value)).ok()?;
            parts.headers_mut().append(name, value);
        }
        Some(parts.into_parts().0)
    }
}

fn joined(pieces: &[Piece<'_>]) -> Vec<u8> {
    let bytes = pieces.iter().flat_map(|piece| match piece {
        Piece::Word(word) => WORDS[usize::from(*word) % WORDS.len()].as_bytes(),
        Piece::Bytes(bytes) => bytes,
    });
    bytes.copied().collect()
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

/// The gate's cookie never does; on an upgrade no cookie that was not chosen does; others always.
fn check_what_goes_on(gate: &Gate, headers: &HeaderMap) {
    let address = Address::Tcp { port: 1, secret: "known".to_owned() };
    let chosen = |name: &str| name.starts_with("_streamlit");
    for (upgrade, onward) in [
        (false, headers::for_request(headers.clone(), gate, &address)),
        (true, headers::for_upgrade(headers.clone(), gate, chosen, &address)),
    ] {
        assert_eq!(onward.get_all(headers::SECRET).iter().count(), 1, "our own, and no other");
        let goes = |(name, _): &(String, String)| {
            name != "waterskin-8501" && !name.is_empty() && (!upgrade || chosen(name))
        };
        let nameless = |(name, _): &(String, String)| name.is_empty();
        let got: Vec<_> = cookies(&onward).filter(|pair| !nameless(pair)).collect();
        let expected: Vec<_> = cookies(headers).filter(goes).collect();
        assert_eq!(got, expected, "upgrade: {upgrade}");
    }
}
