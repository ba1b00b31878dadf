//! All that the probes saw, as data. Nothing in it is secret: headers are taken by a list of names, bodies
//! by what they are, and no query is kept.

use serde::{Deserialize, Serialize};

/// All that one examination saw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The address that was asked for, without user and query.
    pub asked: String,
    /// The address that the page was found at: another one after a redirect.
    pub address: String,
    /// What the examination was allowed to do.
    pub terms: Terms,
    /// When it began, in seconds since 1970 (UTC).
    pub began: f64,
    /// The name, the connections, TLS.
    pub contact: Contact,
    /// Every request with what came of it, in the order of their beginnings.
    pub exchanges: Vec<Exchange>,
    /// What the live connection did, where it was reached.
    pub stream: Option<Stream>,
    /// Connections that were held, where that was asked for.
    pub holds: Vec<Hold>,
    /// Whether new connections reach the same process.
    pub replicas: Option<Replicas>,
}

/// What an examination was allowed to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// Whether the script may be run.
    pub run: bool,
    /// How long a connection is held, in seconds.
    pub idle: Option<f64>,
    /// How long each probe may take, in seconds.
    pub limit: f64,
    /// Whether there is an address behind the proxy.
    pub upstream: bool,
    /// How long the header `Cookie` of the handshake is, in bytes.
    pub cookie_bytes: usize,
}

/// What the first contact saw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// The host's name.
    pub host: String,
    /// How long the look-up took, in milliseconds.
    pub name_ms: f64,
    /// Why the name has no address.
    pub name_error: Option<String>,
    /// What came of each address.
    pub connects: Vec<Connect>,
    /// What came of TLS, where the address asks for it.
    pub tls: Option<Tls>,
}

/// An attempt to connect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connect {
    /// The address with the port.
    pub to: String,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why it failed.
    pub fault: Option<Fault>,
}

/// What TLS was agreed on, or why not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tls {
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// The version.
    pub version: Option<String>,
    /// The protocol that the host chose of `h2` and `http/1.1`.
    pub alpn: Option<String>,
    /// Who the certificate is for.
    pub subject: Option<String>,
    /// Who signed it.
    pub issuer: Option<String>,
    /// Whether whoever signed it is the one that it is for.
    pub self_signed: bool,
    /// Why it failed.
    pub fault: Option<TlsFault>,
}

/// Why TLS failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TlsFault {
    /// Nobody whom this machine trusts signed the certificate.
    UnknownIssuer,
    /// The certificate is not valid: over, for another name, revoked.
    Certificate {
        /// What is wrong with it.
        says: String,
    },
    /// What answers does not speak TLS.
    NotTls,
    /// The handshake failed.
    Handshake {
        /// What the library says.
        says: String,
    },
    /// Nothing came.
    Silent,
    /// The connection was closed.
    Closed,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fault {
    /// Nothing listens there.
    Refused,
    /// No way leads there.
    Unreachable {
        /// What the system says.
        says: String,
    },
    /// Nothing came within the limit.
    Silent,
    /// The connection was closed before an answer.
    Closed,
    /// What came is no HTTP.
    NotHttp {
        /// The first printable bytes of it.
        says: String,
    },
    /// What came is HTTP/2, where HTTP/1.1 was asked for.
    OnlyHttp2,
    /// The answer's head has no end, or is longer than any browser takes.
    EndlessHead,
    /// TLS failed.
    Tls {
        /// Why.
        fault: TlsFault,
    },
    /// The stream of HTTP/2 was reset, or the request could not be made.
    Other {
        /// What the library says.
        says: String,
    },
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The page.
    Page,
    /// A script that the page names.
    Script,
    /// A style that the page names.
    Style,
    /// The health route.
    Health,
    /// The route that the page asks beside it.
    HostConfig,
    /// The health route of the path above.
    HealthAbove,
    /// The health route of the host's root.
    HealthRoot,
    /// The health route below the path twice: what takes the path away takes one of them.
    HealthTwice,
    /// The page by its file's name, where the path alone leads in a circle.
    PageFile,
    /// The handshake as Chromium sends it.
    Handshake,
    /// The same without `Origin`.
    HandshakeNoOrigin,
    /// The same without cookies.
    HandshakeNoCookie,
    /// The same with `streamlit` as the only subprotocol.
    HandshakeOneProtocol,
    /// The same without compression, to read frames.
    HandshakePlain,
    /// By extended CONNECT of HTTP/2 (RFC 8441).
    HandshakeHttp2,
    /// Straight to the address behind the proxy.
    HandshakeUpstream,
    /// A malformed request, which whatever is in front refuses itself.
    Front,
    /// The health route over HTTP/2.
    HealthHttp2,
    /// The metrics, on a new connection.
    Metrics,
    /// An upload of no file, on a new connection.
    Upload,
}

/// A request with what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// What it is for.
    pub what: What,
    /// Its method.
    pub method: String,
    /// Scheme, host and port.
    pub origin: String,
    /// Its path, without a query.
    pub path: String,
    /// Names and values of its headers; those that are secret are `(hidden)`.
    pub sent: Vec<Field>,
    /// When it began, in milliseconds from the examination's beginning.
    pub at_ms: f64,
    /// How long its parts took.
    pub times: Times,
    /// What came.
    pub outcome: Outcome,
}

/// A header.
pub type Field = (String, String);

/// How long the parts of an exchange took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// To connect, where it was a new connection.
    pub connect: Option<f64>,
    /// To agree on TLS.
    pub tls: Option<f64>,
    /// From the request to the answer's head.
    pub wait: Option<f64>,
    /// To the answer's end.
    pub receive: Option<f64>,
    /// Altogether, also where nothing came.
    pub total: f64,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Outcome {
    /// An answer.
    Answer(Answer),
    /// None.
    Failed {
        /// Why.
        fault: Fault,
    },
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its version, such as `HTTP/1.1`.
    pub version: String,
    /// Those headers that tell who answered, and what.
    pub fields: Vec<Field>,
    /// The names of the cookies that it sets.
    pub cookies: Vec<String>,
    /// Its body.
    pub body: Body,
}

/// What is known of a body; its content is not kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// How much of it came, in bytes.
    pub bytes: u64,
    /// Whether its end came, within the limits of bytes and time.
    pub whole: bool,
    /// What it begins as.
    pub kind: Kind,
    /// What stands in it that tells a cause or a product.
    pub marks: Vec<Mark>,
}

/// What a body begins as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// There is none.
    #[default]
    Empty,
    /// A page.
    Html,
    /// JSON.
    Json,
    /// Exactly `ok`, as a health route says it.
    Ok,
    /// Other text.
    Text,
    /// Anything else.
    Binary,
}

/// What can stand in a body that tells a cause or a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Streamlit's own page.
    Streamlit,
    /// A page to sign in on.
    Login,
    /// Headers are longer than the server takes.
    LongHeader,
    /// Tornado met a plain request where it expects a handshake.
    PlainGet,
    /// The server met a handshake in HTTP/1.0.
    OldHttp,
    /// Tornado refused the origin.
    Origin,
    /// IIS has its WebSockets off.
    WebSocketsOff,
    /// The server has no such session.
    NoSession,
    /// An error page of nginx.
    Nginx,
    /// An error page of Apache.
    Apache,
    /// An error page of HAProxy.
    Haproxy,
    /// An error page of IIS.
    Iis,
    /// An error of Go's server: Caddy, Traefik.
    Go,
    /// A page of Cloudflare.
    Cloudflare,
    /// A page of oauth2-proxy.
    Oauth2Proxy,
    /// An error of API Gateway.
    ApiGateway,
    /// An error of Envoy.
    Envoy,
    /// The answer to a handshake has not the key that belongs to it (RFC 6455, section 4.2.2).
    WrongAccept,
    /// The server met plain HTTP where it expects TLS.
    PlainToTls,
}

/// What the live connection did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// How long the answer to a ping took, in milliseconds.
    pub pong_ms: Option<f64>,
    /// The kinds of messages that came and how many of each, in the order of their first.
    pub messages: Vec<(String, u32)>,
    /// How long the first message took after the run was asked for, in milliseconds.
    pub first_ms: Option<f64>,
    /// How long the run took, in milliseconds, where it came to its end.
    pub finished_ms: Option<f64>,
    /// Whether the script is no valid Python.
    pub not_compiled: bool,
    /// How it was closed, where the other side did.
    pub closed: Option<Closed>,
}

/// How a connection was closed by the other side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// How old it was, in milliseconds.
    pub after_ms: f64,
    /// For how long nothing had come, in milliseconds.
    pub silent_ms: f64,
    /// The code of its close frame; none came where there is none.
    pub code: Option<u16>,
}

/// A connection that was held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Whether something was sent all the while.
    pub busy: bool,
    /// For how long, in milliseconds.
    pub held_ms: f64,
    /// When the server's pings came, in milliseconds.
    pub pings: Vec<f64>,
    /// How it was closed, where the other side did.
    pub closed: Option<Closed>,
    /// Why it could not be opened.
    pub not_opened: bool,
}

/// Whether new connections reach the process that holds the live one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Replicas {
    /// How many requests could tell.
    pub asked: u32,
    /// How many of them reached a process that does not hold the connection.
    pub elsewhere: u32,
    /// How it was told: by `metrics` or by `upload`.
    pub by: String,
}

impl Seen {
    /// The first exchange of a kind; the last for pages, which may have been redirected.
    pub fn exchange(&self, what: What) -> Option<&Exchange> {
        let mut all = self.exchanges.iter().filter(|exchange| exchange.what == what);
        if what == What::Page { all.next_back() } else { all.next() }
    }

    /// Its answer.
    pub fn answer(&self, what: What) -> Option<&Answer> {
        self.exchange(what)?.answer()
    }

    /// Every answer of the host.
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.exchanges
            .iter()
            .filter(|it| it.what != What::HandshakeUpstream)
            .filter_map(Exchange::answer)
    }

    /// Whether a handshake of this kind was agreed to.
    pub fn switched(&self, what: What) -> bool {
        self.answer(what).is_some_and(|answer| {
            answer.status == if what == What::HandshakeHttp2 { 200 } else { 101 }
        })
    }
}

impl Exchange {
    /// The answer, where one came.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answer(answer) => Some(answer),
            Outcome::Failed { .. } => None,
        }
    }

    /// Why there is no answer.
    pub fn fault(&self) -> Option<&Fault> {
        match &self.outcome {
            Outcome::Answer(_) => None,
            Outcome::Failed { fault } => Some(fault),
        }
    }
}

impl Answer {
    /// The value of a header, by its name in small letters.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The type without its parameters.
    pub fn content_type(&self) -> &str {
        self.field("content-type").and_then(|it| it.split(';').next()).unwrap_or_default().trim()
    }

    /// Whether something stands in its body.
    pub fn has(&self, mark: Mark) -> bool {
        self.body.marks.contains(&mark)
    }
}
