//! Who has a port of this computer.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

/// Who has a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The program of this name.
    Program(String),
    /// A program that may not be seen, such as another user's.
    Unknown,
    /// Nobody any more.
    Nobody,
}

/// Looks for whoever listens on a port of the loopback addresses. It reads the list of all
/// processes, which takes some time.
pub fn holder(port: u16) -> Holder {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        && TcpListener::bind((Ipv6Addr::LOCALHOST, port))
            .map_or_else(|error| error.kind() != std::io::ErrorKind::AddrInUse, |_| true);
    if free {
        return Holder::Nobody;
    }
    let listeners = listeners::get_all().unwrap_or_default();
    let found = listeners.into_iter().find(|listener| {
        listener.socket.port() == port
            && listener.protocol == listeners::Protocol::TCP
            && listener.state == listeners::SocketState::Listen
    });
    let name = found.map(|listener| listener.process.name).filter(|name| !name.is_empty());
    name.map_or(Holder::Unknown, Holder::Program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_that_has_a_port_is_found() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let Holder::Program(name) = holder(port) else { panic!("this program is not found") };
        assert!(name.contains("waterskin"), "{name}");
        drop(taken);
        assert_eq!(holder(port), Holder::Nobody);
    }
}
