use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::unavailable::Unavailable;
use crate::upstream::{Address, Upstream};

/// Waits until the app can be asked, however long that takes. Whoever no longer wants the answer
/// drops the future.
pub(crate) async fn address(
    upstream: &watch::Receiver<Upstream>,
    draining: &CancellationToken,
) -> Result<Address, Unavailable> {
    // The usual case, without a receiver of its own for each request.
    if let Upstream::Ready(address) = &*upstream.borrow() {
        return if draining.is_cancelled() {
            Err(Unavailable::Stopping)
        } else {
            Ok(address.clone())
        };
    }
    let mut upstream = upstream.clone();
    let settled = upstream.wait_for(|state| !matches!(state, Upstream::Holding));
    match draining.run_until_cancelled(settled).await {
        None => Err(Unavailable::Stopping),
        // The sender is gone: nobody looks after the app any more.
        Some(Err(_)) => Err(Unavailable::Down),
        Some(Ok(state)) => match &*state {
            Upstream::Ready(address) => Ok(address.clone()),
            Upstream::Holding | Upstream::Down => Err(Unavailable::Down),
        },
    }
}

/// Waits, for a limited time, until what `address` was good for has changed: an app that has just
/// ended takes no connection, and its owner learns of the end a moment later. Tells whether it is
/// worth asking again where the app is.
pub(crate) async fn changed(
    upstream: &watch::Receiver<Upstream>,
    address: &Address,
    limit: Duration,
    draining: &CancellationToken,
) -> bool {
    let mut upstream = upstream.clone();
    let changed =
        upstream.wait_for(|state| !matches!(state, Upstream::Ready(there) if there == address));
    let changed = draining.run_until_cancelled(tokio::time::timeout(limit, changed)).await;
    // Where the proxy stops, asking again says so.
    changed.is_none_or(|changed| matches!(changed, Ok(Ok(_))))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;
    use tokio::sync::watch;
    use tokio_util::sync::CancellationToken;

    use super::{address, changed};
    use crate::unavailable::Unavailable;
    use crate::upstream::{Address, Upstream};

    #[test]
    fn waits_while_holding_and_then_tells_what_came() {
        let (state, upstream) = watch::channel(Upstream::Holding);
        let draining = CancellationToken::new();
        let mut held = Box::pin(address(&upstream, &draining));
        assert!((&mut held).now_or_never().is_none());
        let there = Address::Unix("/run/ä socket".into());
        state.send_replace(Upstream::Ready(there.clone()));
        assert_eq!(held.now_or_never(), Some(Ok(there)));
        state.send_replace(Upstream::Down);
        assert_eq!(address(&upstream, &draining).now_or_never(), Some(Err(Unavailable::Down)));
    }

    #[test]
    fn ends_when_the_proxy_stops_or_the_owner_is_gone() {
        let (state, upstream) = watch::channel(Upstream::Holding);
        let draining = CancellationToken::new();
        let mut held = Box::pin(address(&upstream, &draining));
        assert!((&mut held).now_or_never().is_none());
        draining.cancel();
        assert_eq!(held.now_or_never(), Some(Err(Unavailable::Stopping)));
        drop(state);
        let other = CancellationToken::new();
        assert_eq!(address(&upstream, &other).now_or_never(), Some(Err(Unavailable::Down)));
    }

    #[tokio::test(start_paused = true)]
    async fn waits_for_a_change_of_the_address_and_not_for_ever() {
        let (old, new) = (Address::Unix("old".into()), Address::Unix("new".into()));
        let (state, upstream) = watch::channel(Upstream::Ready(old.clone()));
        let draining = CancellationToken::new();
        let wait = || changed(&upstream, &old, Duration::from_secs(2), &draining);
        assert!(!wait().await, "nothing changed");
        for next in [Upstream::Holding, Upstream::Ready(new), Upstream::Down] {
            state.send_replace(Upstream::Ready(old.clone()));
            let mut waiting = Box::pin(wait());
            assert_eq!((&mut waiting).now_or_never(), None);
            state.send_replace(next);
            assert!(waiting.await);
        }
        state.send_replace(Upstream::Ready(old.clone()));
        drop(state);
        assert!(!wait().await, "nobody looks after the app any more");
        draining.cancel();
        assert!(wait().await, "whoever asks again hears that the proxy stops");
    }
}
