use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::WebSocketConfig},
};

use waterskin_streamlit::{
    Back, Forward, Page, STREAM, SUBPROTOCOL, Status, compile_error, pages, status,
};

/// How a run of a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// The script came to its end, or an exception ended it.
    Finished,
    /// It runs itself anew again and again.
    Anew,
    /// It had drawn something, and was at it when the time was over.
    Drawing,
    /// It had drawn nothing by then.
    Silent,
    /// It is no valid Python; with what Streamlit says.
    NotCompiled(String),
}

/// Someone who opens an app's pages as a browser does: by the proxy, with the gate's cookie, over
/// the WebSocket.
#[derive(Debug)]
pub struct Visit {
    socket: WebSocketStream<TcpStream>,
    port: u16,
    /// The gate's.
    cookie: HeaderValue,
    pages: Pages,
}

/// What a visit met instead of an app.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The way in does not lead in.
    #[error("the app's window would not be let in ({status})")]
    Refused {
        /// What the proxy answered.
        status: StatusCode,
    },
    /// The connection failed.
    #[error("the connection to the app broke off")]
    Broken {
        /// What was met.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn broken(source: impl std::error::Error + Send + Sync + 'static) -> VisitError {
    VisitError::Broken { source: Box::new(source) }
}

impl Visit {
    /// Goes in by the one-time address `url` on `port`, and opens the WebSocket. It waits until
    /// Python answers.
    pub async fn enter(url: &str, port: u16) -> Result<Self, VisitError> {
        let cookie = cookie(url, port).await?;
        let socket = socket(port, &cookie).await?;
        Ok(Self { socket, port, cookie, pages: Pages::default() })
    }

    /// Opens a new WebSocket, as another window of the same person does.
    pub async fn enter_again(&mut self) -> Result<(), VisitError> {
        self.socket = socket(self.port, &self.cookie).await?;
        Ok(())
    }

    /// Opens a page, the first one without a hash, and waits for the end of its run: for `silent`
    /// while it draws nothing, and for `drawing` from its first element on.
    pub async fn open(
        &mut self,
        page: &str,
        silent: Duration,
        drawing: Duration,
    ) -> Result<Run, VisitError> {
        let message = Back::Rerun { page, widgets: &[] }.encode();
        self.socket.send(Message::Binary(message.into())).await.map_err(broken)?;
        let mut said = String::new();
        let mut end = Instant::now() + silent;
        let mut draws = false;
        let mut anew = 0;
        loop {
            let Ok(message) = timeout_at(end, self.socket.next()).await else {
                return Ok(if draws { Run::Drawing } else { Run::Silent });
            };
            let message = message.ok_or_else(|| broken(std::io::Error::other("it is closed")))?;
            let Message::Binary(message) = message.map_err(broken)? else { continue };
            let (known, open) = pages(&message);
            let navigation = Forward::name(&message) == Some("navigation");
            self.pages.learn(known, open, navigation);
            said.extend(compile_error(&message));
            match Forward::of(&message) {
                Some(Forward::Delta) if !draws => {
                    draws = true;
                    end = Instant::now() + drawing;
                }
                Some(Forward::ScriptFinished) => match status(&message) {
                    Status::NotCompiled => return Ok(Run::NotCompiled(said)),
                    Status::Rerun if anew == AGAIN => return Ok(Run::Anew),
                    Status::Rerun => anew += 1,
                    _ => return Ok(Run::Finished),
                },
                _ => {}
            }
        }
    }

    /// What Streamlit knows the page by that is open.
    pub fn current(&self) -> &str {
        &self.pages.current
    }

    /// The pages beside the one that is open, in the order of the app's navigation.
    pub fn others(&self) -> Vec<Page> {
        self.pages.others()
    }
}

/// The app's pages, as far as it has told of them.
#[derive(Debug, Default)]
struct Pages {
    all: Vec<Page>,
    current: String,
}

impl Pages {
    fn others(&self) -> Vec<Page> {
        self.all.iter().filter(|page| page.hash != self.current).cloned().collect()
    }

    /// What a message tells of them. A navigation has them all, the first one with another hash than at
    /// the beginning of a run.
    fn learn(&mut self, pages: Vec<Page>, open: Option<String>, navigation: bool) {
        if navigation {
            self.all.clear();
        }
        for page in pages {
            match self.all.iter_mut().find(|known| known.hash == page.hash) {
                Some(known) => *known = page,
                None => self.all.push(page),
            }
        }
        if let Some(open) = open {
            self.current = open;
        }
    }
}

/// How often a script may run itself anew before it counts as one that does so for ever.
const AGAIN: u32 = 5;

/// The WebSocket of the page.
async fn socket(port: u16, cookie: &HeaderValue) -> Result<WebSocketStream<TcpStream>, VisitError> {
    let origin = format!("http://localhost:{port}");
    let mut request =
        format!("ws://localhost:{port}{STREAM}").into_client_request().map_err(broken)?;
    let headers = request.headers_mut();
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    headers.insert(header::COOKIE, cookie.clone());
    headers.insert(header::ORIGIN, HeaderValue::try_from(origin).map_err(broken)?);
    // As a browser: no limit on what Python sends.
    let unlimited = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let stream = connect(port).await?;
    let (socket, _) =
        client_async_with_config(request, stream, Some(unlimited)).await.map_err(broken)?;
    Ok(socket)
}

/// The gate's cookie, for the token in the address.
async fn cookie(url: &str, port: u16) -> Result<HeaderValue, VisitError> {
    let stream = TokioIo::new(connect(port).await?);
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(stream).await.map_err(broken)?;
    let url: http::Uri = url.parse().map_err(broken)?;
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path)
        .header(header::HOST, format!("localhost:{port}"))
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(broken)?;
    let answer = async { sender.send_request(request).await.map_err(broken) };
    // The connection is driven here, beside the question, so no task outlives it.
    let answer = tokio::select! {
        answer = answer => answer?,
        Err(source) = connection => return Err(broken(source)),
    };
    let refused = VisitError::Refused { status: answer.status() };
    let cookie = answer.headers().get(header::SET_COOKIE).ok_or(refused)?;
    let cookie = cookie.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    HeaderValue::from_bytes(cookie).map_err(broken)
}

async fn connect(port: u16) -> Result<TcpStream, VisitError> {
    TcpStream::connect(("127.0.0.1", port)).await.map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_page_is_no_other_page() {
        let of = |pages: &[(&str, &str)]| {
            let page = |it: &(&str, &str)| Page { hash: it.0.to_owned(), name: it.1.to_owned() };
            pages.iter().map(page).collect::<Vec<_>>()
        };
        let names =
            |pages: &Pages| pages.others().into_iter().map(|page| page.name).collect::<Vec<_>>();
        let open = |hash: &str| Some(hash.to_owned());
        let mut pages = Pages::default();
        pages.learn(of(&[("a", "app"), ("b", "é")]), open("a"), false);
        assert_eq!(names(&pages), ["é"], "as old versions tell of them");
        let mut pages = Pages::default();
        pages.learn(of(&[("a", "")]), open("a"), false);
        assert_eq!(names(&pages), [""; 0]);
        let all = [("x", "app"), ("y", "é"), ("b", "Sums")];
        pages.learn(of(&all), open("x"), true);
        assert_eq!(names(&pages), ["é", "Sums"], "the first page has another hash now");
        pages.learn(of(&[("a", "")]), open("y"), false);
        pages.learn(of(&all), open("y"), true);
        assert_eq!(names(&pages), ["app", "Sums"]);
        pages.learn(Vec::new(), None, false);
        assert_eq!(names(&pages), ["app", "Sums"]);
    }
}
