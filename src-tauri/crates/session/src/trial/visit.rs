use std::{collections::BTreeMap, time::Duration};

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
    /// It was at it when the time was over.
    Unfinished,
    /// It is no valid Python; with what Streamlit says.
    NotCompiled(String),
}

/// Someone who opens an app's pages as a browser does: by the proxy, with the gate's cookie, over
/// the WebSocket.
#[derive(Debug)]
pub struct Visit {
    socket: WebSocketStream<TcpStream>,
    /// The app's pages by their hashes, as far as it has told of them.
    pages: BTreeMap<String, String>,
    current: String,
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
        let origin = format!("http://localhost:{port}");
        let mut request =
            format!("ws://localhost:{port}{STREAM}").into_client_request().map_err(broken)?;
        let headers = request.headers_mut();
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        headers.insert(header::COOKIE, cookie);
        headers.insert(header::ORIGIN, HeaderValue::try_from(origin).map_err(broken)?);
        // As a browser: no limit on what Python sends.
        let unlimited = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let stream = connect(port).await?;
        let (socket, _) =
            client_async_with_config(request, stream, Some(unlimited)).await.map_err(broken)?;
        Ok(Self { socket, pages: BTreeMap::new(), current: String::new() })
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
        loop {
            let Ok(message) = timeout_at(end, self.socket.next()).await else {
                return Ok(Run::Unfinished);
            };
            let message = message.ok_or_else(|| broken(std::io::Error::other("it is closed")))?;
            let Message::Binary(message) = message.map_err(broken)? else { continue };
            self.learn(&message);
            said.extend(compile_error(&message));
            match Forward::of(&message) {
                Some(Forward::Delta) if !draws => {
                    draws = true;
                    end = Instant::now() + drawing;
                }
                Some(Forward::ScriptFinished) => match status(&message) {
                    Status::NotCompiled => return Ok(Run::NotCompiled(said)),
                    Status::Rerun => {}
                    _ => return Ok(Run::Finished),
                },
                _ => {}
            }
        }
    }

    /// What Streamlit knows the page by that is open.
    pub fn current(&self) -> &str {
        &self.current
    }

    /// The pages beside the one that is open, in the order of their hashes.
    pub fn others(&self) -> Vec<Page> {
        let others = self.pages.iter().filter(|(hash, _)| **hash != self.current);
        others.map(|(hash, name)| Page { hash: hash.clone(), name: name.clone() }).collect()
    }

    /// What a message tells of the app's pages.
    fn learn(&mut self, message: &[u8]) {
        let (pages, open) = pages(message);
        self.pages.extend(pages.into_iter().map(|page| (page.hash, page.name)));
        if let Some(open) = open {
            self.current = open;
        }
    }
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
