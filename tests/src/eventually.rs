use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Result;

/// How long a test waits for something that always comes on a healthy machine, however loaded.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long to leave the machine alone between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks again and again until `probe` has found what it looks for.
///
/// For facts that nothing announces: files, processes, a window's text. `what` completes the
/// sentence "waited in vain for". Fails when `limit` has passed, or at once when `probe` fails.
pub async fn eventually<T>(
    what: &str,
    limit: Duration,
    mut probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        match tokio::time::timeout_at(deadline, probe()).await {
            Ok(Ok(Some(found))) => return Ok(found),
            Ok(Ok(None)) if Instant::now() < deadline => sleep(PAUSE).await,
            Ok(Err(error)) => return Err(error.context(format!("while waiting for {what}"))),
            Ok(Ok(None)) | Err(_) => anyhow::bail!("waited in vain for {what} ({limit:?})"),
        }
    }
}
