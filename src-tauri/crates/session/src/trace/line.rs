use std::time::{Duration, Instant};

use serde::Serialize;
use waterskin_proxy::{Answerer, Direction, Exchange};

/// The version of the lines' form. Readers skip types and fields that they don't know.
pub const VERSION: u32 = 1;

/// One line of a trace. Times are milliseconds since the trace began, with microseconds as their
/// fraction.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Line<'a> {
    /// The first line.
    Begin {
        version: u32,
        /// Milliseconds since 1970-01-01 00:00 UTC.
        time: u64,
    },
    /// A request was answered, or given up.
    Request {
        request: u64,
        method: &'a str,
        path: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        by: By,
        /// Of the bodies, in bytes: to the app, and to the window.
        sent: u64,
        received: u64,
        start: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        first_byte: Option<f64>,
        end: f64,
        /// Whether the whole answer went to the window.
        whole: bool,
        /// The upgraded connection that begins with this 101.
        #[serde(skip_serializing_if = "Option::is_none")]
        stream: Option<u64>,
    },
    /// A WebSocket frame went by.
    Frame {
        stream: u64,
        at: f64,
        to: To,
        opcode: Opcode,
        fin: bool,
        /// Of the payload, in bytes.
        length: u64,
        /// What the message is, where Streamlit's format tells.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<&'static str>,
        /// The code of a close frame.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<u16>,
    },
    /// An upgraded connection ended.
    Close {
        stream: u64,
        at: f64,
        /// Of the frames that went by.
        sent: Total,
        received: Total,
    },
    /// Lines that came faster than they could be written.
    Lost { lines: u64 },
}

/// Who answered.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    App,
    Files,
    Proxy,
}

/// Where a frame goes.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum To {
    App,
    Window,
}

/// RFC 6455 section 11.8.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

/// Frames of one direction, and their payloads in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Total {
    pub frames: u64,
    pub bytes: u64,
}

impl<'a> Line<'a> {
    /// The line of a request.
    pub fn request(exchange: &'a Exchange, begin: Instant) -> Self {
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
