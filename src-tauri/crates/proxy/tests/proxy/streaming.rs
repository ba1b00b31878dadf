//! Bodies go on as they come, interim answers and half-closed connections.

use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use crate::support::{App, Setup, Wire, field, soon, status};

/// Each piece must have arrived before the next is sent, so nothing waits for a body's end.
#[tokio::test]
async fn a_slow_upload_reaches_the_app_piece_by_piece() {
    let (pieces, mut told) = mpsc::unbounded_channel();
    let app = App::raw(move |stream| {
        let pieces = pieces.clone();
        async move {
            let mut wire = Wire::over(stream);
            wire.next_head().await;
            for _ in 0..20 {
                let Some(piece) = wire.maybe(1).await else { return };
                pieces.send(piece[0]).unwrap();
            }
            wire.send("HTTP/1.1 204 No Content\r\n\r\n").await;
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("PUT /", "Content-Length: 20\r\n")).await;
    for at in 0..20 {
        wire.send([b'a' + at]).await;
        assert_eq!(soon("a piece", told.recv()).await, Some(b'a' + at));
    }
    assert_eq!(status(&wire.head().await), 204);
}

#[tokio::test]
async fn a_slow_answer_reaches_the_window_piece_by_piece() {
    let (go, going) = mpsc::unbounded_channel::<()>();
    let going = std::sync::Arc::new(tokio::sync::Mutex::new(going));
    let app = App::raw(move |stream| {
        let going = std::sync::Arc::clone(&going);
        async move {
            let mut wire = Wire::over(stream);
            wire.next_head().await;
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            while going.lock().await.recv().await.is_some() {
                wire.send("1\r\nx\r\n").await;
            }
            wire.send("0\r\n\r\n").await;
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "")).await;
    assert_eq!(status(&wire.head().await), 200, "the head comes before any of the body");
    for _ in 0..20 {
        go.send(()).unwrap();
        assert_eq!(wire.exactly(6).await, b"1\r\nx\r\n");
    }
    drop(go);
    assert_eq!(wire.exactly(5).await, b"0\r\n\r\n");
}

#[tokio::test]
async fn interim_answers_end_here_and_the_final_one_passes() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        while wire.next_head().await.is_some() {
            for interim in ["100 Continue", "102 Processing", "103 Early Hints"] {
                wire.send(format!("HTTP/1.1 {interim}\r\nLink: </a.css>\r\n\r\n")).await;
            }
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    for method in ["GET", "DELETE"] {
        wire.send(setup.head(&format!("{method} /"), "")).await;
        let head = wire.head().await;
        assert_eq!((status(&head), field(&head, "link")), (200, None), "{method}");
        assert_eq!(wire.exactly(2).await, b"ok");
    }
}

/// The client says that it waits for `100 Continue`, and the app refuses without a look at the
/// body: the refusal must come although the body was never sent.
#[tokio::test]
async fn an_upload_that_waits_is_refused_without_its_body() {
    let (heads, mut told) = mpsc::unbounded_channel();
    let app = App::raw(move |stream| {
        let heads = heads.clone();
        async move {
            let mut wire = Wire::over(stream);
            let Some(head) = wire.next_head().await else { return };
            heads.send(head).unwrap();
            wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig").await;
            wire.rest().await;
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("PUT /", "Content-Length: 300000000\r\nExpect: 100-continue\r\n")).await;
    let mut head = wire.head().await;
    if status(&head) == 100 {
        head = wire.head().await;
    }
    assert_eq!(status(&head), 413);
    assert_eq!(wire.exactly(3).await, b"big");
    let asked = told.recv().await.unwrap();
    assert_eq!(field(&asked, "expect"), Some("100-continue"), "the app decides");
}

/// An app that ends its side after the answer has given all of it (RFC 9112 section 6.3), even
/// while it still reads.
#[tokio::test]
async fn an_answer_up_to_the_apps_end_is_whole() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        if wire.next_head().await.is_some() {
            wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it").await;
            wire.stream.shutdown().await.unwrap();
            wire.rest().await;
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    for round in 0..2 {
        wire.send(setup.head("GET /", "")).await;
        let head = wire.head().await;
        assert_eq!(field(&head, "transfer-encoding"), Some("chunked"), "{round}: {head}");
        let body = soon("the body", wire.until(b"0\r\n\r\n")).await.unwrap();
        assert_eq!(body, b"9\r\nall of it\r\n0\r\n\r\n");
    }
}

/// A client that ends its side has left, as for Python's own servers: there is no other sign of a
/// page that was closed, and a script must not run on for nobody.
#[tokio::test]
async fn a_client_that_ends_its_side_has_left() {
    let (ended, mut told) = mpsc::unbounded_channel();
    let app = App::raw(move |stream| {
        let ended = ended.clone();
        async move {
            let mut wire = Wire::over(stream);
            wire.rest().await;
            let _ = ended.send(());
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "")).await;
    while app.seen() == 0 {
        tokio::task::yield_now().await;
    }
    wire.stream.shutdown().await.unwrap();
    soon("the end of the app's connection", told.recv()).await;
}

/// Tornado refuses a large upload in a few words without a length, and closes with most of the
/// request unread, which resets the connection behind the answer.
#[tokio::test]
async fn a_refusal_without_a_length_is_whole() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        wire.next_head().await;
        wire.maybe(100).await;
        wire.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\ntoo long").await;
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    // More than the app reads, and little enough to fit into the sockets' buffers.
    wire.send(setup.head("PUT /", "Content-Length: 300000\r\n")).await;
    wire.send(vec![b'x'; 50_000]).await;
    assert_eq!(status(&wire.head().await), 400);
    let body = soon("the body", wire.until(b"0\r\n\r\n")).await.unwrap();
    assert_eq!(body, b"8\r\ntoo long\r\n0\r\n\r\n");
}
