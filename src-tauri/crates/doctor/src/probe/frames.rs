use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use waterskin_streamlit::{Back, Forward, Status, session_id, status};

use super::{Context, ms};
use crate::seen::{Closed, Stream};

/// The live connection.
pub type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// How large a message may be, in bytes. Streamlit's own limit is 200 MB (`server.maxMessageSize`).
const LARGEST: usize = 256 << 20;

/// What a ping carries, so that its pong is known.
const PING: &[u8] = b"waterskin";

/// A connection that a handshake opened.
pub async fn socket(upgraded: Upgraded) -> Socket {
    let config =
        WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Client, Some(config)).await
}

/// Pings, and runs the script where it may. Gives what came, the session's id, which is not kept, and the
/// connection.
///
/// A ping is answered by the server without the app (RFC 6455, section 5.5.2): it tells whether frames
/// pass in both directions. Streamlit itself says nothing before it is asked for a run.
pub async fn exchange(
    context: &Context,
    upgraded: Upgraded,
    run: bool,
) -> (Stream, Option<String>, Socket) {
    let mut socket = socket(upgraded).await;
    let started = Instant::now();
    let until = started + context.limit;
    let (mut stream, mut session) = (Stream::default(), None);
    let mut failed = socket.send(Message::Ping(Bytes::from_static(PING))).await.is_err();
    if run {
        let rerun = Back::Rerun { page: "", widgets: &[] }.encode();
        failed |= socket.send(Message::Binary(rerun.into())).await.is_err();
    }
    let mut heard = started;
    while !failed && !(stream.pong_ms.is_some() && (!run || is_over(&stream))) {
        let Ok(next) = timeout_at(until, socket.next()).await else { break };
        match next {
            Some(Ok(Message::Pong(text))) if text.as_ref() == PING => {
                stream.pong_ms.get_or_insert(ms(started));
            }
            Some(Ok(Message::Binary(message))) => {
                take(&mut stream, &message, ms(started));
                session = session.or_else(|| session_id(&message));
            }
            Some(Ok(Message::Close(frame))) => {
                stream.closed = Some(Closed {
                    after_ms: ms(started),
                    silent_ms: ms(heard),
                    code: frame.map(|frame| frame.code.into()),
                });
                break;
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => {
                failed = true;
                break;
            }
        }
        heard = Instant::now();
    }
    if failed {
        stream.closed = Some(Closed { after_ms: ms(started), silent_ms: ms(heard), code: None });
    }
    (stream, session, socket)
}

fn is_over(stream: &Stream) -> bool {
    stream.finished_ms.is_some() || stream.not_compiled
}

fn take(stream: &mut Stream, message: &[u8], at: f64) {
    stream.first_ms.get_or_insert(at);
    let Some(kind) = Forward::name(message) else { return };
    match stream.messages.iter_mut().find(|(name, _)| name == kind) {
        Some((_, count)) => *count += 1,
        None => stream.messages.push((kind.to_owned(), 1)),
    }
    if Forward::of(message) == Some(Forward::ScriptFinished) {
        match status(message) {
            Status::Rerun => {}
            Status::NotCompiled => stream.not_compiled = true,
            _ => stream.finished_ms = Some(at),
        }
    }
}
