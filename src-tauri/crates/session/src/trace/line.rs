use std::time::{Duration, Instant, SystemTime};

use serde::Serialize;
use ts_rs::TS;
use waterskin_proxy::{Answerer, Direction, Exchange};

use super::passed::{Frame, Passed, Total};

/// The version of the lines' form. Readers skip types and fields that they don't know.
pub const VERSION: u32 = 1;

/// One line of a trace. Times are milliseconds since the moment that the first line names, with
/// microseconds as their fraction.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[ts(export, rename = "TraceLine")]
pub enum Line<'a> {
    /// The first line.
    Begin {
        /// That of the lines' form.
        version: u32,
        /// Milliseconds since 1970-01-01 00:00 UTC.
        #[ts(type = "number")]
        time: u64,
    },
    /// A request is there. The line `request` of the same number follows when it is answered.
    Asked {
        /// Counts the requests.
        #[ts(type = "number")]
        request: u64,
        /// The method.
        method: &'a str,
        /// The path, without the query.
        path: &'a str,
        /// When its head was there.
        start: f64,
    },
    /// A request was answered, or given up.
    Request {
        /// Counts the requests.
        #[ts(type = "number")]
        request: u64,
        /// The method.
        method: &'a str,
        /// The path, without the query.
        path: &'a str,
        /// Of the answer, where there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        status: Option<u16>,
        /// Who answered.
        by: By,
        /// Of the body to the app, in bytes.
        #[ts(type = "number")]
        sent: u64,
        /// Of the body to the window, in bytes.
        #[ts(type = "number")]
        received: u64,
        /// When the request's head was there.
        start: f64,
        /// When the answer's head was there.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        first_byte: Option<f64>,
        /// When all of it was over.
        end: f64,
        /// Whether the whole answer went to the window.
        whole: bool,
        /// The upgraded connection that begins with this 101.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        stream: Option<u64>,
    },
    /// A WebSocket frame went by.
    Frame {
        /// The upgraded connection.
        #[ts(type = "number")]
        stream: u64,
        /// When its beginning went by.
        at: f64,
        /// Its direction.
        to: To,
        /// What kind of frame it is.
        opcode: Opcode,
        /// Whether the message ends with it.
        fin: bool,
        /// Of the payload, in bytes.
        #[ts(type = "number")]
        length: u64,
        /// What the message is, where Streamlit's format tells.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        message: Option<&'static str>,
        /// The code of a close frame.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        code: Option<u16>,
    },
    /// An upgraded connection ended.
    Close {
        /// Its number.
        #[ts(type = "number")]
        stream: u64,
        /// When.
        at: f64,
        /// The frames to the app.
        sent: Total,
        /// The frames to the window.
        received: Total,
    },
    /// Lines that came faster than they could be taken, or that were let go since.
    Lost {
        /// How many.
        #[ts(type = "number")]
        lines: u64,
    },
}

/// Who answered.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum By {
    /// The app.
    App,
    /// The proxy, with a file of Streamlit's.
    Files,
    /// The proxy itself.
    Proxy,
}

/// Where a frame goes.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum To {
    /// To the app.
    App,
    /// To the window.
    Window,
}

/// RFC 6455 section 11.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Opcode {
    /// One more piece of a message.
    Continuation,
    /// A message in text.
    Text,
    /// Any other message.
    Binary,
    /// The end.
    Close,
    /// Asks for a sign of life.
    Ping,
    /// A sign of life.
    Pong,
}

impl<'a> Line<'a> {
    /// The first line of a trace whose times are counted from `time` on.
    pub fn begin(time: SystemTime) -> Self {
        let time = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self::Begin { version: VERSION, time: u64::try_from(time.as_millis()).unwrap_or(u64::MAX) }
    }

    /// The line of what passed, with its times from `begin` on.
    pub fn of(passed: &'a Passed, begin: Instant) -> Self {
        match passed {
            Passed::Asked(exchange) => Self::Asked {
                request: exchange.number,
                method: exchange.method.as_str(),
                path: &exchange.path,
                start: since(begin, exchange.start),
            },
            Passed::Exchange(exchange) => Self::request(exchange, begin),
            Passed::Frame(Frame { stream, at, direction, head, message, code }) => Self::Frame {
                stream: *stream,
                at: since(begin, *at),
                to: (*direction).into(),
                opcode: Opcode::of(head.opcode),
                fin: head.fin,
                length: head.length,
                message: *message,
                code: *code,
            },
            Passed::Closed { stream, at, totals: [sent, received] } => Self::Close {
                stream: *stream,
                at: since(begin, *at),
                sent: *sent,
                received: *received,
            },
        }
    }

    fn request(exchange: &'a Exchange, begin: Instant) -> Self {
        Self::Request {
            request: exchange.number,
            method: exchange.method.as_str(),
            path: &exchange.path,
            status: exchange.status,
            by: match exchange.by {
                Answerer::App => By::App,
                Answerer::Files => By::Files,
                Answerer::Proxy => By::Proxy,
            },
            sent: exchange.sent,
            received: exchange.received,
            start: since(begin, exchange.start),
            first_byte: exchange.answered.map(|answered| since(begin, answered)),
            end: since(begin, exchange.end),
            whole: exchange.whole,
            stream: exchange.stream,
        }
    }

    /// Adds it to a text, with its end.
    pub fn put(&self, text: &mut Vec<u8>) {
        // Numbers and text can't fail.
        if serde_json::to_writer(&mut *text, self).is_ok() {
            text.push(b'\n');
        }
    }
}

impl From<Direction> for To {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::ToApp => Self::App,
            Direction::ToWindow => Self::Window,
        }
    }
}

impl Opcode {
    /// Of the number in a frame's head; the tap lets no other pass.
    pub fn of(number: u8) -> Self {
        match number {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            _ => Self::Pong,
        }
    }
}

/// Milliseconds from `begin` to `moment`, in steps of a microsecond.
pub fn since(begin: Instant, moment: Instant) -> f64 {
    let time: Duration = moment.saturating_duration_since(begin);
    time.as_micros() as f64 / 1e3
}
