//! What is in the folder of a copy.

use std::fs::{self, File};
use std::io;

use camino::Utf8Path;

use super::COMPILED;
use super::step::Thing;
use crate::record;

/// What is at a path; `None` where nothing is.
pub(super) fn thing(path: &Utf8Path) -> Option<Thing> {
    let kind = match path.symlink_metadata() {
        Ok(about) => about.file_type(),
        Err(error) => {
            use io::ErrorKind::{NotADirectory, NotFound};
            // What can't be looked at may be the person's.
            let nothing = matches!(error.kind(), NotFound | NotADirectory);
            return (!nothing).then_some(Thing::Other);
        }
    };
    Some(if kind.is_dir() {
        Thing::Folder
    } else if kind.is_symlink() {
        fs::read_link(path).map_or(Thing::Other, |to| Thing::Link(to.display().to_string()))
    } else if kind.is_file() && !has_journal(path) {
        let hash = File::open(path).and_then(record::hash_of);
        hash.map_or(Thing::Other, Thing::File)
    } else {
        Thing::Other
    })
}

/// How the logs of databases end, in which changes are that are not in the file yet: SQLite's ("Temporary
/// Files": a write-ahead log, or a rollback journal of a program that was ended), and DuckDB's.
const LOGS: [&str; 3] = ["-wal", "-journal", ".wal"];

/// The database that a log belongs to by its name. SQLite's index of a log goes with it.
pub(super) fn of_database(name: &str) -> Option<&str> {
    LOGS.iter().chain(&["-shm"]).find_map(|ending| name.strip_suffix(ending))
}

/// Whether a database has changes that are not in its file yet.
fn has_journal(path: &Utf8Path) -> bool {
    LOGS.iter().any(|ending| {
        fs::metadata(format!("{path}{ending}")).is_ok_and(|journal| journal.len() > 0)
    })
}

/// Whether a file says nothing of what a store holds: one that only reading it leaves there.
pub(super) fn is_trace_of_reading(path: &Utf8Path) -> bool {
    const LOCKS: [&str; 3] = ["lock.mdb", "LOCK", ".lock"];
    let name = path.file_name().unwrap_or_default();
    let is_empty = || fs::metadata(path).is_ok_and(|about| about.len() == 0);
    LOCKS.contains(&name)
        || name.ends_with("-shm")
        || of_database(name).is_some_and(|base| !base.is_empty() && is_empty())
}

/// Removes what was the author's: a folder only when nothing but what Python made is left in it.
pub(super) fn remove(path: &Utf8Path) -> io::Result<()> {
    if !path.symlink_metadata()?.is_dir() {
        return fs::remove_file(path);
    }
    let mut inside = fs::read_dir(path)?.flatten();
    if inside.all(|entry| entry.file_name() == COMPILED) {
        let _ = fs::remove_dir_all(path.join(COMPILED));
        let _ = fs::remove_dir(path);
    }
    Ok(())
}

/// Has everything that was written to the file system of a folder be on the disk. One call for all
/// files: with some thousands of them, each on its own takes many times as long.
#[cfg(target_os = "linux")]
pub(super) fn settle(folder: &Utf8Path) -> io::Result<()> {
    rustix::fs::syncfs(File::open(folder)?)?;
    Ok(())
}

/// Elsewhere each file was settled on its own.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Linux")]
pub(super) fn settle(_: &Utf8Path) -> io::Result<()> {
    Ok(())
}
