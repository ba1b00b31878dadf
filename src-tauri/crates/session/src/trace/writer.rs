use std::{
    io,
    time::{Duration, Instant, SystemTime},
};

use camino::Utf8Path;
use tokio::{
    fs::File,
    io::{AsyncWrite, AsyncWriteExt},
};
use tokio_util::sync::CancellationToken;

use super::{line::Line, passed::Totals, source::Following};

/// How long lines are gathered before they are written.
const GATHER: Duration = Duration::from_millis(50);

/// Writes a trace's lines to its file.
#[derive(Debug)]
pub struct Writer<F = File> {
    file: F,
    begin: Instant,
    totals: Totals,
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
        let mut writer =
            Self { file, begin: Instant::now(), totals: Totals::default(), text: Vec::new() };
        Line::begin(SystemTime::now()).put(&mut writer.text);
        writer.flush().await?;
        Ok(writer)
    }

    /// Writes what comes until `closing` is cancelled, and then what there is.
    ///
    /// # Errors
    ///
    /// When the file can't be written; the rest is not.
    pub async fn run(
        mut self,
        mut following: Following,
        closing: CancellationToken,
    ) -> io::Result<()> {
        let mut batch = Vec::new();
        let mut goes_on = true;
        while goes_on {
            let came = following.take(&mut batch);
            goes_on = closing.run_until_cancelled(came).await.is_some_and(|count| count > 0);
            if !goes_on {
                following.close();
                while following.take(&mut batch).await > 0 {}
            }
            for mut passed in batch.drain(..) {
                self.totals.count(&mut passed);
                Line::of(&passed, self.begin).put(&mut self.text);
            }
            let lines = following.lost();
            if lines > 0 {
                Line::Lost { lines }.put(&mut self.text);
            }
            self.flush().await?;
            closing.run_until_cancelled(tokio::time::sleep(GATHER)).await;
        }
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.text).await?;
        self.text.clear();
        self.file.flush().await
    }
}
