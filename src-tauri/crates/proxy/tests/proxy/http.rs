use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::Response;
use http_body_util::{BodyExt, Full};
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;
use waterskin_proxy::{Address, Upstream};

use crate::support::{App, Setup, Wire, field, soon, status};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

#[tokio::test]
async fn targets_reach_the_app_as_they_were_written() {
    let (app, mut heads) = App::canned(OK);
    let setup = Setup::before(&app).await;
    for target in [
        "/",
        "//x",
        "//evil.example/x",
        "/%2e%2e/etc",
        "/a/../b",
        "/a/./b",
        "/a//b/",
        "/x/",
        "/?a=%20b",
        "/?",
        "/a?b?c=d&&e",
        "/%C3%A9/%zz",
        "/a;b=c/d",
        "/a\"b{c}|d",
        "/:80",
        "/a:b@c",
        "/*",
        "/a+b%2Bc",
        "/\u{e4}/\u{4f60}",
    ] {
        let (head, _) = setup.ask(&format!("GET {target}"), "").await;
        assert_eq!(status(&head), 200, "{target}");
        let seen = heads.recv().await.unwrap();
        let latin: String = target.bytes().map(char::from).collect();
        assert_eq!(seen.lines().next(), Some(format!("GET {latin} HTTP/1.1").as_str()));
    }
    setup.ask("OPTIONS *", "").await;
    assert!(heads.recv().await.unwrap().starts_with("OPTIONS * HTTP/1.1\r\n"));
    setup.ask(&format!("GET http://localhost:{}//a?b", setup.port), "").await;
    let seen = heads.recv().await.unwrap();
    assert!(seen.starts_with("GET //a?b HTTP/1.1\r\n"), "in origin form: {seen}");
    let (head, _) = setup.ask(&format!("CONNECT localhost:{}", setup.port), "").await;
    assert_eq!(status(&head), 405, "the proxy is none of that kind");
}

#[tokio::test]
async fn fields_reach_the_app_in_their_order_and_spelling() {
    let (app, mut heads) = App::canned(OK);
    let setup = Setup::before(&app).await;
    let long = "y".repeat(70_000);
    let many: String = (0..80).map(|at| format!("X-Many-{at}: {at}\r\n")).collect();
    let fields = format!(
        "X-First: 1\r\nx-second: a, b\r\nAccept-Encoding: gzip, br\r\nX-SECOND: c\r\nKeep-Alive: 1\r\nX-Waterskin-Secret: forged\r\n\
         X-Latin: \u{e9}\r\nX-Empty:\r\nX-Long: {long}\r\nCookie: _xsrf=2|a|b; b=\"1\"\r\n{many}"
    );
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", &fields)).await;
    assert_eq!(status(&wire.head().await), 200);
    let seen = heads.recv().await.unwrap();
    let expected = format!(
        "GET / HTTP/1.1\r\nHost: localhost:{}\r\nCookie: _xsrf=2|a|b; b=\"1\"\r\nX-First: 1\r\nx-second: a, b\r\nX-SECOND: c\r\n\
         Accept-Encoding: identity\r\nX-Latin: \u{c3}\u{a9}\r\nX-Empty:\r\nX-Long: {long}\r\n{many}",
        setup.port
    );
    let expected = expected.trim_end_matches("\r\n");
    for (seen, expected) in seen.lines().zip(expected.lines()) {
        assert!(seen == expected, "`{seen:.100}` is not `{expected:.100}`");
    }
    assert_eq!(seen.len(), expected.len());
}

#[tokio::test]
async fn answers_reach_the_window_as_the_app_gave_them() {
    let (app, _heads) = App::canned(
        "HTTP/1.1 299 Quite Fine\r\nServer: app\r\nDate: yesterday\r\nSet-Cookie: _xsrf=2|a|b; Path=/; SameSite=Lax\r\nX-A: 1\r\n\
         set-cookie: other=\"1\"; expires=Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n\
         x-latin: \u{e9}\r\nContent-Length: 0\r\n\r\n",
    );
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "")).await;
    assert_eq!(
        wire.head().await,
        "HTTP/1.1 299 Quite Fine\r\nServer: app\r\nDate: yesterday\r\nSet-Cookie: _xsrf=2|a|b; Path=/; SameSite=Lax\r\n\
         set-cookie: other=\"1\"; expires=Thu, 01 Jan 1970 00:00:00 GMT\r\nX-A: 1\r\nx-latin: \u{c3}\u{a9}\r\nContent-Length: 0",
        "hop-by-hop fields aside; the values of one field stand together"
    );
    wire.send(setup.head("GET /", "")).await;
    assert_eq!(status(&wire.head().await), 299, "the app's `close` is not the window's");
}

#[tokio::test]
async fn a_date_that_the_app_leaves_out_is_not_put_in() {
    let (app, _heads) = App::canned(OK);
    let setup = Setup::before(&app).await;
    let (head, _) = setup.ask("GET /", "").await;
    assert_eq!(field(&head, "date"), None);
    let (head, _) = setup.ask("GET /_waterskin/other", "").await;
    assert!(field(&head, "date").unwrap().ends_with(" GMT"), "our own answers have one");
}

#[tokio::test]
async fn answers_without_a_body_keep_their_length() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        while let Some(head) = wire.next_head().await {
            let status = if head.starts_with("HEAD") { "200 OK" } else { "304 Not Modified" };
            wire.send(format!("HTTP/1.1 {status}\r\nContent-Length: 12345\r\n\r\n")).await;
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    // hyper leaves the length out of a 304; no browser wants it there.
    for (method, expected) in
        [("HEAD", (200, Some("12345"))), ("GET", (304, None)), ("HEAD", (200, Some("12345")))]
    {
        wire.send(setup.head(&format!("{method} /"), "")).await;
        let head = wire.head().await;
        assert_eq!((status(&head), field(&head, "content-length")), expected);
    }
}

#[tokio::test]
async fn bodies_go_both_ways_with_and_without_a_length() {
    let app = App::http(|request| async move {
        let has_length = request.headers().contains_key("content-length");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        Response::builder()
            .header("x-length", has_length.to_string())
            .body(Full::new(body))
            .unwrap()
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("PUT /", "Content-Length: 3\r\n") + "abc").await;
    let head = wire.head().await;
    assert_eq!(field(&head, "x-length"), Some("true"));
    assert_eq!(wire.exactly(3).await, b"abc");
    wire.send(
        setup.head("POST /", "Transfer-Encoding: chunked\r\n")
            + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
    )
    .await;
    let head = wire.head().await;
    assert_eq!(field(&head, "x-length"), Some("false"), "the app gets chunks for chunks");
    assert_eq!(wire.exactly(5).await, b"abcde");

    wire.send(setup.head("PUT /", "Content-Length: 3\r\nExpect: 100-continue\r\n")).await;
    assert_eq!(status(&wire.head().await), 100);
    wire.send("xyz").await;
    assert_eq!(status(&wire.head().await), 200);
    assert_eq!(wire.exactly(3).await, b"xyz");
}

#[tokio::test]
async fn an_old_client_gets_an_answer_that_it_understands() {
    let app = App::http(|_| async {
        let parts = futures_util::stream::iter(["a", "b"])
            .map(|it| Ok::<_, std::io::Error>(hyper::body::Frame::data(Bytes::from(it))));
        Response::new(http_body_util::StreamBody::new(parts))
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "").replace("HTTP/1.1", "HTTP/1.0")).await;
    let head = wire.head().await;
    assert!(head.starts_with("HTTP/1.0 200"), "{head}");
    assert_eq!(field(&head, "transfer-encoding"), None);
    assert_eq!(wire.rest().await, b"ab");
}

#[tokio::test]
async fn a_connection_carries_many_requests_and_a_pipeline() {
    let app = App::http(|request| async move {
        Response::new(Full::new(Bytes::from(request.uri().path().to_owned())))
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    let all: String = (0..80).map(|at| setup.head(&format!("GET /{at}"), "")).collect();
    wire.send(all).await;
    for at in 0..80 {
        assert_eq!(status(&wire.head().await), 200);
        let expected = format!("/{at}");
        assert_eq!(wire.exactly(expected.len()).await, expected.as_bytes());
    }
}

#[tokio::test]
async fn kept_connections_to_the_app_are_used_again() {
    let (requests, mut told) = mpsc::unbounded_channel();
    let app = App::raw(move |stream| {
        let requests = requests.clone();
        async move {
            let mut wire = Wire::over(stream);
            while wire.next_head().await.is_some() {
                wire.send(OK).await;
                let _ = requests.send(());
            }
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    for _ in 0..50 {
        wire.send(setup.head("GET /", "")).await;
        wire.head().await;
        told.recv().await.unwrap();
    }
    assert!(app.seen() < 10, "{} connections for 50 requests in a row", app.seen());
}

#[tokio::test]
async fn a_kept_connection_that_the_app_closed_harms_no_request() {
    let app = App::raw(|stream| async move {
        // One request per connection, although the answer does not say so.
        let mut wire = Wire::over(stream);
        if wire.next_head().await.is_some() {
            wire.send(OK).await;
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    for at in 0..50 {
        wire.send(setup.head("GET /", "")).await;
        assert_eq!(status(&wire.head().await), 200, "request {at}");
    }
}

#[tokio::test]
async fn an_app_on_tcp_gets_the_secret() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = Address::Tcp { port, secret: "s3cret".to_owned() };
    let setup = Setup::new(Upstream::Ready(address)).await;
    for fields in ["", "X-Waterskin-Secret: forged\r\n", "Connection: upgrade\r\nUpgrade: x\r\n"] {
        let mut wire = setup.connect().await;
        wire.send(setup.head("GET /", fields)).await;
        let mut app = Wire::over(listener.accept().await.unwrap().0);
        let head = app.head().await;
        assert_eq!(
            head.to_ascii_lowercase().matches("x-waterskin-secret: s3cret").count(),
            1,
            "{head}"
        );
        assert!(!head.contains("forged"));
    }
}

#[tokio::test]
async fn a_client_that_leaves_frees_the_app_at_once() {
    let (ended, mut told) = mpsc::unbounded_channel();
    let app = App::raw(move |stream| {
        let ended = ended.clone();
        async move {
            let mut wire = Wire::over(stream);
            let head = wire.next_head().await.unwrap_or_default();
            if head.starts_with("GET /begun") {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx").await;
            }
            // Never more than that: only the other side can end this.
            let _ = wire.stream.read_to_end(&mut Vec::new()).await;
            let _ = ended.send(());
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /silent", "")).await;
    while app.seen() == 0 {
        tokio::task::yield_now().await;
    }
    drop(wire);
    soon("the end of a request without an answer", told.recv()).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /begun", "")).await;
    wire.head().await;
    wire.exactly(1).await;
    drop(wire);
    soon("the end of an answer under way", told.recv()).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("PUT /silent", "Content-Length: 100\r\n") + "half").await;
    while app.seen() < 3 {
        tokio::task::yield_now().await;
    }
    drop(wire);
    soon("the end of an upload under way", told.recv()).await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_seen_to() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        wire.next_head().await;
        wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").await;
    });
    let setup = Setup::before(&app).await;
    let (head, body) = setup.ask("GET /", "").await;
    assert_eq!(status(&head), 200);
    let text = String::from_utf8(body).unwrap();
    assert!(text.contains("abc") && !text.ends_with("0\r\n\r\n"), "no end where there was none");
}

#[tokio::test]
async fn an_early_answer_to_an_upload_arrives() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        wire.next_head().await;
        wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
            .await;
    });
    let setup = Setup::before(&app).await;
    let length = 8 << 20;
    let mut wire = setup.connect().await;
    wire.send(setup.head("PUT /", &format!("Content-Length: {length}\r\n"))).await;
    let (mut reader, mut writer) = wire.stream.into_split();
    let sending = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        let chunk = vec![b'x'; 64 * 1024];
        for _ in 0..length / chunk.len() {
            if writer.write_all(&chunk).await.is_err() {
                break;
            }
        }
        writer
    });
    let mut answer = Vec::new();
    soon("an answer", async {
        while !answer.ends_with(b"\r\n\r\nbig") {
            let count = reader.read_buf(&mut answer).await.unwrap();
            assert!(count > 0, "only {:?}", String::from_utf8_lossy(&answer));
        }
    })
    .await;
    assert!(answer.starts_with(b"HTTP/1.1 413 Too Large\r\n"));
    drop(soon("sending to end", sending).await);
}

#[tokio::test]
async fn heads_that_are_too_long_are_refused() {
    let (app, _heads) = App::canned(OK);
    let setup = Setup::before(&app).await;
    let long = "y".repeat(300 * 1024);
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", &format!("X-Long: {long}\r\n"))).await;
    assert_eq!(status(&wire.head().await), 431);
    let many: String = (0..100).map(|at| format!("X-{at}: {at}\r\n")).collect();
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", &many)).await;
    assert_eq!(status(&wire.head().await), 431);
    assert_eq!(app.seen(), 0);
}

#[tokio::test]
async fn a_hundred_at_once_are_answered_side_by_side() {
    let all = Arc::new(tokio::sync::Barrier::new(100));
    let app = App::http(move |request| {
        let all = Arc::clone(&all);
        async move {
            // All of them must be here before any goes on.
            all.wait().await;
            Response::new(Full::new(Bytes::from(request.uri().path().to_owned())))
        }
    });
    let setup = Setup::before(&app).await;
    let asked = (0..100).map(|at| {
        let setup = &setup;
        async move { (at, setup.ask(&format!("GET /{at}"), "").await) }
    });
    for (at, (head, body)) in soon("all answers", futures_util::future::join_all(asked)).await {
        assert_eq!((status(&head), body), (200, format!("/{at}").into_bytes()));
    }
    soon("the end", setup.proxy.shutdown(Duration::from_secs(1))).await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up() {
    let app = App::hello();
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send("GET / HTTP/1.1\r\nHost: local").await;
    // From here the clock moves on by itself whenever nothing else is to be done.
    tokio::time::pause();
    let since = tokio::time::Instant::now();
    let mut answer = Vec::new();
    let _ = wire.stream.read_to_end(&mut answer).await;
    assert!(since.elapsed() >= Duration::from_secs(9), "{:?}", since.elapsed());
    assert!(since.elapsed() < Duration::from_secs(25), "{:?}", since.elapsed());
    assert_eq!(app.seen(), 0);
}
