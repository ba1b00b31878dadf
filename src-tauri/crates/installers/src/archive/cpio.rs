//! Entries of cpio archives, in the format that `cpio` calls `newc` (the manual page cpio(5)).

use std::io::{self, Write};

use super::entries::Entry;

/// A content can have so many bytes: the field for it has eight hexadecimal digits.
pub(crate) const LARGEST: u64 = u32::MAX as u64;

/// How long the fields before a name are.
const FIELDS: u64 = 110;
/// The name of the last entry, which is none.
const LAST: &str = "TRAILER!!!";

/// What follows a content of this length.
pub(super) fn padding(length: u64) -> &'static [u8] {
    match length % 4 {
        1 => &[0; 3],
        2 => &[0; 2],
        3 => &[0; 1],
        _ => &[],
    }
}

/// Writes what stands before the content of an entry. The text of a link is a content, and is
/// written too.
pub(super) fn write_head(
    writer: &mut dyn Write,
    name: &str,
    entry: &Entry,
    time: u64,
) -> io::Result<()> {
    let (kind, text) = match entry {
        Entry::Folder => (0o040_000, ""),
        Entry::Link(target) => (0o120_000, target.as_str()),
        Entry::Bytes(_) | Entry::File { .. } => (0o100_000, ""),
    };
    let size = if text.is_empty() { entry.size() } else { text.len() as u64 };
    write_fields(writer, name, u64::from(kind | entry.mode()), time, size)?;
    writer.write_all(text.as_bytes())?;
    writer.write_all(padding(text.len() as u64))
}

/// Writes what an archive ends with.
pub(super) fn write_end(writer: &mut dyn Write) -> io::Result<()> {
    write_fields(writer, LAST, 0, 0, 0)
}

/// The number of an entry tells hard links apart, of which there are none; owner and group are root,
/// and the devices are nobody's.
fn write_fields(
    writer: &mut dyn Write,
    name: &str,
    mode: u64,
    time: u64,
    size: u64,
) -> io::Result<()> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, format!("`{name}`"));
    if size > LARGEST {
        return Err(too_large());
    }
    let length = name.len() as u64 + 1;
    let (number, owner, links, device, sum) = (0, 0, 1, 0, 0);
    let fields = [
        number, mode, owner, owner, links, time, size, device, device, device, device, length, sum,
    ];
    writer.write_all(b"070701")?;
    for field in fields {
        write!(writer, "{field:08x}")?;
    }
    writer.write_all(name.as_bytes())?;
    writer.write_all(&[0])?;
    writer.write_all(padding(FIELDS + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(name: &str, entry: &Entry) -> Vec<u8> {
        let mut head = Vec::new();
        write_head(&mut head, name, entry, 5).unwrap();
        head
    }

    #[test]
    fn every_entry_begins_at_a_multiple_of_four() {
        for name in ["a", "ab", "abc", "abcd", "é"] {
            for entry in [Entry::Folder, Entry::Bytes(vec![1; 3]), Entry::Link("to é".into())] {
                assert_eq!(head(name, &entry).len() % 4, 0, "{name} {entry:?}");
            }
        }
        for length in 0..9 {
            assert_eq!((length + padding(length).len() as u64) % 4, 0);
        }
    }

    #[test]
    fn the_text_of_a_link_is_its_content() {
        let head = head("l", &Entry::Link("target".into()));
        let text = String::from_utf8(head).unwrap();
        assert_eq!(&text[54..62], "00000006", "its length");
        assert!(text.ends_with("l\0target\0\0"), "{text:?}");
    }

    #[test]
    fn a_content_that_no_field_can_hold_is_an_error() {
        let entry = |size| Entry::File { source: "x".into(), size, executable: false };
        let write = |size| write_head(&mut io::sink(), "x", &entry(size), 0);
        write(LARGEST).unwrap();
        assert_eq!(write(LARGEST + 1).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
