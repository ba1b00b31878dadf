use std::net::{IpAddr, Ipv4Addr};

use anyhow::Context;
use bytes::Bytes;
use http::header::{COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{PATIENCE, Result};

/// Where an app is served, and the cookie that opens the gate.
#[derive(Clone, Debug)]
pub struct Site {
    /// The port on the loopback addresses.
    pub port: u16,
    /// The address to connect to.
    pub address: IpAddr,
    /// The gate's cookie, as `name=value`.
    pub cookie: Option<String>,
}

/// One request to a [`Site`].
#[derive(Clone, Debug)]
pub struct Ask {
    /// GET, or something else.
    pub method: Method,
    /// Path and query, sent as it stands.
    pub path: String,
    /// Header lines; `Host` and `Cookie` are added unless they stand here.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The header lines.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Ask {
    /// A GET of `path`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A request without a body.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Sets a header line. An empty value leaves the line out that [`Site`] would add.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

impl Site {
    /// What is served on `port`, without a cookie.
    pub fn on(port: u16) -> Self {
        Self { port, address: Ipv4Addr::LOCALHOST.into(), cookie: None }
    }

    /// Trades the one-time token of an entry URL for the cookie.
    pub async fn enter(entry: &url::Url) -> Result<Self> {
        let port = entry.port().context("the entry URL has no port")?;
        let mut site = Self::on(port);
        let path = &entry[url::Position::BeforePath..url::Position::AfterQuery];
        let answer = site.ask(Ask::get(path)).await?;
        anyhow::ensure!(
            answer.status == StatusCode::SEE_OTHER && answer.header(&LOCATION) == Some("/"),
            "the entry URL was answered with {answer:?}"
        );
        let cookie = answer.header(&SET_COOKIE).context("the entry URL gave no cookie")?;
        site.cookie = cookie.split(';').next().map(str::to_owned);
        Ok(site)
    }

    /// The same site without the cookie.
    #[must_use]
    pub fn stranger(&self) -> Self {
        Self { cookie: None, ..self.clone() }
    }

    /// `localhost:PORT`.
    pub fn authority(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// Asks for `path`, which must be answered with 200.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        let answer = self.ask(Ask::get(path)).await?;
        anyhow::ensure!(answer.status == StatusCode::OK, "`{path}` was answered with {answer:?}");
        Ok(answer)
    }

    /// Sends one request on a connection of its own and reads the whole answer.
    pub async fn ask(&self, ask: Ask) -> Result<Answer> {
        let what = format!("{} {}", ask.method, ask.path);
        let stream = self.connect().await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let mut request = Request::builder().method(ask.method).uri(ask.path);
        if let Some(headers) = request.headers_mut() {
            *headers = self.completed(ask.headers);
        }
        let request = request.body(Full::new(ask.body))?;
        let exchange = async move {
            let (head, body) = sender.send_request(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok::<_, hyper::Error>(Answer { status: head.status, headers: head.headers, body })
        };
        // The connection ends when the exchange has dropped its sender; its error is the exchange's.
        let (answer, _) = tokio::join!(exchange, connection);
        answer.with_context(|| format!("{what} was not answered"))
    }

    /// Sends bytes as they stand and no more, and gives whatever comes until the connection ends.
    pub async fn raw(&self, request: &[u8]) -> Result<String> {
        let mut stream = self.connect().await?;
        stream.write_all(request).await?;
        stream.shutdown().await?;
        let mut answer = Vec::new();
        // A reset after a part of the answer is an end too.
        let reading = stream.read_to_end(&mut answer);
        let _read =
            tokio::time::timeout(PATIENCE, reading).await.context("no end of the answer")?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// A new connection.
    pub async fn connect(&self) -> Result<TcpStream> {
        TcpStream::connect((self.address, self.port))
            .await
            .with_context(|| format!("nothing listens on port {}", self.port))
    }

    /// `headers` with `Host` and `Cookie`; lines with an empty value are taken out again.
    pub(crate) fn completed(&self, mut headers: HeaderMap) -> HeaderMap {
        let own = [(HOST, Some(self.authority())), (COOKIE, self.cookie.clone())];
        for (name, value) in own {
            let value = value.and_then(|value| HeaderValue::from_str(&value).ok());
            match (headers.get(&name), value) {
                (Some(given), _) if given.is_empty() => drop(headers.remove(&name)),
                (None, Some(value)) => drop(headers.insert(name, value)),
                (Some(_), _) | (None, None) => {}
            }
        }
        headers
    }
}

impl Answer {
    /// A header line's value.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
