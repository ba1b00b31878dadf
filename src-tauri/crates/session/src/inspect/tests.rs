use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use camino::Utf8Path;
use http::Method;
use serde_json::{Value, json};
use waterskin_proxy::{Answerer, Direction, Event, Exchange, FrameHead, Observer, Silent};

use super::Inspection;
use crate::{
    Stage,
    course::Course,
    trace::{Followers, Source, WAITING},
};

struct Setup {
    source: Source,
    followers: Arc<Followers>,
    course: Course,
}

impl Setup {
    fn new() -> Self {
        let followers = Arc::<Followers>::default();
        let source = Source::new(Arc::new(Silent), Arc::clone(&followers));
        Self { source, followers, course: Course::since(Instant::now()) }
    }

    fn inspect(&self) -> Inspection {
        Inspection::begin(&self.followers, &self.course)
    }

    fn frame(&self, direction: Direction, bytes: &[u8]) {
        let length = bytes.len() as u64;
        let head = FrameHead { opcode: 2, fin: true, length, masked: false, rsv: 0 };
        self.source.frame(7, direction, &head, bytes);
    }
}

fn exchange(number: u64, path: &str) -> Exchange {
    let start = Instant::now();
    Exchange {
        number,
        method: Method::GET,
        path: path.to_owned(),
        status: None,
        by: Answerer::Proxy,
        stream: None,
        sent: 0,
        received: 0,
        start,
        answered: None,
        end: start,
        whole: false,
    }
}

/// The next batch.
async fn next(inspection: &mut Inspection) -> Value {
    serde_json::from_str(&inspection.next().await.unwrap()).unwrap()
}

fn types(batch: &Value) -> Vec<&str> {
    batch["lines"].as_array().unwrap().iter().map(|line| line["type"].as_str().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_measured_but_while_somebody_looks() {
    let setup = Setup::new();
    assert!(!setup.source.wants_exchanges());
    setup.frame(Direction::ToWindow, b"\x2a\x00");
    let mut inspection = setup.inspect();
    assert!(setup.source.wants_exchanges());
    let first = next(&mut inspection).await;
    assert_eq!(types(&first), ["begin"], "nothing of before");
    assert_eq!(first["stages"], json!([]));
    let other = setup.inspect();
    drop(inspection);
    assert!(setup.source.wants_exchanges(), "somebody else looks");
    drop(other);
    assert!(!setup.source.wants_exchanges());
}

#[tokio::test(start_paused = true)]
async fn what_passes_comes_in_batches_with_the_stages() {
    let setup = Setup::new();
    setup.course.page();
    let mut inspection = setup.inspect();
    let first = next(&mut inspection).await;
    assert_eq!(first["stages"].as_array().unwrap().len(), 2);
    let began = tokio::time::Instant::now();
    let request = exchange(1, "/_stcore/health");
    setup.source.asked(&request);
    setup.source.exchange(&Exchange { status: Some(200), by: Answerer::App, ..request });
    setup.frame(Direction::ToApp, b"\x5a\x02..");
    setup.frame(Direction::ToWindow, b"\x2a\x02..");
    setup.source.event(Event::UpgradeClosed { stream: 7 });
    let batch = next(&mut inspection).await;
    assert!(began.elapsed() >= Duration::from_millis(50), "gathered");
    assert_eq!(types(&batch), ["asked", "request", "frame", "frame", "close"]);
    assert_eq!(batch["stages"], Value::Null, "as they were");
    assert_eq!(batch["lines"][4]["received"], json!({ "frames": 1, "bytes": 4 }));
    setup.course.reach(Stage::Upgrade);
    let batch = next(&mut inspection).await;
    assert_eq!(types(&batch), [""; 0]);
    assert_eq!(batch["stages"][2]["stage"], "upgrade");
}

#[tokio::test(start_paused = true)]
async fn what_comes_too_fast_is_counted() {
    let setup = Setup::new();
    let mut inspection = setup.inspect();
    next(&mut inspection).await;
    for _ in 0..WAITING + 5 {
        setup.frame(Direction::ToWindow, b"\x2a\x00");
    }
    let batch = next(&mut inspection).await;
    let lines = batch["lines"].as_array().unwrap();
    assert_eq!(lines.len(), WAITING + 1);
    assert_eq!(lines[WAITING], json!({ "type": "lost", "lines": 5 }));
}

#[tokio::test(start_paused = true)]
async fn a_trace_and_an_archive_are_saved_and_nothing_of_what_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    let setup = Setup::new();
    let mut inspection = setup.inspect();
    next(&mut inspection).await;
    setup.frame(Direction::ToWindow, b"\x2a\x06secret");
    let upgrade = Exchange {
        status: Some(101),
        by: Answerer::App,
        stream: Some(8),
        answered: Some(Instant::now()),
        ..exchange(2, "/_stcore/stream")
    };
    setup.source.asked(&exchange(1, "/held"));
    setup.source.asked(&exchange(2, "/_stcore/stream"));
    setup.source.exchange(&upgrade);
    let head = FrameHead { opcode: 9, fin: true, length: 0, masked: false, rsv: 0 };
    setup.source.frame(8, Direction::ToWindow, &head, b"");
    next(&mut inspection).await;
    let kept = inspection.kept();
    let save = || {
        let saving = kept.lock().unwrap_or_else(PoisonError::into_inner).saving(8501);
        saving(folder, "Café traffic").unwrap()
    };
    let saved = save();
    assert_eq!(saved.har, folder.join("Café traffic.har"));
    assert_eq!(save().trace, folder.join("Café traffic 2.jsonl"), "what was there stays");

    let trace = fs_err::read_to_string(&saved.trace).unwrap();
    let lines: Vec<Value> = trace.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let types: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["begin", "frame", "asked", "asked", "request", "frame"]);
    let text = fs_err::read_to_string(&saved.har).unwrap();
    assert!(!trace.contains("secret") && !text.contains("secret"));
    let har: Value = serde_json::from_str(&text).unwrap();
    let entries = har["log"]["entries"].as_array().unwrap();
    let urls: Vec<_> = entries.iter().map(|it| it["request"]["url"].as_str().unwrap()).collect();
    let stream = "ws://localhost:8501/_stcore/stream";
    assert_eq!(urls, ["ws://localhost:8501/", "http://localhost:8501/held", stream]);
    assert_eq!(entries[0]["_webSocketMessages"][0]["_message"], "delta");
    assert_eq!(entries[1]["response"]["status"], 0, "no answer yet");
    assert_eq!(entries[2]["_webSocketMessages"][0]["opcode"], 9);
    let date = entries[1]["startedDateTime"].as_str().unwrap();
    assert!(date.starts_with("20") && date.ends_with('Z'), "{date}");
}
