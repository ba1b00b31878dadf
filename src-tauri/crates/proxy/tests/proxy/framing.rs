//! Where one message ends and the next begins: nothing that a client writes can make the app see
//! a request that the gate has not seen (RFC 9112 sections 6 and 11.2).

use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;

use crate::support::{App, Setup, Wire, field, soon, status};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// What an app made of the bytes it got.
#[derive(Clone, Default)]
struct Seen {
    /// Every request that came to its end, head and body as they were on the wire.
    whole: Arc<Mutex<Vec<String>>>,
    /// Every head.
    heads: Arc<Mutex<Vec<String>>>,
}

impl Seen {
    fn whole(&self) -> Vec<String> {
        self.whole.lock().unwrap().clone()
    }
}

/// An app that reads messages as the strictest reader would, answers each, and tells when a
/// connection to it has ended.
fn strict_app() -> (App, Seen, mpsc::UnboundedReceiver<()>) {
    let seen = Seen::default();
    let (ended, told) = mpsc::unbounded_channel();
    let record = seen.clone();
    let app = App::raw(move |stream| {
        let (seen, ended) = (record.clone(), ended.clone());
        async move {
            let mut wire = Wire::over(stream);
            while let Some(head) = wire.next_head().await {
                seen.heads.lock().unwrap().push(head.clone());
                let lower = head.to_ascii_lowercase();
                let length = lower.lines().find_map(|it| it.strip_prefix("content-length: "));
                let body = if lower.contains("\r\ntransfer-encoding: chunked") {
                    wire.until(b"0\r\n\r\n").await
                } else {
                    wire.maybe(length.map_or(0, |it| it.parse().unwrap())).await
                };
                let Some(body) = body else { break };
                let body: String = body.into_iter().map(char::from).collect();
                seen.whole.lock().unwrap().push(format!("{head}\r\n\r\n{body}"));
                wire.send(OK).await;
            }
            let _ = ended.send(());
        }
    });
    (app, seen, told)
}

#[tokio::test]
async fn heads_whose_body_has_no_certain_end_are_refused() {
    for fields in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\ncontent-length: 6\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: 5\u{b}\r\n",
        "Content-Length: 18446744073709551616\r\n",
        "Content-Length:\r\n",
        "Content-Length: five\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding:\r\n",
        "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding: chunked;q=1\r\n",
        "Transfer-Encoding: \u{b}chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: , chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding\t: chunked\r\n",
        "Content-Length : 5\r\n",
        " Transfer-Encoding: chunked\r\n",
        "\tContent-Length: 5\r\n",
        "X-Folded: a\r\n b\r\n",
        "X-Folded: a\r\n\tTransfer-Encoding: chunked\r\n",
        "X-Return: a\rTransfer-Encoding: chunked\r\n",
        "X-Null: a\0b\r\n",
        "Transfer-Encoding\0: chunked\r\n",
        "Transfer-Encoding: chunked\0\r\n",
        ": chunked\r\n",
        "no colon\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\ncontent-length: 15\r\n",
        "Content-Length: 15\r\nTransfer-Encoding: Chunked\r\nConnection: content-length\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: transfer-encoding\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        "X-Feed: a\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\n",
        "Content-Length: 5\n",
    ] {
        let (app, seen, _) = strict_app();
        let setup = Setup::before(&app).await;
        let mut wire = setup.connect().await;
        let smuggled = setup.head("GET /smuggled", "");
        let body = format!("5\r\nhello\r\n0\r\n\r\n{smuggled}");
        wire.send(setup.head("POST /", fields) + &body).await;
        let refused = status(&wire.head().await);
        assert!(matches!(refused, 400 | 501), "{fields:?} was answered with {refused}");
        let rest = String::from_utf8_lossy(&wire.rest().await).into_owned();
        assert!(!rest.contains("HTTP/1.1"), "{fields:?}: the connection went on with {rest}");
        assert_eq!(*seen.heads.lock().unwrap(), [""; 0], "{fields:?}");
    }
}

#[tokio::test]
async fn chunks_that_break_the_grammar_end_both_connections() {
    for body in [
        "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhelloX0\r\n\r\n",
        "5\r\nhello!!0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "5_\r\nhello\r\n0\r\n\r\n",
        "G\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        ";a\r\nhello\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFF1\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\nbroken trailer\0\r\n\r\n",
    ] {
        let (app, seen, mut ended) = strict_app();
        let setup = Setup::before(&app).await;
        let mut wire = setup.connect().await;
        let head = setup.head("POST /", "Transfer-Encoding: chunked\r\n");
        wire.send(head + body + &setup.head("GET /smuggled", "")).await;
        let answer = String::from_utf8_lossy(&wire.rest().await).into_owned();
        assert!(!answer.contains(" 200 "), "{body:?} was answered with {answer}");
        let reached = seen.heads.lock().unwrap().len();
        assert!(reached <= 1, "{body:?}: {reached} requests");
        if reached == 1 {
            soon("the end of the app's connection", ended.recv()).await;
        }
        assert_eq!(seen.whole(), [""; 0], "{body:?} looked whole to the app");
    }
}

/// What a length covers is a body, whatever it looks like.
#[tokio::test]
async fn a_body_that_looks_like_a_request_is_none() {
    let (app, seen, _ended) = strict_app();
    let setup = Setup::before(&app).await;
    let body = setup.head("GET /smuggled", "");
    let mut wire = setup.connect().await;
    for method in ["POST", "GET", "DELETE", "OPTIONS"] {
        let fields = format!("Content-Length: {}\r\nContent-Length: {0}\r\n", body.len());
        wire.send(setup.head(&format!("{method} /"), &fields) + &body).await;
        assert_eq!(status(&wire.head().await), 200, "{method}");
        assert_eq!(wire.exactly(2).await, b"ok");
    }
    let whole = seen.whole();
    assert_eq!(whole.len(), 4, "{whole:#?}");
    for request in whole {
        assert!(request.ends_with(&body), "{request}");
        assert_eq!(request.to_ascii_lowercase().matches("content-length").count(), 1, "{request}");
    }
}

/// RFC 9112 section 2.2 lets a reader take a lone LF for the end of a line, but not all do.
#[tokio::test]
async fn lone_line_feeds_are_refused_in_every_request_of_a_connection() {
    let (app, seen, _ended) = strict_app();
    let setup = Setup::before(&app).await;
    let fine = setup.head("POST /", "Content-Length: 6\r\nX-After: 1\r\n");
    let chunked = setup.head("POST /", "Transfer-Encoding: chunked\r\n") + "2\r\n\n\n\r\n0\r\n\r\n";
    for (at, _) in fine.match_indices("\r\n") {
        let feed = fine[..at].to_owned() + &fine[at + 1..];
        for before in ["", "\r\n", &(fine.clone() + "a\n\r\n\n\n"), &chunked] {
            seen.whole.lock().unwrap().clear();
            let mut wire = setup.connect().await;
            wire.send(before.to_owned() + &feed + "hello\n" + &setup.head("GET /smuggled", ""))
                .await;
            let reached = usize::from(before.len() > 2);
            for _ in 0..reached {
                assert_eq!(status(&wire.head().await), 200, "{before:?}");
                wire.exactly(2).await;
            }
            assert_eq!(status(&wire.head().await), 400, "{feed:?} after {before:?}");
            assert_eq!(wire.rest().await, b"");
            assert_eq!(seen.whole().len(), reached, "{feed:?} after {before:?}");
        }
    }
}

/// What follows it may be of another protocol, which nobody checks.
#[tokio::test]
async fn an_upgrade_that_the_app_refuses_ends_the_connection() {
    let (app, seen, _ended) = strict_app();
    let setup = Setup::before(&app).await;
    for fields in ["Connection: Upgrade\r\nUpgrade: websocket\r\n", "Upgrade: h2c\r\n"] {
        seen.whole.lock().unwrap().clear();
        let mut wire = setup.connect().await;
        let smuggled = setup.head("GET /smuggled", "");
        wire.send(setup.head("GET /", fields) + &smuggled).await;
        let head = wire.head().await;
        assert_eq!((status(&head), field(&head, "connection")), (200, Some("close")));
        assert_eq!(wire.rest().await, b"ok");
        assert_eq!(seen.whole().len(), 1, "{fields:?}");
    }
}

/// An old client has no chunks (RFC 9112 section 6.1), and nothing is after its request.
#[tokio::test]
async fn http_1_0_has_no_chunks() {
    let (app, seen, _) = strict_app();
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    let head = setup.head("POST /", "Transfer-Encoding: chunked\r\n").replace("1.1", "1.0");
    wire.send(head + "5\r\nhello\r\n0\r\n\r\n" + &setup.head("GET /smuggled", "")).await;
    assert_eq!(status(&wire.head().await), 400);
    assert_eq!(*seen.heads.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn trailers_pass_both_ways_when_they_are_announced() {
    let (bodies, mut told) = mpsc::unbounded_channel();
    let app = App::raw(move |stream| {
        let bodies = bodies.clone();
        async move {
            let mut wire = Wire::over(stream);
            while wire.next_head().await.is_some() {
                let Some(body) = wire.until(b"\r\n\r\n").await else { break };
                bodies.send(String::from_utf8(body).unwrap()).unwrap();
                wire.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\
                     2\r\nok\r\n0\r\nX-Sum: 7\r\nX-Unannounced: 1\r\n\r\n",
                )
                .await;
            }
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    let fields = "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\nTE: trailers\r\n";
    let body = "5\r\nhello\r\n0\r\nX-Sum: 9\r\nX-Unannounced: 1\r\nContent-Length: 7\r\n\r\n";
    wire.send(setup.head("POST /", fields) + body).await;
    assert_eq!(status(&wire.head().await), 200);
    let answered = soon("the answer's body", wire.until(b"\r\n\r\n")).await.unwrap();
    let answered = String::from_utf8(answered).unwrap().to_ascii_lowercase();
    assert_eq!(answered, "2\r\nok\r\n0\r\nx-sum: 7\r\n\r\n");
    let asked = soon("the request's body", told.recv()).await.unwrap().to_ascii_lowercase();
    assert_eq!(asked, "5\r\nhello\r\n0\r\nx-sum: 9\r\n\r\n", "a trailer is no length");
}
