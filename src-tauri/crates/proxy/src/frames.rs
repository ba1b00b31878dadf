//! Reads WebSocket frames alongside the bytes that go by (RFC 6455 section 5.2). Changes nothing,
//! keeps at most the head and the prefix of one frame, and goes silent at the first violation.

use crate::observer::Direction;

/// How much of a payload is kept.
const PREFIX: usize = 256;

/// The longest head: 2 bytes, 8 of length, 4 of mask.
const MAX_HEAD: usize = 14;

/// The head of a WebSocket frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHead {
    /// 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong.
    pub opcode: u8,
    /// Whether the message ends with this frame.
    pub fin: bool,
    /// The payload's length in bytes.
    pub length: u64,
    /// Whether the payload is masked on the wire.
    pub masked: bool,
    /// The three reserved bits as a number from 0 to 7: 4 is the one that compression uses.
    pub rsv: u8,
}

/// The state between two chunks of one direction.
#[derive(Debug)]
pub(crate) struct Tap {
    direction: Direction,
    state: State,
    /// The payload's beginning, while the state is `Prefix`.
    prefix: [u8; PREFIX],
    /// Whether a message has begun and not ended.
    in_message: bool,
}

#[derive(Debug)]
enum State {
    Head { bytes: [u8; MAX_HEAD], have: usize },
    Prefix { head: FrameHead, mask: [u8; 4], have: usize },
    Skip { left: u64 },
    Silent,
}

const NEW_FRAME: State = State::Head { bytes: [0; MAX_HEAD], have: 0 };

impl Tap {
    pub(crate) fn new(direction: Direction) -> Self {
        Self { direction, state: NEW_FRAME, prefix: [0; PREFIX], in_message: false }
    }

    /// Reads on, and tells `seen` of each frame as soon as its prefix is there.
    pub(crate) fn feed(&mut self, mut chunk: &[u8], mut seen: impl FnMut(&FrameHead, &[u8])) {
        while !chunk.is_empty() {
            match &mut self.state {
                State::Silent => return,
                State::Skip { left } => {
                    let step = clamp(*left, chunk.len());
                    chunk = &chunk[step..];
                    *left -= step as u64;
                    if *left == 0 {
                        self.state = NEW_FRAME;
                    }
                }
                State::Head { bytes, have } => {
                    let step = (head_length(&bytes[..*have]) - *have).min(chunk.len());
                    bytes[*have..*have + step].copy_from_slice(&chunk[..step]);
                    *have += step;
                    chunk = &chunk[step..];
                    if *have >= 2 && *have == head_length(&bytes[..*have]) {
                        let (bytes, have) = (*bytes, *have);
                        self.begin(&bytes[..have], &mut seen);
                    }
                }
                State::Prefix { head, mask, have } => {
                    let wanted = clamp(head.length, PREFIX);
                    let step = (wanted - *have).min(chunk.len());
                    for (at, byte) in chunk[..step].iter().enumerate() {
                        self.prefix[*have + at] = byte ^ mask[(*have + at) % 4];
                    }
                    *have += step;
                    chunk = &chunk[step..];
                    if *have == wanted {
                        seen(head, &self.prefix[..wanted]);
                        let left = head.length - wanted as u64;
                        self.state = if left == 0 { NEW_FRAME } else { State::Skip { left } };
                    }
                }
            }
        }
    }

    /// A whole head is there.
    fn begin(&mut self, bytes: &[u8], seen: &mut impl FnMut(&FrameHead, &[u8])) {
        let (head, mask) = parse(bytes);
        if !self.allows(&head) {
            self.state = State::Silent;
            return;
        }
        if head.opcode < 8 {
            self.in_message = !head.fin;
        }
        if head.length == 0 {
            seen(&head, &[]);
            self.state = NEW_FRAME;
        } else {
            self.state = State::Prefix { head, mask, have: 0 };
        }
    }

    /// The rules of RFC 6455 sections 5.1, 5.2, 5.4 and 5.5 that a head alone can break.
    fn allows(&self, head: &FrameHead) -> bool {
        let opcode = match head.opcode {
            0 => self.in_message,
            1 | 2 => !self.in_message,
            8..=10 => head.fin && head.length <= 125,
            _ => false,
        };
        opcode
            && head.masked == (self.direction == Direction::ToApp)
            && head.length <= i64::MAX as u64
    }
}

/// How long the head is, as far as the bytes so far tell.
fn head_length(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        None => 2,
        Some(second) => {
            let extended = match second & 0x7f {
                126 => 2,
                127 => 8,
                _ => 0,
            };
            2 + extended + if second & 0x80 == 0 { 0 } else { 4 }
        }
    }
}

/// Reads a head that [`head_length`] calls whole.
fn parse(bytes: &[u8]) -> (FrameHead, [u8; 4]) {
    let (first, second) = (bytes[0], bytes[1]);
    let masked = second & 0x80 != 0;
    let (extended, key) = bytes[2..].split_at(bytes.len() - 2 - if masked { 4 } else { 0 });
    let length = match extended {
        [] => u64::from(second & 0x7f),
        digits => digits.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
    };
    let mut mask = [0; 4];
    mask[..key.len()].copy_from_slice(key);
    let head = FrameHead {
        opcode: first & 0x0f,
        fin: first & 0x80 != 0,
        length,
        masked,
        rsv: first >> 4 & 0x07,
    };
    (head, mask)
}

fn clamp(length: u64, most: usize) -> usize {
    usize::try_from(length).map_or(most, |length| length.min(most))
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
