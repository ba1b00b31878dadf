use std::{
    collections::VecDeque,
    io::{self, Write as _},
    time::{Instant, SystemTime},
};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::NamedTempFile;

use super::har;
use crate::trace::{Line, Passed};

/// How much is kept to be saved. The oldest goes.
const KEPT: usize = 50_000;

/// The newest of what passed while it was looked at.
#[derive(Debug)]
pub struct Kept {
    begin: Instant,
    time: SystemTime,
    passed: VecDeque<Passed>,
    /// What was lost, and what was let go.
    lost: u64,
}

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The trace.
    pub trace: Utf8PathBuf,
    /// The same as a HAR.
    pub har: Utf8PathBuf,
}

impl Kept {
    /// Nothing yet. Times count from `begin` on, which was at `time`.
    pub(super) fn new(begin: Instant, time: SystemTime) -> Self {
        Self { begin, time, passed: VecDeque::new(), lost: 0 }
    }

    /// The first line of its trace.
    pub(super) fn begin(&self) -> Line<'static> {
        Line::begin(self.time)
    }

    /// Keeps what passed, and the number of what was lost meanwhile.
    pub(super) fn keep(&mut self, passed: Vec<Passed>, lost: u64) {
        self.passed.extend(passed);
        let surplus = self.passed.len().saturating_sub(KEPT);
        self.passed.drain(..surplus);
        self.lost += lost + surplus as u64;
    }

    /// The trace as text, and the HAR as JSON, of a page on `port`.
    fn texts(&self, port: u16) -> (Vec<u8>, Vec<u8>) {
        let mut trace = Vec::new();
        self.begin().put(&mut trace);
        if self.lost > 0 {
            Line::Lost { lines: self.lost }.put(&mut trace);
        }
        for passed in &self.passed {
            Line::of(passed, self.begin).put(&mut trace);
        }
        let log = har::log(self.passed.iter(), self.begin, self.time, port);
        (trace, log.to_string().into_bytes())
    }

    /// Gives what writes it into `folder` under a name that begins with `name`. The writing takes no
    /// part in what goes on meanwhile.
    pub fn saving(&self, port: u16) -> impl FnOnce(&Utf8Path, &str) -> io::Result<Saved> + use<> {
        let (trace, har) = self.texts(port);
        move |folder, name| write(folder, name, &trace, &har)
    }
}

/// Writes both files. Those that are there already stay.
fn write(folder: &Utf8Path, name: &str, trace: &[u8], har: &[u8]) -> io::Result<Saved> {
    let staged = |text: &[u8]| -> io::Result<NamedTempFile> {
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(text)?;
        Ok(file)
    };
    let (trace, har) = (staged(trace)?, staged(har)?);
    let places = (1..1000).map(|number| {
        let number = if number == 1 { String::new() } else { format!(" {number}") };
        let place = |ending: &str| folder.join(format!("{name}{number}.{ending}"));
        Saved { trace: place("jsonl"), har: place("har") }
    });
    let free = |saved: &Saved| !saved.trace.exists() && !saved.har.exists();
    let saved = places.into_iter().find(free).ok_or(io::ErrorKind::AlreadyExists)?;
    trace.persist_noclobber(&saved.trace)?;
    har.persist_noclobber(&saved.har)?;
    Ok(saved)
}
