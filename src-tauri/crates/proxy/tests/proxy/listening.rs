use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use tokio::net::TcpStream;
use waterskin_proxy::{BindError, Listener};

use crate::support::{App, Setup, Wire, status};

/// A port that is free on both addresses, and the next one too.
async fn free_port() -> u16 {
    loop {
        let first = Listener::bind(0).await.unwrap();
        let Some(next) = first.port().checked_add(1) else { continue };
        if TcpListener::bind((Ipv4Addr::LOCALHOST, next)).is_ok()
            && TcpListener::bind((Ipv6Addr::LOCALHOST, next)).is_ok()
        {
            return first.port();
        }
    }
}

#[tokio::test]
async fn a_port_taken_on_either_address_is_left_alone() {
    let port = free_port().await;
    for address in ["127.0.0.1", "[::1]"] {
        let _taken = TcpListener::bind(format!("{address}:{port}")).unwrap();
        let listener = Listener::bind(port).await.unwrap();
        assert!(listener.port() > port, "taken on {address}");
        assert_eq!(listener.preferred(), port);
    }
    let listener = Listener::bind(port).await.unwrap();
    assert_eq!(listener.port(), port, "free again");
    let second = Listener::bind(port).await.unwrap();
    assert!(second.port() > port, "two apps get two ports");
}

#[tokio::test]
async fn a_wildcard_listener_takes_the_port_too() {
    let port = free_port().await;
    let _taken = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).unwrap();
    assert!(Listener::bind(port).await.unwrap().port() > port);
}

#[tokio::test]
async fn the_last_port_has_no_next_one() {
    let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 65_535));
    let error = Listener::bind(65_535).await.unwrap_err();
    assert!(matches!(error, BindError::Taken { first: 65_535, last: 65_535, .. }), "{error:?}");
    assert_eq!(error.to_string(), "the ports from 65535 to 65535 are all taken");
}

#[tokio::test]
async fn both_addresses_answer() {
    let app = App::hello();
    let setup = Setup::before(&app).await;
    for address in ["127.0.0.1", "::1"] {
        let stream = TcpStream::connect((address, setup.port)).await.unwrap();
        let mut wire = Wire::over(stream);
        wire.send(setup.head("GET /", "")).await;
        assert_eq!(status(&wire.head().await), 200, "{address}");
    }
}
