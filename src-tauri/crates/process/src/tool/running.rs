use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use super::{Output, Stream};
use crate::leader::Leader;
use crate::{ExitStatus, Lines, Tree};

/// How long the pipes of a tool that has ended are waited for. They are held open by nobody but
/// a process that left its tree.
const LATE_OUTPUT: Duration = Duration::from_secs(2);
/// Pieces of output on their way, so that a fast tool fills no memory.
const QUEUE: usize = 64;
/// The largest piece, in bytes.
const PIECE: usize = 64 * 1024;

/// What the threads of a running tool tell.
enum Event {
    Printed(Stream, Vec<u8>),
    Closed,
    Exited(ExitStatus),
}

/// A tool that was started. Dropping it kills its tree.
pub(super) struct Running {
    // First, so that it is dropped first: the threads that the leader waits for may be sending.
    events: Receiver<Event>,
    leader: Leader,
}

#[derive(Default)]
struct Printed {
    bytes: Vec<u8>,
    lines: Lines,
}

impl Running {
    /// Takes over a tool that was started as the leader of `tree`. From here on it is killed when
    /// anything fails.
    pub(super) fn start(
        tree: Tree,
        stdout: impl Read + Send + 'static,
        stderr: impl Read + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, events) = mpsc::sync_channel(QUEUE);
        let exit = sender.clone();
        let leader = Leader::start(tree, move |status| {
            let _ = exit.send(Event::Exited(status));
        })?;
        // Bound before the threads start, so that a failure drops both in the right order.
        let running = Self { events, leader };
        read_all(stdout, Stream::Stdout, sender.clone())?;
        read_all(stderr, Stream::Stderr, sender)?;
        Ok(running)
    }

    /// The tool and everything it started.
    pub(super) fn tree(&self) -> &Tree {
        self.leader.tree()
    }

    /// Reads to the end; `on_line` sees every line.
    pub(super) fn finish(self, on_line: &mut dyn FnMut(Stream, &str)) -> Output {
        let (mut stdout, mut stderr) = (Printed::default(), Printed::default());
        let mut status = None;
        let mut open = 2;
        while status.is_none() || open > 0 {
            let event = match status {
                None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(_) => self.events.recv_timeout(LATE_OUTPUT),
            };
            match event {
                Ok(Event::Printed(stream, bytes)) => {
                    let printed = match stream {
                        Stream::Stdout => &mut stdout,
                        Stream::Stderr => &mut stderr,
                    };
                    printed.lines.push(&bytes, |line| on_line(stream, line));
                    printed.bytes.extend_from_slice(&bytes);
                }
                Ok(Event::Closed) => open -= 1,
                Ok(Event::Exited(exit)) => {
                    status = Some(exit);
                    // Whatever it left behind is ended too, which closes the pipes.
                    self.leader.tree().kill();
                }
                Err(RecvTimeoutError::Timeout) => {
                    tracing::debug!("a process that left its tool's tree holds the tool's output");
                    break;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        stdout.lines.finish(|line| on_line(Stream::Stdout, line));
        stderr.lines.finish(|line| on_line(Stream::Stderr, line));
        Output {
            status: status.unwrap_or(ExitStatus::UNKNOWN),
            stdout: text(stdout.bytes),
            stderr: text(stderr.bytes),
        }
    }
}

fn read_all(
    mut pipe: impl Read + Send + 'static,
    stream: Stream,
    sender: SyncSender<Event>,
) -> io::Result<()> {
    thread::Builder::new().name(format!("tool-{stream:?}")).spawn(move || {
        let mut buffer = vec![0; PIECE];
        loop {
            match pipe.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
                Ok(length) => {
                    let piece = Event::Printed(stream, buffer[..length].to_vec());
                    if sender.send(piece).is_err() {
                        return;
                    }
                }
            }
        }
        let _ = sender.send(Event::Closed);
    })?;
    Ok(())
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
