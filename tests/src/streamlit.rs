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

use crate::protobuf::{self, Value};
use crate::{PATIENCE, Result, Site};

/// What a message to the page is about, by its tag in `ForwardMsg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// A run of the script begins.
    NewSession,
    /// An element of the page.
    Delta,
    /// The run has ended, with the value of `ScriptFinishedStatus`; 0 is success.
    ScriptFinished(u64),
    /// Something else.
    Other(u64),
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

/// A widget with its state, as the page sends it.
#[derive(Clone, Debug)]
pub struct Widget {
    state: Vec<u8>,
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
        let address = format!("ws://{}/_stcore/stream", site.authority());
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
        // BackMsg.stop_script = 7.
        let mut message = Vec::new();
        protobuf::put_number(&mut message, 7, 1);
        Ok(self.socket.send(Message::Binary(message.into())).await?)
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
        // BackMsg.rerun_script = 11; ClientState.widget_states = 2; WidgetStates.widgets = 1;
        // WidgetState.id = 1.
        let mut states = Vec::new();
        let kept = self.widgets.iter().map(|(id, widget)| (id.as_str(), widget));
        for (id, widget) in kept.chain(once.as_ref().map(|(id, widget)| (*id, widget))) {
            let mut state = Vec::new();
            protobuf::put_bytes(&mut state, 1, id.as_bytes());
            state.extend_from_slice(&widget.state);
            protobuf::put_bytes(&mut states, 1, &state);
        }
        let mut client = Vec::new();
        protobuf::put_bytes(&mut client, 2, &states);
        let mut message = Vec::new();
        protobuf::put_bytes(&mut message, 11, &client);
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
                        // ForwardMsg.new_session = 4; NewSession.initialize = 1; session_id = 6.
                        let id =
                            [4, 1, 6].into_iter().try_fold(&forward.bytes[..], protobuf::bytes);
                        self.session = id.map(|id| String::from_utf8_lossy(id).into_owned());
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
        let fields = protobuf::fields(&bytes).context("Python sent what is no message")?;
        // 1 is the hash and 2 the metadata of every message; the rest is one of its kinds.
        let kind = fields.into_iter().find(|(tag, _)| *tag > 2);
        let (tag, value) = kind.context("Python sent a message without a kind")?;
        let tag = match (tag, value) {
            (4, _) => Tag::NewSession,
            (5, _) => Tag::Delta,
            (6, Value::Varint(status)) => Tag::ScriptFinished(status),
            (other, _) => Tag::Other(other),
        };
        Ok(Self { tag, bytes })
    }

    /// What it says about itself: for an element, its place in the page.
    pub fn metadata(&self) -> &[u8] {
        protobuf::bytes(&self.bytes, 2).unwrap_or_default()
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

    /// How the script ended; 0 is success, 1 an error before its first line (`ScriptFinishedStatus`).
    pub fn status(&self) -> Option<u64> {
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

impl Widget {
    /// A slider at `value`.
    pub fn slider(value: f64) -> Self {
        // WidgetState.double_array_value = 7; DoubleArray.data = 1, packed.
        let mut array = Vec::new();
        protobuf::put_bytes(&mut array, 1, &value.to_le_bytes());
        let mut state = Vec::new();
        protobuf::put_bytes(&mut state, 7, &array);
        Self { state }
    }

    /// A field with `text`.
    pub fn text(text: &str) -> Self {
        // WidgetState.string_value = 6.
        let mut state = Vec::new();
        protobuf::put_bytes(&mut state, 6, text.as_bytes());
        Self { state }
    }

    fn pressed() -> Self {
        // WidgetState.trigger_value = 2.
        let mut state = Vec::new();
        protobuf::put_number(&mut state, 2, 1);
        Self { state }
    }
}
