use std::collections::VecDeque;

/// A stretch of what a program printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The number of its first byte; larger than what was asked for where older bytes are gone.
    pub start: u64,
    /// The number to go on from.
    pub end: u64,
    /// The text, with its escape sequences. What is not UTF-8 is replaced.
    pub text: String,
}

/// The newest bytes of an output, as many as fit. Each has a number, counted from 0.
#[derive(Debug)]
pub(crate) struct Stream {
    bytes: VecDeque<u8>,
    end: u64,
    limit: usize,
}

impl Stream {
    /// An empty stream that keeps `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { bytes: VecDeque::new(), end: 0, limit }
    }

    /// The number that the next byte gets.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Adds bytes; older ones go where there is no room.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.end += bytes.len() as u64;
        let fitting = &bytes[bytes.len().saturating_sub(self.limit)..];
        let over = (self.bytes.len() + fitting.len()).saturating_sub(self.limit);
        self.bytes.drain(..over);
        self.bytes.extend(fitting);
    }

    /// The output from byte `at` on. Where that is gone, it begins with a line, so that no half of
    /// a character or of an escape sequence comes first; and it never ends within a character.
    pub(crate) fn from(&self, at: u64) -> Output {
        let oldest = self.end - self.bytes.len() as u64;
        let mut skipped = usize::try_from(at.saturating_sub(oldest)).unwrap_or(usize::MAX);
        if at < oldest {
            skipped = self.bytes.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        }
        let skipped = skipped.min(self.bytes.len());
        let mut bytes: Vec<u8> = self.bytes.range(skipped..).copied().collect();
        bytes.truncate(bytes.len() - unfinished(&bytes));
        let start = oldest + skipped as u64;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Output { start, end: start + bytes.len() as u64, text }
    }
}

/// How many bytes at the end begin a character that is not all there.
fn unfinished(bytes: &[u8]) -> usize {
    let last = bytes.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
    let begun = std::str::from_utf8(last).is_err_and(|error| error.error_len().is_none());
    if begun { last.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(start: u64, end: u64, text: &str) -> Output {
        Output { start, end, text: text.to_owned() }
    }

    #[test]
    fn a_reader_gets_what_is_new() {
        let mut stream = Stream::new(100);
        assert_eq!(stream.from(0), output(0, 0, ""));
        stream.push(b"\x1b[31mone\r\n");
        stream.push(b" 10%\r");
        assert_eq!(stream.from(0), output(0, 15, "\u{1b}[31mone\r\n 10%\r"));
        stream.push(b" 20%");
        assert_eq!(stream.from(15), output(15, 19, " 20%"));
        assert_eq!(stream.from(99), output(19, 19, ""), "from the future there is nothing");
    }

    #[test]
    fn what_does_not_fit_goes_and_the_rest_begins_with_a_line() {
        let mut stream = Stream::new(10);
        stream.push(b"one\ntwo\nthree\n");
        assert_eq!(stream.from(0), output(8, 14, "three\n"));
        assert_eq!(stream.from(5), output(5, 14, "wo\nthree\n"), "that far it was read before");
        stream.push(b"a line that is too long");
        assert_eq!(stream.from(0), output(27, 37, "s too long"));
        assert_eq!(stream.end(), 37);
    }

    #[test]
    fn no_character_is_cut() {
        let mut stream = Stream::new(100);
        let crab = "\u{1F980}".as_bytes();
        stream.push(b"a\xff");
        stream.push(&crab[..3]);
        assert_eq!(stream.from(0), output(0, 2, "a\u{FFFD}"));
        stream.push(&crab[3..]);
        assert_eq!(stream.from(2), output(2, 6, "\u{1F980}"));
        stream.push(b"caf\xe9!");
        assert_eq!(stream.from(6), output(6, 11, "caf\u{FFFD}!"), "that one is no beginning");
    }
}
