use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::net::TcpListener;

use crate::platform;

/// How many ports are tried from the preferred one on, and how often the system is asked for one.
const TRIES: u16 = 100;

/// Bound sockets on the loopback addresses of one port.
///
/// Both families are bound because `localhost` means `::1` first to some programs and
/// `127.0.0.1` to others, and whoever holds only one of them would let another program answer
/// under our name.
#[derive(Debug)]
pub struct Listener {
    pub(crate) sockets: Vec<TcpListener>,
    port: u16,
    preferred: u16,
}

/// No port could be had.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Every port from the preferred one on is taken, and the system gave no other.
    #[error("the ports from {first} to {last} are all taken, and the system gave no other")]
    Taken {
        /// The first port tried.
        first: u16,
        /// The last of them that was tried.
        last: u16,
        /// Why the last one could not be had.
        #[source]
        source: io::Error,
    },
    /// The system refuses for a reason that another port would not change.
    #[error("could not listen on 127.0.0.1, port {port}")]
    Refused {
        /// The port; 0 when any was asked for.
        port: u16,
        /// The reason.
        #[source]
        source: io::Error,
    },
}

impl Listener {
    /// Binds `127.0.0.1:preferred` and `[::1]:preferred`; when either is taken, the next port
    /// that is free on both, trying at most 100, and at last any free port: whoever takes the
    /// usual ones keeps nobody out. With 0, any free port at once.
    ///
    /// On a machine without IPv6 the first address alone is bound.
    ///
    /// # Errors
    ///
    /// When no port could be had.
    pub async fn bind(preferred: u16) -> Result<Self, BindError> {
        let mut last = preferred;
        let mut failure = io::Error::from(io::ErrorKind::AddrInUse);
        for port in candidates(preferred) {
            last = last.max(port);
            match bind_both(port).await {
                Ok((sockets, port)) => return Ok(Self { sockets, port, preferred }),
                // Windows answers "permission denied" for the port ranges that it reserves.
                Err(error)
                    if error.kind() == io::ErrorKind::AddrInUse
                        || error.kind() == io::ErrorKind::PermissionDenied =>
                {
                    failure = error;
                }
                Err(source) => return Err(BindError::Refused { port, source }),
            }
        }
        Err(BindError::Taken { first: preferred, last, source: failure })
    }

    /// The same sockets, waited on by the runtime that this is called in.
    pub(crate) fn on_this_runtime(mut self) -> io::Result<Self> {
        let moved = self.sockets.drain(..).map(|it| TcpListener::from_std(it.into_std()?));
        let sockets = moved.collect::<io::Result<_>>()?;
        Ok(Self { sockets, ..self })
    }

    /// The port that was bound.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port that was asked for. Differs from [`Listener::port`] when that one was taken.
    pub fn preferred(&self) -> u16 {
        self.preferred
    }
}

/// The ports to try, in order. The system's choice (0) can collide on the second address, so it
/// too is asked for several times.
fn candidates(preferred: u16) -> impl Iterator<Item = u16> {
    let usual = (0..TRIES).map_while(move |step| preferred.checked_add(step));
    let any = std::iter::repeat_n(0, TRIES.into());
    usual.take(if preferred == 0 { 0 } else { TRIES.into() }).chain(any)
}

async fn bind_both(port: u16) -> io::Result<(Vec<TcpListener>, u16)> {
    if port != 0 && platform::is_shadowed(port) {
        return Err(io::ErrorKind::AddrInUse.into());
    }
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let port = v4.local_addr()?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(v6) => Ok((vec![v4, v6], port)),
        Err(error) if platform::no_such_family(&error) => Ok((vec![v4], port)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn the_usual_ports_come_first_and_then_any() {
        let usual: Vec<_> = candidates(8501).take_while(|port| *port != 0).collect();
        assert_eq!((usual.first(), usual.last(), usual.len()), (Some(&8501), Some(&8600), 100));
        assert_eq!(candidates(65_534).take(3).collect::<Vec<_>>(), [65_534, 65_535, 0]);
        assert_eq!(candidates(0).collect::<Vec<_>>(), vec![0; 100]);
    }
}
