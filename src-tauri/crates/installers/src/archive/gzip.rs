use std::io::{self, Write};

use flate2::{Compression, GzBuilder, write::GzEncoder};
use rayon::prelude::*;

/// A small file as `gzip -9n` writes it: no name and no time, which Debian asks for and which keeps
/// the bytes the same.
pub(crate) fn gzip<W: Write>(output: W) -> GzEncoder<W> {
    GzBuilder::new().mtime(0).operating_system(3).write(output, Compression::best())
}

/// The length of the pieces, in bytes: long enough that a piece for itself is hardly larger.
const PIECE: usize = 4 << 20;
/// So many pieces for each processor are compressed at the same time, so that few wait for the last.
const ROUND: usize = 2;

/// A writer that compresses pieces of fixed length at the same time, each into a member of its
/// own. A gzip file is one or more members (RFC 1952, 2.2), and `tar` reads on over their ends.
/// The bytes don't depend on the number of processors.
pub(super) struct ParallelGzip<W> {
    output: W,
    pieces: Vec<u8>,
    most: usize,
}

impl<W: Write> ParallelGzip<W> {
    /// A writer into `output`, for so many processors.
    pub fn new(output: W, processors: usize) -> Self {
        Self { output, pieces: Vec::new(), most: PIECE * ROUND * processors.max(1) }
    }

    /// Compresses what is left and writes the end. Of nothing at all, an empty member.
    pub fn finish(mut self) -> io::Result<()> {
        if self.pieces.is_empty() {
            self.output.write_all(&member(&[])?)?;
        }
        self.compress()?;
        self.output.flush()
    }

    fn compress(&mut self) -> io::Result<()> {
        let members: Vec<_> = self.pieces.par_chunks(PIECE).map(member).collect();
        self.pieces.clear();
        members.into_iter().try_for_each(|member| self.output.write_all(&member?))
    }
}

impl<W: Write> Write for ParallelGzip<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.pieces.len() == self.most {
            self.compress()?;
        }
        let length = bytes.len().min(self.most - self.pieces.len());
        self.pieces.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    /// Pieces end where they must for the bytes to be the same each time, so nothing is written.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// About the memory that so many bytes take: pieces that wait, and members of them.
pub(super) fn memory(processors: usize, bytes: u64) -> u64 {
    const TABLES: u64 = 1 << 20;
    let most = (PIECE * ROUND * processors) as u64;
    bytes.min(most) * 2 + TABLES * processors as u64
}

/// One member without name and time, as `gzip -n` writes it.
fn member(piece: &[u8]) -> io::Result<Vec<u8>> {
    let output = Vec::with_capacity(piece.len() / 3);
    let mut encoder =
        GzBuilder::new().mtime(0).operating_system(3).write(output, Compression::default());
    encoder.write_all(piece)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn compressed(content: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = ParallelGzip::new(&mut file, 2);
        writer.write_all(content).unwrap();
        writer.finish().unwrap();
        file
    }

    #[test]
    fn pieces_come_out_in_their_order_and_the_same_each_time() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE + 7] {
            let content: Vec<u8> =
                (0..length).map(|at| (at / 1000 % 251) as u8 ^ (at % 13) as u8).collect();
            let file = compressed(&content);
            let mut read = Vec::new();
            flate2::read::MultiGzDecoder::new(file.as_slice()).read_to_end(&mut read).unwrap();
            assert!(read == content, "{length} bytes");
            assert!(compressed(&content) == file, "{length} bytes");
        }
    }

    #[test]
    fn an_output_that_fails_is_an_error() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut writer = ParallelGzip::new(Full, 2);
        let written = writer.write_all(&vec![1; 40 * PIECE]).and_then(|()| writer.finish());
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
