/// Resolves when the system asks the program to end: at log-out, or by `kill`.
#[cfg(unix)]
pub async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
    let mut signals: Vec<_> = kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect();
    std::future::poll_fn(|context| {
        if signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready()) {
            return std::task::Poll::Ready(());
        }
        std::task::Poll::Pending
    })
    .await;
}

/// Resolves when the system asks the program to end. Windows sends its windows a message instead,
/// which the event loop sees.
#[cfg(not(unix))]
pub async fn ended() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
