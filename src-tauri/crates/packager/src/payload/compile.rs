//! Python files to bytecode.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write as _},
};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;
use waterskin_bundle::{DigestError, file_digest};
use waterskin_process::{Tool, ToolError};

use crate::cache::{Cache, CacheError};
use crate::payload::provision::RECIPE;
use crate::{Progress, Step};

/// What became of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CompileReport {
    /// How many files have bytecode now.
    pub compiled: u64,
    /// The files that have none, in the order of their names: for distributions that is usual
    /// (templates, tests for other versions of Python), for the author's own files it is not.
    pub failed: Vec<CompileFailure>,
}

/// A file that is not Python, or not of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CompileFailure {
    /// The file.
    pub file: Utf8PathBuf,
    /// The line of the mistake, from 1, where there is one.
    pub line: Option<u32>,
    /// What the compiler said, such as `invalid syntax`.
    pub message: String,
}

impl CompileFailure {
    /// The same with the file's path in `folder`, as its author knows it.
    pub fn below(mut self, folder: &Utf8Path) -> Self {
        if let Ok(file) = self.file.strip_prefix(folder) {
            self.file = file.to_owned();
        }
        self
    }
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
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// A source could not be hashed.
    #[error("could not hash `{path}`")]
    Digest {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: DigestError,
    },
    /// Bytecode could not be put in place or kept.
    #[error("could not write `{path}`")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
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

/// What is kept of a chunk beside its bytecode, which is named by the places of its sources.
const OUTCOME: &str = "outcome.json";

/// A file and the name that its bytecode gets.
type Source = (Utf8PathBuf, String);

/// Where bytecode is kept for the next time, and what tells the interpreter from others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keeping<'a> {
    pub cache: &'a Cache,
    pub interpreter: &'a str,
}

/// What `compile.py` says.
#[derive(Debug, Serialize, Deserialize)]
struct Outcome {
    tag: String,
    failed: Vec<Failed>,
}

/// A file that could not be compiled, by its place in its chunk.
#[derive(Debug, Serialize, Deserialize)]
struct Failed {
    number: usize,
    line: Option<u32>,
    message: String,
}

impl Outcome {
    /// Where the bytecode of each source is that could be compiled, with its place in the chunk.
    fn bytecode(&self, chunk: &[Source]) -> Vec<(usize, Utf8PathBuf)> {
        let good = |number: &usize| self.failed.iter().all(|failed| failed.number != *number);
        let place = |number: usize| {
            let source = &chunk[number].0;
            let folder = source.parent().unwrap_or(source).join("__pycache__");
            let name = source.file_stem().unwrap_or_default();
            (number, folder.join(format!("{name}.{}.pyc", self.tag)))
        };
        (0..chunk.len()).filter(good).map(place).collect()
    }

    fn failures(self, chunk: &[Source]) -> Vec<CompileFailure> {
        let failure = |Failed { number, line, message }: Failed| {
            Some(CompileFailure { file: chunk.get(number)?.0.clone(), line, message })
        };
        self.failed.into_iter().filter_map(failure).collect()
    }
}

/// Compiles every `.py` file in `trees` with `python`, on all processors.
///
/// The files of bytecode are never checked against their sources (PEP 552, `unchecked-hash`):
/// installers change times, and a recipient can't write beside the sources, so that a check would
/// compile anew at every start. They are the same wherever the payload is built: a file is named
/// by its path from its tree's parent folder, such as `site-packages/pandas/__init__.py`, and
/// Python puts the real path in place when it loads one (`_imp._fix_co_filename`). With `keeping`,
/// a package that was compiled before is not compiled again.
///
/// # Errors
///
/// A file that doesn't compile is no error but in the report.
//
// Each chunk has a process of its own, and the chunks depend on the files alone. What a process
// compiled before shows in the bytecode: `marshal` marks a string for reuse by its reference count
// (`w_ref` in `Python/marshal.c`). With a pool of processes, ten of 1,900 files differed between
// two runs on Python 3.10, and one on 3.13.
pub(crate) fn byte_compile(
    python: &Utf8Path,
    trees: &[Utf8PathBuf],
    keeping: Option<Keeping<'_>>,
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

    let count = sources.len();
    let packages = by_package(sources);
    let chunks: Vec<&[Source]> = packages.values().flat_map(|it| it.chunks(CHUNK)).collect();
    let failures = |chunk: &&[Source]| {
        let compile = || compile_chunk(python, folder.path(), chunk);
        let outcome = match keeping {
            Some(keeping) => kept(keeping, chunk, compile, progress),
            None => compile(),
        };
        progress.advance(chunk.len() as u64);
        outcome.map(|outcome| outcome.failures(chunk))
    };
    let failed: Vec<_> = chunks.par_iter().map(failures).collect::<Result<_, _>>()?;
    let mut failed = failed.concat();
    failed.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(CompileReport { compiled: (count - failed.len()) as u64, failed })
}

/// The files of each package for itself, so that what is compiled together does not depend on what
/// else is installed. Modules without a package are together.
fn by_package(sources: Vec<Source>) -> BTreeMap<String, Vec<Source>> {
    let mut packages: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for source in sources {
        let mut parts = source.1.split('/').skip(1);
        let package = parts.next().filter(|_| parts.next().is_some()).unwrap_or_default();
        packages.entry(package.to_owned()).or_default().push(source);
    }
    packages
}

/// Compiles a chunk, or takes its bytecode from the cache.
fn kept(
    keeping: Keeping<'_>,
    chunk: &[Source],
    compile: impl FnOnce() -> Result<Outcome, CompileError>,
    progress: &dyn Progress,
) -> Result<Outcome, CompileError> {
    let mut key = format!("{RECIPE} {}\n", keeping.interpreter);
    for (path, name) in chunk {
        let digest = file_digest(path)
            .map_err(|source| CompileError::Digest { path: path.clone(), source })?;
        // Writing to a string can't fail.
        let _ = writeln!(key, "{} {name}", digest.as_str());
    }
    let mut made = None;
    let entry = keeping.cache.entry("bytecode", &key, progress, |folder| {
        let outcome = compile()?;
        for (number, bytecode) in outcome.bytecode(chunk) {
            link(&bytecode, &folder.join(number.to_string()))?;
        }
        let path = folder.join(OUTCOME);
        let text = serde_json::to_vec(&outcome)
            .map_err(|error| CompileError::Write { path: path.clone(), source: error.into() })?;
        fs_err::write(&path, text).map_err(|source| CompileError::Write { path, source })?;
        made = Some(outcome);
        Ok::<_, CompileError>(())
    })?;
    if let Some(outcome) = made {
        return Ok(outcome);
    }
    let path = entry.path().join(OUTCOME);
    let outcome: Outcome = fs_err::read(&path)
        .and_then(|text| Ok(serde_json::from_slice(&text)?))
        .map_err(|source| CompileError::Read { path, source })?;
    for (number, bytecode) in outcome.bytecode(chunk) {
        link(&entry.path().join(number.to_string()), &bytecode)?;
    }
    Ok(outcome)
}

/// Gives a file a second name, or copies it where the file system has no such thing. What had that
/// name is not written over: it may be a hard link into the installer's cache itself.
fn link(from: &Utf8Path, to: &Utf8Path) -> Result<(), CompileError> {
    let error = |source| CompileError::Write { path: to.to_owned(), source };
    if let Some(folder) = to.parent() {
        fs_err::create_dir_all(folder).map_err(error)?;
    }
    match fs_err::remove_file(to) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(error(source)),
        _ => {}
    }
    if fs_err::hard_link(from, to).is_err() {
        fs_err::copy(from, to).map_err(error)?;
    }
    Ok(())
}

fn compile_chunk(
    python: &Utf8Path,
    folder: &std::path::Path,
    chunk: &[Source],
) -> Result<Outcome, CompileError> {
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
