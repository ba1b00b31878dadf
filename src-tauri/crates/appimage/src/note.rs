use std::io::{self, Read, Seek, SeekFrom};

use sha2::{Digest as _, Sha256};

/// The SHA-256 of a SquashFS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

/// What an AppImage says of itself at its end, after the SquashFS: lines of text, the first of which
/// is always the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The app's id, below which it is unpacked.
    pub id: String,
    /// What people call the app, on one line.
    pub name: String,
    /// Its version, on one line.
    pub version: String,
    /// Where the SquashFS begins, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub length: u64,
    /// Its digest.
    pub digest: Digest,
}

/// The first line. The number is that of the form of what follows.
const FIRST: &str = "\n#waterskin-appimage 1\n";
/// No note is longer, in bytes.
const MOST: u64 = 4096;

impl Digest {
    /// That of all that `reader` gives.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn of(mut reader: impl Read) -> io::Result<Self> {
        let (mut sum, mut buffer) = (Sha256::new(), vec![0; 256 << 10]);
        loop {
            match reader.read(&mut buffer)? {
                0 => return Ok(Self(sum.finalize().into())),
                length => sum.update(buffer.get(..length).unwrap_or_default()),
            }
        }
    }

    /// Its hexadecimal digits.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl Note {
    /// The note as it stands at a file's end.
    pub fn to_text(&self) -> String {
        let Self { id, name, version, offset, length, digest } = self;
        let digest = digest.to_hex();
        format!(
            "{FIRST}id={id}\nname={name}\nversion={version}\noffset={offset}\nlength={length}\nsha256={digest}\n"
        )
    }

    /// The note at the end of a file; `None` where there is none, as in a file that is cut off.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn read(file: &mut (impl Read + Seek)) -> io::Result<Option<Self>> {
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(MOST)))?;
        let mut end = Vec::new();
        file.take(MOST).read_to_end(&mut end)?;
        let begin = end.windows(FIRST.len()).rposition(|bytes| bytes == FIRST.as_bytes());
        let text = begin.and_then(|at| end.get(at + FIRST.len()..));
        let note = text.and_then(|text| std::str::from_utf8(text).ok()).and_then(Self::parse);
        Ok(note.filter(|note| note.offset.saturating_add(note.length) <= length))
    }

    /// The lines after the first.
    fn parse(text: &str) -> Option<Self> {
        let value = |key: &str| {
            let mut lines = text.lines();
            lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        };
        let mut digest = [0; 32];
        hex::decode_to_slice(value("sha256")?, &mut digest).ok()?;
        Some(Self {
            id: value("id").filter(|id| is_name(id))?.to_owned(),
            name: value("name")?.to_owned(),
            version: value("version")?.to_owned(),
            offset: value("offset")?.parse().ok()?,
            length: value("length")?.parse().ok()?,
            digest: Digest(digest),
        })
    }
}

/// Whether a folder can be called so, and is then no other.
fn is_name(id: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !id.is_empty() && !id.starts_with('.') && id.chars().all(good)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Cursor;

    use super::*;

    pub fn note() -> Note {
        Note {
            id: "org.example.elan".into(),
            name: "Élan = 数据".into(),
            version: "1.0rc1".into(),
            offset: 10,
            length: 20,
            digest: Digest::of(&b"content"[..]).unwrap(),
        }
    }

    fn read(file: Vec<u8>) -> Option<Note> {
        Note::read(&mut Cursor::new(file)).unwrap()
    }

    #[test]
    fn a_note_is_found_at_the_end() {
        for before in [30, 4000, 10_000] {
            let mut file = vec![b'\n'; before];
            file.extend(note().to_text().bytes());
            assert_eq!(read(file.clone()), Some(note()), "after {before} bytes");
            file.pop();
            file.pop();
            assert_eq!(read(file), None, "cut off");
        }
    }

    #[test]
    fn what_is_no_note_is_none() {
        let file = |text: String| [vec![0; 30], text.into_bytes()].concat();
        for (old, new) in [
            ("sha256=", "sha256=x"),
            ("offset=10", "offset=-1"),
            ("length=20", "length=2000"),
            ("id=org", "id=../org"),
            ("id=org.example.elan", "id="),
            ("appimage 1", "appimage 2"),
        ] {
            let text = note().to_text();
            assert!(text.contains(old));
            assert_eq!(read(file(text.replace(old, new))), None, "{new}");
        }
        assert_eq!(read(Vec::new()), None);
    }
}
