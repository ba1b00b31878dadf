use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::header::{HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use waterskin_streamlit::{Back, Forward as Kind, STREAM, metadata, session_id, status};
pub use waterskin_streamlit::{Status, Widget};

use crate::{PATIENCE, Result, Site};

/// What a message to the page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// A run of the script begins.
    NewSession,
    /// An element of the page.
    Delta,
    /// The run has ended.
    ScriptFinished(Status),
    /// Something else, by Streamlit's name for it.
    Other(&'static str),
}

/// One message to the page.
#[derive(Clone, Debug)]
pub struct Forward {
    /// What it is about.
    pub tag: Tag,
    /// All of it, as it came.
    pub bytes: Bytes,
}

/// The messages of one run of the script, from `new_session` to `script_finished`.
#[derive(Clone, Debug)]
pub struct Run {
    /// In the order in which they came.
    pub messages: Vec<Forward>,
}

/// The part of Streamlit's front end: a WebSocket that runs the script and hears of its elements.
#[derive(Debug)]
pub struct Page {
    socket: WebSocketStream<TcpStream>,
    /// The answer to the handshake.
    pub handshake: Response,
    widgets: Vec<(String, Widget)>,
    session: Option<String>,
}

impl Page {
    /// Opens the WebSocket as the front end does the first time.
    pub async fn open(site: &Site) -> Result<Self> {
        Self::open_with(site, "streamlit, PLACEHOLDER_AUTH_TOKEN", HeaderMap::new()).await
    }

    /// Opens it as the front end does after a lost connection, asking for its session again.
    pub async fn resume(site: &Site, session: &str) -> Result<Self> {
        let protocols = format!("streamlit, PLACEHOLDER_AUTH_TOKEN, {session}");
        Self::open_with(site, &protocols, HeaderMap::new()).await
    }

    /// Opens it with these subprotocols and further header lines.
    pub async fn open_with(site: &Site, protocols: &str, headers: HeaderMap) -> Result<Self> {
        let address = format!("ws://{}{STREAM}", site.authority());
        let mut request = address.into_client_request()?;
        // In place of those lines that the library has put there.
        for (name, value) in &site.completed(headers) {
            request.headers_mut().insert(name, value.clone());
        }
        let protocols = HeaderValue::from_str(protocols)?;
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, protocols);
        // As a browser: no limit on what Python sends.
        let unlimited = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let stream = site.connect().await?;
        let (socket, handshake) =
            client_async_with_config(request, stream, Some(unlimited)).await?;
        Ok(Self { socket, handshake, widgets: Vec::new(), session: None })
    }

    /// A header line of the handshake's answer.
    pub fn handshake_header(&self, name: &HeaderName) -> Option<&str> {
        self.handshake.headers().get(name)?.to_str().ok()
    }

    /// The session's id, once the script has run.
    pub fn session(&self) -> Result<&str> {
        self.session.as_deref().context("no `new_session` has come yet")
    }

    /// Asks for a run of the script with the widgets as they are, and waits for its end.
    pub async fn run(&mut self) -> Result<Run> {
        self.ask_for_run(None).await?;
        self.finished(PATIENCE).await
    }

    /// Sets a widget and runs the script, as moving a slider does. The widget keeps its state.
    pub async fn set(&mut self, id: &str, widget: Widget) -> Result<Run> {
        self.send_set(id, widget).await?;
        self.finished(PATIENCE).await
    }

    /// Asks for the end of the run, as the stop button does.
    pub async fn stop(&mut self) -> Result<()> {
        Ok(self.socket.send(Message::Binary(Back::Stop.encode().into())).await?)
    }

    /// Sets a widget and runs the script, without waiting for anything.
    pub async fn send_set(&mut self, id: &str, widget: Widget) -> Result<()> {
        self.widgets.retain(|(known, _)| known != id);
        self.widgets.push((id.to_owned(), widget));
        self.ask_for_run(None).await
    }

    /// Presses a button and runs the script.
    pub async fn press(&mut self, id: &str) -> Result<Run> {
        self.send_press(id).await?;
        self.finished(PATIENCE).await
    }

    /// Presses a button without waiting for anything.
    pub async fn send_press(&mut self, id: &str) -> Result<()> {
        self.ask_for_run(Some((id, Widget::pressed()))).await
    }

    /// Asks for a run of the script, with one more widget for this run only.
    pub async fn ask_for_run(&mut self, once: Option<(&str, Widget)>) -> Result<()> {
        let kept = self.widgets.iter().map(|(id, widget)| (id.as_str(), widget));
        let once = once.as_ref().map(|(id, widget)| (*id, widget));
        let widgets: Vec<_> = kept.chain(once).collect();
        let message = Back::Rerun { page: "", widgets: &widgets }.encode();
        Ok(self.socket.send(Message::Binary(message.into())).await?)
    }

    /// The messages up to the end of the script.
    pub async fn finished(&mut self, limit: Duration) -> Result<Run> {
        let mut messages: Vec<Forward> = Vec::new();
        let reading = async {
            loop {
                let message = self.next().await?;
                let last = matches!(message.tag, Tag::ScriptFinished(_));
                messages.push(message);
                if last {
                    return Ok::<_, anyhow::Error>(());
                }
            }
        };
        match tokio::time::timeout(limit, reading).await {
            Ok(read) => read?,
            Err(_) => anyhow::bail!(
                "the script did not finish within {limit:?}; so far: {:?}",
                messages.iter().map(|message| message.tag).collect::<Vec<_>>()
            ),
        }
        Ok(Run { messages })
    }

    /// The next message, whatever it is.
    pub async fn next(&mut self) -> Result<Forward> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) => {
                    let forward = Forward::read(bytes)?;
                    if forward.tag == Tag::NewSession {
                        self.session = session_id(&forward.bytes);
                    }
                    return Ok(forward);
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => anyhow::bail!("Python sent {other:?}"),
                Some(Err(error)) => return Err(error.into()),
                None => anyhow::bail!("the WebSocket has ended"),
            }
        }
    }

    /// Sends a ping and waits for the pong with the same bytes. Drops application messages.
    pub async fn ping(&mut self, bytes: &'static [u8]) -> Result<()> {
        self.socket.send(Message::Ping(Bytes::from_static(bytes))).await?;
        let answered = async {
            while let Some(message) = self.socket.next().await {
                if let Message::Pong(answer) = message? {
                    anyhow::ensure!(answer == bytes, "the pong has other bytes than the ping");
                    return Ok(());
                }
            }
            anyhow::bail!("the WebSocket ended in place of a pong")
        };
        tokio::time::timeout(PATIENCE, answered).await.context("no pong came")?
    }

    /// Reads on until the connection has ended; its close code where one came, 1006 where none did.
    pub async fn closed(&mut self, limit: Duration) -> Result<u16> {
        let reading = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => {
                        return frame.map_or(1005, |frame| frame.code.into());
                    }
                    Some(Ok(_)) => {}
                    // RFC 6455 §7.1.5: a connection that ends without a close frame counts as 1006.
                    Some(Err(_)) | None => return 1006,
                }
            }
        };
        tokio::time::timeout(limit, reading).await.context("the WebSocket did not end")
    }
}

impl Forward {
    /// Reads the kind of a message.
    pub fn read(bytes: Bytes) -> Result<Self> {
        let kind = Kind::of(&bytes).zip(Kind::name(&bytes));
        let tag = match kind.context("Python sent a message without a kind")? {
            (Kind::NewSession, _) => Tag::NewSession,
            (Kind::Delta, _) => Tag::Delta,
            (Kind::ScriptFinished, _) => Tag::ScriptFinished(status(&bytes)),
            (Kind::Other, name) => Tag::Other(name),
        };
        Ok(Self { tag, bytes })
    }

    /// What it says about itself: for an element, its place in the page.
    pub fn metadata(&self) -> &[u8] {
        metadata(&self.bytes)
    }

    /// Whether `text` stands in it: texts are in a message as they are.
    pub fn has(&self, text: &str) -> bool {
        self.bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

impl Run {
    /// Whether an element shows `text`.
    pub fn has(&self, text: &str) -> bool {
        self.deltas().any(|delta| delta.has(text))
    }

    /// The messages with elements.
    pub fn deltas(&self) -> impl Iterator<Item = &Forward> {
        self.messages.iter().filter(|message| message.tag == Tag::Delta)
    }

    /// How the script ended.
    pub fn status(&self) -> Option<Status> {
        self.messages.iter().rev().find_map(|message| match message.tag {
            Tag::ScriptFinished(status) => Some(status),
            _ => None,
        })
    }

    /// The id of the widget with the key `key`: Streamlit makes it `$$ID-<hash>-<key>`.
    pub fn widget(&self, key: &str) -> Result<String> {
        let pattern =
            regex::bytes::Regex::new(&format!(r"\$\$ID-[0-9a-f]+-{}\b", regex::escape(key)))?;
        let id = self.deltas().find_map(|delta| pattern.find(&delta.bytes));
        let id = id.with_context(|| format!("no element of the run has the key `{key}`"))?;
        Ok(String::from_utf8_lossy(id.as_bytes()).into_owned())
    }
}
