//! What may differ between Streamlit and Streamlit behind the proxy, as data: docs/proxy.md has
//! the same list for people.

use std::fmt;
use std::io::Read;

use crate::{Draft, Exchange};

/// Fields that belong to one hop (RFC 9110 section 7.6.1), and the date.
const NOT_COMPARED: [&str; 5] =
    ["date", "connection", "keep-alive", "transfer-encoding", "proxy-connection"];

/// One thing in which two answers differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The status lines.
    Status(String, String),
    /// A field's values.
    Field(String, Vec<String>, Vec<String>),
    /// The order of the fields that both have, or the letters' case of their names.
    Order(Vec<String>, Vec<String>),
    /// The bodies, which are of these lengths.
    Body(usize, usize),
}

/// A difference that is on purpose.
#[derive(Clone, Copy)]
pub struct Difference {
    /// Its name in tables.
    pub name: &'static str,
    /// Why it has to be.
    pub why: &'static str,
    /// Whether only the old server shows it.
    only_old: bool,
    explains: fn(&Case<'_>, &Change) -> bool,
}

impl Difference {
    /// Whether this version of Streamlit has to show it.
    pub fn is_of(&self, version: &str) -> bool {
        !self.only_old || is_old(version)
    }
}

/// What a difference is judged by.
struct Case<'a> {
    draft: &'a Draft,
    /// Whether Streamlit is the old one with Tornado.
    old: bool,
    direct: &'a Exchange,
}

impl Case<'_> {
    /// Whether the proxy answers with a file of its own.
    fn is_file(&self) -> bool {
        let line = &self.draft.line;
        let target = line.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        let exact = ["/", "/index.html", "/manifest.json", "/favicon.png"];
        let method = line.starts_with("GET ") || line.starts_with("HEAD ");
        method && (exact.contains(&path) || path.starts_with("/static/"))
    }
}

/// Every difference that is on purpose. Each one is needed: a test fails when no answer shows it.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "uncompressed",
        why: "Python compresses a whole body before its first byte; loopback gains nothing by it",
        only_old: false,
        explains: |case, change| {
            let fields = ["content-encoding", "content-length", "vary", "etag"];
            case.direct.field("content-encoding").is_some() && is_field(change, &fields)
        },
    },
    Difference {
        name: "page: frames",
        why: "no page of another origin can show the app in a frame",
        only_old: false,
        explains: |_, change| {
            let policy = "frame-ancestors 'self'";
            let Change::Field(name, direct, through) = change else { return false };
            name == "content-security-policy"
                && *through == [direct.as_slice(), &[policy.to_owned()]].concat()
        },
    },
    Difference {
        name: "file: no server",
        why: "files come from the proxy: no server of Python's is named, and none of them is coded, so none varies",
        only_old: false,
        explains: |case, change| case.is_file() && is_gone(change, &["server", "vary"]),
    },
    Difference {
        name: "file: order",
        why: "the letters' case of names and their order mean nothing (RFC 9110 section 5)",
        only_old: false,
        explains: |case, change| case.is_file() && matches!(change, Change::Order(..)),
    },
    Difference {
        name: "file: reason",
        why: "the words beside 416 are those of RFC 9110",
        only_old: false,
        explains: |case, change| {
            let is_416 = |status: &str| status.starts_with("416 ");
            case.is_file()
                && matches!(change, Change::Status(one, other) if is_416(one) && is_416(other))
        },
    },
    Difference {
        name: "file: as 1.67",
        why: "files are answered before Python is there to ask, as the newest server does",
        only_old: true,
        explains: |case, change| {
            let fields =
                ["etag", "cache-control", "accept-ranges", "content-type", "last-modified"];
            case.old && case.is_file() && is_field(change, &fields)
        },
    },
    Difference {
        name: "file: ranges as 1.67",
        why: "the old server gives all for a range that goes over the end, and knows no `If-Range`",
        only_old: true,
        explains: |case, _| case.old && case.is_file() && case.draft.fields.contains("Range: "),
    },
    Difference {
        name: "empty: length last",
        why: "hyper writes a `Content-Length: 0` after the other fields",
        only_old: false,
        explains: |case, change| {
            let Change::Order(direct, through) = change else { return false };
            let other = |names: &[String]| {
                let others =
                    names.iter().filter(|name| !name.eq_ignore_ascii_case("content-length"));
                others.cloned().collect::<Vec<_>>()
            };
            case.direct.field("content-length") == Some("0") && other(direct) == other(through)
        },
    },
];

fn is_field(change: &Change, names: &[&str]) -> bool {
    matches!(change, Change::Field(name, ..) if names.contains(&name.as_str()))
}

fn is_gone(change: &Change, names: &[&str]) -> bool {
    is_field(change, names) && matches!(change, Change::Field(_, _, left) if left.is_empty())
}

/// The names of the differences that explain what differs, and what nothing explains.
pub fn judge(
    draft: &Draft,
    version: &str,
    direct: &Exchange,
    through: &Exchange,
) -> (Vec<&'static str>, Vec<Change>) {
    let case = Case { draft, old: is_old(version), direct };
    let mut explained = Vec::new();
    let mut unexplained = Vec::new();
    for change in changes(direct, through) {
        match DIFFERENCES.iter().find(|it| (it.explains)(&case, &change)) {
            Some(difference) => explained.push(difference.name),
            None => unexplained.push(change),
        }
    }
    (explained, unexplained)
}

/// Whether this version has the old server (the new one came with 1.57).
pub fn is_old(version: &str) -> bool {
    version.split('.').nth(1).and_then(|it| it.parse().ok()).is_some_and(|minor: u32| minor < 57)
}

/// Everything in which the answers differ, but for what belongs to one hop and what is random.
fn changes(direct: &Exchange, through: &Exchange) -> Vec<Change> {
    let mut changes = Vec::new();
    if direct.status != through.status {
        changes.push(Change::Status(direct.status.clone(), through.status.clone()));
    }
    let names = |exchange: &Exchange| {
        let names = exchange.fields.iter().map(|(name, _)| name.clone());
        names.filter(|name| !is_passed_over(name)).collect::<Vec<_>>()
    };
    let (before, after) = (names(direct), names(through));
    let mut all: Vec<String> =
        before.iter().chain(&after).map(|name| name.to_ascii_lowercase()).collect();
    all.sort();
    all.dedup();
    for name in all {
        let of = |exchange: &Exchange| exchange.values(&name).map(plain).collect::<Vec<_>>();
        let (direct, through) = (of(direct), of(through));
        if direct != through {
            changes.push(Change::Field(name, direct, through));
        }
    }
    let common = |mine: &[String], other: &[String]| {
        let common =
            mine.iter().filter(|name| other.iter().any(|it| it.eq_ignore_ascii_case(name)));
        common.cloned().collect::<Vec<_>>()
    };
    let (mine, theirs) = (common(&before, &after), common(&after, &before));
    if mine != theirs {
        changes.push(Change::Order(mine, theirs));
    }
    let (mine, theirs) = (decoded(direct), decoded(through));
    if mine != theirs {
        changes.push(Change::Body(mine.len(), theirs.len()));
    }
    changes
}

fn is_passed_over(name: &str) -> bool {
    NOT_COMPARED.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// A value without the port and without what is random in it: the mask and the time of Streamlit's
/// cookie against forged requests, and the line between the parts of several ranges.
fn plain(value: &str) -> String {
    let ports = regex::Regex::new(r"(localhost|127\.0\.0\.1):\d+");
    let cookie = regex::Regex::new(r"_streamlit_xsrf=2\|[0-9a-f]+\|[0-9a-f]+\|\d+");
    let boundary = regex::Regex::new("boundary=[0-9a-f]+");
    let (Ok(ports), Ok(cookie), Ok(boundary)) = (ports, cookie, boundary) else {
        return value.to_owned();
    };
    let value = ports.replace_all(value, "$1");
    let value = boundary.replace_all(&value, "boundary=..");
    cookie.replace_all(&value, "_streamlit_xsrf=2|..").into_owned()
}

/// The content, whatever its coding and the line between its parts.
fn decoded(exchange: &Exchange) -> Vec<u8> {
    let kind = exchange.field("content-type").unwrap_or_default();
    if let Some((_, boundary)) = kind.split_once("; boundary=") {
        return exchange.text().replace(boundary, "..").into_bytes();
    }
    if exchange.field("content-encoding") != Some("gzip") {
        return exchange.body.clone();
    }
    let mut content = Vec::new();
    match flate2::read::GzDecoder::new(&exchange.body[..]).read_to_end(&mut content) {
        Ok(_) => content,
        Err(_) => exchange.body.clone(),
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(direct, through) => write!(f, "status `{direct}`, through `{through}`"),
            Self::Field(name, direct, through) => {
                write!(f, "`{name}` {direct:?}, through {through:?}")
            }
            Self::Order(direct, through) => write!(f, "order {direct:?}, through {through:?}"),
            Self::Body(direct, through) => {
                write!(f, "bodies of {direct} and through of {through} bytes")
            }
        }
    }
}

impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Difference").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NEWEST;

    fn answer(fields: &[(&str, &str)], body: &str) -> Exchange {
        let fields = fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Exchange { status: "200 OK".into(), fields, body: body.into() }
    }

    #[test]
    fn what_nothing_explains_is_found() {
        let direct = answer(&[("A", "1"), ("B", "2"), ("b", "3"), ("Date", "now")], "body");
        let draft = Draft::new("GET /x");
        let judged = |through: &Exchange| judge(&draft, NEWEST, &direct, through);
        let same = answer(&[("Connection", "close"), ("A", "1"), ("B", "2"), ("b", "3")], "body");
        assert_eq!(judged(&same), (vec![], vec![]));
        for (through, name) in [
            (answer(&[("A", "1"), ("B", "3"), ("b", "2")], "body"), "field"),
            (answer(&[("A", "1"), ("B", "2, 3")], "body"), "field"),
            (answer(&[("B", "2"), ("b", "3"), ("A", "1")], "body"), "order"),
            (answer(&[("a", "1"), ("B", "2"), ("b", "3")], "body"), "spelling"),
            (answer(&[("A", "1"), ("B", "2"), ("b", "3")], "other"), "body"),
            (answer(&[("A", "1"), ("B", "2"), ("b", "3"), ("C", "4")], "body"), "one more"),
            (Exchange { status: "200 Fine".into(), ..same }, "status"),
        ] {
            assert!(!judged(&through).1.is_empty(), "{name}");
        }
    }
}
