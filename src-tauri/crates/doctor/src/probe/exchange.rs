use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Context, Peer, body, ms, tls::Offer};
use crate::secrets::HIDDEN;
use crate::seen::{Answer, Body, Exchange, Fault, Field, Outcome, Times, What};

/// Who asks. Some hosts answer nobody who does not say that he is a browser.
const AGENT: &str =
    concat!("Mozilla/5.0 (compatible; waterskin-doctor/", env!("CARGO_PKG_VERSION"), ")");

/// What is kept of the head of an answer: what tells who answered, and what. No content, no identity.
const KEPT: &[&str] = &[
    "age",
    "alt-svc",
    "apigw-requestid",
    "cache-control",
    "cf-mitigated",
    "cf-ray",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "fly-request-id",
    "keep-alive",
    "location",
    "proxy-authenticate",
    "retry-after",
    "sec-websocket-extensions",
    "sec-websocket-protocol",
    "server",
    "transfer-encoding",
    "upgrade",
    "via",
    "www-authenticate",
    "x-amz-apigw-id",
    "x-amz-cf-id",
    "x-amzn-errortype",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-aspnet-version",
    "x-azure-ref",
    "x-cache",
    "x-cloud-trace-context",
    "x-content-type-options",
    "x-envoy-upstream-service-time",
    "x-powered-by",
    "x-served-by",
    "x-vercel-id",
];

/// How much of a body is kept to look at, in bytes. Streamlit's page has 8 kB.
const KEPT_BODY: usize = 1 << 20;

/// How much of an answer is read, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Cap(pub u64);

/// A request to make.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What it is for.
    pub what: What,
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: String,
    /// Its headers, beyond those that each has.
    pub fields: Vec<(HeaderName, HeaderValue)>,
    /// Its body.
    pub body: Bytes,
    /// Whether the cookies go with it.
    pub cookies: bool,
    /// How much of the answer is read.
    pub cap: Cap,
}

impl Ask {
    /// A plain `GET`.
    pub fn get(what: What, path: impl Into<String>) -> Self {
        Self {
            what,
            method: Method::GET,
            path: path.into(),
            fields: Vec::new(),
            body: Bytes::new(),
            cookies: true,
            cap: Cap(1 << 20),
        }
    }
}

/// What came of a request, with what is not written down.
#[derive(Debug)]
pub struct Heard {
    /// What is written down.
    pub exchange: Exchange,
    /// The body, as far as it was read.
    pub body: Vec<u8>,
    /// The whole address that a redirect leads to.
    pub location: Option<String>,
    /// The value of `Sec-WebSocket-Accept`.
    pub accept: Option<String>,
    /// The connection, where the server switched it.
    pub upgraded: Option<Upgraded>,
}

/// A connection on which requests are made one after the other.
pub struct Line {
    sender: http1::SendRequest<Full<Bytes>>,
    read: std::sync::Arc<std::sync::atomic::AtomicU64>,
    // Drives the connection; ends with this.
    _driver: JoinSet<()>,
}

/// What comes of an answer but its body.
struct Head {
    response: Response<Incoming>,
    wait: f64,
}

impl Context {
    /// Makes a request on a new connection.
    pub async fn ask(&self, peer: &Peer, ask: Ask) -> Heard {
        self.ask_on(peer, &mut None, ask).await
    }

    /// Makes a request, on this connection where it is still open.
    pub async fn ask_on(&self, peer: &Peer, line: &mut Option<Line>, ask: Ask) -> Heard {
        let (started, at_ms) = (Instant::now(), ms(self.start));
        let (mut times, mut sent) = (Times::default(), Vec::new());
        let mut heard = Heard {
            exchange: Exchange {
                what: ask.what,
                method: ask.method.to_string(),
                origin: peer.address.origin(),
                path: ask.path.clone(),
                sent: Vec::new(),
                at_ms,
                times,
                outcome: Outcome::Failed { fault: Fault::Silent },
            },
            body: Vec::new(),
            location: None,
            accept: None,
            upgraded: None,
        };
        let limit = started + self.limit;
        let head = async {
            if let Some(old) = line.as_mut()
                && old.sender.ready().await.is_ok()
            {
                let request = self.request(peer, &ask, &mut sent)?;
                if let Ok(head) = old.send(request).await {
                    return Ok(head);
                }
                // It was closed between two requests, as any may be.
                sent.clear();
            }
            *line = None;
            let request = self.request(peer, &ask, &mut sent)?;
            let (stream, read) = peer.open(self, Offer::Http1, &mut times).await?;
            let (sender, connection) = http1::Builder::new()
                .ignore_invalid_headers_in_responses(true)
                .handshake(TokioIo::new(stream))
                .await
                .map_err(|error| fault(&error))?;
            let mut driver = JoinSet::new();
            driver.spawn(async move {
                // Whoever waits for an answer hears of it.
                let _ = connection.with_upgrades().await;
            });
            line.insert(Line { sender, read, _driver: driver }).send(request).await
        };
        match timeout_at(limit, head).await {
            Ok(Ok(Head { response, wait })) => {
                times.wait = Some(wait);
                let cap = if ask.method == Method::HEAD { Cap(0) } else { ask.cap };
                self.take(response, cap, limit, &mut heard, &mut times, peer).await;
                if !line_goes_on(&heard) {
                    *line = None;
                }
            }
            Ok(Err(fault)) => {
                *line = None;
                heard.exchange.outcome = Outcome::Failed { fault };
            }
            Err(_) => {
                let began = line.take().is_some_and(|it| it.read.load(Ordering::Relaxed) > 0);
                let fault = if began { Fault::EndlessHead } else { Fault::Silent };
                heard.exchange.outcome = Outcome::Failed { fault };
            }
        }
        times.total = ms(started);
        heard.exchange.times = times;
        heard.exchange.sent = sent;
        heard
    }

    /// Reads an answer to its end, or to the limits.
    async fn take(
        &self,
        mut response: Response<Incoming>,
        cap: Cap,
        limit: Instant,
        heard: &mut Heard,
        times: &mut Times,
        peer: &Peer,
    ) {
        let started = Instant::now();
        let text = |name: &str| {
            response
                .headers()
                .get(name)
                .map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned())
        };
        heard.location = text("location");
        heard.accept = text("sec-websocket-accept");
        let mut answer = self.head(&response, peer);
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let upgrade = timeout_at(limit, hyper::upgrade::on(&mut response)).await;
            heard.upgraded = upgrade.ok().and_then(Result::ok);
            answer.body.whole = true;
        } else {
            let mut incoming = response.into_body();
            answer.body.whole = loop {
                match timeout_at(limit, incoming.frame()).await {
                    Ok(None) => break true,
                    Ok(Some(Ok(frame))) => {
                        let Some(data) = frame.data_ref() else { continue };
                        answer.body.bytes += u64::try_from(data.len()).unwrap_or(u64::MAX);
                        let room = KEPT_BODY.saturating_sub(heard.body.len());
                        heard.body.extend_from_slice(&data[..data.len().min(room)]);
                        if answer.body.bytes > cap.0 {
                            break false;
                        }
                    }
                    Ok(Some(Err(_))) | Err(_) => break false,
                }
            };
            (answer.body.kind, answer.body.marks) = body::look(&heard.body);
        }
        times.receive = Some(ms(started));
        heard.exchange.outcome = Outcome::Answer(answer);
    }

    /// What is kept of an answer's head; its cookies go into the jar.
    pub fn head<T>(&self, response: &Response<T>, peer: &Peer) -> Answer {
        let mut answer = Answer {
            status: response.status().as_u16(),
            version: format!("{:?}", response.version()),
            ..Answer::default()
        };
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes());
            if *name == header::SET_COOKIE {
                answer.cookies.extend(self.keep(&value, peer));
            } else if KEPT.contains(&name.as_str()) {
                let value = self.scrub(&without_secrets(name.as_str(), &value));
                answer.fields.push((name.to_string(), value));
            }
        }
        answer
    }

    fn request(
        &self,
        peer: &Peer,
        ask: &Ask,
        sent: &mut Vec<Field>,
    ) -> Result<Request<Full<Bytes>>, Fault> {
        let mut request = Request::builder().method(ask.method.clone()).uri(ask.path.as_str());
        let mut put = |name: HeaderName, value: HeaderValue| {
            let hidden = value.is_sensitive();
            let shown =
                if hidden { HIDDEN.into() } else { String::from_utf8_lossy(value.as_bytes()) };
            sent.push((name.to_string(), shown.into_owned()));
            if let Some(headers) = request.headers_mut() {
                // What was given takes the place of the probe's own.
                headers.insert(name, value);
            }
        };
        let own = |text: &str| HeaderValue::from_str(text);
        if let Ok(host) = own(&peer.address.authority()) {
            put(header::HOST, host);
        }
        put(header::USER_AGENT, HeaderValue::from_static(AGENT));
        for (name, value) in &ask.fields {
            put(name.clone(), value.clone());
        }
        for (name, value) in self.secrets(peer, ask.cookies) {
            put(name, value);
        }
        request
            .body(Full::new(ask.body.clone()))
            .map_err(|error| Fault::Other { says: error.to_string() })
    }
}

/// Whether another request can be made on the connection.
fn line_goes_on(heard: &Heard) -> bool {
    heard.upgraded.is_none() && heard.exchange.answer().is_some_and(|answer| answer.body.whole)
}

/// Some headers have more in them than who answered.
pub fn without_secrets(name: &str, value: &str) -> String {
    match name {
        // Queries have codes and states of logins in them.
        "location" => {
            let bare = value.split(['?', '#']).next().unwrap_or_default();
            match bare.split_once("://") {
                Some((scheme, rest)) => {
                    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                    let host = host.rsplit('@').next().unwrap_or_default();
                    format!("{scheme}://{host}{path}")
                }
                None => bare.to_owned(),
            }
        }
        "www-authenticate" | "proxy-authenticate" => {
            value.split([' ', ',']).next().unwrap_or_default().to_owned()
        }
        // The page sends a token in it.
        "sec-websocket-protocol" => {
            let parts = value.split(',').map(str::trim);
            let shown = parts.map(|part| if part == "streamlit" { part } else { HIDDEN });
            shown.collect::<Vec<_>>().join(", ")
        }
        _ => value.chars().take(200).collect(),
    }
}

impl Line {
    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Head, Fault> {
        let started = Instant::now();
        let response = self.sender.send_request(request).await.map_err(|error| fault(&error))?;
        Ok(Head { response, wait: ms(started) })
    }
}

/// What an error of the library means.
fn fault(error: &hyper::Error) -> Fault {
    if error.is_parse_too_large() {
        Fault::EndlessHead
    } else if error.is_parse() {
        Fault::NotHttp { says: String::new() }
    } else if error.is_user() {
        Fault::Other { says: error.to_string() }
    } else {
        Fault::Closed
    }
}

/// No host, and a header whose name has a space: whatever is in front refuses it itself (RFC 9112,
/// sections 3.2 and 5), and shows who it is.
const MALFORMED: &[u8] = b"GET / HTTP/1.1\r\nnot a name: x\r\n\r\n";

/// Asks whatever is in front for something that it refuses itself.
pub async fn front(context: &Context, peer: &Peer) -> Exchange {
    let (started, at_ms) = (Instant::now(), ms(context.start));
    let heard = timeout(context.limit, peer.raw(context, MALFORMED, 2048)).await;
    let (heard, ended) = heard.unwrap_or_default();
    let outcome = raw_answer(context, &heard, ended);
    let times = Times { total: ms(started), ..Times::default() };
    Exchange {
        what: What::Front,
        method: "GET".to_owned(),
        origin: peer.address.origin(),
        path: "/".to_owned(),
        sent: Vec::new(),
        at_ms,
        times,
        outcome,
    }
}

/// An answer by the bytes that came of it, to its end or not.
pub fn raw_answer(context: &Context, heard: &[u8], ended: bool) -> Outcome {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Response::new(&mut headers);
    let failed = |fault| Outcome::Failed { fault };
    match parsed.parse(heard) {
        _ if heard.is_empty() => failed(Fault::Closed),
        Ok(httparse::Status::Complete(start)) => {
            let mut answer = Answer {
                status: parsed.code.unwrap_or_default(),
                version: format!("HTTP/1.{}", parsed.version.unwrap_or(1)),
                ..Answer::default()
            };
            for field in parsed.headers.iter() {
                let name = field.name.to_ascii_lowercase();
                if KEPT.contains(&name.as_str()) {
                    let value = String::from_utf8_lossy(field.value);
                    let value = context.scrub(&without_secrets(&name, &value));
                    answer.fields.push((name, value));
                }
            }
            let (kind, marks) = body::look(&heard[start..]);
            let bytes = u64::try_from(heard.len() - start).unwrap_or(u64::MAX);
            answer.body = Body { bytes, whole: ended, kind, marks };
            Outcome::Answer(answer)
        }
        Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
            failed(Fault::EndlessHead)
        }
        Err(_) => failed(Fault::NotHttp { says: context.scrub(&body::printable(heard)) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_without_what_is_secret_in_them() {
        for (name, value, shown) in [
            ("location", "https://u:p@login.example/x?state=secret#f", "https://login.example/x"),
            ("location", "/login?next=secret", "/login"),
            ("www-authenticate", "Bearer realm=\"x\", token=\"secret\"", "Bearer"),
            ("sec-websocket-protocol", "streamlit, 2|secret", "streamlit, (hidden)"),
            ("server", "nginx", "nginx"),
        ] {
            assert_eq!(without_secrets(name, value), shown);
        }
    }
}
