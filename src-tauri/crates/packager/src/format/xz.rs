//! Puts the blocks of several `.xz` files into one file of one stream.
//!
//! An `.xz` file is a header, blocks that are independent of each other, and an index of their
//! lengths (The .xz File Format 1.2.1). So what was compressed once is used again as it is. dpkg
//! reads one stream of many blocks and, before 1.22, no second stream.

use std::io::{self, Write};

use flate2::Crc;

const HEADER_MAGIC: &[u8] = b"\xFD7zXZ\0";
const FOOTER_MAGIC: &[u8] = b"YZ";
/// The lengths of a stream's header and footer.
const HEADER: usize = 12;
const FOOTER: usize = 12;

/// Begins and ends a stream around blocks that are given to it.
#[derive(Debug)]
pub(super) struct Joined<W> {
    output: W,
    /// Which check the blocks end with; the same in every file.
    flags: Option<[u8; 2]>,
    /// For each block its length without padding, and that of its content.
    index: Vec<(u64, u64)>,
}

impl<W: Write> Joined<W> {
    /// An empty stream in `output`.
    pub fn new(output: W) -> Self {
        Self { output, flags: None, index: Vec::new() }
    }

    /// Adds all blocks of a file, which must be one stream.
    pub fn add(&mut self, file: &[u8]) -> io::Result<()> {
        let parts = Parts::of(file).ok_or_else(|| invalid("a compressed part is damaged"))?;
        match self.flags {
            None => {
                self.output.write_all(&header(parts.flags))?;
                self.flags = Some(parts.flags);
            }
            Some(flags) if flags == parts.flags => {}
            Some(_) => return Err(invalid("the parts have different checks")),
        }
        self.output.write_all(parts.blocks)?;
        self.index.extend(parts.index);
        Ok(())
    }

    /// Writes the index and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        let flags = self.flags.ok_or_else(|| invalid("there is nothing to compress"))?;
        let mut index = vec![0];
        put_number(&mut index, self.index.len() as u64);
        for (block, content) in &self.index {
            put_number(&mut index, *block);
            put_number(&mut index, *content);
        }
        index.resize(index.len().next_multiple_of(4), 0);
        let sum = crc32(&index);
        index.extend(sum);
        let size = u32::try_from(index.len() / 4 - 1).map_err(|_| invalid("too many parts"))?;
        let mut footer = size.to_le_bytes().to_vec();
        footer.extend(flags);
        self.output.write_all(&index)?;
        self.output.write_all(&crc32(&footer))?;
        self.output.write_all(&footer)?;
        self.output.write_all(FOOTER_MAGIC)?;
        Ok(self.output)
    }
}

/// A file of one stream, taken apart.
struct Parts<'a> {
    flags: [u8; 2],
    blocks: &'a [u8],
    index: Vec<(u64, u64)>,
}

impl<'a> Parts<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        let flags: [u8; 2] = file.get(6..8)?.try_into().ok()?;
        let footer_at = file.len().checked_sub(FOOTER)?;
        let (body, footer) = file.split_at_checked(footer_at)?;
        let size: [u8; 4] = footer.get(4..8)?.try_into().ok()?;
        let index_size = (u32::from_le_bytes(size) as usize + 1) * 4;
        let whole = file.starts_with(&header(flags))
            && footer.ends_with(FOOTER_MAGIC)
            && footer.get(8..10)? == flags
            && footer.get(..4)? == crc32(&footer[4..10]);
        let index_at = body.len().checked_sub(index_size)?;
        let (blocks, index) = (body.get(HEADER..index_at)?, body.get(index_at..)?);
        let (records, sum) = index.split_at_checked(index.len() - 4)?;
        if !whole || records.first() != Some(&0) || sum != crc32(records) {
            return None;
        }
        let mut rest = &records[1..];
        let count = take_number(&mut rest)?;
        let index: Vec<(u64, u64)> = (0..count)
            .map(|_| Some((take_number(&mut rest)?, take_number(&mut rest)?)))
            .collect::<Option<_>>()?;
        let length: u64 = index.iter().map(|(block, _)| block.next_multiple_of(4)).sum();
        (length == blocks.len() as u64).then_some(Self { flags, blocks, index })
    }
}

fn header(flags: [u8; 2]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..6].copy_from_slice(HEADER_MAGIC);
    header[6..8].copy_from_slice(&flags);
    header[8..].copy_from_slice(&crc32(&flags));
    header
}

fn crc32(bytes: &[u8]) -> [u8; 4] {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum().to_le_bytes()
}

/// Section 1.2: seven bits in each byte, the lowest first; the highest bit says that more follow.
fn put_number(output: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        output.push(number as u8 | 0x80);
        number >>= 7;
    }
    output.push(number as u8);
}

fn take_number(input: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = input.split_first()?;
        *input = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use liblzma::stream::{Check, MtStreamBuilder};

    use super::*;

    fn compressed(content: &[u8], check: Check) -> Vec<u8> {
        let mut builder = MtStreamBuilder::new();
        let stream = builder.threads(2).preset(0).block_size(1000).check(check).encoder().unwrap();
        let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn numbers_of_every_length_come_back() {
        for number in [0, 1, 127, 128, 16_383, 16_384, 1 << 40, (1 << 62) + 5] {
            let mut bytes = Vec::new();
            put_number(&mut bytes, number);
            assert_eq!(take_number(&mut bytes.as_slice()), Some(number));
        }
        assert_eq!(take_number(&mut &[0x80][..]), None);
    }

    #[test]
    fn one_stream_holds_the_content_of_all() {
        let parts: Vec<Vec<u8>> =
            [0, 1, 999, 1000, 5003].map(|length| (0..length).map(|at| at as u8).collect()).into();
        let mut joined = Joined::new(Vec::new());
        for part in &parts {
            joined.add(&compressed(part, Check::Crc32)).unwrap();
        }
        let file = joined.finish().unwrap();
        let mut read = Vec::new();
        // Not the decoder of several streams: dpkg has none either.
        liblzma::read::XzDecoder::new(file.as_slice()).read_to_end(&mut read).unwrap();
        assert!(read == parts.concat());
    }

    #[test]
    fn damage_is_found() {
        let good = compressed(b"content", Check::Crc32);
        let add = |file: &[u8]| Joined::new(Vec::new()).add(file);
        add(&good).unwrap();
        for at in [0, 7, 9, good.len() - 1, good.len() - 5, good.len() - 20] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(add(&bad).is_err(), "byte {at} of {}", good.len());
        }
        for length in [0, 5, 12, 24, good.len() - 1] {
            assert!(add(&good[..length]).is_err(), "cut at {length}");
        }
        let mut joined = Joined::new(Vec::new());
        joined.add(&good).unwrap();
        assert!(joined.add(&compressed(b"x", Check::Crc64)).is_err());
        assert!(Joined::new(Vec::new()).finish().is_err(), "an empty file is no stream");
    }
}
