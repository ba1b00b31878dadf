use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use waterskin_process::Lines;

use crate::file::RotatingFile;
use crate::ring::{Line, Ring, Source};
use crate::stream::{Output, Stream};

/// How much of the newest output is kept in memory, in bytes: once as it came, and once as lines.
const MEMORY: usize = 1024 * 1024;
/// The size of each file, in bytes, and how many there are.
const FILE: u64 = 2 * 1024 * 1024;
const FILES: u32 = 3;
/// The name of the newest file.
const NAME: &str = "app.log";

/// What a program printed: the newest of it in memory, more of it in rotating files.
///
/// The files get the raw bytes and the remarks. The memory has the same twice: as it came, for
/// whoever shows a terminal, and as lines. A file that cannot be written stops nothing: that is
/// said once, and the memory goes on.
#[derive(Debug)]
pub struct OutputLog {
    state: Mutex<State>,
    next: watch::Sender<u64>,
    end: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    ring: Ring,
    stream: Stream,
    lines: Lines,
    file: Option<RotatingFile>,
    /// The last bytes in the file end no line.
    mid_line: bool,
    /// It was said that the file cannot be written.
    warned: bool,
}

impl OutputLog {
    /// A log that keeps its files in `folder`, or in memory only.
    pub fn open(folder: Option<&Path>) -> Self {
        let file = folder.map(|folder| RotatingFile::new(folder.join(NAME), FILE, FILES));
        Self::with(file, MEMORY)
    }

    fn with(file: Option<RotatingFile>, memory: usize) -> Self {
        let mut state = State {
            ring: Ring::new(memory),
            stream: Stream::new(memory),
            lines: Lines::default(),
            file,
            mid_line: false,
            warned: false,
        };
        let opened = state.file.as_mut().map_or(Ok(()), RotatingFile::open);
        state.warn_once(opened);
        let next = watch::Sender::new(state.ring.next());
        let end = watch::Sender::new(state.stream.end());
        Self { state: Mutex::new(state), next, end }
    }

    /// The file with the newest lines, if there is to be one.
    pub fn path(&self) -> Option<PathBuf> {
        self.lock().file.as_ref().map(|file| file.path().to_owned())
    }

    /// Adds what the program printed.
    pub fn write(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.change(|state| {
            state.write_file(bytes);
            state.stream.push(bytes);
            state.mid_line = bytes.last() != Some(&b'\n');
            let ring = &mut state.ring;
            state.lines.push(bytes, |line| ring.push(Source::Program, line));
        });
    }

    /// Says that the program prints no more: an unfinished line is a line now.
    pub fn finish(&self) {
        self.change(State::finish_line);
    }

    /// Adds a remark about the program, on a line of its own.
    pub fn note(&self, text: &str) {
        self.change(|state| {
            state.finish_line();
            state.write_file(format!("-- {text}\n").as_bytes());
            state.remark(text);
        });
    }

    /// The lines from number `seq` on that are still in memory, and the number to ask for next.
    pub fn lines_from(&self, seq: u64) -> (Vec<Line>, u64) {
        let state = self.lock();
        (state.ring.from(seq), state.ring.next())
    }

    /// The output from byte `at` on that is still in memory, remarks included.
    pub fn output_from(&self, at: u64) -> Output {
        self.lock().stream.from(at)
    }

    /// How many bytes of output there have been; changes with every piece of it.
    pub fn subscribe_output(&self) -> watch::Receiver<u64> {
        self.end.subscribe()
    }

    /// The last `count` lines.
    pub fn tail(&self, count: usize) -> Vec<Line> {
        self.lock().ring.tail(count)
    }

    /// The number that the next line gets; changes with every new line.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.next.subscribe()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        // Under the lock, so that no number ever goes back.
        for (sender, now) in [(&self.next, state.ring.next()), (&self.end, state.stream.end())] {
            sender.send_if_modified(|seen| std::mem::replace(seen, now) != now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn finish_line(&mut self) {
        let ring = &mut self.ring;
        self.lines.finish(|line| ring.push(Source::Program, line));
        if std::mem::take(&mut self.mid_line) {
            self.write_file(b"\n");
            self.stream.push(b"\r\n");
        }
    }

    /// A remark stands apart from what the program printed, whatever colour that ended in.
    fn remark(&mut self, text: &str) {
        let apart = if self.mid_line { "\r\n" } else { "" };
        self.stream.push(format!("{apart}\x1b[0;2m-- {text}\x1b[0m\r\n").as_bytes());
        self.ring.push(Source::Note, text);
    }

    fn write_file(&mut self, bytes: &[u8]) {
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write(bytes));
        self.warn_once(written);
    }

    fn warn_once(&mut self, written: io::Result<()>) {
        if let Err(error) = written
            && !std::mem::replace(&mut self.warned, true)
        {
            tracing::warn!(%error, "the log file cannot be written");
            self.remark(&format!("the log file cannot be written: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(log: &OutputLog) -> Vec<String> {
        log.tail(100).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn the_file_has_the_bytes_and_the_memory_the_lines() {
        let folder = tempfile::Builder::new().prefix("Prötokoll 'x' ").tempdir().unwrap();
        let log = OutputLog::open(Some(folder.path()));
        log.note("start 1");
        log.write(b"\x1b[31mred\x1b[0m caf\xE9\nhalf");
        log.write(b" a line\nrest");
        log.note("exited with code 1");
        log.finish();
        assert_eq!(
            texts(&log),
            [
                "start 1",
                "\x1b[31mred\x1b[0m caf\u{FFFD}",
                "half a line",
                "rest",
                "exited with code 1"
            ]
        );
        let path = log.path().unwrap();
        assert_eq!(path, folder.path().join("app.log"));
        assert_eq!(
            fs_err::read(path).unwrap(),
            b"-- start 1\n\x1b[31mred\x1b[0m caf\xE9\nhalf a line\nrest\n-- exited with code 1\n"
        );
        assert_eq!(
            log.output_from(0).text,
            "\x1b[0;2m-- start 1\x1b[0m\r\n\x1b[31mred\x1b[0m caf\u{FFFD}\nhalf a line\nrest\r\n\x1b[0;2m-- exited with code 1\x1b[0m\r\n"
        );
        let sources: Vec<_> = log.tail(9).iter().map(|line| line.source == Source::Note).collect();
        assert_eq!(sources, [true, false, false, false, true]);
    }

    #[test]
    fn a_reader_misses_no_line_and_is_woken() {
        let log = OutputLog::open(None);
        let mut woken = log.subscribe();
        log.write(b"one\ntwo\nthr");
        assert!(woken.has_changed().unwrap());
        assert_eq!(*woken.borrow_and_update(), 2);
        let (lines, next) = log.lines_from(0);
        assert_eq!((lines.len(), next), (2, 2));
        let mut written = log.subscribe_output();
        let seen = log.output_from(0).end;
        log.write(b"e");
        assert!(!woken.has_changed().unwrap(), "no line ended");
        assert!(written.has_changed().unwrap(), "an unfinished line is seen in a terminal");
        assert_eq!(log.output_from(seen).text, "e");
        assert_eq!(*written.borrow_and_update(), seen + 1);
        log.write(b"e\nfour\n");
        let (lines, next) = log.lines_from(next);
        let lines: Vec<_> = lines.iter().map(|line| (line.seq, line.text.as_str())).collect();
        assert_eq!((lines, next), (vec![(2, "three"), (3, "four")], 4));
        assert_eq!(log.path(), None);
    }

    #[test]
    fn memory_is_bounded_under_a_flood() {
        let log = OutputLog::with(None, 10_000);
        for number in 0..20_000 {
            log.write(format!("line {number}\n").as_bytes());
        }
        assert!(log.output_from(0).text.len() <= 10_000);
        let (lines, next) = log.lines_from(0);
        assert_eq!(next, 20_000);
        assert!(lines.len() < 300, "{}", lines.len());
        assert_eq!(lines.last().unwrap().text, "line 19999");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_said_once_and_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let in_the_way = folder.path().join("file");
        fs_err::write(&in_the_way, "").unwrap();
        let log = OutputLog::open(Some(&in_the_way));
        log.write(b"one\n");
        log.write(b"two\n");
        let texts = texts(&log);
        assert!(texts[0].starts_with("the log file cannot be written: "), "{texts:?}");
        assert_eq!(texts[1..], ["one", "two"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_stops_nothing() {
        let full = RotatingFile::new("/dev/full".into(), u64::MAX, 1);
        let log = OutputLog::with(Some(full), MEMORY);
        log.write(b"one\n");
        log.write(b"two\n");
        let texts = texts(&log);
        assert_eq!(texts.len(), 3, "one warning: {texts:?}");
        assert_eq!(texts[2], "two");
    }
}
