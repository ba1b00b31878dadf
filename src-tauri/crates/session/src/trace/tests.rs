use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use camino::{Utf8Path, Utf8PathBuf};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use waterskin_proxy::{Direction, Event, FrameHead, Observer, Silent};
use waterskin_supervisor::OutputLog;

use super::{Followers, Place, Source, WAITING, Writer, begin};

/// Counts the frames that are handed on.
#[derive(Default)]
struct Counter(Mutex<usize>);

impl Observer for Counter {
    fn frame(&self, _stream: u64, _direction: Direction, _head: &FrameHead, _prefix: &[u8]) {
        *self.0.lock().unwrap() += 1;
    }
}

struct Setup {
    folder: tempfile::TempDir,
    log: Arc<OutputLog>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Setup {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            log: Arc::new(OutputLog::open(None)),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        }
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.folder.path().join(name)).unwrap()
    }

    async fn begin(&self, path: &Utf8Path, inner: Arc<dyn Observer>) -> Arc<dyn Observer> {
        let (log, closing) = (Arc::clone(&self.log), self.closing.clone());
        let followers = Arc::<Followers>::default();
        begin(&followers, Place { path, log, tasks: &self.tasks, closing }).await;
        Arc::new(Source::new(inner, followers))
    }

    /// The lines, once the trace has ended.
    async fn end(&self, path: &Utf8Path) -> Vec<serde_json::Value> {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        let text = fs_err::read_to_string(path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn notes(&self) -> Vec<String> {
        self.log.tail(10).into_iter().map(|line| line.text).collect()
    }
}

fn frame(opcode: u8, length: u64) -> FrameHead {
    FrameHead { opcode, fin: true, length, masked: false, rsv: 0 }
}

#[tokio::test]
async fn frames_are_lines_and_go_on_to_the_other_observer() {
    let (setup, counter) = (Setup::new(), Arc::new(Counter::default()));
    let path = setup.path("é trace.jsonl");
    let observer = setup.begin(&path, Arc::clone(&counter) as Arc<dyn Observer>).await;
    assert!(observer.wants_exchanges());
    let first = fs_err::read_to_string(&path).unwrap();
    assert!(first.starts_with("{\"type\":\"begin\",\"version\":1,\"time\":"), "at once: {first}");

    observer.frame(7, Direction::ToApp, &frame(2, 50), b"\x5a\x30secret");
    observer.frame(7, Direction::ToWindow, &frame(2, 70_000_000), b"\x0a\x02ab\x2a\x05secret");
    observer.frame(7, Direction::ToWindow, &frame(1, 0), b"");
    observer.frame(7, Direction::ToWindow, &FrameHead { rsv: 4, ..frame(2, 9) }, b"\x2a\x00");
    observer.frame(7, Direction::ToWindow, &frame(8, 8), b"\x03\xf4secret");
    observer.event(Event::UpgradeClosed { stream: 7 });
    let mut lines = setup.end(&path).await;
    for line in &mut lines {
        line.as_object_mut().unwrap().shift_remove("at");
    }
    let lines: Vec<_> = lines.iter().skip(1).map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            r#"{"type":"frame","stream":7,"to":"app","opcode":"binary","fin":true,"length":50,"message":"rerun_script"}"#,
            r#"{"type":"frame","stream":7,"to":"window","opcode":"binary","fin":true,"length":70000000,"message":"delta"}"#,
            r#"{"type":"frame","stream":7,"to":"window","opcode":"text","fin":true,"length":0}"#,
            r#"{"type":"frame","stream":7,"to":"window","opcode":"binary","fin":true,"length":9}"#,
            r#"{"type":"frame","stream":7,"to":"window","opcode":"close","fin":true,"length":8,"code":1012}"#,
            r#"{"type":"close","stream":7,"sent":{"frames":1,"bytes":50},"received":{"frames":4,"bytes":70000017}}"#,
        ]
    );
    assert_eq!(*counter.0.lock().unwrap(), 5);
    assert!(!observer.wants_exchanges(), "nothing is measured after the end");
    assert_eq!(setup.notes(), [""; 0]);
}

#[tokio::test]
async fn what_comes_too_fast_is_counted() {
    let setup = Setup::new();
    let path = setup.path("trace");
    let observer = setup.begin(&path, Arc::new(Silent)).await;
    // The writer has no turn meanwhile: this test's runtime has one thread.
    for _ in 0..WAITING + 5 {
        observer.frame(1, Direction::ToApp, &frame(9, 0), b"");
    }
    let lines = setup.end(&path).await;
    assert_eq!(lines.len(), WAITING + 2);
    assert_eq!(lines.last().unwrap().to_string(), r#"{"type":"lost","lines":5}"#);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_alone_and_begins_anew() {
    use std::os::unix::fs::PermissionsExt as _;
    let setup = Setup::new();
    let path = setup.path("trace");
    fs_err::write(&path, "what was there before").unwrap();
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let _observer = setup.begin(&path, Arc::new(Silent)).await;
    let mode = fs_err::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(setup.end(&path).await.len(), 1);
}

#[tokio::test]
async fn a_place_that_cant_be_written_is_said_once() {
    let setup = Setup::new();
    let path = setup.path("no folder/trace");
    let observer = setup.begin(&path, Arc::new(Silent)).await;
    assert!(!observer.wants_exchanges(), "nobody follows");
    let path = setup.path("");
    setup.begin(&path, Arc::new(Silent)).await;
    let notes = setup.notes();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].contains("no trace in `") && notes[0].contains("No such file"), "{notes:?}");
    assert!(notes[1].contains("something else than a file"), "{notes:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_ends_the_writing_and_nothing_else() {
    let full = fs_err::tokio::OpenOptions::new().write(true).open("/dev/full").await.unwrap();
    let error = Writer::begin(full.into_parts().0).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);

    // After the beginning: what sends learns that nobody follows any more, and never waits.
    let followers = Arc::<Followers>::default();
    let following = followers.follow();
    let tracer = Source::new(Arc::new(Silent), followers);
    let writer = Writer::begin(Limited { left: 60 }).await.unwrap();
    for _ in 0..10 {
        tracer.frame(1, Direction::ToApp, &frame(9, 0), b"");
    }
    let error = writer.run(following, CancellationToken::new()).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    assert!(!tracer.wants_exchanges());
    tracer.event(Event::UpgradeClosed { stream: 1 });
}

/// A disk with room for so many bytes.
struct Limited {
    left: usize,
}

impl tokio::io::AsyncWrite for Limited {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        let taken = bytes.len().min(self.left);
        self.left -= taken;
        std::task::Poll::Ready(match taken {
            0 => Err(std::io::ErrorKind::StorageFull.into()),
            taken => Ok(taken),
        })
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}

#[test]
fn times_are_milliseconds() {
    let begin = Instant::now();
    let moment = begin + std::time::Duration::from_nanos(1_234_567);
    assert_eq!(super::line::since(begin, moment), 1.234);
    assert_eq!(super::line::since(moment, begin), 0.0);
}
