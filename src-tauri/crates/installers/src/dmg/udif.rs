//! The container of disk images, which Apple documents nowhere: as `hdiutil` writes it, and as readers of
//! others know it (libdmg-hfsplus `dmg/`, apple-dmg 0.5 `src/koly.rs` and `src/blkx.rs`). The image is
//! in runs of sectors, each compressed for itself; a list of them and a trailer follow.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write};

use crc32fast::Hasher;
use flate2::{Compression, write::ZlibEncoder};
use plist::{Dictionary, Value};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Kept;
use crate::archive::BUFFER;

const SECTOR: u64 = 512;
/// The length of a run before it is compressed, in bytes.
pub(super) const RUN: usize = 1 << 20;
/// How much memory a reader needs for a run, in sectors: what `hdiutil` says for runs of this length.
const READ_AT_ONCE: u32 = 2056;
/// The image is a whole disk, and no partition of one.
const WHOLE_DISK: u32 = 0xffff_fffe;
const NAME: &str = "whole disk (unknown partition : 0)";
const CRC32: u32 = 2;

/// A run of sectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    kind: Kind,
    /// How many sectors it has.
    sectors: u64,
    /// How many bytes of the file it takes.
    bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    /// As it is.
    Raw,
    /// Nothing but zeros, which take no room.
    Zero,
    Zlib,
}

impl Kind {
    fn number(self) -> u32 {
        match self {
            Self::Zero => 0,
            Self::Raw => 1,
            Self::Zlib => 0x8000_0005,
        }
    }
}

/// What the file of a part does not say of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    runs: Vec<Run>,
    /// Of what was compressed.
    crc: u32,
}

impl Made {
    fn sectors(&self) -> u64 {
        self.runs.iter().map(|run| run.sectors).sum()
    }
}

/// A part of an image, compressed.
pub(super) struct Part {
    pub made: Made,
    pub file: File,
    /// What keeps the file where it is, if it is one of the store's.
    pub _kept: Option<Box<dyn Kept>>,
}

/// A writer that compresses runs, as many at the same time as there are processors. The bytes don't
/// depend on their number.
pub(super) struct Runs<W> {
    output: W,
    pending: Vec<u8>,
    most: usize,
    made: Made,
    crc: Hasher,
}

impl<W: Write> Runs<W> {
    pub fn new(output: W) -> Self {
        let most = RUN * 2 * rayon::current_num_threads();
        Self { output, pending: Vec::new(), most, made: Made::default(), crc: Hasher::new() }
    }

    /// Compresses what is left, which must be whole sectors; gives the output back.
    pub fn finish(mut self) -> io::Result<(W, Made)> {
        self.compress()?;
        self.output.flush()?;
        self.made.crc = self.crc.finalize();
        Ok((self.output, self.made))
    }

    fn compress(&mut self) -> io::Result<()> {
        self.crc.update(&self.pending);
        let runs: Vec<_> = self.pending.par_chunks(RUN).map(compressed).collect();
        for (run, content) in runs.into_iter().zip(self.pending.chunks(RUN)) {
            let (kind, bytes) = run?;
            let bytes = if kind == Kind::Raw { content } else { &bytes };
            self.output.write_all(bytes)?;
            let sectors = content.len() as u64 / SECTOR;
            self.made.runs.push(Run { kind, sectors, bytes: bytes.len() as u64 });
        }
        self.pending.clear();
        Ok(())
    }
}

impl<W: Write> Write for Runs<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.pending.len() == self.most {
            self.compress()?;
        }
        let length = bytes.len().min(self.most - self.pending.len());
        self.pending.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    /// Runs end where they must for the bytes to be the same each time, so nothing is written.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn compressed(content: &[u8]) -> io::Result<(Kind, Vec<u8>)> {
    if content.iter().all(|byte| *byte == 0) {
        return Ok((Kind::Zero, Vec::new()));
    }
    let mut encoder =
        ZlibEncoder::new(Vec::with_capacity(content.len() / 2), Compression::default());
    encoder.write_all(content)?;
    let bytes = encoder.finish()?;
    Ok(if bytes.len() < content.len() { (Kind::Zlib, bytes) } else { (Kind::Raw, Vec::new()) })
}

/// A disk image that is written, part after part.
pub(super) struct Udif<W> {
    output: W,
    runs: Vec<Run>,
    /// Of what is compressed, and of the file itself.
    crc: Hasher,
    of_file: Hasher,
    bytes: u64,
}

impl<W: Write> Udif<W> {
    pub fn new(output: W) -> Self {
        let (crc, of_file) = (Hasher::new(), Hasher::new());
        Self { output, runs: Vec::new(), crc, of_file, bytes: 0 }
    }

    /// Adds what follows.
    pub fn add(&mut self, part: &Part) -> io::Result<()> {
        let mut file = part.file.try_clone()?;
        file.rewind()?;
        let mut buffer = vec![0; BUFFER];
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                length => {
                    self.of_file.update(&buffer[..length]);
                    self.output.write_all(&buffer[..length])?;
                    self.bytes += length as u64;
                }
            }
        }
        let made = &part.made;
        self.crc.combine(&Hasher::new_with_initial_len(made.crc, made.sectors() * SECTOR));
        self.runs.extend(&made.runs);
        Ok(())
    }

    /// Writes what follows the parts.
    pub fn finish(mut self) -> io::Result<()> {
        let crc = self.crc.clone().finalize();
        let table = table(&self.runs, crc);
        let text = |text: &str| Value::from(text.to_owned());
        let block = Dictionary::from_iter([
            ("Attributes", text("0x0050")),
            ("CFName", text(NAME)),
            ("Data", Value::Data(table.clone())),
            ("ID", text("0")),
            ("Name", text(NAME)),
        ]);
        let blocks = Value::Array(vec![Value::from(block)]);
        let resources = Dictionary::from_iter([("blkx", blocks)]);
        let list = Dictionary::from_iter([("resource-fork", Value::from(resources))]);
        let mut xml = Vec::new();
        Value::from(list).to_writer_xml(&mut xml).map_err(io::Error::other)?;
        self.output.write_all(&xml)?;

        let sectors = self.runs.iter().map(|run| run.sectors).sum::<u64>();
        let mut end = b"koly".to_vec();
        // Version, length of this, and that the image is in one piece.
        end.extend([4_u32, 512, 1].map(u32::to_be_bytes).as_flattened());
        // The data from the beginning on, and nothing of resources but the list.
        end.extend([0, 0, self.bytes, 0, 0].map(u64::to_be_bytes).as_flattened());
        end.extend([1_u32, 1].map(u32::to_be_bytes).as_flattened());
        end.extend(&Sha256::digest(&table)[..16]);
        end.extend(checksum(self.of_file.clone().finalize()));
        end.extend([self.bytes, xml.len() as u64].map(u64::to_be_bytes).as_flattened());
        end.extend([0; 64 + 16 + 40]);
        // Of the checksums of all disks, of which there is one.
        end.extend(checksum(crc32fast::hash(&crc.to_be_bytes())));
        // A partition, as the readers call what has no map of such.
        end.extend(2_u32.to_be_bytes());
        end.extend(sectors.to_be_bytes());
        end.extend([0; 12]);
        self.output.write_all(&end)
    }
}

/// The list of runs of the only disk.
fn table(runs: &[Run], crc: u32) -> Vec<u8> {
    let sectors: u64 = runs.iter().map(|run| run.sectors).sum();
    let mut table = b"mish".to_vec();
    table.extend(1_u32.to_be_bytes());
    table.extend([0, sectors, 0].map(u64::to_be_bytes).as_flattened());
    table.extend([READ_AT_ONCE, WHOLE_DISK].map(u32::to_be_bytes).as_flattened());
    table.extend([0; 24]);
    table.extend(checksum(crc));
    // And one that says that there are no more.
    let count = u32::try_from(runs.len() + 1).unwrap_or(u32::MAX);
    table.extend(count.to_be_bytes());
    let (mut sector, mut place) = (0_u64, 0_u64);
    let mut add = |kind: u32, sectors: u64, bytes: u64| {
        table.extend([kind, 0].map(u32::to_be_bytes).as_flattened());
        table.extend([sector, sectors, place, bytes].map(u64::to_be_bytes).as_flattened());
        (sector, place) = (sector + sectors, place + bytes);
    };
    for run in runs {
        add(run.kind.number(), run.sectors, run.bytes);
    }
    add(u32::MAX, 0, 0);
    table
}

/// Kind, length in bits, and the sum in a field of 128 bytes.
fn checksum(crc: u32) -> Vec<u8> {
    let mut bytes = [CRC32, 32, crc].map(u32::to_be_bytes).as_flattened().to_vec();
    bytes.resize(8 + 128, 0);
    bytes
}
