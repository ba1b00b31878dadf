use serde::Serialize;

use crate::reason::Finding;
use crate::seen::{Exchange, Seen, What};

/// The names of the four stages.
pub const STAGES: [&str; 4] =
    ["First contact", "Page, scripts and styles", "Live connection", "Messages"];

/// One of the four stages.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// Which, from 1 to 4.
    pub stage: u8,
    /// Its name, in small letters.
    pub name: String,
    /// What became of it.
    pub state: State,
    /// How long it took, in milliseconds.
    pub ms: Option<f64>,
    /// What there is to say of it, in a few words.
    pub says: String,
}

/// What became of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum State {
    /// It works.
    #[serde(rename = "passed")]
    Passed,
    /// It does not.
    #[serde(rename = "failed")]
    Failed,
    /// It could not be looked at, though nothing stood in the way.
    #[serde(rename = "unsure")]
    Unsure,
    /// One before it failed.
    #[serde(rename = "not reached")]
    NotReached,
}

/// All four.
pub fn of(seen: &Seen, finding: Option<&Finding>) -> Vec<Stage> {
    let failed = finding.map(|finding| finding.stage);
    let took = [contact(seen), page(seen), switch(seen), messages(seen)];
    (1..)
        .zip(STAGES)
        .zip(took)
        .map(|((stage, name), (ms, says))| {
            let state = match failed {
                Some(failed) if stage == failed => State::Failed,
                Some(failed) if stage > failed => State::NotReached,
                _ if ms.is_none() => State::Unsure,
                _ => State::Passed,
            };
            let reached = state != State::NotReached;
            Stage {
                stage,
                name: name.to_lowercase(),
                state,
                ms: ms.filter(|_| reached),
                says: if reached { says } else { String::new() },
            }
        })
        .collect()
}

type Took = (Option<f64>, String);

fn contact(seen: &Seen) -> Took {
    let contact = &seen.contact;
    let reached = contact.connects.iter().find(|it| it.fault.is_none());
    let tried = contact.connects.iter().map(|it| it.ms).fold(0.0, f64::max);
    let tls = contact.tls.as_ref().map_or(0.0, |tls| tls.ms);
    let ms = contact.name_ms + reached.map_or(tried, |it| it.ms) + tls;
    let mut says: Vec<String> = reached.map(|it| it.to.clone()).into_iter().collect();
    if let Some(tls) = &contact.tls {
        says.extend(tls.version.clone());
    }
    (Some(ms), says.join(", "))
}

fn page(seen: &Seen) -> Took {
    let all: Vec<&Exchange> = seen
        .exchanges
        .iter()
        .filter(|it| matches!(it.what, What::Page | What::Script | What::Style))
        .collect();
    let files = all.iter().filter(|it| it.what != What::Page).count();
    let bytes: u64 = all.iter().filter_map(|it| Some(it.answer()?.body.bytes)).sum();
    let says = match (files, seen.answer(What::Page)) {
        (0, Some(answer)) => format!("status {}", answer.status),
        (0, None) => String::new(),
        (files, _) => format!("{files} files, {}", size(bytes)),
    };
    (span(&all), says)
}

fn switch(seen: &Seen) -> Took {
    let all: Vec<&Exchange> = seen
        .exchanges
        .iter()
        .filter(|it| matches!(it.what, What::Handshake | What::HandshakeHttp2))
        .collect();
    let says = all.first().map(|it| match it.answer() {
        Some(answer) if answer.status == 101 => "101 Switching Protocols".to_owned(),
        Some(answer) if it.what == What::HandshakeHttp2 => format!("HTTP/2, {}", answer.status),
        Some(answer) => format!("{} in place of 101", answer.status),
        None => "no answer".to_owned(),
    });
    let health: Vec<&Exchange> =
        seen.exchanges.iter().filter(|it| it.what == What::Health).collect();
    let ms = all.first().map(|it| it.times.total).or_else(|| span(&health));
    (ms, says.unwrap_or_default())
}

fn messages(seen: &Seen) -> Took {
    let Some(stream) = &seen.stream else { return (None, String::new()) };
    let came: u32 = stream.messages.iter().map(|(_, count)| count).sum();
    let says = match (stream.finished_ms, stream.pong_ms) {
        (Some(_), _) => format!("{came} messages, the run ended"),
        (None, Some(_)) => "a ping came back".to_owned(),
        (None, None) if stream.closed.is_some() => "closed".to_owned(),
        (None, None) => "a ping did not come back".to_owned(),
    };
    let held = seen.holds.iter().map(|hold| hold.held_ms).fold(0.0, f64::max);
    let says = if held > 0.0 { format!("{says}, held for {:.0} s", held / 1e3) } else { says };
    // What did not come back took the whole limit.
    let closed = stream.closed.map(|closed| closed.after_ms);
    let took = stream.finished_ms.or(stream.pong_ms).or(closed);
    (Some(took.unwrap_or(seen.terms.limit * 1e3)), says)
}

/// From the first one's beginning to the last one's end.
fn span(all: &[&Exchange]) -> Option<f64> {
    let start = all.iter().map(|it| it.at_ms).fold(f64::INFINITY, f64::min);
    let end = all.iter().map(|it| it.at_ms + it.times.total).fold(0.0, f64::max);
    (!all.is_empty()).then_some(end - start)
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
