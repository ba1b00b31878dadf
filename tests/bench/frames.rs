/// What of a `ForwardMsg` is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Something to draw.
    Delta,
    /// The script came to its end.
    ScriptFinished,
}

/// The messages in a server's half of a WebSocket (RFC 6455 section 5.2), as its bytes come.
///
/// Of each frame only the head and the beginning of the payload are kept. Streamlit sends every
/// message as one binary frame, and a server masks none.
#[derive(Debug, Default)]
pub struct Frames {
    start: Vec<u8>,
    skip: usize,
}

/// How much of a payload is looked at: hash and metadata come before what a message is, and take
/// some 150 bytes.
const LOOK: usize = 1024;

const BINARY: u8 = 2;

struct Head {
    opcode: u8,
    size: usize,
    payload: usize,
}

impl Frames {
    /// Takes the next bytes and gives the messages that are known now.
    pub fn push(&mut self, mut bytes: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        loop {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            let Some((byte, rest)) = bytes[skipped..].split_first() else { return messages };
            bytes = rest;
            self.start.push(*byte);
            let Some(head) = Head::of(&self.start) else { continue };
            let looked_at = head.payload.min(LOOK);
            if self.start.len() == head.size + looked_at {
                if head.opcode == BINARY {
                    messages.extend(message(&self.start[head.size..]));
                }
                self.skip = head.payload - looked_at;
                self.start.clear();
            }
        }
    }
}

impl Head {
    /// The head that `bytes` begin with, when all of it is there.
    fn of(bytes: &[u8]) -> Option<Self> {
        let opcode = bytes.first()? & 0x0f;
        let (size, payload) = match bytes.get(1)? & 0x7f {
            126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
            127 => {
                (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?)
            }
            short => (2, usize::from(short)),
        };
        Some(Self { opcode, size, payload })
    }
}

/// The kind of a `ForwardMsg`: its first field after `hash` (1) and `metadata` (2), both of which
/// have a length (Streamlit 1.67.0, `streamlit/proto/ForwardMsg_pb2.py`).
pub fn message(mut bytes: &[u8]) -> Option<Message> {
    loop {
        let key = varint(&mut bytes)?;
        match key >> 3 {
            1 | 2 if key & 7 == 2 => {
                let length = varint(&mut bytes)?;
                bytes = bytes.get(length..)?;
            }
            5 => return Some(Message::Delta),
            6 => return Some(Message::ScriptFinished),
            _ => return None,
        }
    }
}

fn varint(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new session, a delta of 70 kB, a ping, an empty frame and the end of the script.
    fn stream() -> Vec<u8> {
        let mut bytes = vec![0x82, 3, 0x22, 1, 0];
        let mut delta = b"\x0a\x02ab\x12\x03xyz\x2a".to_vec();
        delta.resize(70_000, 0x82);
        bytes.extend([0x82, 127]);
        bytes.extend((delta.len() as u64).to_be_bytes());
        bytes.extend(delta);
        bytes.extend([0x89, 2, 0x30, 0, 0x82, 0]);
        bytes.extend([0x82, 126, 0, 6]);
        bytes.extend(b"\x0a\x02ab\x30\x00");
        bytes
    }

    #[test]
    fn messages_are_found_however_the_bytes_are_cut() {
        for size in [1, 2, 3, 7, 1000, 100_000] {
            let mut frames = Frames::default();
            let found: Vec<_> = stream().chunks(size).flat_map(|part| frames.push(part)).collect();
            assert_eq!(found, [Message::Delta, Message::ScriptFinished], "in parts of {size}");
        }
    }

    #[test]
    fn a_message_is_known_before_its_frame_has_ended() {
        let stream = stream();
        assert_eq!(Frames::default().push(&stream[..2000]), [Message::Delta]);
        assert_eq!(Frames::default().push(&stream[..20]), [], "too little of it");
    }
}
