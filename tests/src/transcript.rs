use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

use crate::Result;

/// What a program has written so far, growing as it writes.
#[derive(Clone, Debug)]
pub struct Transcript {
    text: watch::Receiver<String>,
}

impl Transcript {
    /// Reads `stream` to its end, in the task that runs the returned future.
    pub(crate) fn of(
        mut stream: impl AsyncRead + Unpin + Send + 'static,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, text) = watch::channel(String::new());
        let reading = async move {
            let mut buffer = vec![0; 64 * 1024];
            // A broken letter at the edge of two reads is no matter for what tests look at.
            while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                let part = String::from_utf8_lossy(&buffer[..count]).into_owned();
                sender.send_modify(|text| text.push_str(&part));
            }
        };
        (Self { text }, reading)
    }

    /// All of it.
    pub fn text(&self) -> String {
        self.text.borrow().clone()
    }

    /// Waits until `find` sees what it looks for in the text so far.
    ///
    /// Fails when `limit` has passed or the program ended its output, and shows the text then.
    pub async fn wait_for<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut find: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        let watching = async {
            loop {
                let seen = find(&self.text.borrow_and_update());
                if seen.is_some() || self.text.changed().await.is_err() {
                    // After the end of the output one last look: it may have come with the end.
                    return seen.or_else(|| find(&self.text.borrow()));
                }
            }
        };
        let seen = tokio::time::timeout(limit, watching).await.unwrap_or_default();
        seen.ok_or_else(|| anyhow::anyhow!("waited in vain for {what} in:\n{}", self.text()))
    }

    /// Waits until the stream has ended, and gives all of it.
    pub(crate) async fn whole(&mut self) -> String {
        while self.text.changed().await.is_ok() {}
        self.text()
    }
}
