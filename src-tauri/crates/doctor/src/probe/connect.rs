use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};

use super::ms;
use crate::seen::{Connect, Fault};

/// How many addresses of each family are tried.
const EACH_FAMILY: usize = 2;

/// For how long the other addresses are waited for when one was reached.
const OTHERS: Duration = Duration::from_millis(500);

/// Looks up a name. Gives how long that took, in milliseconds, and its addresses or why there are none.
pub async fn resolve(
    host: &str,
    port: u16,
    limit: Duration,
) -> (f64, Result<Vec<SocketAddr>, String>) {
    let started = Instant::now();
    let found = match timeout(limit, lookup_host((host, port))).await {
        Ok(Ok(found)) => {
            let (four, six): (Vec<_>, Vec<_>) = found.partition(SocketAddr::is_ipv4);
            let mut kept: Vec<SocketAddr> = Vec::new();
            for address in four.iter().take(EACH_FAMILY).chain(six.iter().take(EACH_FAMILY)) {
                if !kept.contains(address) {
                    kept.push(*address);
                }
            }
            if kept.is_empty() { Err("no address".to_owned()) } else { Ok(kept) }
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer of the resolver".to_owned()),
    };
    (ms(started), found)
}

/// Connects to each address at once. Gives what came of each, and the first that was reached.
pub async fn reach(
    addresses: &[SocketAddr],
    limit: Duration,
) -> (Vec<Connect>, Option<SocketAddr>) {
    let started = Instant::now();
    let attempt =
        |at: usize| async move { (at, tcp(addresses[at], limit).await.map(|_| ()), ms(started)) };
    let mut running: FuturesUnordered<_> = (0..addresses.len()).map(attempt).collect();
    let mut outcomes: Vec<Option<(Result<(), Fault>, f64)>> = vec![None; addresses.len()];
    let mut until = started + limit;
    while let Ok(Some((at, outcome, took))) = tokio::time::timeout_at(until, running.next()).await {
        if outcome.is_ok() {
            until = until.min(Instant::now() + OTHERS);
        }
        outcomes[at] = Some((outcome, took));
    }
    let mut first: Option<(f64, SocketAddr)> = None;
    let mut connects = Vec::new();
    for (address, outcome) in addresses.iter().zip(outcomes) {
        let (outcome, took) = outcome.unwrap_or_else(|| (Err(Fault::Silent), ms(started)));
        if outcome.is_ok() && first.is_none_or(|(quickest, _)| took < quickest) {
            first = Some((took, *address));
        }
        connects.push(Connect { to: address.to_string(), ms: took, fault: outcome.err() });
    }
    (connects, first.map(|(_, address)| address))
}

/// Opens one connection.
pub async fn tcp(address: SocketAddr, limit: Duration) -> Result<TcpStream, Fault> {
    match timeout(limit, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => {
            // Only slower without.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Ok(Err(error)) => Err(fault(&error)),
        Err(_) => Err(Fault::Silent),
    }
}

/// What an error of the system means.
pub fn fault(error: &io::Error) -> Fault {
    match error.kind() {
        ErrorKind::ConnectionRefused => Fault::Refused,
        ErrorKind::TimedOut => Fault::Silent,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Fault::Closed,
        _ => Fault::Unreachable { says: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn each_address_has_its_own_outcome() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap();
        let closed =
            tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let (connects, first) = reach(&[closed, open], LIMIT).await;
        assert_eq!(first, Some(open));
        assert_eq!(connects[0].fault, Some(Fault::Refused));
        assert_eq!(connects[1].fault, None);
    }

    #[tokio::test]
    async fn names() {
        let (_, found) = resolve("localhost", 80, LIMIT).await;
        assert!(found.unwrap().iter().all(|address| address.ip().is_loopback()));
        let (_, found) = resolve("no-such-name.invalid", 80, LIMIT).await;
        assert!(found.is_err());
    }
}
