use std::{
    collections::HashMap,
    io,
    sync::atomic::Ordering,
    time::{Duration, Instant, SystemTime},
};

use camino::Utf8Path;
use tokio::{
    fs::File,
    io::{AsyncWrite, AsyncWriteExt},
};
use tokio_util::sync::CancellationToken;
use waterskin_proxy::Direction;

use super::{
    Frame, Passed, Traced, WAITING,
    line::{Line, Opcode, Total, VERSION, since},
};

/// How long lines are gathered before they are written.
const GATHER: Duration = Duration::from_millis(50);

/// Writes a trace's lines to its file.
#[derive(Debug)]
pub struct Writer<F = File> {
    file: F,
    begin: Instant,
    /// For each open stream what went to the app, and to the window.
    streams: HashMap<u64, [Total; 2]>,
    text: Vec<u8>,
}

/// Opens the file of a trace, empty, for this user alone.
///
/// # Errors
///
/// When it can't be written, or `path` is something else than a file.
pub async fn open(path: &Utf8Path) -> io::Result<File> {
    // Opening a pipe would wait until somebody reads it.
    if fs_err::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other("there is something else than a file"));
    }
    let mut options = fs_err::tokio::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let file = options.open(path).await?.into_parts().0;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // One that was there may be open to others.
        file.set_permissions(std::fs::Permissions::from_mode(0o600)).await?;
    }
    Ok(file)
}

impl<F: AsyncWrite + Unpin> Writer<F> {
    /// Begins a trace now.
    ///
    /// # Errors
    ///
    /// When the file can't be written.
    pub async fn begin(file: F) -> io::Result<Self> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut writer =
            Self { file, begin: Instant::now(), streams: HashMap::new(), text: Vec::new() };
        let time = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        writer.put(&Line::Begin { version: VERSION, time });
        writer.flush().await?;
        Ok(writer)
    }

    /// Writes what comes, until nobody can send any more, or until what there is when `closing` is
    /// cancelled.
    ///
    /// # Errors
    ///
    /// When the file can't be written; the rest is not.
    pub async fn run(mut self, mut traced: Traced, closing: CancellationToken) -> io::Result<()> {
        let mut batch = Vec::new();
        let mut goes_on = true;
        while goes_on {
            let came = traced.passed.recv_many(&mut batch, WAITING);
            goes_on = closing.run_until_cancelled(came).await.is_some_and(|count| count > 0);
            if !goes_on {
                traced.passed.close();
                while traced.passed.recv_many(&mut batch, WAITING).await > 0 {}
            }
            batch.drain(..).for_each(|passed| self.take(passed));
            let lines = traced.lost.swap(0, Ordering::Relaxed);
            if lines > 0 {
                self.put(&Line::Lost { lines });
            }
            self.flush().await?;
            closing.run_until_cancelled(tokio::time::sleep(GATHER)).await;
        }
        Ok(())
    }

    fn take(&mut self, passed: Passed) {
        match passed {
            Passed::Exchange(exchange) => self.put(&Line::request(&exchange, self.begin)),
            Passed::Frame(frame) => self.frame(frame),
            Passed::Closed { stream, at } => {
                let [sent, received] = self.streams.remove(&stream).unwrap_or_default();
                self.put(&Line::Close { stream, at: since(self.begin, at), sent, received });
            }
        }
    }

    fn frame(&mut self, frame: Frame) {
        let Frame { stream, at, direction, head, message, code } = frame;
        let totals = self.streams.entry(stream).or_default();
        let total = match direction {
            Direction::ToApp => &mut totals[0],
            Direction::ToWindow => &mut totals[1],
        };
        total.frames += 1;
        total.bytes += head.length;
        self.put(&Line::Frame {
            stream,
            at: since(self.begin, at),
            to: direction.into(),
            opcode: Opcode::of(head.opcode),
            fin: head.fin,
            length: head.length,
            message,
            code,
        });
    }

    fn put(&mut self, line: &Line<'_>) {
        // Numbers and text can't fail.
        if serde_json::to_writer(&mut self.text, line).is_ok() {
            self.text.push(b'\n');
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.text).await?;
        self.text.clear();
        self.file.flush().await
    }
}
