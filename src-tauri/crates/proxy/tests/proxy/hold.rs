use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use waterskin_proxy::{Address, Event, Unavailable, Upstream, UpstreamFailure};

use crate::support::{App, Setup, Wire, field, nobody, soon, status};

#[tokio::test]
async fn requests_wait_for_the_app_and_then_all_are_answered() {
    let app = App::hello();
    let setup = Setup::new(Upstream::Holding).await;
    let mut waiting = Vec::new();
    for at in 0..20 {
        let mut wire = setup.connect().await;
        wire.send(setup.head(&format!("GET /{at}"), "")).await;
        waiting.push(wire);
    }
    let (head, _) = setup.ask("GET /_waterskin/other", "").await;
    assert_eq!(status(&head), 404, "what needs no app does not wait");
    assert_eq!(app.seen(), 0);
    setup.upstream.send_replace(Upstream::Ready(app.address.clone()));
    for wire in &mut waiting {
        assert_eq!(status(&wire.head().await), 200);
        assert_eq!(wire.exactly(5).await, b"hello");
    }
    assert_eq!(app.seen(), 20);
}

#[tokio::test]
async fn a_client_that_goes_away_is_forgotten() {
    let app = App::hello();
    let setup = Setup::new(Upstream::Holding).await;
    // As many as the proxy serves at once: only when they are forgotten is there room again.
    let mut waiting = Vec::new();
    for at in 0..512 {
        let mut wire = setup.connect().await;
        wire.send(setup.head(&format!("GET /{at}"), "")).await;
        waiting.push(wire);
    }
    drop(waiting);
    let (head, _) = setup.ask("GET /_waterskin/other", "").await;
    assert_eq!(status(&head), 404);
    setup.upstream.send_replace(Upstream::Ready(app.address.clone()));
    let (head, _) = setup.ask("GET /last", "").await;
    assert_eq!(status(&head), 200);
    assert_eq!(app.seen(), 1, "nobody waits for the other answers");
}

#[tokio::test]
async fn an_app_that_is_down_is_said_to_be() {
    let setup = Setup::with(Upstream::Down, |mut options| {
        options.unavailable = Arc::new(|why: &Unavailable| format!("<p>mine: {why:?}</p>"));
        options
    })
    .await;
    let (head, body) = setup.ask("GET /", "Accept: application/xml, Text/HTML;q=0.9\r\n").await;
    assert_eq!(status(&head), 503);
    assert_eq!(field(&head, "content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(field(&head, "cache-control"), Some("no-store"));
    assert_eq!(body, b"<p>mine: Down</p>");
    let (head, body) = setup.ask("POST /x", "Accept: */*\r\n").await;
    assert_eq!(status(&head), 503);
    assert_eq!(body, b"The app is not running\n");
}

#[tokio::test]
async fn an_app_that_fails_is_told_by_status_and_event() {
    let nobody = nobody();
    let failed = async |address: Address| {
        let setup = Setup::with(Upstream::Ready(address), |mut options| {
            options.restart_notice = Duration::ZERO;
            options
        })
        .await;
        let (head, _) = setup.ask("GET /", "").await;
        let last = setup.record.events().pop().unwrap();
        (status(&head), last)
    };
    let event = |kind| Event::UpstreamFailed { kind };
    assert_eq!(failed(nobody).await, (502, event(UpstreamFailure::Refused)));
    let closes = App::raw(|mut stream| async move {
        let _ = stream.shutdown().await;
    });
    let closed = failed(closes.address.clone()).await;
    assert_eq!(closed, (502, event(UpstreamFailure::ClosedEarly)));
    let (speaks_ssh, _heads) = App::canned("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    let malformed = failed(speaks_ssh.address.clone()).await;
    assert_eq!(malformed, (502, event(UpstreamFailure::Malformed)));
    let (switches, _heads) = App::canned(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    );
    let switched = failed(switches.address.clone()).await;
    assert_eq!(switched.0, 502, "nobody asked to switch");
}

#[tokio::test]
async fn a_restarted_app_is_asked_at_its_new_address() {
    let (old, new) = (App::hello(), App::hello());
    let setup = Setup::before(&old).await;
    let mut wire = setup.connect().await;
    for (app, expected) in [(&old, (1, 0)), (&new, (1, 1)), (&old, (2, 1))] {
        setup.upstream.send_replace(Upstream::Ready(app.address.clone()));
        wire.send(setup.head("GET /", "")).await;
        assert_eq!(status(&wire.head().await), 200);
        wire.exactly(5).await;
        assert_eq!((old.seen(), new.seen()), expected);
    }
}

#[tokio::test]
async fn shutting_down_ends_what_is_held() {
    let setup = Setup::new(Upstream::Holding).await;
    let mut wire = setup.connect().await;
    // Sent in one piece, so that the first answer tells that the second request is there too.
    wire.send(setup.head("GET /_waterskin/other", "") + &setup.head("GET /", "")).await;
    assert_eq!(status(&wire.head().await), 404);
    wire.exactly("Not Found\n".len()).await;
    soon("the end", setup.proxy.shutdown(Duration::from_secs(60))).await;
    assert_eq!(status(&wire.head().await), 503);
    assert_eq!(wire.rest().await, b"The app is closing\n");
}

#[tokio::test]
async fn a_held_request_waits_for_an_hour() {
    let app = App::hello();
    let setup = Setup::new(Upstream::Holding).await;
    let mut wire = setup.connect().await;
    // Sent in one piece, so that the first answer tells that the second request is there too.
    wire.send(setup.head("GET /_waterskin/other", "") + &setup.head("GET /", "")).await;
    assert_eq!(status(&wire.head().await), 404);
    wire.exactly("Not Found\n".len()).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(3600)).await;
    tokio::time::resume();
    setup.upstream.send_replace(Upstream::Ready(app.address.clone()));
    assert_eq!(status(&wire.head().await), 200);
    assert_eq!(wire.exactly(5).await, b"hello");
}

/// An app that ends as soon as it has been asked.
fn ends_when_asked() -> App {
    App::raw(|stream| async move {
        Wire::over(stream).next_head().await;
    })
}

async fn patient(app: &App) -> Setup {
    Setup::with(Upstream::Ready(app.address.clone()), |mut options| {
        options.restart_notice = Duration::from_secs(3600);
        options
    })
    .await
}

#[tokio::test]
async fn a_request_that_met_the_apps_end_is_asked_of_the_next_one() {
    let (old, new) = (ends_when_asked(), App::hello());
    let setup = patient(&old).await;
    for method in ["GET", "OPTIONS"] {
        setup.upstream.send_replace(Upstream::Ready(old.address.clone()));
        let mut wire = setup.connect().await;
        wire.send(setup.head(&format!("{method} /"), "")).await;
        // The owner learns of the end only after the request has met it.
        let before = (old.seen(), new.seen());
        soon("the end", async {
            while old.seen() == before.0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        setup.upstream.send_replace(Upstream::Holding);
        setup.upstream.send_replace(Upstream::Ready(new.address.clone()));
        assert_eq!(status(&wire.head().await), 200);
        assert_eq!(wire.exactly(5).await, b"hello");
        assert_eq!(new.seen(), before.1 + 1);
    }
    let failed = |event: &Event| matches!(event, Event::UpstreamFailed { .. });
    assert!(!setup.record.events().iter().any(failed), "nobody saw a failure");
}

#[tokio::test]
async fn a_request_that_met_nobody_is_asked_of_the_next_app() {
    let nobody = nobody();
    let new = App::hello();
    let setup = Setup::with(Upstream::Ready(nobody), |mut options| {
        options.restart_notice = Duration::from_secs(3600);
        options
    })
    .await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "")).await;
    // Another request has been refused by now: the proxy answers none before it took it in.
    let (head, _) = setup.ask("POST /", "Content-Length: 0\r\n").await;
    assert_eq!(status(&head), 502);
    setup.upstream.send_replace(Upstream::Ready(new.address.clone()));
    assert_eq!(status(&wire.head().await), 200);
}

#[tokio::test]
async fn what_may_change_something_is_never_asked_twice() {
    let old = ends_when_asked();
    let setup = patient(&old).await;
    for (line, fields) in [("POST /", "Content-Length: 0\r\n"), ("DELETE /", "")] {
        let before = old.seen();
        let (head, _) = setup.ask(line, fields).await;
        assert_eq!((status(&head), old.seen()), (502, before + 1), "{line}");
    }
}

#[tokio::test]
async fn a_request_that_ends_the_next_app_too_is_not_asked_a_third_time() {
    let (old, new) = (ends_when_asked(), ends_when_asked());
    let setup = patient(&old).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "Connection: close\r\n")).await;
    soon("the end", async {
        while old.seen() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    setup.upstream.send_replace(Upstream::Ready(new.address.clone()));
    assert_eq!(status(&wire.head().await), 502);
    assert_eq!((old.seen(), new.seen()), (1, 1));
    let kind = UpstreamFailure::ClosedEarly;
    setup.record.until_event(Event::UpstreamFailed { kind }).await;
}
