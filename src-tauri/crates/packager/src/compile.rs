//! Python files to bytecode.

use std::io::{self, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use walkdir::WalkDir;
use waterskin_process::{Stream, Tool, ToolError};

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
}

/// What one line of the script says.
#[derive(Deserialize)]
struct Chunk {
    done: u64,
    failed: Vec<CompileFailure>,
}

const SCRIPT: &str = include_str!("compile.py");

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
pub fn byte_compile(
    python: &Utf8Path,
    trees: &[Utf8PathBuf],
    progress: &dyn Progress,
) -> Result<CompileReport, CompileError> {
    let mut files = Vec::new();
    for tree in trees {
        find_sources(tree, &mut files)?;
    }
    progress.step(Step::Compile, Some(files.len() as u64));
    let temporary = |source| CompileError::Temporary { source };
    let folder = tempfile::tempdir().map_err(temporary)?;
    let job = folder.path().join("job.json");
    let script = folder.path().join("compile.py");
    fs_err::File::create(&job)
        .and_then(|mut file| file.write_all(&serde_json::to_vec(&files)?))
        .map_err(temporary)?;
    fs_err::write(&script, SCRIPT).map_err(temporary)?;

    let mut report = CompileReport::default();
    let mut hear = |stream: Stream, line: &str| {
        if let (Stream::Stdout, Ok(chunk)) = (stream, serde_json::from_str::<Chunk>(line)) {
            progress.advance(chunk.done);
            report.compiled += chunk.done - chunk.failed.len() as u64;
            report.failed.extend(chunk.failed);
        }
    };
    // Not `-I`, which would ignore the seed: the order in sets is part of the bytecode. The
    // environment has nothing else that could lead the interpreter astray.
    let mut tool = Tool::new(python.as_std_path())
        .args(["-B", "-s"])
        .arg(script.as_os_str())
        .arg(job.as_os_str())
        .env_clear()
        .env("PYTHONHASHSEED", "0");
    for name in ["SystemRoot", "TEMP", "TMP", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            tool = tool.env(name, value);
        }
    }
    tool.run(&mut hear).map_err(|source| CompileError::Tool { source })?;
    Ok(report)
}

/// Adds each source with the name that its bytecode gets.
fn find_sources(
    tree: &Utf8Path,
    files: &mut Vec<(Utf8PathBuf, String)>,
) -> Result<(), CompileError> {
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
            files.push((path.to_owned(), name));
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests;
