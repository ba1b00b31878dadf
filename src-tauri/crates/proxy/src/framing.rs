//! Where a client's messages begin and end (RFC 9112 sections 2.2, 6 and 7.1).

/// How much of a line is looked at: names, lengths and sizes that matter are shorter.
const LONGEST: usize = 256;

/// Follows the requests of one connection and finds what two readers could take in two ways:
///
/// - a lone line feed that ends a line, in a head or between chunks;
/// - a head with both `Content-Length` and `Transfer-Encoding`;
/// - a chunk whose size is none.
///
/// It judges nothing else: what is wrong in another way, an HTTP parser refuses.
#[derive(Debug, Default)]
pub(crate) struct Framing {
    state: State,
    line: Line,
    heads: u64,
}

#[derive(Debug)]
enum State {
    /// In the lines before a body.
    Head(Head),
    /// In a body of known length, or in a chunk with the line end behind it.
    Skip { left: u64, then: Then },
    /// In the line that begins a chunk.
    Size,
    /// In the lines behind the last chunk.
    Trailers,
    /// Whatever comes is not HTTP, or not looked at any more.
    Over,
}

#[derive(Clone, Copy, Debug)]
enum Then {
    Head,
    Size,
}

/// What the head's lines said so far.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    is_begun: bool,
    length: Option<u64>,
    is_coded: bool,
    upgrades: bool,
}

/// The line that is being read: its beginning, and its last byte.
#[derive(Debug, Default)]
struct Line {
    start: Vec<u8>,
    last: Option<u8>,
}

impl Default for State {
    fn default() -> Self {
        Self::Head(Head::default())
    }
}

impl Framing {
    /// Reads on. Returns where in `bytes` the line feed is that ends a line with a fault; nothing
    /// is looked at from there on.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match &mut self.state {
                State::Over => return None,
                State::Skip { left, then } => {
                    let skipped = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    *left -= skipped as u64;
                    at += skipped;
                    if *left == 0 {
                        self.state = match then {
                            Then::Head => State::default(),
                            Then::Size => State::Size,
                        };
                    }
                }
                State::Head(_) | State::Size | State::Trailers => {
                    let Some(length) = memchr::memchr(b'\n', rest) else {
                        self.line.push(rest);
                        return None;
                    };
                    self.line.push(&rest[..length]);
                    match self.end_line() {
                        Some(state) => self.state = state,
                        None => {
                            self.state = State::Over;
                            return Some(at + length);
                        }
                    }
                    at += length + 1;
                }
            }
        }
        None
    }

    /// How many heads have come to their end.
    pub(crate) fn heads(&self) -> u64 {
        self.heads
    }

    /// Where the end of a line leads; nowhere, when it has a fault.
    fn end_line(&mut self) -> Option<State> {
        let line = self.line.take()?;
        match self.state {
            State::Head(head) if line.is_empty() && head.is_begun => {
                self.heads += 1;
                head.end()
            }
            // Empty lines before a request are ignored (RFC 9112 section 2.2).
            State::Head(head) if line.is_empty() => Some(State::Head(head)),
            State::Head(head) => Some(State::Head(head.with(&line))),
            State::Size => match chunk_size(&line)? {
                0 => Some(State::Trailers),
                size => Some(State::Skip { left: size.checked_add(2)?, then: Then::Size }),
            },
            State::Trailers if line.is_empty() => Some(State::default()),
            State::Trailers => Some(State::Trailers),
            State::Skip { .. } | State::Over => None,
        }
    }
}

impl Head {
    fn with(mut self, line: &[u8]) -> Self {
        self.is_begun = true;
        if let Some(at) = line.iter().position(|byte| *byte == b':') {
            let (name, value) = (&line[..at], line[at + 1..].trim_ascii());
            if name.eq_ignore_ascii_case(b"content-length") {
                // One that is no number gets 400 from the parser.
                let number = str::from_utf8(value).ok().and_then(|value| value.parse().ok());
                self.length = Some(number.unwrap_or_default());
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                self.is_coded = true;
            } else if name.eq_ignore_ascii_case(b"upgrade") {
                self.upgrades = true;
            }
        }
        self
    }

    /// What comes after the head.
    fn end(self) -> Option<State> {
        match (self.length, self.is_coded) {
            (Some(_), true) => None,
            _ if self.upgrades => Some(State::Over),
            (_, true) => Some(State::Size),
            (Some(left @ 1..), false) => Some(State::Skip { left, then: Then::Head }),
            (None | Some(0), false) => Some(State::default()),
        }
    }
}

impl Line {
    fn push(&mut self, bytes: &[u8]) {
        let room = LONGEST - self.start.len();
        self.start.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.last = bytes.last().copied().or(self.last);
    }

    /// The line without its end, ready for the next one. `None` when it ended in a lone line feed.
    fn take(&mut self) -> Option<Vec<u8>> {
        let mut start = std::mem::take(&mut self.start);
        if self.last.take() != Some(b'\r') {
            return None;
        }
        // A line that is longer than what is kept of it is not empty either way.
        start.pop();
        Some(start)
    }
}

/// The size that a chunk begins with; extensions and all else behind it are the parser's.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(line.len());
    if line.len() + 1 >= LONGEST && digits == line.len() {
        return None;
    }
    u64::from_str_radix(str::from_utf8(&line[..digits]).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::Framing;

    /// What `feed` finds, whole and byte by byte: the fault's place and the heads before it.
    fn read(input: &str) -> (Option<usize>, u64) {
        let mut whole = Framing::default();
        let found = (whole.feed(input.as_bytes()), whole.heads());
        let mut pieces = Framing::default();
        let at = input.bytes().position(|byte| pieces.feed(&[byte]).is_some());
        assert_eq!((at, pieces.heads()), found, "{input:?} byte by byte");
        found
    }

    #[test]
    fn requests_follow_one_another() {
        let body = "0\r\n\r\nGET / HTTP/1.1\n\n";
        let input = format!(
            "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\
             PUT / HTTP/1.1\r\ncontent-LENGTH: {}\r\n\r\n{body}\
             POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
             00A;x=\"\n\"\r\n",
            body.len()
        );
        // The line feed within the extension is not quoted for us.
        assert_eq!(read(&input), (Some(input.len() - 4), 3));
        let input =
            input.replace("x=\"\n\"", "x=y") + "\n\n\n\n\n\n\n\n\n\n\r\n0\r\nSum: 1\r\n\r\n";
        assert_eq!(read(&input), (None, 3));
        assert_eq!(read(&(input.clone() + "GET / HTTP/1.1\r\n\r\n")), (None, 4));
        assert_eq!(read(&(input.clone() + "GET / HTTP/1.1\n")), (Some(input.len() + 14), 3));
    }

    #[test]
    fn a_length_and_chunks_are_a_fault_where_the_head_ends() {
        for fields in [
            "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
            "transfer-encoding:\r\nX: y\r\nCONTENT-LENGTH: x\r\n",
        ] {
            let input = format!("POST / HTTP/1.1\r\n{fields}\r\nx");
            assert_eq!(read(&input), (Some(input.len() - 2), 1));
        }
    }

    #[test]
    fn sizes_that_are_none_are_faults() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        for size in ["", ";x", "g", "-1", "10000000000000000", &"0".repeat(1000)] {
            let input = format!("{head}{size}\r\n");
            assert_eq!(read(&input), (Some(input.len() - 1), 1), "{size:?}");
        }
        for size in ["7FFFFFFFFFFFFFFF", "0", &format!("1;{}", "x".repeat(1000))] {
            assert_eq!(read(&format!("{head}{size}\r\n")).0, None, "{size:?}");
        }
    }

    #[test]
    fn long_lines_are_lines() {
        let long = "x".repeat(100_000);
        let input =
            format!("GET /{long} HTTP/1.1\r\nX: {long}\r\nContent-Length: 5\r\n\r\n\n\n\n\n\n");
        assert_eq!(read(&input), (None, 1));
        let input = format!("GET /{long}\n");
        assert_eq!(read(&input), (Some(input.len() - 1), 0));
    }

    #[test]
    fn what_follows_an_upgrade_is_not_looked_at() {
        assert_eq!(read("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\n\n\n"), (None, 1));
        assert_eq!(read("GET / HTTP/1.1\r\nUpgrade: websocket\n").0, Some(34));
    }
}
