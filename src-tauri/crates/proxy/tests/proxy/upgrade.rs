use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::Response;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config, client_async_with_config};
use waterskin_proxy::{Direction, Event, Upstream, UpstreamFailure};

use crate::support::{App, Setup, Stream, Wire, field, nobody, soon, status};

const WEBSOCKET: &str = "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\
     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const SWITCH: &str =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";

fn no_limits() -> Option<WebSocketConfig> {
    Some(WebSocketConfig::default().max_message_size(None).max_frame_size(None))
}

/// An app that takes WebSockets, echoes the first subprotocol, and does as `serve` says.
fn websocket_app<F>(serve: impl Fn(WebSocketStream<Stream>) -> F + Clone + Send + 'static) -> App
where
    F: Future<Output = ()> + Send + 'static,
{
    App::raw(move |stream| {
        let serve = serve.clone();
        async move {
            #[expect(clippy::result_large_err, reason = "the library's own callback type")]
            let echo = |request: &Request, mut answer: Response<()>| -> Result<_, ErrorResponse> {
                if let Some(offered) = request.headers().get("sec-websocket-protocol") {
                    let first = offered.to_str().unwrap().split(',').next().unwrap();
                    answer.headers_mut().insert("sec-websocket-protocol", first.parse().unwrap());
                }
                Ok(answer)
            };
            if let Ok(socket) = accept_hdr_async_with_config(stream, echo, no_limits()).await {
                serve(socket).await;
            }
        }
    })
}

/// Sends back what it gets.
async fn echo(mut socket: WebSocketStream<Stream>) {
    while let Some(Ok(message)) = socket.next().await {
        if message.is_binary() || message.is_text() {
            socket.send(message).await.unwrap();
        }
    }
}

async fn dial(setup: &Setup) -> WebSocketStream<TcpStream> {
    let mut request =
        format!("ws://localhost:{}/_app/stream", setup.port).into_client_request().unwrap();
    request.headers_mut().insert("cookie", setup.cookie.parse().unwrap());
    request.headers_mut().insert("sec-websocket-protocol", "app, 2|a|b, last-id".parse().unwrap());
    let stream = TcpStream::connect(("127.0.0.1", setup.port)).await.unwrap();
    let (socket, answer) = client_async_with_config(request, stream, no_limits()).await.unwrap();
    assert_eq!(answer.headers()["sec-websocket-protocol"], "app");
    socket
}

#[tokio::test]
async fn messages_of_any_size_go_both_ways() {
    let app = websocket_app(echo);
    let setup = Setup::before(&app).await;
    let mut socket = dial(&setup).await;
    for length in [0, 1, 125, 126, 65_535, 65_536, 70_000_000] {
        let payload: Vec<u8> = (0..length as u32).map(|at| (at % 253) as u8).collect();
        let (mut sink, mut stream) = (&mut socket).split();
        let message = Message::binary(payload.clone());
        let back = soon("an echo", async {
            let (sent, back) = tokio::join!(sink.send(message), stream.next());
            sent.unwrap();
            back.unwrap().unwrap()
        })
        .await;
        assert!(back.into_data() == payload, "{length} bytes");
        setup
            .record
            .until("both frames", |it| {
                let frames = it.frames.lock().unwrap();
                let told = |direction, masked| {
                    frames.iter().any(|(stream, it, head, prefix)| {
                        *stream == 1
                            && *it == direction
                            && (head.length, head.masked, head.opcode) == (length, masked, 2)
                            && *prefix == payload[..payload.len().min(256)]
                    })
                };
                told(Direction::ToApp, true) && told(Direction::ToWindow, false)
            })
            .await;
    }
}

#[tokio::test]
async fn pings_pongs_and_close_codes_pass() {
    let app = websocket_app(|mut socket| async move {
        socket.send(Message::Ping(Bytes::from_static(b"are you there"))).await.unwrap();
        let pong = socket.next().await.unwrap().unwrap();
        assert_eq!(pong, Message::Pong(Bytes::from_static(b"are you there")));
        let code = match socket.next().await.unwrap().unwrap() {
            Message::Text(text) => text.parse::<u16>().unwrap(),
            other => panic!("{other:?}"),
        };
        socket
            .close(Some(CloseFrame { code: code.into(), reason: "because".into() }))
            .await
            .unwrap();
        while let Some(Ok(_)) = socket.next().await {}
    });
    let setup = Setup::before(&app).await;
    for code in [1000_u16, 1002, 1009, 1012, 4000] {
        let mut socket = dial(&setup).await;
        assert!(matches!(socket.next().await.unwrap().unwrap(), Message::Ping(_)));
        // Sends the pong that the library has ready.
        socket.flush().await.unwrap();
        socket.send(Message::text(code.to_string())).await.unwrap();
        let closed = soon("a close frame", socket.next()).await.unwrap().unwrap();
        let expected = CloseFrame { code: CloseCode::from(code), reason: "because".into() };
        assert_eq!(closed, Message::Close(Some(expected)));
    }
    let close = |code| Event::UpgradeClosed { stream: code };
    for stream in 1..=5 {
        setup.record.until_event(close(stream)).await;
    }
}

#[tokio::test]
async fn the_windows_close_reaches_the_app() {
    let (codes, mut told) = tokio::sync::mpsc::unbounded_channel();
    let app = websocket_app(move |mut socket| {
        let codes = codes.clone();
        async move {
            while let Some(Ok(message)) = socket.next().await {
                if let Message::Close(Some(frame)) = message {
                    codes.send(frame.code).unwrap();
                }
            }
        }
    });
    let setup = Setup::before(&app).await;
    let mut socket = dial(&setup).await;
    let frame = CloseFrame { code: CloseCode::Away, reason: "".into() };
    socket.close(Some(frame)).await.unwrap();
    assert_eq!(soon("a code", told.recv()).await, Some(CloseCode::Away));
}

#[tokio::test]
async fn an_app_that_dies_ends_the_connection_without_a_close_frame() {
    let app = websocket_app(|mut socket| async move {
        socket.next().await;
    });
    let setup = Setup::before(&app).await;
    let mut socket = dial(&setup).await;
    socket.send(Message::text("die")).await.unwrap();
    let end = soon("the end", socket.next()).await.unwrap().unwrap_err();
    let is_abnormal =
        matches!(end, Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) | Error::Io(_));
    assert!(is_abnormal, "a browser reports 1006 here: {end:?}");
}

#[tokio::test]
async fn the_handshake_is_verbatim_but_for_cookies() {
    let (app, mut heads) = App::canned(
        "HTTP/1.1 101 Welcome\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-More: 1\r\n\r\n",
    );
    let setup = Setup::with(Upstream::Ready(app.address.clone()), |mut options| {
        options.upgrade_cookies = |name| name.starts_with("_app");
        options
    })
    .await;
    let big = "z".repeat(20_000);
    let more = format!(
        "{WEBSOCKET}Sec-WebSocket-Protocol: app, 2|a|b, last-id\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\
         Accept-Encoding: gzip\r\nCookie: big={big}; _app_xsrf=2|a\r\nOrigin: http://127.0.0.1:{}\r\n",
        setup.port
    );
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /stream?x=%20", &more)).await;
    assert_eq!(
        wire.head().await,
        "HTTP/1.1 101 Welcome\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-More: 1"
    );
    assert_eq!(
        heads.recv().await.unwrap(),
        format!(
            "GET /stream?x=%20 HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: _app_xsrf=2|a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: app, 2|a|b, last-id\r\n\
             Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nAccept-Encoding: gzip\r\nOrigin: http://127.0.0.1:{port}",
            port = setup.port
        )
    );
}

#[tokio::test]
async fn a_refusal_passes_as_it_is() {
    let (app, _heads) =
        App::canned("HTTP/1.1 403 Forbidden\r\nX-Why: origin\r\nContent-Length: 2\r\n\r\nno");
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", WEBSOCKET)).await;
    let head = wire.head().await;
    assert_eq!((status(&head), field(&head, "x-why")), (403, Some("origin")));
    assert_eq!(wire.exactly(2).await, b"no");
    assert_eq!(setup.record.events()[1..], [Event::UpgradeRefused { status: 403 }]);
    wire.send(setup.head("GET /", "")).await;
    assert_eq!(status(&wire.head().await), 403, "the connection goes on");
}

#[tokio::test]
async fn a_handshake_without_an_answer_ends_in_time() {
    let (ended, mut told) = tokio::sync::mpsc::unbounded_channel();
    let app = App::raw(move |mut stream| {
        let ended = ended.clone();
        async move {
            let _ = stream.read_to_end(&mut Vec::new()).await;
            let _ = ended.send(());
        }
    });
    let setup = Setup::with(Upstream::Ready(app.address.clone()), |mut options| {
        options.handshake_timeout = Duration::from_millis(200);
        options
    })
    .await;
    let (head, body) = setup.ask("GET /", "Connection: upgrade\r\nUpgrade: websocket\r\n").await;
    assert_eq!((status(&head), body.as_slice()), (504, &b"The app took too long to answer\n"[..]));
    assert_eq!(
        setup.record.events()[1..],
        [
            Event::UpstreamFailed { kind: UpstreamFailure::TimedOut },
            Event::UpgradeRefused { status: 504 }
        ]
    );
    soon("the end of the handshake", told.recv()).await;

    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", WEBSOCKET)).await;
    while app.seen() < 2 {
        tokio::task::yield_now().await;
    }
    drop(wire);
    soon("the end after the window left", told.recv()).await;
}

#[tokio::test]
async fn an_upgrade_waits_for_the_app_too() {
    let app = websocket_app(echo);
    let setup = Setup::new(Upstream::Holding).await;
    let (mut socket, ()) = tokio::join!(dial(&setup), async {
        tokio::task::yield_now().await;
        setup.upstream.send_replace(Upstream::Ready(app.address.clone()));
    });
    socket.send(Message::text("ä")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("ä"));
}

#[tokio::test]
async fn any_protocol_passes_as_bytes_and_each_side_may_end_first() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        wire.next_head().await;
        // The first bytes come in one piece with the head.
        wire.send([SWITCH.as_bytes(), b"\x00\xffearly"].concat()).await;
        let mut all = std::mem::take(&mut wire.buffer);
        wire.stream.read_to_end(&mut all).await.unwrap();
        all.reverse();
        wire.send(&all).await;
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    let head = setup.head("GET /", "Connection: upgrade\r\nUpgrade: x\r\n");
    wire.send([head.as_bytes(), b"\xfe\x00eager"].concat()).await;
    assert_eq!(status(&wire.head().await), 101);
    assert_eq!(wire.exactly(7).await, b"\x00\xffearly");
    wire.send(b" and more").await;
    wire.stream.shutdown().await.unwrap();
    assert_eq!(wire.rest().await, b"erom dna regae\x00\xfe", "answered after our end was closed");
    setup.record.until_event(Event::UpgradeClosed { stream: 1 }).await;
    assert!(setup.record.frames.lock().unwrap().is_empty(), "this is no WebSocket");
}

#[tokio::test]
async fn a_slow_reader_holds_up_only_its_own_connection() {
    let app = websocket_app(|mut socket| async move {
        while let Some(Ok(message)) = socket.next().await {
            if message.is_text() {
                socket.send(Message::binary(vec![7; 30_000_000])).await.unwrap();
            }
        }
    });
    let setup = Arc::new(Setup::before(&app).await);
    let mut slow = dial(&setup).await;
    slow.send(Message::text("go")).await.unwrap();
    // The other one is done before the slow one reads anything.
    let mut quick = dial(&setup).await;
    quick.send(Message::text("go")).await.unwrap();
    assert_eq!(soon("the quick one", quick.next()).await.unwrap().unwrap().len(), 30_000_000);
    assert_eq!(soon("the slow one", slow.next()).await.unwrap().unwrap().len(), 30_000_000);
}

#[tokio::test]
async fn twenty_connections_are_apart() {
    let app = websocket_app(echo);
    let setup = Setup::before(&app).await;
    let talks = (0..20).map(|at| {
        let setup = &setup;
        async move {
            let mut socket = dial(setup).await;
            for round in 0..20 {
                let text = format!("{at} {round}");
                socket.send(Message::text(text.clone())).await.unwrap();
                assert_eq!(socket.next().await.unwrap().unwrap(), Message::text(text));
            }
            socket.close(None).await.unwrap();
        }
    });
    soon("all talks", futures_util::future::join_all(talks)).await;
    assert_eq!(app.seen(), 20);
}

#[tokio::test]
async fn nobody_there_is_502() {
    let setup = Setup::new(Upstream::Ready(nobody())).await;
    let (head, _) = setup.ask("GET /", "Connection: upgrade\r\nUpgrade: websocket\r\n").await;
    assert_eq!(status(&head), 502);
    assert_eq!(setup.record.events().last(), Some(&Event::UpgradeRefused { status: 502 }));
}
