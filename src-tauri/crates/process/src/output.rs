use std::io;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::terminal::Terminal;

/// How many pieces may wait to be taken before the child's own `print` waits.
const QUEUE: usize = 64;
/// The largest piece, in bytes.
const PIECE: usize = 16 * 1024;

/// What a child and its tree print, in pieces as they come.
///
/// It ends when nobody holds the terminal any more (on Windows: when the child has ended), or when
/// the [`Child`](crate::Child) is dropped. A child that closes its standard streams lives on after
/// the end of its output; a child that ends takes the output of those it leaves behind with it,
/// since the kernel hangs up with the session's leader.
#[derive(Debug)]
pub struct TerminalOutput {
    pieces: mpsc::Receiver<Bytes>,
}

impl TerminalOutput {
    /// Reads `terminal` on a thread of its own until it ends.
    pub(crate) fn start(terminal: Arc<Terminal>) -> io::Result<Self> {
        let (sender, pieces) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("terminal".to_owned())
            .spawn(move || read_all(&terminal, &sender))?;
        Ok(Self { pieces })
    }

    /// The next piece; `None` at the end.
    pub async fn recv(&mut self) -> Option<Bytes> {
        self.pieces.recv().await
    }

    /// Like [`recv`](Self::recv), for a thread that may block.
    pub fn blocking_recv(&mut self) -> Option<Bytes> {
        self.pieces.blocking_recv()
    }
}

fn read_all(terminal: &Terminal, sender: &mpsc::Sender<Bytes>) {
    let mut buffer = vec![0; PIECE];
    loop {
        match terminal.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => {
                // A terminal hands out at most a few kilobytes at once: copied, a piece holds no
                // more memory than it has text.
                if sender.blocking_send(Bytes::copy_from_slice(&buffer[..length])).is_err() {
                    return terminal.unwanted();
                }
            }
            Err(error) => {
                tracing::debug!(%error, "the terminal could not be read");
                return;
            }
        }
    }
}
