//! What a stranger can do with connections, and what pages of other origins can do with answers.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http_body_util::Full;
use tokio::net::TcpStream;
use waterskin_proxy::{Limits, Upstream};

use crate::support::{App, Setup, Wire, field, status};

/// A time that is over soon, and one that never is within a test.
const SHORT: Duration = Duration::from_millis(200);
const NEVER: Duration = Duration::from_secs(3600);

async fn limited(app: &App, limits: Limits) -> Setup {
    let upstream = Upstream::Ready(app.address.clone());
    Setup::with(upstream, |mut options| {
        options.limits = limits;
        options
    })
    .await
}

fn limits(connections: usize, strangers: usize, stranger: Duration, head: Duration) -> Limits {
    let mut limits = Limits::default();
    (limits.connections, limits.strangers) = (connections, strangers);
    (limits.stranger_timeout, limits.head_timeout) = (stranger, head);
    limits
}

/// Sends one request that passes on the connection, and keeps it.
async fn pass(setup: &Setup, wire: &mut Wire<TcpStream>) {
    wire.send(setup.head("GET /", "")).await;
    assert_eq!(status(&wire.head().await), 200);
    assert_eq!(wire.exactly(5).await, b"hello");
}

#[tokio::test]
async fn strangers_cannot_keep_the_window_out() {
    let app = App::hello();
    let setup = limited(&app, limits(4, 8, NEVER, NEVER)).await;
    let mut window = setup.connect().await;
    pass(&setup, &mut window).await;
    let mut strangers = Vec::new();
    for kind in 0..64 {
        let mut wire = setup.connect().await;
        if kind % 2 == 0 {
            wire.send("GET / HTTP/1.1\r\nHost: local").await;
        }
        strangers.push(wire);
    }
    let mut second = setup.connect().await;
    pass(&setup, &mut second).await;
    pass(&setup, &mut window).await;
    for oldest in &mut strangers[..32] {
        assert_eq!(oldest.rest().await, b"", "it was cut without an answer");
    }
}

#[tokio::test]
async fn a_stranger_has_little_time() {
    let app = App::hello();
    let setup = limited(&app, limits(4, 8, SHORT, NEVER)).await;
    let mut silent = setup.connect().await;
    let mut slow = setup.connect().await;
    slow.send("GET / HTTP/1.1\r\nHost: local").await;
    assert_eq!(silent.rest().await, b"");
    assert_eq!(slow.rest().await, b"");
    assert_eq!(app.seen(), 0);
}

#[tokio::test]
async fn a_refused_connection_is_closed() {
    let app = App::hello();
    let setup = limited(&app, limits(4, 8, NEVER, NEVER)).await;
    let mut wire = setup.connect().await;
    let line = format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", setup.port);
    wire.send(line.repeat(3)).await;
    let answers = String::from_utf8(wire.rest().await).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 403").count(), 1, "{answers}");
    assert_eq!(field(&answers, "connection"), Some("close"));
}

#[tokio::test]
async fn heads_have_a_time_and_nothing_else_has() {
    let app = App::raw(|stream| async {
        let mut wire = Wire::over(stream);
        wire.next_head().await;
        wire.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n",
        )
        .await;
        let (mut from, mut to) = wire.stream.split();
        let _ = tokio::io::copy(&mut from, &mut to).await;
    });
    let setup = limited(&app, limits(4, 8, SHORT, SHORT)).await;
    // An upgraded connection, silent for longer than any limit, still works.
    let mut upgraded = setup.connect().await;
    upgraded.send(setup.head("GET /", "Connection: Upgrade\r\nUpgrade: echo\r\n")).await;
    assert_eq!(status(&upgraded.head().await), 101);
    let mut slow = setup.connect().await;
    slow.send("GET / HTTP/1.1\r\n").await;
    assert!(!slow.rest().await.starts_with(b"HTTP/1.1 2"));
    let mut slower = setup.connect().await;
    assert_eq!(slower.rest().await, b"", "both limits have passed");
    upgraded.send("still there").await;
    assert_eq!(upgraded.exactly(11).await, b"still there");
}

#[tokio::test]
async fn a_body_may_take_its_time() {
    let app = App::hello();
    let setup = limited(&app, limits(4, 8, SHORT, SHORT)).await;
    let mut upload = setup.connect().await;
    upload.send(setup.head("POST /_waterskin/report", "Content-Length: 2\r\n")).await;
    upload.send("a").await;
    let mut waiting = setup.connect().await;
    assert_eq!(waiting.rest().await, b"", "the limits have passed");
    upload.send("b").await;
    assert_eq!(status(&upload.head().await), 204);
}

#[tokio::test]
async fn more_than_can_be_served_wait() {
    let app = App::hello();
    let setup = limited(&app, limits(1, 8, NEVER, NEVER)).await;
    let mut first = setup.connect().await;
    pass(&setup, &mut first).await;
    let mut second = setup.connect().await;
    second.send(setup.head("GET /", "")).await;
    pass(&setup, &mut first).await;
    assert_eq!(app.seen(), 2, "the second waits");
    drop(first);
    assert_eq!(status(&second.head().await), 200);
}

#[tokio::test]
async fn no_page_can_be_framed_by_another_origin() {
    let app = App::http(|request| async move {
        let mut answer = Response::new(Full::new(Bytes::from_static(b"x")));
        let headers = answer.headers_mut();
        let kind =
            if request.uri().path() == "/data" { "application/json" } else { "Text/HTML; x" };
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        if request.uri().path() == "/own" {
            headers.insert(CONTENT_SECURITY_POLICY, "img-src 'self'".parse().unwrap());
        }
        answer
    });
    let setup = Setup::before(&app).await;
    let policies = async |line: &str| {
        let (head, _) = setup.ask(line, "Accept: text/html\r\n").await;
        let of = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-security-policy").then(|| value.to_owned())
        };
        head.lines().filter_map(of).collect::<Vec<_>>()
    };
    let ours = "frame-ancestors 'self'";
    assert_eq!(policies("GET /page").await, [ours]);
    assert_eq!(policies("HEAD /page").await, [ours]);
    assert_eq!(policies("GET /own").await, ["img-src 'self'", ours]);
    assert_eq!(policies("GET /data").await, [""; 0]);
    setup.upstream.send_replace(Upstream::Down);
    assert_eq!(policies("GET /page").await, [ours], "the proxy's own pages too");
}
