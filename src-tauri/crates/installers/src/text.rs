use std::io::{self, Write as _};

use crate::archive::gzip;

/// One line of text for a file whose fields are lines: every control character and run of white
/// space becomes one space, and nothing stands at the ends.
pub(crate) fn one_line(text: &str) -> String {
    let visible: String =
        text.chars().map(|c| if c.is_control() || is_line_end(c) { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Unicode's own separators of lines and paragraphs, which are no control characters.
fn is_line_end(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// A text as packages have documents (Debian Policy 12.1): the same gives the same bytes.
pub(crate) fn gzipped(text: &str) -> io::Result<Vec<u8>> {
    let mut encoder = gzip(Vec::new());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// Breaks a text at its spaces into lines of at most `width` characters; longer words stand alone.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Text for XML, in content and attributes. Characters that XML 1.0 can't hold are dropped.
pub(crate) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// At most `length` characters, cut at a word where that is possible.
pub(crate) fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let cut: String = text.chars().take(length).collect();
    if text.chars().nth(length) == Some(' ') {
        return cut;
    }
    match cut.rsplit_once(' ') {
        Some((before, _)) if !before.is_empty() => before.to_owned(),
        _ => cut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_wrapped() {
        assert_eq!(one_line("  a\r\n\tb\u{2028}c\u{0} "), "a b c");
        assert_eq!(wrap("aa bb cc dddddd", 5), ["aa bb", "cc", "dddddd"]);
        assert_eq!(shortened("aé bé cé", 5), "aé bé");
        assert_eq!(shortened("aaaaaa", 3), "aaa");
    }

    #[test]
    fn marks_of_xml_are_escaped() {
        assert_eq!(xml("a<b>&\"c'\n\u{1}é"), "a&lt;b&gt;&amp;&quot;c&apos; é");
    }
}
