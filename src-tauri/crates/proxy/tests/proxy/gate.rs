use waterskin_proxy::{Event, Upstream};

use crate::support::{App, Setup, field, status};

const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];
const PATHS: [&str; 5] = ["/", "/stream", "/static/js/a.js", "/_waterskin/report", "//x/%2e%2e/"];
const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\n\
     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[tokio::test]
async fn nothing_that_breaks_a_rule_reaches_the_app() {
    let app = App::hello();
    let setup = Setup::before(&app).await;
    let (port, cookie) = (setup.port, &setup.cookie);
    let next = port.wrapping_add(1);
    let mut count = 0;
    for (rule, fields) in [
        ("own window", format!("Host: localhost:{port}\r\n")),
        ("own window", format!("Host: localhost:{port}\r\nCookie: waterskin-{port}=x\r\n")),
        ("host name", format!("Cookie: {cookie}\r\n")),
        ("host name", format!("Host: evil.example:{port}\r\nCookie: {cookie}\r\n")),
        ("host name", format!("Host: localhost:{next}\r\nCookie: {cookie}\r\n")),
        ("host name", format!("Host: localhost\r\nCookie: {cookie}\r\n")),
        (
            "another origin",
            format!(
                "Host: localhost:{port}\r\nCookie: {cookie}\r\nOrigin: http://localhost:{next}\r\n"
            ),
        ),
        (
            "another origin",
            format!(
                "Host: localhost:{port}\r\nCookie: {cookie}\r\nOrigin: https://evil.example\r\n"
            ),
        ),
        (
            "another origin",
            format!("Host: localhost:{port}\r\nCookie: {cookie}\r\nOrigin: null\r\n"),
        ),
    ] {
        for path in PATHS {
            for method in METHODS {
                for more in ["", UPGRADE] {
                    let mut wire = setup.connect().await;
                    wire.send(format!("{method} {path} HTTP/1.1\r\n{fields}{more}\r\n")).await;
                    let head = wire.head().await;
                    assert_eq!(status(&head), 403, "{method} {path} {fields}{more}");
                    assert_eq!(field(&head, "cache-control"), Some("no-store"));
                    if method != "HEAD" {
                        let length = field(&head, "content-length").unwrap().parse().unwrap();
                        let body = String::from_utf8(wire.exactly(length).await).unwrap();
                        assert!(body.contains(rule), "`{body}` does not tell the rule");
                        let secret = cookie.split_once('=').unwrap().1;
                        assert!(!body.contains(secret) && !head.contains(secret));
                    }
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, 9 * 5 * 9 * 2);
    assert_eq!(app.seen(), 0, "the app saw a request that the gate refused");
    let (head, body) = setup.ask("GET /", "").await;
    assert_eq!((status(&head), body.as_slice()), (200, &b"hello"[..]), "the right one passes");
    assert_eq!(app.seen(), 1);
}

#[tokio::test]
async fn absolute_targets_are_judged_like_the_host() {
    let app = App::hello();
    let setup = Setup::before(&app).await;
    let port = setup.port;
    for (target, expected) in [
        (format!("http://127.0.0.1:{port}/a"), 200),
        (format!("http://evil.example:{port}/a"), 403),
        (format!("http://x@localhost:{port}/a"), 403),
        (format!("https://localhost:{port}/a"), 403),
    ] {
        let (head, _) = setup.ask(&format!("GET {target}"), "").await;
        assert_eq!(status(&head), expected, "{target}");
    }
    assert_eq!(app.seen(), 1);
}

#[tokio::test]
async fn the_token_is_traded_once_for_the_cookie() {
    let app = App::hello();
    let setup = Setup::before(&app).await;
    assert_eq!(setup.record.events(), [Event::Entered]);
    let path = format!("{}&next=%2Freport%3Fyear%3D2026", setup.gate.renew().unwrap());
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: [::1]:{}\r\nAccept: text/html\r\n\r\n", setup.port);
    let mut wire = setup.connect().await;
    wire.send(&request).await;
    let head = wire.head().await;
    assert_eq!(status(&head), 303);
    assert_eq!(field(&head, "location"), Some("/report?year=2026"));
    assert_eq!(field(&head, "cache-control"), Some("no-store"));
    assert_eq!(field(&head, "referrer-policy"), Some("no-referrer"));
    let cookie = format!("{}; Path=/; HttpOnly; SameSite=Lax", setup.cookie);
    assert_eq!(field(&head, "set-cookie"), Some(cookie.as_str()));

    wire.send(&request).await;
    let head = wire.head().await;
    assert_eq!(status(&head), 403, "a token works once, on the same connection too");
    assert_eq!(field(&head, "content-type"), Some("text/html; charset=utf-8"));
    let length = field(&head, "content-length").unwrap().parse().unwrap();
    let page = String::from_utf8(wire.exactly(length).await).unwrap();
    assert!(page.contains("start the app again"), "the page says what to do: {page}");
    assert_eq!(app.seen(), 0);
}

#[tokio::test]
async fn a_report_is_told_and_stays_here() {
    let app = App::hello();
    let setup = Setup::before(&app).await;
    let post = |length: usize| {
        let text = "x".repeat(length);
        setup.head(
            "POST /_waterskin/report",
            &format!("Content-Length: {length}\r\nConnection: close\r\n"),
        ) + &text
    };
    for (length, expected) in [(0, 204), (4096, 204), (4097, 413)] {
        let mut wire = setup.connect().await;
        wire.send(post(length)).await;
        assert_eq!(status(&wire.head().await), expected, "{length} bytes");
    }
    let (head, _) = setup.ask("GET /_waterskin/report", "").await;
    assert_eq!((status(&head), field(&head, "allow")), (405, Some("POST")));
    assert_eq!(status(&setup.ask("GET /_waterskin/other", "").await.0), 404);
    let reports = setup.record.events().into_iter().filter_map(|event| match event {
        Event::Report(bytes) => Some(bytes.len()),
        _ => None,
    });
    assert_eq!(reports.collect::<Vec<_>>(), [0, 4096]);
    assert_eq!(app.seen(), 0);
}

#[tokio::test]
async fn the_gate_stands_while_the_app_starts() {
    let setup = Setup::new(Upstream::Holding).await;
    let mut wire = setup.connect().await;
    wire.send(format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", setup.port)).await;
    assert_eq!(status(&wire.head().await), 403, "refused at once, not held");
}
