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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::sync::watch;
    use tokio_util::sync::CancellationToken;

    use super::address;
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
}
