/// The longest line in bytes; a longer one is cut.
const LONGEST: usize = 64 * 1024;

/// Cuts what a program prints into lines.
///
/// A line ends with `\n`. A bare `\r` goes back to the line's start, as in a terminal: of a
/// progress bar only the last state remains. What is not UTF-8 is replaced; escape sequences stay.
#[derive(Debug, Default)]
pub struct Lines {
    partial: Vec<u8>,
    /// The cursor is at the start of `partial`: more text replaces it.
    returned: bool,
}

impl Lines {
    /// Takes the next `bytes` and calls `line` for each line that they end.
    pub fn push(&mut self, bytes: &[u8], mut line: impl FnMut(&str)) {
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            let (text, end) = match piece {
                [text @ .., end @ (b'\n' | b'\r')] => (text, Some(end)),
                text => (text, None),
            };
            self.text(text, &mut line);
            match end {
                Some(b'\n') => self.end(&mut line),
                Some(_) => self.returned = true,
                None => {}
            }
        }
    }

    /// Calls `line` for what has come without a line end, if anything has: nothing more comes.
    pub fn finish(&mut self, mut line: impl FnMut(&str)) {
        if !self.partial.is_empty() {
            self.end(&mut line);
        }
    }

    fn text(&mut self, text: &[u8], line: &mut impl FnMut(&str)) {
        if text.is_empty() {
            return;
        }
        if std::mem::take(&mut self.returned) {
            self.partial.clear();
        }
        self.partial.extend_from_slice(text);
        while self.partial.len() > LONGEST {
            let rest = self.partial.split_off(character_start(&self.partial, LONGEST));
            self.end(line);
            self.partial = rest;
        }
    }

    fn end(&mut self, line: &mut impl FnMut(&str)) {
        line(&String::from_utf8_lossy(&self.partial));
        self.partial.clear();
        self.returned = false;
    }
}

/// The last start of a UTF-8 character at or before `position`.
fn character_start(bytes: &[u8], position: usize) -> usize {
    let is_start = |&at: &usize| bytes[at] & 0b1100_0000 != 0b1000_0000;
    (position.saturating_sub(3)..=position).rev().find(is_start).unwrap_or(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for piece in pieces {
            lines.push(piece, |line| found.push(line.to_owned()));
        }
        lines.finish(|line| found.push(line.to_owned()));
        found
    }

    #[test]
    fn cuts_at_line_ends_however_the_pieces_fall() {
        assert_eq!(lines(&[b"one\ntwo\r\n\nlast"]), ["one", "two", "", "last"]);
        let whole = "eins \u{1F980}\r\nzwei\n".as_bytes();
        for at in 0..whole.len() {
            let (start, end) = whole.split_at(at);
            assert_eq!(lines(&[start, end]), ["eins \u{1F980}", "zwei"], "cut at {at}");
        }
        assert_eq!(lines(&[b"two returns\r\r\n"]), ["two returns"]);
        assert_eq!(lines(&[b"done\n"]), ["done"], "a line end starts no other line");
    }

    #[test]
    fn keeps_the_last_state_of_a_progress_bar() {
        assert_eq!(lines(&[b" 10%\r", b" 20%", b"\r100%\nnext\n"]), ["100%", "next"]);
    }

    #[test]
    fn replaces_what_is_not_utf8_and_keeps_escapes() {
        assert_eq!(lines(&[b"caf\xE9 \x1b[31mred\x1b[0m\n"]), ["caf\u{FFFD} \x1b[31mred\x1b[0m"]);
    }

    #[test]
    fn cuts_endless_lines_between_characters() {
        let endless = "\u{E9}".repeat(LONGEST) + "!";
        let found = lines(&[b"a", endless.as_bytes()]);
        assert_eq!(found.concat(), format!("a{endless}"), "nothing is lost or replaced");
        assert!(found.iter().all(|line| line.len() <= LONGEST), "every part is bounded");
    }
}
