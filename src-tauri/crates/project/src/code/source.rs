//! The text of Python files, in the encoding that they say they have (PEP 263).

use std::io;

use camino::Utf8Path;

/// Reads a Python file as its compiler does.
///
/// # Errors
///
/// What the system says, and [`io::ErrorKind::InvalidData`] for what Python does not take either: a
/// file that is not UTF-8 and names no other encoding.
pub(crate) fn read(path: &Utf8Path) -> io::Result<String> {
    text(fs_err::read(path)?)
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    let named = encoding(&bytes).unwrap_or_default();
    if matches!(named.as_str(), "" | "utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii") {
        return String::from_utf8(bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error));
    }
    // What is looked for here is in ASCII, which all of the others have in common: names of modules
    // and files. Of other letters Latin-1 is right, and the rest can't be told from it.
    Ok(bytes.into_iter().map(char::from).collect())
}

/// The encoding that a comment in the first line names, or one in the second after nothing but a
/// comment or blanks.
fn encoding(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(String::from_utf8_lossy);
    let blank = [' ', '\t', '\u{c}', '\r'];
    for line in lines.by_ref().take(2) {
        let line = line.trim_start_matches('\u{feff}').trim_start_matches(blank);
        if !line.is_empty() && !line.starts_with('#') {
            return None;
        }
        let after = line.match_indices("coding").find_map(|(at, word)| {
            let after = line.get(at + word.len()..)?;
            after.strip_prefix(':').or_else(|| after.strip_prefix('='))
        });
        let Some(after) = after else { continue };
        let name = after.trim_start_matches([' ', '\t']);
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let end = name.find(|c| !is_part(c)).unwrap_or(name.len());
        return Some(name[..end].to_lowercase().replace('_', "-"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_read_in_the_encoding_that_it_names() {
        for (bytes, read) in [
            (&b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"[..], Some("'é'")),
            (b"#!/usr/bin/python\n# vim: set fileencoding=ISO_8859_1 :\nx = '\xe9'\n", Some("'é'")),
            (b"\r\n# coding=cp1252\r\nx = '\xe9'\n", Some("'é'")),
            (b"# coding: utf-8\nx = '\xc3\xa9'\n", Some("'é'")),
            (b"\xef\xbb\xbfx = '\xc3\xa9'\n", Some("'é'")),
            (b"x = '\xe9'\n", None),
            (b"# coding: utf-8\nx = '\xe9'\n", None),
            (b"import x\n# coding: latin-1\nx = '\xe9'\n", None),
            (b"#\n#\n# coding: latin-1\nx = '\xe9'\n", None),
        ] {
            let text = text(bytes.to_vec()).ok();
            let got = text.as_ref().and_then(|text| text.split("x = ").nth(1)).map(str::trim_end);
            assert_eq!(got, read, "{bytes:?}");
        }
        assert_eq!(text(Vec::new()).unwrap(), "");
    }
}
