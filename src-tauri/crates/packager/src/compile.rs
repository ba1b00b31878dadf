//! Python files to bytecode.

use std::{
    io::{self, Write as _},
    sync::atomic::{AtomicUsize, Ordering},
    thread::ScopedJoinHandle,
};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use walkdir::WalkDir;
use waterskin_process::{Tool, ToolError};

use crate::{Progress, Step};

/// What became of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompileReport {
    /// How many files have bytecode now.
    pub compiled: u64,
    /// The files that have none, in the order of their names: for distributions that is usual
    /// (templates, tests for other versions of Python), for the author's own files it is not.
    pub failed: Vec<CompileFailure>,
}

/// A file that is not Python, or not of this version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CompileFailure {
    /// The file.
    pub file: Utf8PathBuf,
    /// The line of the mistake, from 1, where there is one.
    pub line: Option<u32>,
    /// What the compiler said, such as `invalid syntax`.
    pub message: String,
}

/// Why nothing was compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// A tree could not be read.
    #[error("could not read `{path}`")]
    Read {
        /// The folder or file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A name in the tree is not UTF-8.
    #[error("the name of `{path}` is not UTF-8")]
    Name {
        /// The name, with the bad bytes replaced.
        path: String,
    },
    /// The list of files could not be handed to the interpreter.
    #[error("could not write a temporary file")]
    Temporary {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The interpreter could not be started, or died.
    #[error("could not compile the bytecode")]
    Tool {
        /// Its failure.
        #[source]
        source: ToolError,
    },
    /// The interpreter ended well and did not say what it did.
    #[error("could not understand what the compiler said")]
    Answer {
        /// What the parser met.
        #[source]
        source: serde_json::Error,
    },
}

const SCRIPT: &str = include_str!("compile.py");

/// How many files one process compiles. A process costs as much as four files of usual length.
const CHUNK: usize = 100;

/// A file and the name that its bytecode gets.
type Source = (Utf8PathBuf, String);

/// Compiles every `.py` file in `trees` with `python`, on all processors.
///
/// The files of bytecode are never checked against their sources (PEP 552, `unchecked-hash`):
/// installers change times, and a recipient can't write beside the sources, so that a check would
/// compile anew at every start. They are the same wherever the payload is built: a file is named
/// by its path from its tree's parent folder, such as `site-packages/pandas/__init__.py`, and
/// Python puts the real path in place when it loads one (`_imp._fix_co_filename`).
///
/// # Errors
///
/// A file that doesn't compile is no error but in the report.
//
// Each chunk has a process of its own, and the chunks depend on the files alone. What a process
// compiled before shows in the bytecode: `marshal` marks a string for reuse by its reference count
// (`w_ref` in `Python/marshal.c`). With a pool of processes, ten of 1,900 files differed between
// two runs on Python 3.10, and one on 3.13.
pub fn byte_compile(
    python: &Utf8Path,
    trees: &[Utf8PathBuf],
    progress: &dyn Progress,
) -> Result<CompileReport, CompileError> {
    let mut sources = Vec::new();
    for tree in trees {
        find_sources(tree, &mut sources)?;
    }
    progress.step(Step::Compile, Some(sources.len() as u64));
    let temporary = |source| CompileError::Temporary { source };
    let folder = tempfile::tempdir().map_err(temporary)?;
    fs_err::write(folder.path().join("compile.py"), SCRIPT).map_err(temporary)?;

    let chunks: Vec<&[Source]> = sources.chunks(CHUNK).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut failed = Vec::new();
        while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            match compile_chunk(python, folder.path(), chunk) {
                Ok(failures) => failed.extend(failures),
                Err(error) => {
                    // The others find nothing left to do.
                    next.store(chunks.len(), Ordering::Relaxed);
                    return Err(error);
                }
            }
            progress.advance(chunk.len() as u64);
        }
        Ok(failed)
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let outcomes: Vec<Result<Vec<CompileFailure>, CompileError>> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mine = work();
        let join = |other: ScopedJoinHandle<'_, _>| {
            other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        others.into_iter().map(join).chain([mine]).collect()
    });
    let mut failed = Vec::new();
    for outcome in outcomes {
        failed.extend(outcome?);
    }
    failed.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(CompileReport { compiled: (sources.len() - failed.len()) as u64, failed })
}

fn compile_chunk(
    python: &Utf8Path,
    folder: &std::path::Path,
    chunk: &[Source],
) -> Result<Vec<CompileFailure>, CompileError> {
    let temporary = |source| CompileError::Temporary { source };
    let mut job = tempfile::NamedTempFile::new_in(folder).map_err(temporary)?;
    serde_json::to_writer(&mut job, chunk).map_err(|error| temporary(error.into()))?;
    job.flush().map_err(temporary)?;
    // Not `-I`, which would ignore the seed: the order in sets is part of the bytecode. The
    // environment has nothing else that could lead the interpreter astray.
    let mut tool = Tool::new(python.as_std_path())
        .args(["-B", "-s"])
        .arg(folder.join("compile.py"))
        .arg(job.path())
        .env_clear()
        .env("PYTHONHASHSEED", "0");
    for name in ["SystemRoot", "TEMP", "TMP", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            tool = tool.env(name, value);
        }
    }
    let output = tool.run(&mut |_, _| {}).map_err(|source| CompileError::Tool { source })?;
    let last = output.stdout.lines().last().unwrap_or_default();
    serde_json::from_str(last).map_err(|source| CompileError::Answer { source })
}

/// Adds each source with the name that its bytecode gets.
fn find_sources(tree: &Utf8Path, sources: &mut Vec<Source>) -> Result<(), CompileError> {
    let parent = tree.parent().unwrap_or(tree);
    for entry in WalkDir::new(tree).sort_by_file_name() {
        let entry = entry.map_err(|error| CompileError::Read {
            path: tree.to_owned(),
            source: error.into_io_error().unwrap_or_else(|| io::Error::other("a loop of links")),
        })?;
        let path = Utf8Path::from_path(entry.path())
            .ok_or_else(|| CompileError::Name { path: entry.path().display().to_string() })?;
        if entry.file_type().is_file() && path.extension() == Some("py") {
            let name = path.strip_prefix(parent).unwrap_or(path).as_str().replace('\\', "/");
            sources.push((path.to_owned(), name));
        }
    }
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
