use std::{collections::HashMap, sync::Arc, time::Instant};

use serde::Serialize;
use ts_rs::TS;
use waterskin_proxy::{Direction, Exchange, FrameHead};
use waterskin_streamlit::{Back, Forward};

/// What passed the proxy, and becomes one line of a trace.
#[derive(Clone, Debug)]
pub enum Passed {
    /// A request is there, and no answer yet.
    Asked(Arc<Exchange>),
    /// A request was answered, or given up.
    Exchange(Arc<Exchange>),
    /// A frame went by.
    Frame(Frame),
    /// An upgraded connection ended.
    Closed {
        /// Its number.
        stream: u64,
        /// When.
        at: Instant,
        /// What went to the app, and to the window: [`Totals`] knows it.
        totals: [Total; 2],
    },
}

/// The beginning of a WebSocket frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub stream: u64,
    pub at: Instant,
    pub direction: Direction,
    pub head: FrameHead,
    pub message: Option<&'static str>,
    pub code: Option<u16>,
}

/// Frames of one direction, and their payloads in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Total {
    /// How many.
    #[ts(type = "number")]
    pub frames: u64,
    /// Their payloads.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What went through each upgraded connection that is open, since one began to count.
#[derive(Debug, Default)]
pub struct Totals(HashMap<u64, [Total; 2]>);

impl Frame {
    /// A frame that goes by now; `prefix` is the beginning of its payload.
    pub fn new(stream: u64, direction: Direction, head: FrameHead, prefix: &[u8]) -> Self {
        // Streamlit's messages are binary; a compressed one can't be looked into.
        let message = (head.opcode == 2 && head.rsv == 0)
            .then(|| match direction {
                Direction::ToWindow => Forward::name(prefix),
                Direction::ToApp => Back::name(prefix),
            })
            .flatten();
        let code = match (head.opcode, prefix) {
            (8, [high, low, ..]) => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        };
        Self { stream, at: Instant::now(), direction, head, message, code }
    }
}

impl Totals {
    /// Counts what passed, and tells the end of a connection what went through it.
    pub fn count(&mut self, passed: &mut Passed) {
        match passed {
            Passed::Frame(Frame { stream, direction, head, .. }) => {
                let totals = self.0.entry(*stream).or_default();
                let total = match direction {
                    Direction::ToApp => &mut totals[0],
                    Direction::ToWindow => &mut totals[1],
                };
                total.frames += 1;
                total.bytes += head.length;
            }
            Passed::Closed { stream, totals, .. } => {
                *totals = self.0.remove(stream).unwrap_or_default();
            }
            Passed::Asked(_) | Passed::Exchange(_) => {}
        }
    }
}
