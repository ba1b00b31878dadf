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

    fn clear(&self) {
        self.whole.lock().unwrap().clear();
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
        "X-Feed: a\n b\r\n",
        "Transfer-Encoding: chunked\n\r",
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

/// RFC 9112 section 6.1 lets a reader take the chunks and forget the length, but not all do.
#[tokio::test]
async fn of_a_length_and_chunks_the_chunks_go_on() {
    for fields in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\ncontent-length: 15\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: x\r\n",
        "Content-Length: 15\r\nTransfer-Encoding: Chunked\r\nConnection: content-length\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: transfer-encoding\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nUpgrade: x\r\nConnection: upgrade\r\n",
    ] {
        let (app, seen, _ended) = strict_app();
        let setup = Setup::before(&app).await;
        let mut wire = setup.connect().await;
        let smuggled = setup.head("GET /smuggled", "");
        wire.send(setup.head("POST /", fields) + "5\r\nhello\r\n0\r\n\r\n" + &smuggled).await;
        assert_eq!(status(&wire.head().await), 200, "{fields:?}");
        assert_eq!(wire.rest().await, b"ok", "{fields:?}: the connection ends (section 6.1)");
        let [arrived] = seen.whole().try_into().unwrap();
        assert!(arrived.ends_with("\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), "{fields:?}: {arrived}");
        assert!(
            !arrived.to_ascii_lowercase().contains("content-length: "),
            "{fields:?}: {arrived}"
        );
    }
}

/// RFC 9112 section 2.2 lets a reader take a lone LF for the end of a line, but not all do.
#[tokio::test]
async fn lone_line_feeds_end_lines_here_and_go_no_further() {
    let (app, seen, _ended) = strict_app();
    let setup = Setup::before(&app).await;
    let fine = setup.head("POST /", "X-Before: 1\r\nContent-Length: 6\r\nX-After: 1\r\n");
    let chunked = setup.head("POST /", "Transfer-Encoding: chunked\r\n") + "2\r\n\n\n\r\n0\r\n\r\n";
    // Whoever reads the lines in another way finds another request here, or another body.
    let stranger = setup.head("GET /smuggled", "").replace("Cookie", "X-Cookie");
    let mut places: Vec<String> =
        fine.match_indices("\r\n").map(|(at, _)| fine[..at].to_owned() + &fine[at + 1..]).collect();
    places.push(fine.replace("\r\n", "\n"));
    for feeds in places {
        for before in ["", "\n", "\r\n", &(fine.clone() + "a\n\r\n\n\n"), &chunked] {
            seen.clear();
            let mut wire = setup.connect().await;
            wire.send(before.to_owned() + &feeds + "hello\n" + &stranger).await;
            for _ in 0..=usize::from(before.len() > 2) {
                assert_eq!(status(&wire.head().await), 200, "{feeds:?} after {before:?}");
                assert_eq!(wire.exactly(2).await, b"ok");
            }
            assert_eq!(status(&wire.head().await), 403, "the gate sees what comes next");
            wire.rest().await;
            let whole = seen.whole();
            assert_eq!(whole.len(), 1 + usize::from(before.len() > 2), "{feeds:?}: {whole:?}");
            let (head, body) = whole.last().unwrap().split_once("\r\n\r\n").unwrap();
            assert_eq!(body, "hello\n", "{feeds:?} after {before:?}");
            // The last is for an app on a port alone.
            let names = head.split("\r\n").map(|it| it.split(' ').next().unwrap());
            let names: Vec<_> = names.filter(|name| *name != "x-waterskin-secret:").collect();
            let all = ["POST", "Host:", "X-Before:", "Content-Length:", "X-After:"];
            assert_eq!(names, all, "{feeds:?} after {before:?}");
            assert!(!head.replace("\r\n", "").contains(['\r', '\n']), "{head:?}");
        }
    }
}

/// A feed that begins a field for one reader and not for another.
#[tokio::test]
async fn fields_behind_lone_line_feeds_are_fields_for_the_app_too() {
    for (fields, body) in [
        ("X-Feed: a\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked\n", "5\r\nhello\r\n0\r\n\r\n"),
        (
            "Content-Length: 5\r\nX-Feed: a\nTransfer-Encoding: chunked\r\n",
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        ("X-Feed: a\nContent-Length: 5\n", "hello"),
        ("X-Feed: a\n\nContent-Length: 5\r\n", ""),
    ] {
        let (app, seen, _ended) = strict_app();
        let setup = Setup::before(&app).await;
        let mut wire = setup.connect().await;
        let stranger = setup.head("GET /smuggled", "").replace("Cookie", "X-Cookie");
        wire.send(setup.head("POST /", fields) + body + &stranger).await;
        let answers = String::from_utf8_lossy(&wire.rest().await).into_owned();
        assert!(answers.starts_with("HTTP/1.1 200 "), "{fields:?}: {answers}");
        let [arrived] = seen.whole().try_into().unwrap();
        assert!(arrived.ends_with(&format!("\r\n\r\n{body}")), "{fields:?}: {arrived}");
        let head = arrived.split("\r\n\r\n").next().unwrap();
        assert!(!head.replace("\r\n", "").contains(['\r', '\n']), "{fields:?}: {head:?}");
    }
}

/// What comes behind a request for another protocol is of that protocol, where the app agrees, and
/// else a request as any other.
#[tokio::test]
async fn what_follows_an_upgrade_is_never_a_request_that_nobody_judged() {
    for fields in ["Connection: Upgrade\r\nUpgrade: websocket\r\n", "Upgrade: h2c\r\n"] {
        let (app, seen, _ended) = strict_app();
        let setup = Setup::before(&app).await;
        let mut wire = setup.connect().await;
        let stranger = setup.head("GET /smuggled", "").replace("Cookie", "X-Cookie");
        let all = setup.head("GET /", fields) + &setup.head("GET /next", "") + &stranger;
        wire.send(all).await;
        for expected in ["GET / ", "GET /next "] {
            assert_eq!(status(&wire.head().await), 200, "{fields:?}: {expected}");
            assert_eq!(wire.exactly(2).await, b"ok");
            assert!(seen.whole().last().unwrap().starts_with(expected), "{fields:?}");
        }
        assert_eq!(status(&wire.head().await), 403, "{fields:?}");
        wire.rest().await;
        assert_eq!(seen.whole().len(), 2, "{fields:?}");
        assert_eq!(seen.heads.lock().unwrap().len(), 2, "{fields:?}");
    }
}

/// A connection that the app has switched is for nothing else: no later request goes out on it.
#[tokio::test]
async fn a_switched_connection_carries_no_other_request() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        let head = wire.next_head().await.unwrap_or_default();
        if head.starts_with("GET /switch ") {
            wire.send("HTTP/1.1 101 Welcome\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n").await;
            let got = wire.rest().await;
            assert!(!String::from_utf8_lossy(&got).contains("/other"), "a request in a tunnel");
        } else {
            wire.send(OK).await;
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    let switch = setup.head("GET /switch", "Connection: upgrade\r\nUpgrade: x\r\n");
    wire.send(switch + &setup.head("GET /behind", "").replace("Cookie", "X-Cookie")).await;
    assert_eq!(status(&wire.head().await), 101);
    let (head, body) = setup.ask("GET /other", "").await;
    assert_eq!((status(&head), body.as_slice()), (200, &b"ok"[..]));
    assert_eq!(app.seen(), 2);
}

/// A head is read whole or not at all: neither its length nor what it begins with changes that.
#[tokio::test]
async fn lines_that_are_no_request_are_refused() {
    for line in [
        "GET  / HTTP/1.1",
        " GET / HTTP/1.1",
        "GET / HTTP/1.1 ",
        "GET\t/ HTTP/1.1",
        "GET /\x0b HTTP/1.1",
        "GET /a b HTTP/1.1",
        "GET /\0 HTTP/1.1",
        "GET /\r HTTP/1.1",
        "GET / HTTP/1.1\r",
        "GET /",
        "GET / HTTP/0.9",
        "GET / HTTP/2.0",
        "GET / HTTP/1.2",
        "GET / http/1.1",
        "GET / HTTP/1.1\r\n",
        "G\u{e9}T / HTTP/1.1",
        "PRI * HTTP/2.0",
        "",
        "\0",
    ] {
        let (app, seen, _) = strict_app();
        let setup = Setup::before(&app).await;
        let mut wire = setup.connect().await;
        let fine = setup.head("GET /", "");
        wire.send(fine.replacen("GET / HTTP/1.1", line, 1)).await;
        let answer = String::from_utf8_lossy(&wire.rest().await).into_owned();
        assert!(!answer.contains(" 200 "), "{line:?} was answered with {answer}");
        assert_eq!(*seen.heads.lock().unwrap(), [""; 0], "{line:?}");
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
