//! As much of a Mach-O program as a signature needs (`mach-o/loader.h`).

/// A program for one kind of processor, of 64 bits.
#[derive(Debug)]
pub(super) struct MachO {
    /// The whole file, without a signature.
    pub bytes: Vec<u8>,
    /// Where the load command of the signature is.
    command: usize,
    /// Where that of the last segment is, which the signature is in.
    last_segment: usize,
    /// The bytes of the file that are the program's code.
    pub text: (u64, u64),
}

/// Why a program can't be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MachOError {
    /// It is no Mach-O, or one for several processors, or for 32 bits.
    #[error("it is no program for macOS and one kind of processor")]
    Kind,
    /// It ends before its end, or its parts are not where it says.
    #[error("it is damaged")]
    Damaged,
    /// Nothing is left between its head and its code.
    #[error("it has no room for a signature")]
    Full,
}

const MAGIC: u32 = 0xfeed_facf;
const HEADER: usize = 32;
const SEGMENT: u32 = 0x19;
const SIGNATURE: u32 = 0x1d;
/// The length of the signature's load command.
const LENGTH: usize = 16;
/// Of a segment's load command, and of each section in it.
const SEGMENT_LENGTH: usize = 72;
const SECTION_LENGTH: usize = 80;
/// Signatures begin at a multiple of this.
const ALIGNED: usize = 16;
/// The largest page that a processor of Apple's has.
const PAGE: u64 = 0x4000;

impl MachO {
    /// Reads a program and takes its signature away, if it has one.
    pub fn unsigned(file: &[u8]) -> Result<Self, MachOError> {
        let mut bytes = file.to_vec();
        if u32_at(&bytes, 0).map_err(|_| MachOError::Kind)? != MAGIC {
            return Err(MachOError::Kind);
        }
        let (count, length) = (u32_at(&bytes, 16)?, index(u32_at(&bytes, 20)?)?);
        let end = HEADER + length;
        let (mut at, mut command, mut last, mut text, mut first_section) =
            (HEADER, None, None, (0, 0), usize::MAX);
        for _ in 0..count {
            let (kind, size) = (u32_at(&bytes, at)?, index(u32_at(&bytes, at + 4)?)?);
            if size < 8 || at + size > end {
                return Err(MachOError::Damaged);
            }
            match kind {
                SEGMENT if size >= SEGMENT_LENGTH => {
                    let (offset, length) = (u64_at(&bytes, at + 40)?, u64_at(&bytes, at + 48)?);
                    match name(&bytes, at + 8)? {
                        b"__TEXT" => text = (offset, length),
                        b"__LINKEDIT" => last = Some(at),
                        _ => {}
                    }
                    for section in 0..index(u32_at(&bytes, at + 64)?)? {
                        let section = at + SEGMENT_LENGTH + section * SECTION_LENGTH;
                        let offset = index(u32_at(&bytes, section + 48)?)?;
                        if offset > 0 {
                            first_section = first_section.min(offset);
                        }
                    }
                }
                SIGNATURE => command = Some(at),
                _ => {}
            }
            at += size;
        }
        let last_segment = last.ok_or(MachOError::Damaged)?;
        let command = match command {
            Some(command) => {
                let start = index(u32_at(&bytes, command + 8)?)?;
                if start < end || start > bytes.len() {
                    return Err(MachOError::Damaged);
                }
                bytes.truncate(start);
                command
            }
            None => {
                if end + LENGTH > first_section.min(bytes.len()) {
                    return Err(MachOError::Full);
                }
                put(&mut bytes, end, &SIGNATURE.to_le_bytes());
                put(&mut bytes, end + 4, &16_u32.to_le_bytes());
                put(&mut bytes, 16, &(count + 1).to_le_bytes());
                let length = u32::try_from(length + LENGTH).map_err(|_| MachOError::Damaged)?;
                put(&mut bytes, 20, &length.to_le_bytes());
                end
            }
        };
        bytes.resize(bytes.len().next_multiple_of(ALIGNED), 0);
        Ok(Self { bytes, command, last_segment, text })
    }

    /// Says in the program that a signature of so many bytes follows it.
    pub fn announce(&mut self, length: usize) -> Result<(), MachOError> {
        let too_long = |_| MachOError::Damaged;
        let start = u32::try_from(self.bytes.len()).map_err(too_long)?;
        let length = u32::try_from(length).map_err(too_long)?;
        put(&mut self.bytes, self.command + 8, &start.to_le_bytes());
        put(&mut self.bytes, self.command + 12, &length.to_le_bytes());
        let at = self.last_segment;
        let in_file = (u64::from(start) + u64::from(length))
            .checked_sub(u64_at(&self.bytes, at + 40)?)
            .ok_or(MachOError::Damaged)?;
        let in_memory = in_file.next_multiple_of(PAGE).max(u64_at(&self.bytes, at + 32)?);
        put(&mut self.bytes, at + 32, &in_memory.to_le_bytes());
        put(&mut self.bytes, at + 48, &in_file.to_le_bytes());
        Ok(())
    }
}

/// The name of a segment, without what fills it up.
fn name(bytes: &[u8], at: usize) -> Result<&[u8], MachOError> {
    let name = bytes.get(at..at + 16).ok_or(MachOError::Damaged)?;
    Ok(name.split(|byte| *byte == 0).next().unwrap_or(name))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, MachOError> {
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk());
    four.map(|it| u32::from_le_bytes(*it)).ok_or(MachOError::Damaged)
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64, MachOError> {
    let eight = bytes.get(at..).and_then(|rest| rest.first_chunk());
    eight.map(|it| u64::from_le_bytes(*it)).ok_or(MachOError::Damaged)
}

fn index(number: u32) -> Result<usize, MachOError> {
    usize::try_from(number).map_err(|_| MachOError::Damaged)
}

/// Writes over what is there; what would be beyond the end is left out.
fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + what.len()) {
        place.copy_from_slice(what);
    }
}
