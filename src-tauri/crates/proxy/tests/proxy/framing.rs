//! Where one message ends and the next begins: nothing that a client writes can make the app see
//! a request that the gate has not seen (RFC 9112 sections 6 and 11.2).

use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;

use crate::support::{App, Setup, Wire, soon, status};

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

/// Of a length and chunks, chunks count, the app never sees both, and the connection ends after
/// the answer (RFC 9112 section 6.1).
#[tokio::test]
async fn chunks_win_over_a_length_and_nothing_comes_after() {
    for fields in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Content-Length: 400\r\nTransfer-Encoding: Chunked\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: content-length\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: transfer-encoding\r\n",
    ] {
        let (app, seen, _ended) = strict_app();
        let setup = Setup::before(&app).await;
        let mut wire = setup.connect().await;
        let body = format!("5\r\nhello\r\n0\r\n\r\n{}", setup.head("GET /smuggled", ""));
        wire.send(setup.head("POST /", fields) + &body).await;
        assert_eq!(status(&wire.head().await), 200, "{fields:?}");
        assert_eq!(wire.rest().await, b"ok", "{fields:?}");
        let whole = seen.whole();
        let [request] = whole.as_slice() else { panic!("{fields:?}: the app saw {whole:#?}") };
        let lower = request.to_ascii_lowercase();
        assert!(!lower.contains("content-length"), "{fields:?}: {request}");
        assert_eq!(lower.matches("transfer-encoding: chunked\r\n").count(), 1, "{request}");
        assert!(request.ends_with("5\r\nhello\r\n0\r\n\r\n"), "{request}");
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

/// RFC 9112 section 2.2 lets a reader take a lone LF for the end of a line. The app gets CRLF, so
/// there is nothing left to read in two ways.
#[tokio::test]
async fn lone_line_feeds_between_fields_become_line_ends() {
    let (app, seen, _ended) = strict_app();
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    let head = setup.head("POST /", "Content-Length: 5\r\nX-After: 1\r\n").replace("\r\n", "\n");
    wire.send(head + "hello").await;
    assert_eq!(status(&wire.head().await), 200);
    let whole = seen.whole();
    assert!(whole[0].contains("\r\nContent-Length: 5\r\nX-After: 1\r\n\r\nhello"), "{whole:#?}");
    assert_eq!(whole[0].matches('\n').count(), whole[0].matches("\r\n").count());
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
