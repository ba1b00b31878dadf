use std::net::IpAddr;

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{PATIENCE, Result, Site};

/// A request as it goes on the wire, less `Host`, `Cookie` and `Connection`, which [`Site::send`]
/// adds.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Method and target.
    pub line: String,
    /// Header lines, each ended by CRLF.
    pub fields: String,
    /// Cookies beside the gate's own, as `name=value`.
    pub cookies: Vec<String>,
    /// The body; its length or coding stands in `fields`.
    pub body: Vec<u8>,
}

/// An answer as it was on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Status and reason.
    pub status: String,
    /// The header lines in their order and spelling. A byte is a letter (Latin-1).
    pub fields: Vec<(String, String)>,
    /// The body, without the chunks' frames.
    pub body: Vec<u8>,
}

impl Draft {
    /// A request without a body: method and target, such as `GET /`.
    pub fn new(line: impl Into<String>) -> Self {
        Self { line: line.into(), ..Self::default() }
    }

    /// Adds a header line.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields += &format!("{name}: {value}\r\n");
        self
    }

    /// Adds a cookie.
    #[must_use]
    pub fn cookie(mut self, pair: &str) -> Self {
        self.cookies.push(pair.to_owned());
        self
    }

    /// Sets the body, and its length in the head.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.field("Content-Length", &length)
    }

    /// The head for `site`, with these further lines.
    pub fn head(&self, site: &Site, more: &str) -> String {
        let mut cookies: Vec<&str> = self.cookies.iter().map(String::as_str).collect();
        cookies.extend(site.cookie.as_deref());
        let cookie = match cookies.as_slice() {
            [] => String::new(),
            cookies => format!("Cookie: {}\r\n", cookies.join("; ")),
        };
        let Self { line, fields, .. } = self;
        format!("{line} HTTP/1.1\r\nHost: {}\r\n{cookie}{fields}{more}\r\n", site.authority())
    }
}

impl Site {
    /// Sends one request on a connection of its own and reads the whole answer.
    pub async fn send(&self, draft: &Draft) -> Result<Exchange> {
        let mut stream = self.connect().await?;
        stream.write_all(draft.head(self, "Connection: close\r\n").as_bytes()).await?;
        let exchange = async {
            let (mut reader, mut writer) = stream.split();
            // A server may answer, and close, before it has read all of the body.
            let sending = async {
                let _answered_early = writer.write_all(&draft.body).await;
            };
            let mut answer = Vec::new();
            let reading = async {
                // A reset after the answer is an end too.
                let _reset = reader.read_to_end(&mut answer).await;
            };
            tokio::join!(sending, reading);
            answer
        };
        let answer = tokio::time::timeout(PATIENCE, exchange)
            .await
            .with_context(|| format!("`{}` was not answered", draft.line))?;
        let no_body = draft.line.starts_with("HEAD ");
        Exchange::read(&answer, no_body)
            .with_context(|| format!("`{}` was answered with {answer:.200?}", draft.line))
    }

    /// The same site by another address.
    #[must_use]
    pub fn at(&self, address: impl Into<IpAddr>) -> Self {
        Self { address: address.into(), ..self.clone() }
    }
}

impl Exchange {
    /// Takes the one final answer in `bytes` apart; those with 1xx before it are left out.
    pub fn read(bytes: &[u8], no_body: bool) -> Option<Self> {
        let at = find(bytes, b"\r\n\r\n")?;
        let head: String = bytes[..at].iter().copied().map(char::from).collect();
        let rest = &bytes[at + 4..];
        let mut lines = head.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.to_owned();
        if status.starts_with('1') && status != "101 Switching Protocols" {
            return Self::read(rest, no_body);
        }
        let fields = lines.map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        });
        let mut exchange = Self { status, fields: fields.collect::<Option<_>>()?, body: vec![] };
        let chunked = exchange.field("transfer-encoding").is_some_and(|it| it == "chunked");
        exchange.body = match (no_body, chunked) {
            (true, _) => rest.to_vec(),
            (false, true) => dechunked(rest)?,
            (false, false) => {
                let whole = exchange.field("content-length").map(|it| it.parse() == Ok(rest.len()));
                // Without a length the body goes to the end (RFC 9112 section 6.3).
                if whole == Some(false) && !exchange.status.starts_with("304") {
                    return None;
                }
                rest.to_vec()
            }
        };
        Some(exchange)
    }

    /// The first value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    /// All values of a field, in their order.
    pub fn values<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let found = self.fields.iter().filter(move |(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Reads from `stream` up to and with the empty line after a head, and gives what came after it too.
pub(crate) async fn read_head(stream: &mut TcpStream) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let reading = async {
        loop {
            if let Some(at) = find(&bytes, b"\r\n\r\n") {
                return Ok(at + 4);
            }
            anyhow::ensure!(stream.read_buf(&mut bytes).await? > 0, "no head before the end");
        }
    };
    let at = tokio::time::timeout(PATIENCE, reading).await.context("no head came")??;
    let rest = bytes.split_off(at);
    Ok((bytes.into_iter().map(char::from).collect(), rest))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// The content of a chunked body that is there to its end; its trailers are left out.
fn dechunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let at = find(bytes, b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..at]).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        bytes = &bytes[at + 2..];
        if size == 0 {
            return Some(content);
        }
        content.extend_from_slice(bytes.get(..size)?);
        bytes = bytes.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_in_every_form() {
        let of = |text: &str| Exchange::read(text.as_bytes(), false);
        let sized = of("HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 2\r\n\r\nok").unwrap();
        assert_eq!((sized.status.as_str(), sized.text().as_str()), ("200 OK", "ok"));
        assert_eq!(sized.fields[0], ("A".into(), "1".into()));
        assert_eq!(of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok"), None, "cut off");
        let chunks = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\
                      Transfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n1\r\n!\r\n0\r\n\r\n";
        assert_eq!(of(chunks).unwrap().text(), "ok!");
        assert_eq!(of(&chunks[..chunks.len() - 5]), None, "without its end");
        assert_eq!(of("HTTP/1.1 404 Not Found\r\n\r\ngone").unwrap().text(), "gone");
    }
}
