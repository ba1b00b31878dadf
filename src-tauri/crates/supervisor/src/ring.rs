use std::collections::VecDeque;

/// Who said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The program printed it.
    Program,
    /// It is a remark about the program, such as how it ended.
    Note,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, counted from 0 and never given twice.
    pub seq: u64,
    /// Who said it.
    pub source: Source,
    /// Its text, with its escape sequences, without a line end.
    pub text: String,
}

/// What a line takes beside its text, roughly.
const OVERHEAD: usize = 48;

/// The last lines, as many as fit into a number of bytes.
#[derive(Debug)]
pub(crate) struct Ring {
    lines: VecDeque<Line>,
    next: u64,
    bytes: usize,
    limit: usize,
}

impl Ring {
    /// An empty ring for `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { lines: VecDeque::new(), next: 0, bytes: 0, limit }
    }

    /// The number that the next line gets.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Adds a line; older ones go where there is no room. The newest always stays.
    pub(crate) fn push(&mut self, source: Source, text: &str) {
        self.bytes += text.len() + OVERHEAD;
        self.lines.push_back(Line { seq: self.next, source, text: text.to_owned() });
        self.next += 1;
        while self.bytes > self.limit && self.lines.len() > 1 {
            if let Some(line) = self.lines.pop_front() {
                self.bytes -= line.text.len() + OVERHEAD;
            }
        }
    }

    /// The lines from number `seq` on that are still there.
    pub(crate) fn from(&self, seq: u64) -> Vec<Line> {
        let first = self.lines.partition_point(|line| line.seq < seq);
        self.lines.range(first..).cloned().collect()
    }

    /// The last `count` lines.
    pub(crate) fn tail(&self, count: usize) -> Vec<Line> {
        self.lines.range(self.lines.len().saturating_sub(count)..).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<(u64, &str)> {
        lines.iter().map(|line| (line.seq, line.text.as_str())).collect()
    }

    #[test]
    fn numbers_go_on_when_old_lines_are_gone() {
        let mut ring = Ring::new(3 * (1 + OVERHEAD));
        for text in ["a", "b", "c", "d", "e"] {
            ring.push(Source::Program, text);
        }
        assert_eq!(texts(&ring.from(0)), [(2, "c"), (3, "d"), (4, "e")]);
        assert_eq!(texts(&ring.from(4)), [(4, "e")]);
        assert_eq!(texts(&ring.from(5)), []);
        assert_eq!(texts(&ring.from(99)), [], "from the future there is nothing");
        assert_eq!(texts(&ring.tail(2)), [(3, "d"), (4, "e")]);
        assert_eq!(texts(&ring.tail(9)).len(), 3);
        assert_eq!(ring.next(), 5);
    }

    #[test]
    fn a_line_that_is_too_long_stays_alone() {
        let mut ring = Ring::new(100);
        ring.push(Source::Program, "short");
        ring.push(Source::Note, &"x".repeat(1000));
        assert_eq!(ring.tail(9).len(), 1);
        ring.push(Source::Program, "after");
        assert_eq!(texts(&ring.tail(9)), [(2, "after")]);
    }
}
