//! The server behind every proxy: as little work as a server can do, so that the proxy shows.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use waterskin_tests::Result;

/// How much is read or written at once.
const CHUNK: usize = 256 * 1024;

/// Frames up to this length come back as they are; longer ones are answered by two bytes.
pub const ECHOED: usize = 4096;

/// What `/small` answers.
const SMALL: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 100\r\n\r\n\
    The quick brown fox jumps over the lazy dog. The quick brown fox jumps over the lazy dog. 1234567890";

/// Serves on a free port, which it prints, and on the Unix socket `path`, until it is ended.
///
/// - `GET /small`: 100 bytes; `GET /bytes/N`: N bytes; `PUT`: takes the body, then answers.
/// - Upgrades: a text frame with a number asks for a binary frame of that many bytes; any other
///   comes back.
pub async fn serve(path: PathBuf) -> Result<()> {
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let unix = UnixListener::bind(path)?;
    println!("listening {}", tcp.local_addr()?.port());
    let chunk = Arc::new(vec![b'x'; CHUNK]);
    let mut connections = JoinSet::new();
    loop {
        let chunk = Arc::clone(&chunk);
        tokio::select! {
            accepted = tcp.accept() => {
                let (stream, _) = accepted?;
                stream.set_nodelay(true)?;
                connections.spawn(connection(stream, chunk));
            }
            accepted = unix.accept() => drop(connections.spawn(connection(accepted?.0, chunk))),
            Some(_ended) = connections.join_next() => {}
        }
    }
}

/// Serves one connection; whatever ends it is no concern of the others.
async fn connection<S: AsyncRead + AsyncWrite + Unpin>(stream: S, chunk: Arc<Vec<u8>>) {
    let _ended = Connection { stream, buffer: BytesMut::with_capacity(CHUNK), chunk }.run().await;
}

struct Connection<S> {
    stream: S,
    buffer: BytesMut,
    chunk: Arc<Vec<u8>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    async fn run(mut self) -> Result<()> {
        while let Some(head) = self.head().await? {
            if head.starts_with(b"GET /small ") {
                self.stream.write_all(SMALL).await?;
            } else if let Some(rest) = head.strip_prefix(b"GET /bytes/") {
                let length = number(rest);
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
                self.stream.write_all(head.as_bytes()).await?;
                self.send(length).await?;
            } else if let Some(key) = field(&head, "sec-websocket-key") {
                return self.upgraded(&derive_accept_key(key)).await;
            } else if let Some(length) = field(&head, "content-length") {
                self.take(number(length)).await?;
                self.stream.write_all(SMALL).await?;
            } else {
                self.stream.write_all(b"HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n").await?;
            }
        }
        Ok(())
    }

    /// The next head; `None` at the end of the connection.
    async fn head(&mut self) -> Result<Option<Bytes>> {
        loop {
            if let Some(at) = self.buffer.windows(4).position(|part| part == b"\r\n\r\n") {
                return Ok(Some(self.buffer.split_to(at + 4).freeze()));
            }
            self.buffer.reserve(1024);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    async fn send(&mut self, mut left: usize) -> Result<()> {
        while left > 0 {
            let part = left.min(CHUNK);
            self.stream.write_all(&self.chunk[..part]).await?;
            left -= part;
        }
        Ok(())
    }

    /// Reads that many bytes and forgets them.
    async fn take(&mut self, mut left: usize) -> Result<()> {
        loop {
            let part = left.min(self.buffer.len());
            self.buffer.advance(part);
            left -= part;
            if left == 0 {
                return Ok(());
            }
            self.buffer.clear();
            self.buffer.reserve(CHUNK);
            anyhow::ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "ended early");
        }
    }

    async fn upgraded(mut self, accept: &str) -> Result<()> {
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-accept: {accept}\r\n\r\n"
        );
        self.stream.write_all(head.as_bytes()).await?;
        loop {
            let opcode = self.ahead(2).await?[0] & 0x0f;
            let (length, size) = match self.buffer[1] & 0x7f {
                126 => (usize::from(u16::from_be_bytes(self.ahead(4).await?.try_into()?)), 4),
                127 => (u64::from_be_bytes(self.ahead(10).await?[2..].try_into()?) as usize, 10),
                short => (usize::from(short), 2),
            };
            let mask: [u8; 4] = self.ahead(size + 4).await?[size..].try_into()?;
            self.buffer.advance(size + 4);
            if length > ECHOED {
                self.take(length).await?;
                self.stream.write_all(b"\x82\x02ok").await?;
                continue;
            }
            self.ahead(length).await?;
            let mut payload = self.buffer.split_to(length);
            payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
            if opcode == 1 {
                let length = number(&payload);
                self.stream.write_all(&frame_head(length, None)).await?;
                self.send(length).await?;
            } else {
                let mut frame = frame_head(length, None);
                frame.extend_from_slice(&payload);
                self.stream.write_all(&frame).await?;
            }
        }
    }

    /// The next bytes, which stay in the buffer.
    async fn ahead(&mut self, length: usize) -> Result<&[u8]> {
        while self.buffer.len() < length {
            self.buffer.reserve(length.max(1024));
            anyhow::ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "ended early");
        }
        Ok(&self.buffer[..length])
    }
}

/// The head of a whole binary message of `length` bytes (RFC 6455 section 5.2).
pub fn frame_head(length: usize, mask: Option<[u8; 4]>) -> Vec<u8> {
    let masked = if mask.is_some() { 0x80 } else { 0 };
    let mut head = vec![0x82];
    match length {
        0..126 => head.push(masked | length as u8),
        126..0x1_0000 => {
            head.push(masked | 126);
            head.extend((length as u16).to_be_bytes());
        }
        _ => {
            head.push(masked | 127);
            head.extend((length as u64).to_be_bytes());
        }
    }
    head.extend(mask.into_iter().flatten());
    head
}

/// The number that `bytes` begin with, 0 where there is none.
fn number(bytes: &[u8]) -> usize {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}

/// The value of a field of `head`, which has its name in any case.
fn field<'a>(head: &'a [u8], name: &str) -> Option<&'a [u8]> {
    head.split(|byte| *byte == b'\n').skip(1).find_map(|line| {
        let (found, value) = line.split_at_checked(name.len())?;
        let value = value.strip_prefix(b":")?;
        found.eq_ignore_ascii_case(name.as_bytes()).then(|| value.trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_understood() {
        let head = b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1234\r\n\r\n";
        assert_eq!(field(head, "content-length").map(number), Some(1234));
        assert_eq!(field(head, "content"), None);
        assert_eq!(frame_head(100, None), [0x82, 100]);
        assert_eq!(frame_head(300, Some([1, 2, 3, 4])), [0x82, 0xfe, 1, 44, 1, 2, 3, 4]);
        assert_eq!(frame_head(1 << 16, None), [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(SMALL.split(|byte| *byte == b'\n').next_back().map(<[u8]>::len), Some(100));
    }
}
