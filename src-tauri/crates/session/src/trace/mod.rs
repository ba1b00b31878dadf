//! A record of what passes the proxy: which requests and which frames, when and how long. Never what
//! is in them: no payload, no header field, no query. It has one source, and everybody who follows it
//! gets the same: a file of JSON lines, and the window that shows it as it happens.

mod line;
mod passed;
mod source;
mod writer;

use std::sync::Arc;

use camino::Utf8Path;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use waterskin_supervisor::OutputLog;

pub use self::{
    line::Line,
    passed::{Frame, Passed, Totals},
    source::{Followers, Following, Source},
};
#[cfg(test)]
pub use source::WAITING;
use writer::{Writer, open};

/// What a trace needs to be written.
pub struct Place<'a> {
    /// The file; what it held is gone.
    pub path: &'a Utf8Path,
    /// Where it is said once that the trace can't be written. The app goes on without it.
    pub log: Arc<OutputLog>,
    /// Owns the task that writes.
    pub tasks: &'a TaskTracker,
    /// Ends the task, once what has passed is written.
    pub closing: CancellationToken,
}

/// Begins a trace in a file of what `followers` are told.
pub async fn begin(followers: &Arc<Followers>, place: Place<'_>) {
    let Place { path, log, tasks, closing } = place;
    let failed = {
        let path = path.to_owned();
        move |error: std::io::Error| log.note(&format!("no trace in `{path}`: {error}"))
    };
    let opened = async { Writer::begin(open(path).await?).await };
    match opened.await {
        Ok(writer) => {
            let following = followers.follow();
            tasks.spawn(async move { writer.run(following, closing).await.unwrap_or_else(failed) });
        }
        Err(error) => failed(error),
    }
}

#[cfg(test)]
mod tests;
