//! What passed, as the HTTP Archive that browsers' tools read (HAR 1.2; frames as Chromium has them,
//! `_webSocketMessages`). Without what was said: no header field, no query, no cookie, no content.

use std::{
    collections::HashMap,
    time::{Duration, Instant, SystemTime},
};

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use waterskin_proxy::{Answerer, Direction, Exchange};

use crate::trace::{Frame, Passed};

/// Where the times begin, by both clocks.
#[derive(Clone, Copy)]
struct Clock {
    begin: Instant,
    time: SystemTime,
}

/// The archive of a page on `port`.
pub fn log<'a>(
    passed: impl Iterator<Item = &'a Passed>,
    begin: Instant,
    time: SystemTime,
    port: u16,
) -> Value {
    let clock = Clock { begin, time };
    let mut entries: Vec<Value> = Vec::new();
    let mut requests: HashMap<u64, usize> = HashMap::new();
    let mut streams: HashMap<u64, usize> = HashMap::new();
    for passed in passed {
        match passed {
            Passed::Asked(exchange) | Passed::Exchange(exchange) => {
                let at = *requests.entry(exchange.number).or_insert(entries.len());
                let entry = entry(exchange, clock, port);
                match entries.get_mut(at) {
                    Some(known) => *known = entry,
                    None => entries.push(entry),
                }
                if let Some(stream) = exchange.stream {
                    streams.insert(stream, at);
                }
            }
            Passed::Frame(frame) => {
                let at = *streams.entry(frame.stream).or_insert_with(|| {
                    entries.push(earlier(frame, clock, port));
                    entries.len() - 1
                });
                if let Some(Value::Array(messages)) =
                    entries.get_mut(at).and_then(|entry| entry.get_mut("_webSocketMessages"))
                {
                    messages.push(message(frame, clock));
                }
            }
            Passed::Closed { .. } => {}
        }
    }
    json!({ "log": {
        "version": "1.2",
        "creator": { "name": "Waterskin", "version": env!("CARGO_PKG_VERSION") },
        "comment": "without header fields, queries, cookies and contents",
        "entries": entries,
    } })
}

fn entry(exchange: &Exchange, clock: Clock, port: u16) -> Value {
    let answered = exchange.answered.unwrap_or(exchange.end);
    let (wait, receive) = (answered - exchange.start, exchange.end - answered);
    let by = match exchange.by {
        Answerer::App => "app",
        Answerer::Files => "files",
        Answerer::Proxy => "proxy",
    };
    let mut entry = json!({
        "startedDateTime": clock.date(exchange.start),
        "time": milliseconds(wait + receive),
        "request": request(exchange.method.as_str(), "http", port, &exchange.path, exchange.sent),
        // Without an answer there is 0, as browsers have it.
        "response": response(exchange.status.unwrap_or_default(), exchange.received),
        "cache": {},
        "timings": { "send": 0, "wait": milliseconds(wait), "receive": milliseconds(receive) },
        "_answeredBy": by,
    });
    if exchange.stream.is_some() {
        entry["request"]["url"] = format!("ws://localhost:{port}{}", exchange.path).into();
        entry["_resourceType"] = "websocket".into();
        entry["_webSocketMessages"] = json!([]);
    }
    entry
}

/// The entry of a connection that was there before anybody looked.
fn earlier(frame: &Frame, clock: Clock, port: u16) -> Value {
    json!({
        "startedDateTime": clock.date(frame.at),
        "time": 0,
        "request": request("GET", "ws", port, "/", 0),
        "response": response(101, 0),
        "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0 },
        "comment": "was open before",
        "_resourceType": "websocket",
        "_webSocketMessages": [],
    })
}

fn request(method: &str, scheme: &str, port: u16, path: &str, size: u64) -> Value {
    json!({
        "method": method,
        "url": format!("{scheme}://localhost:{port}{path}"),
        "httpVersion": "HTTP/1.1",
        "cookies": [], "headers": [], "queryString": [],
        "headersSize": -1, "bodySize": size,
    })
}

fn response(status: u16, size: u64) -> Value {
    let reason = http::StatusCode::from_u16(status).ok();
    json!({
        "status": status,
        "statusText": reason.and_then(|status| status.canonical_reason()).unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": [], "headers": [],
        "content": { "size": size, "mimeType": "" },
        "redirectURL": "", "headersSize": -1, "bodySize": size,
    })
}

fn message(frame: &Frame, clock: Clock) -> Value {
    let mut message = json!({
        "type": match frame.direction {
            Direction::ToApp => "send",
            Direction::ToWindow => "receive",
        },
        "time": clock.seconds(frame.at),
        "opcode": frame.head.opcode,
        "data": "",
        "_length": frame.head.length,
    });
    if let Some(kind) = frame.message {
        message["_message"] = kind.into();
    }
    message
}

impl Clock {
    fn at(self, moment: Instant) -> SystemTime {
        self.time + moment.saturating_duration_since(self.begin)
    }

    fn date(self, moment: Instant) -> String {
        // In steps of a millisecond, which is all that some readers take.
        let since = self.at(moment).duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let nanos = since.as_millis() * 1_000_000;
        let date = i128::try_from(nanos).ok().map(OffsetDateTime::from_unix_timestamp_nanos);
        let date = date.and_then(Result::ok).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        date.format(&Rfc3339).unwrap_or_default()
    }

    fn seconds(self, moment: Instant) -> f64 {
        let since = self.at(moment).duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        since.as_micros() as f64 / 1e6
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1e3
}
