//! One large body, or message, at a time. Plain blocking sockets: nothing needs less.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::upstream::frame_head;
use waterskin_tests::Result;

const CHUNK: usize = 256 * 1024;

/// Reads an answer of `length` bytes; the time from the request to its end.
pub fn download(port: u16, head: &str, length: usize) -> Result<Duration> {
    let mut stream = connect(port)?;
    let began = Instant::now();
    stream.write_all(head.as_bytes())?;
    let beginning = answer(&mut stream, "HTTP/1.1 200 ")?;
    drain(&mut stream, length - beginning)?;
    Ok(began.elapsed())
}

/// Sends a body of `length` bytes; the time to the end of the answer.
pub fn upload(port: u16, head: &str, length: usize) -> Result<Duration> {
    let mut stream = connect(port)?;
    let began = Instant::now();
    stream.write_all(head.as_bytes())?;
    pour(&mut stream, length)?;
    answer(&mut stream, "HTTP/1.1 200 ")?;
    Ok(began.elapsed())
}

/// The time until the first answer on a new connection is there.
pub fn first(port: u16, head: &str) -> Result<Duration> {
    let began = Instant::now();
    let mut stream = connect(port)?;
    stream.write_all(head.as_bytes())?;
    answer(&mut stream, "HTTP/1.1 200 ")?;
    Ok(began.elapsed())
}

/// An upgraded connection.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
}

impl Socket {
    pub fn open(port: u16, head: &str) -> Result<Self> {
        let mut stream = connect(port)?;
        stream.write_all(head.as_bytes())?;
        anyhow::ensure!(answer(&mut stream, "HTTP/1.1 101 ")? == 0, "frames before any was sent");
        Ok(Self { stream })
    }

    /// The same connection once more.
    pub fn again(&self) -> Result<Self> {
        Ok(Self { stream: self.stream.try_clone()? })
    }

    /// Sends 100 bytes and reads them back, so often; the time of each turn.
    pub fn turns(&mut self, count: usize) -> Result<Vec<Duration>> {
        let frame = small_frame();
        let mut back = [0; SMALL_BACK];
        let mut turn = || -> Result<Duration> {
            let began = Instant::now();
            self.stream.write_all(&frame)?;
            self.stream.read_exact(&mut back)?;
            Ok(began.elapsed())
        };
        (0..count).map(|_| turn()).collect()
    }

    /// Asks for one message of `length` bytes and reads it.
    pub fn get(&mut self, length: usize) -> Result<Duration> {
        let mut ask = frame_head(length.to_string().len(), Some([0; 4]));
        ask[0] = 0x81;
        ask.extend(length.to_string().bytes());
        let began = Instant::now();
        self.stream.write_all(&ask)?;
        drain(&mut self.stream, frame_head(length, None).len() + length)?;
        Ok(began.elapsed())
    }

    /// Sends one message of `length` bytes and waits for the word that it came.
    pub fn put(&mut self, length: usize) -> Result<Duration> {
        let began = Instant::now();
        self.stream.write_all(&frame_head(length, Some([0; 4])))?;
        pour(&mut self.stream, length)?;
        drain(&mut self.stream, 4)?;
        Ok(began.elapsed())
    }
}

/// A message of 100 bytes as a client sends it, and how long it is when it comes back.
pub fn small_frame() -> Vec<u8> {
    let mut frame = frame_head(100, Some([1, 2, 3, 4]));
    frame.extend([7; 100]);
    frame
}

pub const SMALL_BACK: usize = 102;

fn connect(port: u16) -> Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    let limit = Some(Duration::from_secs(60));
    stream.set_read_timeout(limit)?;
    stream.set_write_timeout(limit)?;
    Ok(stream)
}

/// Reads a head that begins with `status`, and the body's beginning that came with it: its length.
fn answer(stream: &mut TcpStream, status: &str) -> Result<usize> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = stream.read(&mut buffer)?;
        bytes.extend_from_slice(&buffer[..count]);
        if let Some(at) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..at]);
            anyhow::ensure!(head.starts_with(status), "answered with\n{head}");
            return Ok(bytes.len() - at - 4);
        }
        anyhow::ensure!(count > 0, "ended early: {}", String::from_utf8_lossy(&bytes));
    }
}

fn drain(stream: &mut TcpStream, mut left: usize) -> Result<()> {
    let mut buffer = vec![0; CHUNK];
    while left > 0 {
        let count = stream.read(&mut buffer[..left.min(CHUNK)])?;
        anyhow::ensure!(count > 0, "ended with {left} bytes to go");
        left -= count;
    }
    Ok(())
}

fn pour(stream: &mut TcpStream, mut left: usize) -> Result<()> {
    let buffer = vec![0; CHUNK];
    while left > 0 {
        let part = left.min(CHUNK);
        stream.write_all(&buffer[..part])?;
        left -= part;
    }
    Ok(())
}
