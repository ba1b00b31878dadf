//! Items 18 to 27, 41 and 43 of the conformance list (docs/conformance.md): the same WebSockets to
//! `streamlit run` and to `waterskin run`, frame by frame.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use anyhow::Context;
use futures_util::future::try_join_all;
use rustix::process::{Signal, kill_process};
use waterskin_tests::{
    Findings, Forward, Frame, NEWEST, OLDEST, PATIENCE, Page, Pair, RawSocket, Result, Site,
    Status, Tag, Widget, app, eventually, is_old,
};

/// `BackMsg.rerun_script` with no widget's state: what the page sends first.
const RERUN: [u8; 4] = [0x5a, 2, 0x12, 0];

const DEFLATE: &str = "permessage-deflate; client_max_window_bits";

async fn both(pair: &Pair, protocols: &str) -> Result<(RawSocket, RawSocket)> {
    let draft = RawSocket::draft(protocols);
    let (direct, through) =
        tokio::join!(RawSocket::open(&pair.direct, &draft), RawSocket::open(&pair.through, &draft));
    Ok((direct?, through?))
}

/// Whether a frame ends its message, its reserved bits and opcode, the message's kind and content.
type Seen = (bool, u8, u8, Option<Tag>, Vec<u8>);

/// The frames of one run of the script: what each is, and all of those with elements, which are
/// the same in every session.
///
/// Streamlit joins the messages for one place in the page that wait to be sent (1.40 to 1.67,
/// `forward_msg_queue.py`). How many there are is thus a matter of time, and here the last one
/// stands for all, where the first one came.
async fn run_of(socket: &mut RawSocket) -> Result<Vec<Seen>> {
    let mut frames: Vec<Seen> = Vec::new();
    let mut places = HashMap::new();
    loop {
        let frame = socket.next().await?.context("the end came before the script's")?;
        if frame.opcode != Frame::BINARY {
            continue;
        }
        let forward = Forward::read(frame.payload.clone().into())?;
        let is_element = forward.tag == Tag::Delta;
        let content = if is_element { frame.payload } else { Vec::new() };
        let seen = (frame.fin, frame.rsv, frame.opcode, Some(forward.tag), content);
        if is_element {
            let place = places.entry(forward.metadata().to_vec()).or_insert(frames.len());
            match frames.get_mut(*place) {
                Some(earlier) => *earlier = seen,
                None => frames.push(seen),
            }
        } else {
            frames.push(seen);
        }
        if matches!(forward.tag, Tag::ScriptFinished(_)) {
            return Ok(frames);
        }
    }
}

async fn c18_protocols(pair: &Pair, found: &mut Findings) -> Result<()> {
    for protocols in [
        "streamlit",
        "streamlit, PLACEHOLDER_AUTH_TOKEN",
        "streamlit, 2|a|b|c, 00000000-0000-0000-0000-000000000000",
        "other, streamlit",
    ] {
        let (direct, through) = both(pair, protocols).await?;
        let draft = RawSocket::draft(protocols);
        found.judge(&draft, &direct.handshake, &through.handshake);
        let echoed = through.handshake.field("sec-websocket-protocol");
        found.holds("the first one is echoed", echoed == protocols.split(',').next());
    }
    let mut runs = Vec::new();
    for site in [&pair.direct, &pair.through] {
        let mut page = Page::open(site).await?;
        page.run().await?;
        let session = page.session()?.to_owned();
        drop(page);
        let mut page = Page::resume(site, &session).await?;
        runs.push((page.run().await?.has("Run 2."), page.session()? == session));
    }
    found.equal("the session after a lost connection", &runs[0], &runs[1]);
    found.holds("it is the same session", runs[1] == (true, true));
    Ok(())
}

async fn c19_no_compression(pair: &Pair, found: &mut Findings) -> Result<()> {
    let draft = RawSocket::draft("streamlit").field("Sec-WebSocket-Extensions", DEFLATE);
    let direct = RawSocket::open(&pair.direct, &draft).await?;
    let through = RawSocket::open(&pair.through, &draft).await?;
    found.judge(&draft, &direct.handshake, &through.handshake);
    let extension = through.handshake.field("sec-websocket-extensions");
    found.holds("none is negotiated", extension.is_none());
    Ok(())
}

/// The frames of the first run, one by one: their heads, order, kinds and content.
async fn c21_frames(pair: &Pair, found: &mut Findings) -> Result<()> {
    let (mut direct, mut through) = both(pair, "streamlit").await?;
    direct.send(Frame::BINARY, &RERUN).await?;
    through.send(Frame::BINARY, &RERUN).await?;
    let frames = (run_of(&mut direct).await?, run_of(&mut through).await?);
    found.equal("number of frames", &frames.0.len(), &frames.1.len());
    for (direct, through) in frames.0.iter().zip(&frames.1) {
        found.equal("a frame", direct, through);
    }
    // A message in three frames with a ping between them (RFC 6455 section 5.4).
    for socket in [&mut direct, &mut through] {
        socket.send_raw(Frame::BINARY, &RERUN[..1]).await?;
        socket.send(Frame::PING, b"between").await?;
        socket.send_raw(0, &RERUN[1..2]).await?;
        socket.send_raw(0x80, &RERUN[2..]).await?;
    }
    let frames = (run_of(&mut direct).await?, run_of(&mut through).await?);
    // Messages about the state of the first run may come late.
    let elements = |frames: &[Seen]| frames.iter().filter(|it| it.3 == Some(Tag::Delta)).count();
    found.equal("after a message in pieces", &elements(&frames.0), &elements(&frames.1));
    Ok(())
}

/// 70 MB in one frame from Python, and 24 MB to it, which is just below what it takes.
async fn c21_large_messages(pair: &Pair, found: &mut Findings) -> Result<()> {
    let exchange = async |site: &Site| {
        let mut page = Page::open(site).await?;
        let first = page.run().await?;
        let run = page.set(&first.widget("size")?, Widget::slider(70_000_000.0)).await?;
        let large = run.deltas().map(|delta| delta.bytes.clone()).max_by_key(|it| it.len());
        page.set(&first.widget("size")?, Widget::slider(0.0)).await?;
        let note = "é".repeat(12_000_000);
        let run = page.set(&first.widget("note")?, Widget::text(&note)).await?;
        Ok::<_, anyhow::Error>((large.context("no message")?, run.has("12000000 letters")))
    };
    let (direct, through) = (exchange(&pair.direct).await?, exchange(&pair.through).await?);
    found.holds("70 MB in one frame", through.0.len() > 70_000_000);
    found.holds("the same bytes", direct.0 == through.0);
    found.equal("24 MB to Python", &direct.1, &through.1);
    found.holds("they came", through.1);
    Ok(())
}

async fn c20_pings(pair: &Pair, found: &mut Findings) -> Result<()> {
    let (mut direct, mut through) = both(pair, "streamlit").await?;
    for socket in [&mut direct, &mut through] {
        socket.send(Frame::PING, b"are you there").await?;
    }
    let pongs = (pong(&mut direct).await?, pong(&mut through).await?);
    found.equal("the pong", &pongs.0, &pongs.1);
    found.holds("has the ping's bytes", pongs.1.payload == b"are you there");
    Ok(())
}

async fn pong(socket: &mut RawSocket) -> Result<Frame> {
    loop {
        match socket.next().await? {
            Some(frame) if frame.opcode == Frame::PONG => return Ok(frame),
            Some(_) => {}
            None => anyhow::bail!("the end in place of a pong"),
        }
    }
}

/// What a client does, as bytes on the wire, and what the other side closes with.
async fn c22_close_codes(pair: &Pair, found: &mut Findings) -> Result<()> {
    let close = |code: u16, reason: &str| [&code.to_be_bytes()[..], reason.as_bytes()].concat();
    let long = [b'p'; 126];
    let frames: [(&str, u8, Vec<u8>); 17] = [
        ("close 1000", 0x88, close(1000, "done")),
        ("close 1001", 0x88, close(1001, "")),
        ("close 3000", 0x88, close(3000, "ä")),
        ("close 4999", 0x88, close(4999, "")),
        ("close without a code", 0x88, vec![]),
        ("close with half a code", 0x88, vec![3]),
        ("close 1005, which is reserved", 0x88, close(1005, "")),
        ("close with a broken reason", 0x88, [&close(1000, "")[..], b"\xff"].concat()),
        ("a reserved opcode", 0x83, b"x".to_vec()),
        ("a reserved control opcode", 0x8b, b"x".to_vec()),
        ("a reserved bit", 0xc2, b"x".to_vec()),
        ("another reserved bit", 0x92, b"x".to_vec()),
        ("a long ping", 0x89, long.to_vec()),
        ("a ping in pieces", 0x09, b"x".to_vec()),
        ("a continuation of nothing", 0x80, b"x".to_vec()),
        ("broken UTF-8", 0x81, b"\xff\xfe".to_vec()),
        ("a message over the limit", 0x82, vec![0xff; 26 << 20]),
    ];
    let mut codes = Vec::new();
    for (what, first, payload) in frames {
        // The old server takes so much as a message, and finds it is none.
        let (mut direct, mut through) = both(pair, "streamlit").await?;
        let end = async |socket: &mut RawSocket| {
            // Python may have closed before it has read all of it.
            let _closed_early = socket.send_raw(first, &payload).await;
            socket.close_code().await
        };
        let ends = tokio::join!(end(&mut direct), end(&mut through));
        let ends = (ends.0?, ends.1?);
        found.equal(what, &ends.0, &ends.1);
        codes.push(ends.1);
    }
    let (mut direct, mut through) = both(pair, "streamlit").await?;
    for socket in [&mut direct, &mut through] {
        socket.send_bytes(b"\x82\x01x").await?;
    }
    let ends = (direct.close_code().await?, through.close_code().await?);
    found.equal("a frame without a mask", &ends.0, &ends.1);
    found.note(format!("codes {codes:?}"));
    Ok(())
}

async fn c23_texts_and_garbage(pair: &Pair, found: &mut Findings) -> Result<()> {
    for (what, opcode, payload) in [
        ("a text", Frame::TEXT, &b"hello"[..]),
        ("no message", Frame::BINARY, b"\xff\xff\xff"),
        ("an empty message", Frame::BINARY, b""),
    ] {
        let (mut direct, mut through) = both(pair, "streamlit").await?;
        // A server that takes it answers a ping; the newest one breaks the connection at a text.
        let breaks = opcode == Frame::TEXT && !is_old(pair.version);
        let outcome = async |socket: &mut RawSocket| {
            socket.send(opcode, payload).await?;
            if breaks {
                return Ok(Some(socket.close_code().await?));
            }
            socket.send(Frame::PING, b"and now").await?;
            pong(socket).await.map(|_| None)
        };
        let ends = (outcome(&mut direct).await?, outcome(&mut through).await?);
        found.equal(what, &ends.0, &ends.1);
        found.note(format!("{what}: {}", ends.1.map_or("taken".to_owned(), |it| it.to_string())));
    }
    Ok(())
}

async fn c24_slow_reader(pair: &Pair, found: &mut Findings) -> Result<()> {
    if pair.version == OLDEST {
        // It pings each second, and with the newest Tornado it waits a second for the pong: 150 MB
        // keep Python itself from reading it for longer, and any connection may be ended.
        found.note("not run; this version ends connections while it makes a large message");
        return Ok(());
    }
    let mut slow = Page::open(&pair.through).await?;
    let first = slow.run().await?;
    let mut quick = Page::open(&pair.through).await?;
    quick.run().await?;
    let before = resident(pair)?;
    slow.send_set(&first.widget("size")?, Widget::slider(150_000_000.0)).await?;
    for level in 0..3 {
        let level = 20.0 + f64::from(level);
        let run = quick.set(&first.widget("level")?, Widget::slider(level)).await?;
        found.holds("others go on", run.has(&format!("Level is {level}.")));
    }
    let grown = resident(pair)?.saturating_sub(before);
    found.holds(&format!("{} MB more in the proxy", grown >> 20), grown < 32 << 20);
    let run = slow.finished(PATIENCE).await?;
    let largest = run.deltas().map(|delta| delta.bytes.len()).max();
    found.holds("it comes whole in the end", largest > Some(150_000_000));
    let grown = resident(pair)?.saturating_sub(before);
    found.holds(&format!("{} MB more after 150 MB", grown >> 20), grown < 32 << 20);
    Ok(())
}

/// Memory of the command, which has the proxy in it, in bytes.
fn resident(pair: &Pair) -> Result<usize> {
    let id = pair.served.command.id().as_raw_nonzero();
    let status = fs_err::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<usize>()? << 10)
}

/// Only through the proxy: Streamlit would call the internet for its own address first.
async fn c25_foreign_origins(pair: &Pair, found: &mut Findings) -> Result<()> {
    let port = pair.through.port;
    for (name, value) in [
        ("Origin", "https://attacker.example".to_owned()),
        ("Origin", "null".to_owned()),
        ("Origin", "file://".to_owned()),
        ("Origin", format!("http://tauri.localhost:{port}")),
        ("Host", format!("attacker.example:{port}")),
    ] {
        let draft = RawSocket::draft("streamlit").field(name, &value);
        let socket = RawSocket::open(&pair.through, &draft).await?;
        let status = &socket.handshake.status;
        found.holds(&format!("{name}: {value}: {status}"), status.starts_with("40"));
    }
    for origin in ["http://localhost", "http://127.0.0.1"] {
        // Each way with its own port.
        let draft =
            |port: u16| RawSocket::draft("streamlit").field("Origin", &format!("{origin}:{port}"));
        let direct = RawSocket::open(&pair.direct, &draft(pair.direct.port)).await?;
        let through = RawSocket::open(&pair.through, &draft(port)).await?;
        found.judge(&draft(port), &direct.handshake, &through.handshake);
    }
    Ok(())
}

async fn c26_twenty_sessions(pair: &Pair, found: &mut Findings) -> Result<()> {
    let session = async |number: u32| {
        let mut page = Page::open(&pair.through).await?;
        let first = page.run().await?;
        let level = f64::from(number * 7);
        page.set(&first.widget("level")?, Widget::slider(level)).await?;
        let run = page.run().await?;
        Ok::<_, anyhow::Error>(run.has(&format!("Level is {level}.")) && run.has("Run 3."))
    };
    for own in try_join_all((0..20).map(session)).await? {
        found.holds("each has its own state", own);
    }
    Ok(())
}

/// 20 KB of cookies: Python's WebSocket library (from 1.57 on) never answers to a line over 8 KB.
async fn c27_large_cookies(pair: &Pair, found: &mut Findings) -> Result<()> {
    let cookie = format!("big={}", "z".repeat(20_000));
    let draft = RawSocket::draft("streamlit").cookie("_streamlit_xsrf=2|a|b|c").cookie(&cookie);
    let through = RawSocket::open(&pair.through, &draft).await?;
    found.holds("101", through.handshake.status.starts_with("101"));
    if is_old(pair.version) {
        let direct = RawSocket::open(&pair.direct, &draft).await?;
        found.judge(&draft, &direct.handshake, &through.handshake);
    }
    Ok(())
}

/// The same with a field that is no cookie, so it goes on: there is an end to the wait, and it
/// says what happened. 15 s, so for the newest alone.
async fn trap_handshake_without_an_answer(pair: &Pair, found: &mut Findings) -> Result<()> {
    if is_old(pair.version) {
        found.note("the old server takes such a field");
    }
    let long = "z".repeat(9_000);
    let draft = RawSocket::draft("streamlit").field("X-Long", &long).field("Accept", "text/html");
    let through = RawSocket::open(&pair.through, &draft).await?;
    let expected = if is_old(pair.version) { "101" } else { "504" };
    found.holds(&through.handshake.status, through.handshake.status.starts_with(expected));
    Ok(())
}

async fn c43_long_scripts(pair: &Pair, found: &mut Findings) -> Result<()> {
    for site in [&pair.direct, &pair.through] {
        let mut page = Page::open(site).await?;
        let first = page.run().await?;
        // Half an hour of work, if nobody stopped it.
        page.send_set(&first.widget("steps")?, Widget::slider(90_000.0)).await?;
        // Not each of them: a server that is busy sends only the newest of those that wait
        // (`runtime/forward_msg_queue.py`).
        for _ in 0..3 {
            while !page.next().await?.has("Step ") {}
        }
        page.stop().await?;
        let end = page.finished(PATIENCE).await?;
        found.holds("steps were shown, and it stopped", end.status() == Some(Status::Finished));
    }
    found.note("a run of minutes is shortened: three steps while it runs, then the stop button");
    Ok(())
}

/// On servers that compress, and that ping each second where that can be set.
async fn c19_compression(pair: &Pair, found: &mut Findings) -> Result<()> {
    let draft = RawSocket::draft("streamlit").field("Sec-WebSocket-Extensions", DEFLATE);
    let mut direct = RawSocket::open(&pair.direct, &draft).await?;
    let mut through = RawSocket::open(&pair.through, &draft).await?;
    found.judge(&draft, &direct.handshake, &through.handshake);
    let extension = through.handshake.field("sec-websocket-extensions");
    found.holds("deflate is negotiated", extension.is_some_and(|it| it.contains("deflate")));
    let mut kinds = Vec::new();
    for socket in [&mut direct, &mut through] {
        socket.send(Frame::BINARY, &RERUN).await?;
        let frame = socket.next().await?.context("no frame")?;
        let mut content = Vec::new();
        // RFC 7692 section 7.2.2.
        let whole = [&frame.payload[..], &[0, 0, 0xff, 0xff]].concat();
        let inflating = flate2::read::DeflateDecoder::new(&whole[..]).read_to_end(&mut content);
        // The stream has no end of its own.
        let _no_end = inflating;
        let tag = Forward::read(content.into()).map(|forward| forward.tag);
        kinds.push((frame.fin, frame.rsv, frame.opcode, tag.ok()));
    }
    found.equal("the first frame", &kinds[0], &kinds[1]);
    found.holds("is compressed", kinds[1].1 == 4 && kinds[1].3 == Some(Tag::NewSession));
    Ok(())
}

async fn c20_no_pong(pair: &Pair, found: &mut Findings) -> Result<()> {
    let (mut direct, mut through) = both(pair, "streamlit").await?;
    let end = async |socket: &mut RawSocket| {
        let frames = socket.to_the_end().await?;
        let pings = frames.iter().filter(|frame| frame.opcode == Frame::PING).count();
        let code = frames.iter().find_map(Frame::code).unwrap_or(1006);
        Ok::<_, anyhow::Error>((pings > 0, code))
    };
    // One that answers lives on beside those that don't.
    let mut alive = Page::open(&pair.through).await?;
    alive.run().await?;
    let answering = async {
        loop {
            alive.next().await?;
        }
    };
    let ends = tokio::select! {
        ends = async { tokio::join!(end(&mut direct), end(&mut through)) } => ends,
        ended = answering => return ended,
    };
    let ends = (ends.0?, ends.1?);
    found.equal("pings, and the end without pongs", &ends.0, &ends.1);
    found.holds("pings came", ends.1.0);
    found.holds("one that answers lives on", alive.run().await.is_ok());
    found.note(format!("closed with {}; minutes are shortened by a ping each second", ends.1.1));
    Ok(())
}

async fn c22_python_ends(pair: &Pair, found: &mut Findings) -> Result<()> {
    let mut through = RawSocket::open(&pair.through, &RawSocket::draft("streamlit")).await?;
    kill_process(pair.pythons()?.1, Signal::KILL)?;
    found.holds("SIGKILL: no close frame", through.close_code().await? == 1006);
    let alive = async || {
        let answer = pair.through.get("/_stcore/health").await;
        Ok(answer.is_ok_and(|answer| answer.text() == "ok").then_some(()))
    };
    eventually("Python to be there again", PATIENCE, alive).await?;

    // The last: a Python that is asked to end and does so well is not started again.
    let (mut direct, mut through) = both(pair, "streamlit").await?;
    let (plain, ours) = pair.pythons()?;
    kill_process(plain, Signal::TERM)?;
    kill_process(ours, Signal::TERM)?;
    let ends = tokio::join!(direct.close_code(), through.close_code());
    let ends = (ends.0?, ends.1?);
    if is_old(pair.version) {
        // Not the proxy's doing: the launcher ends Tornado politely, its own command does not.
        found.note(format!("SIGTERM: {}, by its own command {}", ends.1, ends.0));
        found.holds("SIGTERM: 1012", ends.1 == 1012);
    } else {
        found.equal("SIGTERM", &ends.0, &ends.1);
    }
    Ok(())
}

macro_rules! run {
    ($pair:expr, $found:ident: $($item:ident)*) => {
        $(
            $found.begin(stringify!($item));
            let outcome = $item($pair, &mut $found).await;
            $found.end(outcome);
        )*
    };
}

async fn conforms(version: &'static str) -> Result<()> {
    let pair = Pair::start(version, &app("traffic"), "").await?;
    let mut found = Findings::new("websocket", version);
    run!(&pair, found:
        c18_protocols c19_no_compression c20_pings c21_frames c21_large_messages c22_close_codes
        c23_texts_and_garbage c24_slow_reader c25_foreign_origins c26_twenty_sessions
        c27_large_cookies c43_long_scripts trap_handshake_without_an_answer c22_python_ends
    );
    drop(pair);
    let config = "enableWebsocketCompression = true\nwebsocketPingInterval = 1";
    let pair = Pair::start(version, &app("traffic"), config).await?;
    run!(&pair, found: c19_compression c20_no_pong);
    found.finish(Path::new(env!("CARGO_TARGET_TMPDIR")))
}

#[tokio::test]
async fn oldest_streamlit() -> Result<()> {
    conforms(OLDEST).await
}

#[tokio::test]
async fn newest_streamlit() -> Result<()> {
    conforms(NEWEST).await
}

mod long {
    use waterskin_tests::Result;

    #[tokio::test]
    async fn tornado_streamlit() -> Result<()> {
        super::conforms(waterskin_tests::TORNADO).await
    }
}
