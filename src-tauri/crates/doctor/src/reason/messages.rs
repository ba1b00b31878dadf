use super::{Cause, Finding};
use crate::seen::{Closed, Hold, Seen};

/// How much the ages of two connections may differ that were closed at the same one, as a part of it.
const SAME_AGE: f64 = 0.2;

/// How soon after its opening a connection is closed that was never to stay, in milliseconds.
const AT_ONCE: f64 = 1_000.0;

/// The close codes with which a server says itself that it ends (RFC 6455, section 7.4; 1012 is in IANA's
/// registry, and what uvicorn sends).
const OWN: [u16; 3] = [1000, 1001, 1012];

/// What is wrong with the messages, or with how long they can pass.
pub fn find(seen: &Seen) -> Option<Finding> {
    let stream = seen.stream.as_ref()?;
    if stream.not_compiled {
        return Some(Finding::named(4, Cause::NotCompiled));
    }
    if let Some(closed) = stream.closed {
        return Some(match closed.code {
            Some(_) => by_the_app(closed),
            // Tornado takes a handshake in HTTP/1.0, and ends the connection with its answer.
            None if closed.after_ms < AT_ONCE => {
                Finding::one_of(4, &[Cause::Http10, Cause::ClosedByApp])
            }
            None => Finding::one_of(4, &[Cause::Silent, Cause::ClosedByApp]),
        });
    }
    if stream.pong_ms.is_none() && stream.messages.is_empty() {
        return Some(Finding::named(4, Cause::Silent));
    }
    if let Some(replicas) = seen.replicas.as_ref().filter(|it| it.elsewhere > 0) {
        return Some(
            Finding::named(4, Cause::NoStickiness)
                .with("elsewhere", replicas.elsewhere.to_string())
                .with("asked", replicas.asked.to_string()),
        );
    }
    held(&seen.holds)
}

fn by_the_app(closed: Closed) -> Finding {
    Finding::named(4, Cause::ClosedByApp)
        .with("code", closed.code.unwrap_or(1006).to_string())
        .with("seconds", seconds(closed.after_ms))
}

/// Why a connection was closed that was held.
fn held(holds: &[Hold]) -> Option<Finding> {
    let quiet = holds.iter().find(|hold| !hold.busy)?;
    let busy = holds.iter().find(|hold| hold.busy)?;
    let ended = match (quiet.closed, busy.closed) {
        (None, None) => return None,
        (Some(quiet), None) => {
            return Some(
                Finding::named(4, Cause::IdleLimit).with("seconds", seconds(quiet.silent_ms)),
            );
        }
        (None, Some(busy)) => busy,
        (Some(quiet), Some(busy)) => {
            let apart = (quiet.after_ms - busy.after_ms).abs();
            if busy.code.is_none_or(|code| !OWN.contains(&code))
                && apart > quiet.after_ms * SAME_AGE
            {
                let possible = [Cause::IdleLimit, Cause::AgeLimit];
                return Some(
                    Finding::one_of(4, &possible).with("seconds", seconds(quiet.after_ms)),
                );
            }
            quiet
        }
    };
    Some(match ended.code {
        // Only the server itself says that it restarts.
        Some(1012) => by_the_app(ended),
        _ => Finding::named(4, Cause::AgeLimit).with("seconds", seconds(ended.after_ms)),
    })
}

/// In words: whole seconds, with a tenth where there are few.
fn seconds(ms: f64) -> String {
    let seconds = ms / 1e3;
    if seconds < 9.95 { format!("{seconds:.1}") } else { format!("{seconds:.0}") }
}
