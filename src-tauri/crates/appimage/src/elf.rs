use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// What the header of a program says, for processors with 64 bits that count from the small end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elf {
    /// Where the program ends, in bytes. Whoever looks for the SquashFS of an AppImage looks there.
    pub end: u64,
    /// The program of the system's that loads this one; `None` where it needs none.
    pub interpreter: Option<PathBuf>,
}

/// Why a file could not be understood as a program.
#[derive(Debug, thiserror::Error)]
pub enum ElfError {
    /// It could not be read.
    #[error("could not read it")]
    Read {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is none, or one for another kind of processor.
    #[error("it is no program for Linux with 64 bits")]
    Kind,
}

/// The length of the file's header, in bytes (`Elf64_Ehdr` in elf(5)).
const HEADER: usize = 64;
/// That of the header of a part of the program (`Elf64_Phdr`).
const PART: usize = 56;
/// The kind of the part that names the interpreter (`PT_INTERP`).
const INTERPRETER: u32 = 3;
/// No path of an interpreter is longer, in bytes.
const LONGEST: u64 = 4096;

impl Elf {
    /// That of the program in `file`.
    ///
    /// # Errors
    ///
    /// [`ElfError`].
    pub fn read(file: &mut (impl Read + Seek)) -> Result<Self, ElfError> {
        let header = bytes::<HEADER>(file, 0)?;
        // The magic number, 64 bits, and the small end first.
        if !header.starts_with(b"\x7fELF\x02\x01") {
            return Err(ElfError::Kind);
        }
        let (parts, sections) = (number(&header, 32, 8), number(&header, 40, 8));
        let (part_length, part_count) = (number(&header, 54, 2), number(&header, 56, 2));
        let (section_length, section_count) = (number(&header, 58, 2), number(&header, 60, 2));
        let mut end = sections.saturating_add(section_length * section_count);
        let mut interpreter = None;
        for index in 0..part_count {
            let part = bytes::<PART>(file, parts.saturating_add(index * part_length))?;
            let (offset, length) = (number(&part, 8, 8), number(&part, 32, 8));
            end = end.max(offset.saturating_add(length));
            if number(&part, 0, 4) == u64::from(INTERPRETER) {
                interpreter = Some(text(file, offset, length.min(LONGEST))?);
            }
        }
        Ok(Self { end, interpreter })
    }
}

/// The number of `length` bytes at `at`; 0 where there are none.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.get(at..at + length).unwrap_or_default();
    bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn bytes<const LENGTH: usize>(
    file: &mut (impl Read + Seek),
    at: u64,
) -> Result<[u8; LENGTH], ElfError> {
    let mut bytes = [0; LENGTH];
    let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut bytes));
    match read {
        Ok(()) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(ElfError::Kind),
        Err(source) => Err(ElfError::Read { source }),
    }
}

/// A text that ends with a zero.
fn text(file: &mut (impl Read + Seek), at: u64, length: u64) -> Result<PathBuf, ElfError> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(at))
        .and_then(|_| file.take(length).read_to_string(&mut text))
        .map_err(|source| ElfError::Read { source })?;
    Ok(PathBuf::from(text.trim_end_matches('\0')))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_program_of_this_system_names_what_loads_it() {
        let path = std::env::current_exe().unwrap();
        let mut file = std::fs::File::open(&path).unwrap();
        let elf = Elf::read(&mut file).unwrap();
        assert!(elf.interpreter.unwrap().is_file());
        assert_eq!(elf.end, file.metadata().unwrap().len());
    }

    #[test]
    fn what_is_no_program_is_an_error() {
        let mut cut = vec![0; HEADER];
        cut[..6].copy_from_slice(b"\x7fELF\x02\x01");
        // One part, far behind the end.
        (cut[39], cut[54], cut[56]) = (0xff, 56, 1);
        for content in [Vec::new(), b"#!/bin/sh\n".to_vec(), vec![b'x'; 100], cut] {
            assert!(matches!(Elf::read(&mut Cursor::new(content)), Err(ElfError::Kind)));
        }
    }
}
