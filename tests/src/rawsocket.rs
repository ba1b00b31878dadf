use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::exchange::read_head;
use crate::{Draft, Exchange, PATIENCE, Result, Site};

/// A WebSocket with nothing between the test and the frames: it answers no ping, closes nothing by
/// itself and may break every rule (RFC 6455 section 5.2).
#[derive(Debug)]
pub struct RawSocket {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// The answer to the handshake.
    pub handshake: Exchange,
}

/// A frame as it was on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Whether it is the last one of its message.
    pub fin: bool,
    /// The three reserved bits; the first is set for a compressed message.
    pub rsv: u8,
    /// What kind it is.
    pub opcode: u8,
    /// Its payload.
    pub payload: Vec<u8>,
}

impl Frame {
    /// A text.
    pub const TEXT: u8 = 1;
    /// A message of Streamlit's.
    pub const BINARY: u8 = 2;
    /// The end.
    pub const CLOSE: u8 = 8;
    /// A ping.
    pub const PING: u8 = 9;
    /// Its answer.
    pub const PONG: u8 = 10;

    /// The code of a close frame.
    pub fn code(&self) -> Option<u16> {
        let code = self.payload.get(..2).filter(|_| self.opcode == Self::CLOSE)?;
        Some(u16::from_be_bytes(code.try_into().ok()?))
    }
}

impl RawSocket {
    /// A handshake for Streamlit's stream; [`Draft::fields`] may be added to.
    pub fn draft(protocols: &str) -> Draft {
        Draft::new("GET /_stcore/stream")
            .field("Connection", "keep-alive, Upgrade")
            .field("Upgrade", "websocket")
            .field("Sec-WebSocket-Version", "13")
            // The same key for both ways: then the answers have the same digest too.
            .field("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            .field("Sec-WebSocket-Protocol", protocols)
    }

    /// Shakes hands; the answer may be any.
    pub async fn open(site: &Site, draft: &Draft) -> Result<Self> {
        let mut stream = site.connect().await?;
        stream.set_nodelay(true)?;
        stream.write_all(draft.head(site, "").as_bytes()).await?;
        let (head, buffer) = read_head(&mut stream).await?;
        let head: Vec<u8> = head.chars().map(|letter| letter as u8).collect();
        let handshake = Exchange::read(&head, true).context("the answer is no HTTP")?;
        Ok(Self { stream, buffer, handshake })
    }

    /// Sends a frame of its own message, masked as a client's has to be.
    pub async fn send(&mut self, opcode: u8, payload: &[u8]) -> Result<()> {
        self.send_raw(0x80 | opcode, payload).await
    }

    /// Sends a masked frame with this first byte.
    pub async fn send_raw(&mut self, first: u8, payload: &[u8]) -> Result<()> {
        let mask = [0x57, 0x1a, 0x00, 0xff];
        let mut bytes = vec![first];
        match payload.len() {
            length @ 0..=125 => bytes.push(0x80 | length as u8),
            length @ 126..=65_535 => {
                bytes.push(0x80 | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
            length => {
                bytes.push(0x80 | 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.send_bytes(&bytes).await
    }

    /// Sends bytes as they stand.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(tokio::time::timeout(PATIENCE, self.stream.write_all(bytes)).await??)
    }

    /// Waits until the next byte is there, without reading it.
    pub async fn readable(&self) -> Result<()> {
        Ok(tokio::time::timeout(PATIENCE, self.stream.readable()).await??)
    }

    /// The next frame; `None` when the connection ends first.
    pub async fn next(&mut self) -> Result<Option<Frame>> {
        tokio::time::timeout(PATIENCE, self.read()).await.context("no frame and no end came")
    }

    /// The frames up to a close frame or the end; `true` when a frame's reading broke off.
    pub async fn to_the_end(&mut self) -> Result<Vec<Frame>> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await? {
            frames.push(frame);
        }
        Ok(frames)
    }

    /// The code that the connection ends with: 1005 for a close frame without one, 1006 for none.
    pub async fn close_code(&mut self) -> Result<u16> {
        let frames = self.to_the_end().await?;
        let close = frames.iter().find(|frame| frame.opcode == Frame::CLOSE);
        Ok(close.map_or(1006, |frame| frame.code().unwrap_or(1005)))
    }

    async fn read(&mut self) -> Option<Frame> {
        self.fill(2).await?;
        let (first, second) = (self.buffer[0], self.buffer[1]);
        let (head, length) = match second & 0x7f {
            126 => {
                self.fill(4).await?;
                (4, u64::from(u16::from_be_bytes(self.buffer[2..4].try_into().ok()?)))
            }
            127 => {
                self.fill(10).await?;
                (10, u64::from_be_bytes(self.buffer[2..10].try_into().ok()?))
            }
            short => (2, u64::from(short)),
        };
        let end = head + usize::try_from(length).ok()?;
        self.fill(end).await?;
        let rest = self.buffer.split_off(end);
        let payload = std::mem::replace(&mut self.buffer, rest).split_off(head);
        Some(Frame { fin: first & 0x80 != 0, rsv: first >> 4 & 7, opcode: first & 0x0f, payload })
    }

    async fn fill(&mut self, length: usize) -> Option<()> {
        while self.buffer.len() < length {
            self.buffer.reserve(length - self.buffer.len());
            if self.stream.read_buf(&mut self.buffer).await.ok()? == 0 {
                return None;
            }
        }
        Some(())
    }
}
