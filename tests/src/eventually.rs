use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Result;

/// How long a test waits for something that always comes on a healthy machine, however loaded.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long to leave the machine alone between two looks, at least. One that takes long is followed by
/// a pause twice as long, up to [`LONG_PAUSE`]: looking must not take the processor from what is
/// looked for.
const PAUSE: Duration = Duration::from_millis(10);

/// The same for looks that are work for the one that is looked at: a page that is asked for its
/// text all the time does not come to paint it.
const LONG_PAUSE: Duration = Duration::from_millis(150);

/// Looks again and again until `probe` has found what it looks for.
///
/// For facts that nothing announces: files, processes, a window's text. `what` completes the
/// sentence "waited in vain for". Fails when `limit` has passed, or at once when `probe` fails.
pub async fn eventually<T>(
    what: &str,
    limit: Duration,
    probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    look(what, limit, PAUSE, probe).await
}

/// The same with longer pauses, for what a look disturbs.
pub(crate) async fn in_time<T>(
    what: &str,
    limit: Duration,
    probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    look(what, limit, LONG_PAUSE, probe).await
}

async fn look<T>(
    what: &str,
    limit: Duration,
    pause: Duration,
    mut probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        let began = Instant::now();
        match tokio::time::timeout_at(deadline, probe()).await {
            Ok(Ok(Some(found))) => return Ok(found),
            Ok(Ok(None)) if Instant::now() < deadline => {
                sleep(pause.max(LONG_PAUSE.min(began.elapsed() * 2))).await;
            }
            Ok(Err(error)) => return Err(error.context(format!("while waiting for {what}"))),
            Ok(Ok(None)) | Err(_) => anyhow::bail!("waited in vain for {what} ({limit:?})"),
        }
    }
}
