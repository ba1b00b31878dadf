use std::{
    collections::VecDeque,
    io::{self, Write},
    num::NonZeroUsize,
    thread::{self, JoinHandle},
};

use flate2::{Compression, GzBuilder};

/// The length of the pieces, in bytes: long enough that a piece for itself is hardly larger.
const PIECE: usize = 4 << 20;

/// A writer that compresses pieces of fixed length at the same time, each into a member of its
/// own. A gzip file is one or more members (RFC 1952, 2.2), and `tar` reads on over their ends.
/// The bytes don't depend on the number of processors.
pub(super) struct ParallelGzip<W> {
    output: W,
    piece: Vec<u8>,
    /// Pieces being compressed, in the order of the file. As many as there are processors.
    running: VecDeque<JoinHandle<io::Result<Vec<u8>>>>,
    processors: usize,
}

impl<W: Write> ParallelGzip<W> {
    /// A writer into `output`.
    pub fn new(output: W) -> Self {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self { output, piece: Vec::with_capacity(PIECE), running: VecDeque::new(), processors }
    }

    /// Compresses what is left and writes the end.
    pub fn finish(mut self) -> io::Result<()> {
        self.start()?;
        while !self.running.is_empty() {
            self.write_oldest()?;
        }
        self.output.flush()
    }

    /// Hands the piece to a thread, when there is a processor for it.
    fn start(&mut self) -> io::Result<()> {
        if self.running.len() >= self.processors {
            self.write_oldest()?;
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let compress = thread::Builder::new().name("gzip".to_owned());
        self.running.push_back(compress.spawn(move || member(&piece))?);
        Ok(())
    }

    fn write_oldest(&mut self) -> io::Result<()> {
        let Some(oldest) = self.running.pop_front() else { return Ok(()) };
        let member = oldest.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        self.output.write_all(&member)
    }
}

impl<W: Write> Write for ParallelGzip<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.piece.len() == PIECE {
            self.start()?;
        }
        let length = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    /// Pieces end where they must for the bytes to be the same each time, so nothing is written.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W> Drop for ParallelGzip<W> {
    /// After an error the threads are waited for: none outlives the call that started it.
    fn drop(&mut self) {
        for thread in self.running.drain(..) {
            let _ = thread.join();
        }
    }
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
        let mut writer = ParallelGzip::new(&mut file);
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
        let mut writer = ParallelGzip::new(Full);
        let written = writer.write_all(&vec![1; 40 * PIECE]).and_then(|()| writer.finish());
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
