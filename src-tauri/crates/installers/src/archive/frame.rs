//! One Zstandard frame of parts that were compressed apart, each of which can be kept.
//!
//! A frame is a header, blocks and a checksum (RFC 8878, section 3.1.1). A block may lean on what is
//! before it in three ways: on the bytes of the window, on the tables of the last block, and on the
//! three last offsets. So a part is its first byte as it is, and then what libzstd makes of the rest
//! as the second job of a frame: its window begins with that byte, and it has neither tables nor
//! offsets (`ZSTDMT_compressionJob` in zstd 1.5). dpkg 1.21 reads a single frame, hence all this.

use std::hash::Hasher as _;
use std::io::{self, Cursor, Read, Write};

use twox_hash::XxHash64;
use zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};

use super::BUFFER;

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

/// What a frame has besides its parts, in bytes: header, last block and checksum.
pub(super) const AROUND: u64 = (HEADER.len() + LAST.len() + 4) as u64;

/// A writer that compresses a part into `output`.
pub(super) struct Part<W: Write> {
    encoder: zstd::Encoder<'static, Begun<W>>,
}

/// Lets the beginning of what is written fall away.
struct Begun<W> {
    output: W,
    begun: bool,
}

impl<W: Write> Part<W> {
    /// A part at this level, compressed by so many threads.
    pub fn new(level: i32, threads: usize, output: W) -> io::Result<Self> {
        let mut encoder = zstd::Encoder::new(Begun { output, begun: false }, level)?;
        // With no worker at all there are no jobs.
        encoder.multithread(u32::try_from(threads).unwrap_or(u32::MAX))?;
        encoder.window_log(WINDOW_LOG)?;
        encoder.long_distance_matching(true)?;
        Ok(Self { encoder })
    }

    /// Writes what is left of the part's blocks.
    pub fn finish(mut self) -> io::Result<()> {
        self.encoder.flush()?;
        self.encoder.get_mut().output.flush()
    }
}

impl<W: Write> Write for Part<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match bytes.first() {
            Some(&first) if !self.encoder.get_ref().begun => {
                self.encoder.write_all(&[first])?;
                self.encoder.flush()?;
                let output = self.encoder.get_mut();
                output.begun = true;
                output.write_all(&ONE_BYTE)?;
                output.write_all(&[first])?;
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

impl<W: Write> Write for Begun<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.begun { self.output.write(bytes) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// About the memory that a part takes: its bytes, up to the window and three jobs that libzstd keeps,
/// and for each job at work its tables and its output (zstd 1.5: `ZSTDMT_initCStream_internal`).
pub(super) fn memory(level: i32, threads: usize, bytes: u64) -> u64 {
    const TABLES: u64 = 40 << 20;
    // `ZSTDMT_computeTargetJobLog`, for the levels up to 16 and above.
    let job: u64 = if level > 16 { 64 << 20 } else { 16 << 20 };
    let jobs = bytes.div_ceil(job).clamp(1, threads as u64);
    bytes.min((1 << WINDOW_LOG) + 3 * job) + jobs * (TABLES + job.min(bytes))
}

/// Reads a frame of these parts, which follow each other in `parts`, with a checksum of their content.
///
/// # Errors
///
/// Reading gives one of the kind `InvalidData` where the parts can't be read back.
pub(super) fn join<R: Read>(parts: R) -> io::Result<impl Read> {
    let mut content = Content::new()?;
    content.read_back(&HEADER)?;
    let mut header = HEADER;
    header[DESCRIPTOR] = WITH_CHECKSUM;
    let blocks = parts.chain(&LAST[..]);
    Ok(Cursor::new(header).chain(Summed { blocks, content, sum: None }))
}

/// Passes blocks on, and what their content sums up to after them.
struct Summed<R> {
    blocks: R,
    content: Content,
    sum: Option<Cursor<[u8; 4]>>,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(sum) = &mut self.sum {
            return sum.read(buffer);
        }
        match self.blocks.read(buffer)? {
            0 if !buffer.is_empty() => {
                let sum = self.sum.insert(Cursor::new(self.content.sum()?));
                sum.read(buffer)
            }
            length => {
                self.content.read_back(&buffer[..length])?;
                Ok(length)
            }
        }
    }
}

/// The content of a frame, of which nothing is kept but its XXH64.
struct Content {
    decoder: Decoder<'static>,
    buffer: Vec<u8>,
    sum: XxHash64,
    is_whole: bool,
}

impl Content {
    fn new() -> io::Result<Self> {
        let (decoder, sum) = (Decoder::new()?, XxHash64::with_seed(0));
        Ok(Self { decoder, buffer: vec![0; BUFFER], sum, is_whole: false })
    }

    /// Takes more of the frame.
    fn read_back(&mut self, frame: &[u8]) -> io::Result<()> {
        let mut input = InBuffer::around(frame);
        loop {
            if self.is_whole && input.pos() < frame.len() {
                return Err(damaged("it ends before its end"));
            }
            let mut output = OutBuffer::around(self.buffer.as_mut_slice());
            self.is_whole = self.decoder.run(&mut input, &mut output).map_err(damaged)? == 0;
            let is_full = output.pos() == output.capacity();
            self.sum.write(output.as_slice());
            if input.pos() == frame.len() && !is_full {
                return Ok(());
            }
        }
    }

    /// The low half of the sum (RFC 8878, section 3.1.1).
    fn sum(&self) -> io::Result<[u8; 4]> {
        if !self.is_whole {
            return Err(damaged("its end is missing"));
        }
        Ok((self.sum.finish() as u32).to_le_bytes())
    }
}

fn damaged(why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a part is damaged: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(content: &[u8], level: i32) -> Vec<u8> {
        let mut output = Vec::new();
        let mut part = Part::new(level, 2, &mut output).unwrap();
        part.write_all(content).unwrap();
        part.finish().unwrap();
        output
    }

    fn join(parts: &[Vec<u8>]) -> io::Result<Vec<u8>> {
        let (parts, mut frame) = (parts.concat(), Vec::new());
        super::join(parts.as_slice())?.read_to_end(&mut frame)?;
        assert_eq!(frame.len() as u64, parts.len() as u64 + AROUND);
        Ok(frame)
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
            let mut parts: Vec<_> = contents.iter().map(|content| part(content, level)).collect();
            for _ in 0..contents.len() {
                contents.rotate_left(1);
                parts.rotate_left(1);
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
    fn a_part_has_the_same_bytes_on_any_number_of_processors() {
        let content = contents().concat().repeat(8);
        let compressed = |threads| {
            let mut output = Vec::new();
            let mut part = Part::new(3, threads, &mut output).unwrap();
            content.chunks(70_001).for_each(|chunk| part.write_all(chunk).unwrap());
            part.finish().unwrap();
            output
        };
        assert!(compressed(1) == compressed(5));
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
