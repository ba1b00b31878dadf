//! No body is held whole: memory stays flat whatever passes. In a file of its own, since it
//! measures its process.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "a test process owns its tasks until it ends")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails so")]

#[expect(dead_code, reason = "shared with the other tests, which use more of it")]
#[path = "proxy/support.rs"]
mod support;

use bytes::Bytes;
use futures_util::stream;
use http::Response;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use waterskin_proxy::{Cache, StaticFiles, Upstream};

use support::{App, Setup, Wire, status};

/// The length of a large body, and of a large message.
const SIZE: usize = 1 << 30;
const MESSAGE: usize = 200 << 20;
const CHUNK: usize = 64 << 10;

/// More than the buffers of all connections, and far less than one body.
const BOUND: usize = 32 << 20;

/// The most memory that this process has ever had resident, in bytes.
fn peak() -> usize {
    let status = fs_err::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() << 10
}

/// Reads and counts everything up to `length` bytes, beginning with what is there.
async fn drain(wire: &mut Wire<tokio::net::TcpStream>, length: usize) {
    let mut left = length - std::mem::take(&mut wire.buffer).len();
    let mut buffer = vec![0; CHUNK];
    while left > 0 {
        let count = wire.stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "ended with {left} bytes to go");
        left -= count;
    }
}

#[tokio::test]
async fn memory_is_flat_for_a_gigabyte_each_way() {
    let app = App::http(|request| async move {
        let length = request.headers().get("x-length").cloned();
        let mut body = request.into_body();
        let mut got = 0;
        while let Some(frame) = body.frame().await {
            got += frame.unwrap().data_ref().map_or(0, Bytes::len);
        }
        let chunks = if length.is_some() { SIZE / CHUNK } else { 0 };
        let chunk = Bytes::from(vec![b'x'; CHUNK]);
        let frames = (0..chunks).map(move |_| Ok::<_, std::io::Error>(Frame::data(chunk.clone())));
        let mut answer = Response::builder().header("x-got", got);
        if let Some(length) = length {
            answer = answer.header("content-length", length);
        }
        answer.body(StreamBody::new(stream::iter(frames))).unwrap()
    });
    let folder = tempfile::tempdir().unwrap();
    fs_err::File::create(folder.path().join("sparse")).unwrap().set_len(SIZE as u64).unwrap();
    let statics = StaticFiles::new(folder.path()).file("/sparse", "sparse", Cache::Immutable);
    let setup = Setup::with(Upstream::Ready(app.address.clone()), |mut options| {
        options.statics = Some(statics);
        options
    })
    .await;
    let chunk = vec![b'y'; CHUNK];
    let before = peak();

    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", &format!("X-Length: {SIZE}\r\n"))).await;
    assert_eq!(status(&wire.head().await), 200);
    drain(&mut wire, SIZE).await;
    assert!(peak() - before < BOUND, "download: {} bytes more", peak() - before);

    wire.send(setup.head("PUT /", &format!("Content-Length: {SIZE}\r\n"))).await;
    for _ in 0..SIZE / CHUNK {
        wire.stream.write_all(&chunk).await.unwrap();
    }
    assert!(wire.head().await.contains(&format!("x-got: {SIZE}")));
    assert!(peak() - before < BOUND, "upload: {} bytes more", peak() - before);

    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /sparse", "")).await;
    assert_eq!(status(&wire.head().await), 200);
    drain(&mut wire, SIZE).await;
    assert!(peak() - before < BOUND, "file: {} bytes more", peak() - before);

    // A reader that takes nothing: what the app sends must wait at the app.
    let mut slow = setup.connect().await;
    slow.send(setup.head("GET /", &format!("X-Length: {SIZE}\r\n"))).await;
    assert_eq!(status(&slow.head().await), 200);
    let mut quick = setup.connect().await;
    quick.send(setup.head("GET /", &format!("X-Length: {SIZE}\r\n"))).await;
    quick.head().await;
    drain(&mut quick, SIZE).await;
    assert!(peak() - before < BOUND, "slow reader: {} bytes more", peak() - before);
}

#[tokio::test]
async fn memory_is_flat_for_a_message_of_200_megabytes_each_way() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        wire.next_head().await;
        wire.send("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
            .await;
        // One unmasked frame of that size, and then what comes back is counted.
        wire.send([&[0x82, 127][..], &(MESSAGE as u64).to_be_bytes()].concat()).await;
        let chunk = vec![b'x'; CHUNK];
        for _ in 0..MESSAGE / CHUNK {
            wire.stream.write_all(&chunk).await.unwrap();
        }
        let mut buffer = vec![0; CHUNK];
        let mut got = 0;
        while got < 14 + MESSAGE {
            got += wire.stream.read(&mut buffer).await.unwrap();
        }
        wire.send("done").await;
    });
    let setup = Setup::before(&app).await;
    let before = peak();
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "Connection: upgrade\r\nUpgrade: websocket\r\n")).await;
    assert_eq!(status(&wire.head().await), 101);
    drain(&mut wire, MESSAGE + 10).await;
    wire.send([&[0x82, 0xff][..], &(MESSAGE as u64).to_be_bytes(), b"mask"].concat()).await;
    let chunk = vec![b'y'; CHUNK];
    for _ in 0..MESSAGE / CHUNK {
        wire.stream.write_all(&chunk).await.unwrap();
    }
    assert_eq!(wire.exactly(4).await, b"done");
    let frames = setup.record.frames.lock().unwrap();
    let lengths: Vec<_> = frames.iter().map(|(.., head, _)| head.length).collect();
    assert_eq!(lengths[..2], [MESSAGE as u64; 2], "the tap saw both");
    drop(frames);
    assert!(peak() - before < BOUND, "{} bytes more", peak() - before);
}
