use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;

use camino::Utf8Path;
use toml::{Table, Value};
use waterskin_bundle::System;
use waterskin_process::{Output, Tool, ToolError};

use crate::wheels::source_build::{self, Apart};

/// The file of a folder of uv's.
pub(crate) const PYPROJECT: &str = waterskin_project::PYPROJECT_TOML;

/// How `uv` is run. One value serves all of a build.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uv<'a> {
    /// The program.
    pub program: &'a Utf8Path,
    /// A working interpreter, which uv asks for what it needs to know.
    pub python: &'a Utf8Path,
    /// Whether to work from the cache alone.
    pub offline: bool,
}

/// A folder for `uv` to start in, in which no file of a project says anything to it. Its settings
/// are looked for in all folders above the current one; the table that is here ends that. Those of
/// the author's own, in the user's folder and in the environment, count all the same.
#[derive(Debug)]
pub(crate) struct UvFolder(tempfile::TempDir);

impl UvFolder {
    /// A folder in which nothing is said.
    pub fn empty() -> io::Result<Self> {
        Self::with(tempfile::tempdir()?, None, Table::new())
    }

    /// A folder in `parent` with this `[project]` and this `[tool.uv]`.
    pub fn new(parent: &Utf8Path, project: Option<Table>, settings: Table) -> io::Result<Self> {
        Self::with(tempfile::tempdir_in(parent)?, project, settings)
    }

    fn with(
        folder: tempfile::TempDir,
        project: Option<Table>,
        mut settings: Table,
    ) -> io::Result<Self> {
        settings.insert("workspace".to_owned(), Value::Table(Table::new()));
        let uv = Table::from_iter([("uv".to_owned(), Value::Table(settings))]);
        let mut pyproject = Table::from_iter([("tool".to_owned(), Value::Table(uv))]);
        if let Some(project) = project {
            pyproject.insert("project".to_owned(), Value::Table(project));
        }
        let folder = Self(folder);
        fs_err::write(folder.file(PYPROJECT), pyproject.to_string())?;
        Ok(folder)
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The folder itself.
    pub fn path(&self) -> &Utf8Path {
        // It is below a folder of ours, or in the system's own for such files.
        Utf8Path::from_path(self.0.path()).unwrap_or(Utf8Path::new("."))
    }

    /// Writes a file into it.
    pub fn write(&self, name: &str, text: &[u8]) -> io::Result<()> {
        fs_err::write(self.file(name), text)
    }

    /// `program`, which is uv, started here. No other call of uv is made.
    pub fn tool(&self, program: &Utf8Path) -> Tool {
        let folder = self.0.path();
        Tool::new(program.as_std_path())
            .directory(folder)
            // The environment may name others.
            .arg("--directory")
            .arg(folder)
            .arg("--project")
            .arg(folder)
            .args(["--color", "never", "--no-progress"])
    }
}

/// `uv` did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{trouble}")]
pub struct UvError {
    /// What kind of trouble it is, as far as its text tells.
    pub trouble: Trouble,
    /// What uv itself said.
    #[source]
    pub source: Box<ToolError>,
}

/// What can go wrong with packages. This is the one place that knows uv's wording (0.13).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No such distribution.
    #[error("there is no package {}", tick(.package))]
    Unknown {
        /// Its name.
        package: Option<String>,
    },
    /// The distribution exists, and this version of it does not.
    #[error("there is no such version of {}", tick(.package))]
    NoVersion {
        /// Its name.
        package: Option<String>,
    },
    /// Nothing that can be installed without being compiled first.
    #[error("there is no ready-made package (wheel) of {} for this Python and system", tick(.package))]
    NoWheel {
        /// Its name.
        package: Option<String>,
    },
    /// Wheels for other systems alone.
    #[error("there are ready-made packages (wheels) of {} for other systems alone", tick(.package))]
    OtherSystem {
        /// Its name.
        package: Option<String>,
    },
    /// A repository can't be fetched.
    #[error("the repository of {} can't be fetched", tick(.package))]
    Repository {
        /// The package's name.
        package: Option<String>,
    },
    /// Wheels for newer systems alone.
    #[error("there is no ready-made package (wheel) of {} for systems as old as those that apps are for", tick(.package))]
    NewerSystem {
        /// Its name.
        package: Option<String>,
        /// The GNU C libraries that its wheels ask for.
        glibc: Vec<(u32, u32)>,
    },
    /// No wheel for this Python and system, but a source.
    #[error("{} is published as source only", tick(.package))]
    SourceOnly {
        /// Its name.
        package: Option<String>,
        /// The versions that it is about, as a requirement.
        range: Option<String>,
    },
    /// A build backend failed.
    #[error("{}", not_built(.package))]
    NotBuilt {
        /// Its name.
        package: Option<String>,
    },
    /// Requirements that exclude each other.
    #[error("the requirements exclude each other")]
    Conflict,
    /// A requirement that can't be read.
    #[error("a requirement can't be understood")]
    Unreadable,
    /// The index does not answer.
    #[error("the package index can't be reached")]
    Network,
    /// A page of `--find-links` does not answer.
    #[error("`{address}`, which `--find-links` names, can't be reached")]
    Links {
        /// Its address.
        address: String,
    },
    /// Only the cache may be used, and it does not have everything.
    #[error("not all packages are in the cache")]
    Offline,
    /// An archive is not the one that was looked at when its hash was written down.
    #[error("a downloaded package is not the one that the project's hashes name")]
    Hash,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// `uv` could not be started.
    #[error("`uv` can't be started")]
    Start,
    /// Anything else.
    #[error("`uv` failed")]
    Other,
}

fn not_built(name: &Option<String>) -> String {
    match name {
        Some(name) => format!(
            "`{name}` is published as source only, and could not be built without a compiler"
        ),
        None => "the build backend failed".to_owned(),
    }
}

fn tick(name: &Option<String>) -> String {
    name.as_ref().map_or_else(|| "that is asked for".to_owned(), |name| format!("`{name}`"))
}

impl Trouble {
    /// Reads what uv printed.
    pub(crate) fn of(text: &str) -> Self {
        // uv breaks its lines at spaces when they are long.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let has = |needle: &str| text.contains(needle);
        let before = |needle: &str| name_before(&text, needle);
        if has("os error 28") || has("No space left on device") {
            Self::DiskFull
        } else if has("Hash mismatch") {
            Self::Hash
        } else if has("network was disabled") || has("was not found in the cache") {
            Self::Offline
        } else if let Some((_, page)) = text.split_once("Failed to read `--find-links` URL: ") {
            Self::Links { address: page.split(' ').next().unwrap_or_default().to_owned() }
        } else if has("Git operation failed") || has("Git executable not found") {
            let package = FAILED_TO_BUILD.iter().find_map(|words| name_after(&text, words));
            Self::Repository { package: package.filter(|name| name != "git") }
        } else if has("Failed to fetch") || has("error sending request") || has("dns error") {
            Self::Network
        } else if has("was not found in the package registry") {
            Self::Unknown { package: before(" was not found in the package registry") }
        } else if has(NOT_ALLOWED) {
            Self::SourceOnly { package: name_after(&text, NOT_ALLOWED), range: None }
        } else if let Some(words) = FAILED_TO_BUILD.iter().find(|words| has(words)) {
            Self::NotBuilt { package: name_after(&text, words) }
        } else if has(" no wheels with a matching Python") {
            // That a package on the way is source only matters less: with wheels for other Pythons
            // this one would have been chosen.
            Self::NoWheel { package: verb_after(&text, " no wheels with a matching Python") }
        } else if has(" no wheels with a matching platform tag") {
            let package = verb_after(&text, " no wheels with a matching platform tag");
            match glibc_offered(&text) {
                _ if is_for_others(&text) => Self::OtherSystem { package },
                glibc if glibc.is_empty() => Self::NoWheel { package },
                glibc => Self::NewerSystem { package, glibc },
            }
        } else if has(" no usable wheels") {
            const WORDS: &str = " no usable wheels";
            Self::SourceOnly {
                package: verb_after(&text, WORDS),
                range: range_before(&text, WORDS),
            }
        } else if has("source distributions is disabled") || has("Building source distributions") {
            Self::NoWheel { package: name_after(&text, "for ") }
        } else if has("there is no version of ") {
            Self::NoVersion { package: name_after(&text, "there is no version of ") }
        } else if has("Couldn't parse requirement")
            || has("Unsupported requirement")
            || has("or the start of a requirement")
        {
            Self::Unreadable
        } else if has("No solution found") {
            Self::Conflict
        } else {
            Self::Other
        }
    }
}

/// What comes before the name of a package whose source may not be built.
const NOT_ALLOWED: &str = "Building source distributions for ";

/// What comes before the name of a package whose backend failed, or made what this Python can't use.
const FAILED_TO_BUILD: [&str; 2] = ["Failed to build ", "Failed to download and build "];

/// The name at the beginning of the word that stands before `needle`, as in
/// `Because pyspark==3.5.0 has no usable wheels`.
fn name_before(text: &str, needle: &str) -> Option<String> {
    let word = text[..text.find(needle)?].rsplit(' ').next()?;
    plain_name(word)
}

/// The name before `has` or `have`, which stands before `needle`.
fn verb_after(text: &str, needle: &str) -> Option<String> {
    plain_name(&range_before(text, needle)?)
}

/// The same with its versions, as in `langdetect>=1.0.0`.
fn range_before(text: &str, needle: &str) -> Option<String> {
    let before = text[..text.find(needle)?].rsplit_once(' ')?.0;
    before.rsplit(' ').next().map(str::to_owned)
}

/// The GNU C libraries of the wheels that uv says there are: `manylinux_2_34_x86_64` (PEP 600).
fn glibc_offered(text: &str) -> Vec<(u32, u32)> {
    let hints = text.split("Wheels are available for").skip(1);
    let tags = hints.flat_map(|hint| hint.split("`manylinux_").skip(1));
    let version = |tag: &str| {
        let mut parts = tag.split('_').map(|part| part.parse().ok());
        Some((parts.next()??, parts.next()??))
    };
    tags.filter_map(version).collect()
}

/// Whether all wheels that uv says there are are for systems of another kind than the one it wants.
fn is_for_others(text: &str) -> bool {
    let kind = |platform: &str| match platform.split(['_', '3', '1']).next() {
        Some("win") => System::Windows,
        Some("macosx") => System::MacOs,
        _ => System::Linux,
    };
    let wanted = text.split("platform tag (e.g., `").nth(1).map(kind);
    let hints = text.split("Wheels are available for").skip(1);
    let hints = hints.filter_map(|hint| Some(hint.split_once("following platform")?.1));
    let mut platforms = hints.flat_map(|hint| hint.split('`').skip(1).step_by(2)).peekable();
    platforms.peek().is_some() && platforms.all(|it| Some(kind(it)) != wanted)
}

fn name_after(text: &str, needle: &str) -> Option<String> {
    let word = text[text.find(needle)? + needle.len()..].split(' ').next()?;
    plain_name(word)
}

fn plain_name(word: &str) -> Option<String> {
    let word = word.trim_matches('`');
    let end = word
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
        .unwrap_or(word.len());
    (end > 0).then(|| word[..end].to_owned())
}

impl Uv<'_> {
    /// Runs uv in `folder` with these arguments and waits for its end.
    pub fn run(
        &self,
        folder: &UvFolder,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Output, UvError> {
        self.finish(folder.tool(self.program), arguments)
    }

    /// The same where uv may run build backends: with an environment that holds little of the
    /// author's.
    pub fn run_apart(
        &self,
        folder: &UvFolder,
        apart: &Apart<'_>,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Output, UvError> {
        let environment = source_build::environment(apart, std::env::vars_os());
        let tool = folder.tool(self.program).env_clear();
        let tool = environment.iter().fold(tool, |tool, (name, value)| tool.env(name, value));
        self.finish(tool, arguments)
    }

    fn finish(
        &self,
        tool: Tool,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Output, UvError> {
        let mut tool = tool.args(arguments).args(["--python", self.python.as_str()]);
        if self.offline {
            tool = tool.arg("--offline");
        }
        let mut text = String::new();
        let output = tool
            // uv must use the interpreter that it is given, and not look after others.
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env("UV_NO_PROGRESS", "1")
            .run(&mut |_, line| {
                tracing::debug!(uv = line);
                text.push_str(line);
                text.push('\n');
            });
        output.map_err(|source| {
            let trouble = match &source {
                ToolError::Start { .. } | ToolError::Directory { .. } => Trouble::Start,
                _ => Trouble::of(&text),
            };
            UvError { trouble, source: Box::new(source) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What uv 0.13.9 printed for each mistake.
    #[test]
    fn the_text_of_uv_is_understood() {
        let name = |name: &str| Some(name.to_owned());
        for (text, trouble) in [
            (
                "error: No solution found when resolving dependencies\n  cause: Because no-such-dist was not found in the package\n  registry and you require no-such-dist, we can conclude",
                Trouble::Unknown { package: name("no-such-dist") },
            ),
            (
                "  cause: Because there is no version of streamlit==9.9.9 and you require streamlit==9.9.9",
                Trouble::NoVersion { package: name("streamlit") },
            ),
            (
                "cause: Because pyspark==3.5.0 has no usable wheels and you require\n\nhint: Wheels are required for `pyspark` because building from source is disabled",
                Trouble::SourceOnly { package: name("pyspark"), range: name("pyspark==3.5.0") },
            ),
            (
                "cause: Because all versions of langdetect have no usable wheels and you require langdetect, we can\nhint: Wheels are required for `langdetect` because building",
                Trouble::SourceOnly { package: name("langdetect"), range: name("langdetect") },
            ),
            (
                "cause: Because a>=1 has no usable wheels and b==1.0 has no wheels with a matching Python ABI tag (e.g., `cp311`)",
                Trouble::NoWheel { package: name("b") },
            ),
            (
                "Because x==1.0 has no wheels with a matching platform tag (e.g., `manylinux_2_28_x86_64`) and you\n\nhint: Wheels are available for `x` (v1.0) on the following platforms: `manylinux_2_34_x86_64`, `win_amd64`",
                Trouble::NewerSystem { package: name("x"), glibc: vec![(2, 34)] },
            ),
            (
                "Because x==1.0 has no wheels with a matching platform tag (e.g., `manylinux_2_28_x86_64`) and you\n\nhint: Wheels are available for `x` (v1.0) on the following platform: `win_amd64`",
                Trouble::OtherSystem { package: name("x") },
            ),
            (
                "Because x==1.0 has no wheels with a matching platform tag (e.g., `manylinux_2_28_x86_64`) and you\n\nhint: Wheels are available for `x` (v1.0) on the following platforms: `manylinux2014_aarch64`, `win_amd64`",
                Trouble::NoWheel { package: name("x") },
            ),
            (
                "Because uvloop==0.19 has no wheels with a matching platform tag (e.g., `win_amd64`) and you\n\nhint: Wheels are available for `uvloop` (v0.19) on the following platforms: `manylinux_2_17_x86_64`, `macosx_10_9_x86_64`",
                Trouble::OtherSystem { package: name("uvloop") },
            ),
            (
                "error: Failed to download and build `six @ https://example.org/six-1.16.0.tar.gz`\n  cause: Building source distributions for `six` is disabled",
                Trouble::SourceOnly { package: name("six"), range: None },
            ),
            (
                "error: Failed to download and build `x @ git+https://example.org/x`\n  cause: Git operation failed\n  cause: failed to clone into: /c",
                Trouble::Repository { package: name("x") },
            ),
            (
                "error: Failed to download and build `git+https://example.org/x`\n  cause: Git operation failed",
                Trouble::Repository { package: None },
            ),
            (
                "error: Failed to build `peewee==4.5.3`\n  cause: The build backend returned an error",
                Trouble::NotBuilt { package: name("peewee") },
            ),
            (
                "error: Failed to download and build `x==1.0`\n  cause: The built wheel `x-1.0-cp312-cp312-linux_x86_64.whl` is not compatible",
                Trouble::NotBuilt { package: name("x") },
            ),
            (
                "Because torch==1.4.0 has no wheels with a matching Python ABI tag (e.g., `cp311`)",
                Trouble::NoWheel { package: name("torch") },
            ),
            (
                "error: No solution found when resolving dependencies\n  cause: Because streamlit>=1.67.0 depends on pandas>=1.5.3,<4 and you require",
                Trouble::Conflict,
            ),
            ("error: Couldn't parse requirement in `b.in` at position 0", Trouble::Unreadable),
            (
                "error: Unexpected '=', expected '-c', '-e', '-r' or the start of a requirement: b.in:2:1",
                Trouble::Unreadable,
            ),
            (
                "Because rich was not found in the cache and\n\nhint: Packages were unavailable because the network was disabled.",
                Trouble::Offline,
            ),
            (
                "error: Failed to fetch: http://example.org/simple/rich/\n  cause: dns error",
                Trouble::Network,
            ),
            (
                "error: Failed to read `--find-links` URL: https://links.example/a\n  cause: Failed to fetch: https://links.example/a\n  cause: dns error",
                Trouble::Links { address: "https://links.example/a".to_owned() },
            ),
            ("  cause: Hash mismatch for `mdurl==0.1.2`", Trouble::Hash),
            ("failed to write: No space left on device (os error 28)", Trouble::DiskFull),
            ("error: something new", Trouble::Other),
        ] {
            assert_eq!(Trouble::of(text), trouble, "{text}");
        }
    }
}
