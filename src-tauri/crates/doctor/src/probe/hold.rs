use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::{Context, Peer, frames, handshake, ms};
use crate::seen::{Closed, Hold, What};

/// How often something is sent on the busy connection. No host has an idle limit as short.
const BUSY: Duration = Duration::from_millis(400);

/// By how much the busy connection must outlive the quiet one, to show that silence ended that.
const LONGER: f64 = 1.3;

/// Holds two connections: a quiet one, and one on which something is sent all the while. Where both are
/// closed at the same age, the host ends them by their age; where only the quiet one is, by its silence.
pub async fn both(context: &Context, peer: &Peer, idle: Option<Duration>) -> Vec<Hold> {
    let Some(idle) = idle else { return Vec::new() };
    let (until, told) = watch::channel(idle);
    let quiet = async {
        let hold = hold(context, peer, false, watch::channel(idle).1).await;
        if let Some(closed) = hold.closed {
            let age = Duration::from_secs_f64(closed.after_ms / 1e3);
            until.send_replace(age.mul_f64(LONGER) + Duration::from_secs(1));
        }
        hold
    };
    let (quiet, busy) = tokio::join!(quiet, hold(context, peer, true, told));
    vec![quiet, busy]
}

async fn hold(
    context: &Context,
    peer: &Peer,
    busy: bool,
    mut until: watch::Receiver<Duration>,
) -> Hold {
    let mut hold = Hold { busy, ..Hold::default() };
    let shaken = handshake::shake(context, peer, What::HandshakePlain).await;
    let Some(upgraded) = shaken.for_frames(context, peer, &mut Vec::new()).await else {
        hold.not_opened = true;
        return hold;
    };
    let mut socket = frames::socket(upgraded).await;
    let started = Instant::now();
    let mut heard = started;
    let mut ticks = interval(BUSY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let closed = loop {
        let end = started + *until.borrow_and_update();
        let code = tokio::select! {
            () = tokio::time::sleep_until(end) => break None,
            Ok(()) = until.changed() => continue,
            _ = ticks.tick(), if busy => {
                let ping = Message::Ping(Bytes::from_static(b"busy"));
                if socket.send(ping).await.is_ok() { continue }
                None
            }
            next = socket.next() => match next {
                Some(Ok(Message::Close(frame))) => frame.map(|frame| frame.code.into()),
                Some(Ok(message)) => {
                    if matches!(message, Message::Ping(_)) {
                        hold.pings.push(ms(started));
                    }
                    heard = Instant::now();
                    continue;
                }
                Some(Err(_)) | None => None,
            },
        };
        break Some(Closed { after_ms: ms(started), silent_ms: ms(heard), code });
    };
    hold.held_ms = ms(started);
    hold.closed = closed;
    hold
}
