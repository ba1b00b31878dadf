//! One Zstandard frame of parts that were compressed apart, each of which can be kept.
//!
//! A frame is a header, blocks and a checksum (RFC 8878, section 3.1.1). A block may lean on what is
//! before it in three ways: on the bytes of the window, on the tables of the last block, and on the
//! three last offsets. So a part is its first byte as it is, and then what libzstd makes of the rest
//! as the second job of a frame: its window begins with that byte, and it has neither tables nor
//! offsets (`ZSTDMT_compressionJob` in zstd 1.5). dpkg 1.21 reads a single frame, hence all this.

use std::hash::Hasher as _;
use std::io::{self, Read as _, Write};

use twox_hash::XxHash64;

/// A match may be so many bytes back: 2^27, the most that decoders take unasked.
const WINDOW_LOG: u32 = 27;
/// The magic number, a descriptor that promises nothing, and the size of the window.
const HEADER: [u8; 6] = [0x28, 0xB5, 0x2F, 0xFD, 0, ((WINDOW_LOG - 10) << 3) as u8];
/// The descriptor's place in the header, and what it says when a checksum follows the blocks.
const DESCRIPTOR: usize = 4;
const WITH_CHECKSUM: u8 = 1 << 2;
/// The header of a block of one byte as it is, and that of the last block, which is empty.
const ONE_BYTE: [u8; 3] = [1 << 3, 0, 0];
const LAST: [u8; 3] = [1, 0, 0];

/// A writer that compresses a part.
pub(super) struct Part {
    encoder: zstd::Encoder<'static, Vec<u8>>,
    /// The first byte, and how much of the output is a frame's header and that byte.
    begun: Option<(u8, usize)>,
}

impl Part {
    /// A part at this level.
    pub fn new(level: i32) -> io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
        let mut encoder = zstd::Encoder::new(Vec::new(), level)?;
        // With no worker at all there are no jobs.
        encoder.multithread(threads)?;
        encoder.window_log(WINDOW_LOG)?;
        encoder.long_distance_matching(true)?;
        Ok(Self { encoder, begun: None })
    }

    /// The part's blocks.
    pub fn finish(mut self) -> io::Result<Vec<u8>> {
        let Some((first, begun)) = self.begun else { return Ok(Vec::new()) };
        self.encoder.flush()?;
        let mut blocks = std::mem::take(self.encoder.get_mut());
        blocks.splice(..begun, ONE_BYTE.into_iter().chain([first]));
        Ok(blocks)
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match bytes.first() {
            Some(&first) if self.begun.is_none() => {
                self.encoder.write_all(&[first])?;
                self.encoder.flush()?;
                self.begun = Some((first, self.encoder.get_ref().len()));
                Ok(1)
            }
            _ => self.encoder.write(bytes),
        }
    }

    /// Blocks end where they must for the bytes to be the same each time, so nothing is written.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A frame of these parts, one after the other, with a checksum of their content.
///
/// # Errors
///
/// Of the kind `InvalidData` if one can't be read back.
pub(super) fn join(parts: &[Vec<u8>]) -> io::Result<Vec<u8>> {
    let mut frame = HEADER.to_vec();
    parts.iter().for_each(|part| frame.extend_from_slice(part));
    frame.extend(LAST);
    let checksum = checksum(&frame).map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("a part is damaged: {error}"))
    })?;
    frame[DESCRIPTOR] = WITH_CHECKSUM;
    frame.extend(checksum);
    Ok(frame)
}

/// The low half of the content's XXH64 (RFC 8878, section 3.1.1).
fn checksum(frame: &[u8]) -> io::Result<[u8; 4]> {
    let mut content = zstd::Decoder::with_buffer(frame)?.single_frame();
    let mut buffer = vec![0; 1 << 17];
    let mut sum = XxHash64::with_seed(0);
    loop {
        match content.read(&mut buffer)? {
            0 => return Ok((sum.finish() as u32).to_le_bytes()),
            length => sum.write(&buffer[..length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(content: &[u8], level: i32) -> Vec<u8> {
        let mut part = Part::new(level).unwrap();
        part.write_all(content).unwrap();
        part.finish().unwrap()
    }

    /// Contents that lean on what is before them as much as they can: on offsets of 1, 4 and 8,
    /// which every frame begins with, on each other's bytes, and on tables.
    fn contents() -> Vec<Vec<u8>> {
        let text: Vec<u8> =
            (0..40_000_u32).flat_map(|at| format!("{},", at * at).into_bytes()).collect();
        let period = |length: usize| b"abcdefgh"[..length].repeat(3000);
        let zeros = vec![0; 1 << 20];
        let mut other = text.clone();
        other.reverse();
        vec![zeros, text.clone(), period(4), period(8), b"x".into(), Vec::new(), text, other]
    }

    #[test]
    fn parts_can_follow_each_other_in_any_order() {
        for level in [1, 9, 19] {
            let mut contents = contents();
            for _ in 0..contents.len() {
                contents.rotate_left(1);
                let parts: Vec<_> = contents.iter().map(|content| part(content, level)).collect();
                let frame = join(&parts).unwrap();
                // Several frames would be read as well; dpkg reads one.
                let mut decoder = zstd::Decoder::new(frame.as_slice()).unwrap().single_frame();
                let mut read = Vec::new();
                decoder.read_to_end(&mut read).unwrap();
                assert!(read == contents.concat(), "level {level}");
                let compressed: usize = contents.iter().map(Vec::len).sum();
                assert!(frame.len() < compressed / 2, "level {level}: {}", frame.len());
            }
        }
    }

    #[test]
    fn the_checksum_is_of_the_content() {
        let mut frame = join(&[part(b"content", 9), part(b" and more", 9)]).unwrap();
        let read = |frame: &[u8]| zstd::decode_all(frame);
        assert_eq!(read(&frame).unwrap(), b"content and more");
        // Blocks of a few bytes are kept as they are, so that nothing else would notice.
        let at = frame.windows(4).position(|four| four == b"more").unwrap();
        frame[at] = b'l';
        assert!(read(&frame).is_err());
    }

    #[test]
    fn damage_is_found() {
        let good = part(&contents()[1], 9);
        join(std::slice::from_ref(&good)).unwrap();
        for length in [1, 3, 5, good.len() - 1] {
            let error = join(&[good[..length].to_vec()]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "cut at {length}");
        }
    }
}
