use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use waterskin_tests::Result;

use crate::frames::{Frames, Message};

/// Stands between a browser and Streamlit, hands on every byte as it is, and notes when the script
/// showed something and when it was done.
///
/// Its port stays the same from run to run: a browser keeps what it has cached by address. What it
/// adds to the peer's times is a copy of each byte within this machine, as our proxy does to ours.
#[derive(Debug)]
pub struct Forwarder {
    port: u16,
    target: Arc<Mutex<Target>>,
    _tasks: JoinSet<()>,
}

/// Where connections go, and where what they carry is noted.
#[derive(Clone, Debug)]
struct Target {
    port: u16,
    seen: watch::Sender<Seen>,
}

/// When what was seen for the first time since [`Forwarder::to`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// A connection.
    pub contact: Option<SystemTime>,
    /// Something to draw.
    pub first_delta: Option<SystemTime>,
    /// The end of the script.
    pub finished: Option<SystemTime>,
}

impl Forwarder {
    /// Listens on a free port of 127.0.0.1.
    pub async fn listen() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let target = Target { port: 0, seen: watch::Sender::default() };
        let target = Arc::new(Mutex::new(target));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&target)));
        Ok(Self { port, target, _tasks: tasks })
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("http://{}:{}/", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Sends what comes from now on to `port` of 127.0.0.1, and begins to note anew.
    pub fn to(&self, port: u16) -> Watching {
        let (sender, seen) = watch::channel(Seen::default());
        let target = Target { port, seen: sender };
        *self.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
        Watching { seen }
    }
}

/// What a forwarder sees of one run.
#[derive(Debug)]
pub struct Watching {
    seen: watch::Receiver<Seen>,
}

impl Watching {
    /// Waits until the script is done.
    pub async fn finished(&mut self, limit: Duration) -> Result<Seen> {
        let done = self.seen.wait_for(|seen| seen.finished.is_some());
        match tokio::time::timeout(limit, done).await {
            Ok(seen) => Ok(*seen?),
            Err(_) => anyhow::bail!("the script was not done after {limit:?}"),
        }
    }
}

async fn accept(listener: TcpListener, target: Arc<Mutex<Target>>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let target = target.lock().unwrap_or_else(PoisonError::into_inner).clone();
        note(&target.seen, |seen| &mut seen.contact, SystemTime::now());
        connections.spawn(async move {
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, target.port)).await;
            let (Ok(server), Ok(())) = (server, client.set_nodelay(true)) else { return };
            // Without it, the rest of the connection would only be slower.
            let _as_it_is = server.set_nodelay(true);
            let (mut from_client, to_client) = client.into_split();
            let (from_server, mut to_server) = server.into_split();
            let there = async {
                let _either_ended = copy(&mut from_client, &mut to_server).await;
                let _ended_already = to_server.shutdown().await;
            };
            tokio::join!(there, back(from_server, to_client, target.seen));
        });
    }
}

async fn back(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, seen: watch::Sender<Seen>) {
    let mut answer = Answer::Head(Vec::new());
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = server.read(&mut buffer).await {
        let now = SystemTime::now();
        if client.write_all(&buffer[..count]).await.is_err() {
            break;
        }
        // After the bytes are on their way, so that looking at them delays nothing.
        for message in answer.push(&buffer[..count]) {
            match message {
                Message::Delta => note(&seen, |seen| &mut seen.first_delta, now),
                Message::ScriptFinished => note(&seen, |seen| &mut seen.finished, now),
            }
        }
    }
    let _ended_already = client.shutdown().await;
}

fn note(
    seen: &watch::Sender<Seen>,
    field: impl FnOnce(&mut Seen) -> &mut Option<SystemTime>,
    now: SystemTime,
) {
    seen.send_modify(|seen| {
        field(seen).get_or_insert(now);
    });
}

/// A connection's answers. A browser opens one of its own for a WebSocket, so that the first answer
/// tells whether frames follow.
#[derive(Debug)]
enum Answer {
    Head(Vec<u8>),
    Upgraded(Frames),
    Ordinary,
}

impl Answer {
    fn push(&mut self, bytes: &[u8]) -> Vec<Message> {
        let head = match self {
            Self::Head(head) => head,
            Self::Upgraded(frames) => return frames.push(bytes),
            Self::Ordinary => return Vec::new(),
        };
        head.extend_from_slice(bytes);
        const SWITCHING: &[u8] = b"HTTP/1.1 101";
        let compared = head.len().min(SWITCHING.len());
        if head[..compared] != SWITCHING[..compared] {
            *self = Self::Ordinary;
            return Vec::new();
        }
        const END: &[u8] = b"\r\n\r\n";
        let Some(end) = head.windows(END.len()).position(|part| part == END) else {
            return Vec::new();
        };
        let mut frames = Frames::default();
        let messages = frames.push(&head[end + END.len()..]);
        *self = Self::Upgraded(frames);
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_begin_after_the_switch() {
        let mut answer = Answer::Head(Vec::new());
        assert_eq!(answer.push(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"), []);
        assert_eq!(answer.push(b"\r\n\x82\x02\x30\x00\x82\x03\x2a"), [Message::ScriptFinished]);
        assert_eq!(answer.push(b"\x01."), [Message::Delta]);
    }

    #[test]
    fn other_answers_are_left_alone() {
        let mut answer = Answer::Head(Vec::new());
        assert_eq!(answer.push(b"HTTP/1.1 200 OK\r\n\r\n\x82\x02\x30\x00"), []);
        assert_eq!(answer.push(b"\x82\x02\x30\x00"), []);
    }
}
