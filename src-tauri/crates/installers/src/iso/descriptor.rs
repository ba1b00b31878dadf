use super::folders::Folders;
use super::{BLOCK, as_index, both};
use crate::time;

/// What an image says of itself as a whole (ECMA-119, 8.4).
#[derive(Debug)]
pub(super) struct Volume<'a> {
    /// What it is called where it is mounted.
    pub name: &'a str,
    /// How long it is, in blocks.
    pub blocks: u64,
    pub folders: &'a Folders<'a>,
    /// Seconds since 1970.
    pub time: u64,
}

/// So many letters has a volume's name.
const NAME: usize = 32;

impl Volume<'_> {
    /// Where descriptors begin, in blocks: what is before belongs to the system.
    pub const FIRST: u64 = 16;
    /// How many blocks they take.
    pub const BLOCKS: u64 = 2;

    /// The image up to the end of its descriptors.
    pub fn descriptors(&self) -> Vec<u8> {
        let block = as_index(BLOCK);
        let mut bytes = vec![0; as_index(Self::FIRST) * block];
        bytes.extend([1]);
        bytes.extend(b"CD001\x01\0");
        bytes.extend(padded("", 32));
        bytes.extend(padded(&ascii(self.name), NAME));
        bytes.extend([0; 8]);
        bytes.extend(both(self.blocks));
        bytes.extend([0; 32]);
        // The first volume of one, and the length of a block, each in both orders of bytes.
        bytes.extend([1, 0, 0, 1, 1, 0, 0, 1, 0, 8, 8, 0]);
        let (length, blocks) = (self.folders.table_length(), self.folders.table_blocks());
        bytes.extend(both(length));
        let table = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        let first = Self::FIRST + Self::BLOCKS;
        bytes.extend(table(first).to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(table(first + blocks).to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.folders.root(self.time));
        // The names of sets, people and files, of which there are none.
        bytes.extend(padded("", 4 * 128 + 3 * 37));
        let made = date(self.time);
        bytes.extend(&made);
        bytes.extend(&made);
        // It never ends, and is good from now on.
        bytes.extend(b"0000000000000000\0");
        bytes.extend(&made);
        bytes.extend([1, 0]);
        bytes.resize(bytes.len().next_multiple_of(block), 0);
        bytes.extend([255]);
        bytes.extend(b"CD001\x01");
        bytes.resize(bytes.len().next_multiple_of(block), 0);
        bytes
    }
}

/// The nearest letters that a name can have.
fn ascii(name: &str) -> String {
    let name = deunicode::deunicode(name);
    let name: String = name.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
    let name = name.replace(['/', ':'], "-");
    let name: String = name.trim().chars().take(NAME).collect();
    if name.is_empty() { "App".to_owned() } else { name.trim_end().to_owned() }
}

fn padded(text: &str, length: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(length, b' ');
    bytes
}

/// A time in digits, down to hundredths of a second, and no time zone.
fn date(seconds: u64) -> Vec<u8> {
    let digits: String = time::in_iso_form(seconds).chars().filter(char::is_ascii_digit).collect();
    format!("{digits:0<16}\0").into_bytes()
}
