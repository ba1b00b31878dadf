use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use tokio::net::TcpStream;
use waterskin_proxy::Listener;

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
async fn a_neighbour_who_takes_all_the_usual_ports_keeps_nobody_out() {
    let port = 20_000;
    // One that can't be had is taken by somebody else, which does as well.
    let _taken: Vec<_> = (port..port + 100)
        .flat_map(|port| {
            let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port));
            v6.or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
        })
        .collect();
    let listener = Listener::bind(port).await.unwrap();
    assert!(!(port..port + 100).contains(&listener.port()), "{}", listener.port());
    assert_eq!(listener.preferred(), port);
    for address in ["127.0.0.1", "::1"] {
        TcpStream::connect((address, listener.port())).await.unwrap();
    }
}

#[tokio::test]
async fn after_the_last_port_comes_any() {
    let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 65_535));
    let listener = Listener::bind(65_535).await.unwrap();
    assert!(listener.port() != 65_535 && listener.preferred() == 65_535);
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
