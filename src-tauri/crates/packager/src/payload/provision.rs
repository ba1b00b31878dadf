//! What an app stands on: its interpreter and its packages, made once and kept in the cache.

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use waterskin_bundle::{Digest, DigestError, Layout, Python, tree_digest, write_record};
use waterskin_project::PythonError;

use crate::cache::{Cache, CacheError, Entry};
use crate::payload::commands;
use crate::payload::compile::{self, CompileError, Keeping};
use crate::runtime::{self, RuntimeError, RuntimeRequest, RuntimeSource};
use crate::toolchain::Wanted;
use crate::trim::{Trim, TrimError, TrimReport};
use crate::wheels::Wheels;
use crate::wheels::error::WheelsError;
use crate::wheels::manylinux::uv_platform;
use crate::wheels::resolve::Resolution;
use crate::wheels::tags;
use crate::{Progress, Step};

/// A digest of the code that makes the trees (see `build.rs`).
pub(crate) const RECIPE: &str = env!("WATERSKIN_RECIPE");
/// What a tree of the cache says of itself.
const FACTS: &str = "facts.json";

/// Why the interpreter or the packages could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The project's wish for a version of Python.
    #[error(transparent)]
    Python(#[from] PythonError),
    /// The interpreter.
    #[error("could not get Python for the app")]
    Runtime {
        /// Why.
        #[source]
        source: Box<RuntimeError>,
    },
    /// The packages.
    #[error(transparent)]
    Wheels(#[from] WheelsError),
    /// Their trimming.
    #[error("could not trim the app's packages")]
    Trim {
        /// Why.
        #[source]
        source: TrimError,
    },
    /// Their bytecode.
    #[error("could not compile the app's packages")]
    Compile {
        /// Why.
        #[source]
        source: CompileError,
    },
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// A tree could not be hashed.
    #[error("could not hash `{path}`")]
    Digest {
        /// The tree.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: DigestError,
    },
    /// What a tree of the cache says of itself can't be read or written.
    #[error("could not use `{path}`")]
    Facts {
        /// The file.
        path: Utf8PathBuf,
        /// What the system or the parser said.
        #[source]
        source: std::io::Error,
    },
}

/// The interpreter, as it goes into the payload.
#[derive(Debug)]
pub(crate) struct Base {
    entry: Entry,
    pub source: RuntimeSource,
    pub facts: BaseFacts,
}

/// What is known of the interpreter.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BaseFacts {
    pub python: Python,
    pub minimum_glibc: String,
    pub digest: Digest,
}

/// The packages, as they go into the payload.
#[derive(Debug)]
pub(crate) struct Packages {
    entry: Entry,
    pub facts: PackagesFacts,
}

/// What is known of the packages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PackagesFacts {
    pub digest: Digest,
    /// The least GNU C library that their wheels ask for, such as `2.28`; empty for none.
    pub minimum_glibc: String,
    pub trim: TrimReport,
    /// How many files got no bytecode: templates and the like.
    pub uncompiled: usize,
}

impl Base {
    /// The interpreter's prefix.
    pub fn tree(&self) -> Utf8PathBuf {
        self.entry.path().join(Layout::PYTHON)
    }

    /// The interpreter's executable.
    pub fn executable(&self) -> Utf8PathBuf {
        self.entry.path().join(&self.facts.python.executable)
    }

    /// The full version, such as `3.12.4`, that [`Base::provide`] would come to.
    pub fn version(wanted: &Wanted<'_>, progress: &dyn Progress) -> Result<String, ProvisionError> {
        progress.step(Step::Runtime, None);
        let (_, source) = choose(wanted)?;
        Ok(source.version().to_owned())
    }

    /// Chooses the interpreter and makes it ready, with bytecode. Where it does not run on this
    /// machine, `python` of the same minor version compiles it.
    pub fn provide(
        wanted: &Wanted<'_>,
        python: Option<&Utf8Path>,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<Self, ProvisionError> {
        progress.step(Step::Runtime, None);
        let (request, source) = choose(wanted)?;
        let tk = if wanted.tk { " tk" } else { "" };
        let key = format!("{RECIPE} {} {}{tk}", wanted.target.triple(), identity(&source));
        let entry = cache.entry("python", &key, progress, |folder| {
            let tree = folder.join(Layout::PYTHON);
            let runtime = runtime::lay_down(&source, &request, &tree, progress)
                .map_err(|source| ProvisionError::Runtime { source: Box::new(source) })?;
            let shipped = folder.join(&runtime.python.executable);
            let trees = [tree.clone()];
            compile::byte_compile(python.unwrap_or(&shipped), &trees, None, progress)
                .map_err(|source| ProvisionError::Compile { source })?;
            write_record(&tree, &tree).map_err(|source| {
                let path = tree.join(Layout::RECORD);
                ProvisionError::Facts { path, source }
            })?;
            let facts = BaseFacts {
                python: runtime.python,
                minimum_glibc: runtime.minimum_glibc,
                digest: digest(&tree, progress)?,
            };
            write_facts(folder, &facts)
        })?;
        let facts = read_facts(entry.path())?;
        Ok(Self { entry, source, facts })
    }
}

/// The first interpreter that the project allows. Where the project leaves the version open, the
/// one that can be had most easily is looked at first.
fn choose(wanted: &Wanted<'_>) -> Result<(RuntimeRequest, RuntimeSource), ProvisionError> {
    let request = |version: Option<String>| RuntimeRequest {
        version,
        python: wanted.python.executable.clone(),
        triple: wanted.target.triple().to_owned(),
        project: wanted.project.to_owned(),
        cache: wanted.cache.to_owned(),
        uv: wanted.uv.to_owned(),
        offline: wanted.offline,
        tk: wanted.tk,
    };
    let candidates = wanted.python.candidates()?;
    if wanted.python.executable.is_some() {
        let request = request(wanted.python.version.clone());
        return match runtime::choose(&request) {
            Ok(source) => Ok((request, source)),
            Err(source) => Err(ProvisionError::Runtime { source: Box::new(source) }),
        };
    }
    let mut first_error = None;
    for version in candidates {
        let request = request(version);
        match runtime::choose(&request) {
            Ok(source) => return Ok((request, source)),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    match first_error {
        Some(source) => Err(ProvisionError::Runtime { source: Box::new(source) }),
        None => {
            Err(PythonError::Unsatisfied { text: String::new(), because: wanted.python.because }
                .into())
        }
    }
}

/// What tells one interpreter from another. One of this machine may be replaced under the same
/// path, hence its size and time.
fn identity(source: &RuntimeSource) -> String {
    match source {
        RuntimeSource::Managed { key, version } => format!("managed {key} {version}"),
        RuntimeSource::Relocated { python, version, .. } => {
            let real = python.canonicalize_utf8().unwrap_or_else(|_| python.clone());
            let metadata = fs_err::metadata(&real).ok();
            let size = metadata.as_ref().map(std::fs::Metadata::len);
            let time = metadata.and_then(|metadata| metadata.modified().ok());
            format!("relocated {real} {version} {size:?} {time:?}")
        }
    }
}

impl Packages {
    /// `site-packages`.
    pub fn tree(&self) -> Utf8PathBuf {
        self.entry.path().join(Layout::SITE_PACKAGES)
    }

    /// Installs what was resolved, trims it and makes its bytecode.
    pub fn provide(
        wheels: &Wheels<'_>,
        trim: &Trim,
        resolution: &Resolution,
        interpreter: &BaseFacts,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<Self, ProvisionError> {
        let (resolved, allowance) = (&resolution.resolved, &resolution.allowance);
        let executable = &interpreter.python.executable;
        let interpreter = interpreter.digest.as_str();
        progress.step(Step::Wheels, Some(resolved.len() as u64));
        let key = format!(
            "{RECIPE} {} {:?} {} {executable} {}\n{}",
            uv_platform(wheels.target, allowance.glibc),
            allowance.built,
            wheels.python_version,
            trim.key(),
            resolved.to_text()
        );
        let entry = cache.entry("packages", &key, progress, |folder| {
            let tree = folder.join(Layout::SITE_PACKAGES);
            let (trimmed, glibc) =
                install_and_trim(wheels, trim, resolution, executable, &tree, progress)?;
            let minimum_glibc = glibc.map(|(major, minor)| format!("{major}.{minor}"));
            let minimum_glibc = minimum_glibc.unwrap_or_default();
            let trees = [tree.clone()];
            let keeping = Some(Keeping { cache, interpreter });
            let report = compile::byte_compile(wheels.uv.python, &trees, keeping, progress)
                .map_err(|source| ProvisionError::Compile { source })?;
            let digest = digest(&tree, progress)?;
            let uncompiled = report.failed.len();
            let facts = PackagesFacts { digest, minimum_glibc, trim: trimmed, uncompiled };
            write_facts(folder, &facts)
        })?;
        let facts = read_facts(entry.path())?;
        Ok(Self { entry, facts })
    }
}

/// What goes as a whole is not installed in the first place, unless a package turns out to need it.
fn install_and_trim(
    wheels: &Wheels<'_>,
    trim: &Trim,
    resolution: &Resolution,
    executable: &Utf8Path,
    tree: &Utf8Path,
    progress: &dyn Progress,
) -> Result<(TrimReport, Option<(u32, u32)>), ProvisionError> {
    let resolved = &resolution.resolved;
    let trimming = |source| ProvisionError::Trim { source };
    let version_of = |name: &str| resolved.version_of(name).map(str::to_owned);
    let mut spared = trim.spared(version_of).map_err(trimming)?;
    loop {
        wheels.install(&resolved.without(&spared), &resolution.allowance, tree)?;
        let glibc = tags::minimum_glibc(tree);
        commands::relocate(tree, executable)
            .map_err(|source| ProvisionError::Facts { path: tree.to_owned(), source })?;
        progress.advance(resolved.len() as u64);
        if let Some(report) =
            trim.apply(tree, &spared, &wheels.own.modules(), progress).map_err(trimming)?
        {
            return Ok((report, glibc));
        }
        spared.clear();
        fs_err::remove_dir_all(tree)
            .map_err(|source| ProvisionError::Facts { path: tree.to_owned(), source })?;
    }
}

fn digest(tree: &Utf8Path, progress: &dyn Progress) -> Result<Digest, ProvisionError> {
    progress.step(Step::Digest, None);
    tree_digest(tree).map_err(|source| ProvisionError::Digest { path: tree.to_owned(), source })
}

fn write_facts(folder: &Utf8Path, facts: &impl Serialize) -> Result<(), ProvisionError> {
    let path = folder.join(FACTS);
    serde_json::to_vec_pretty(facts)
        .map_err(std::io::Error::from)
        .and_then(|text| fs_err::write(&path, text))
        .map_err(|source| ProvisionError::Facts { path, source })
}

fn read_facts<T: serde::de::DeserializeOwned>(folder: &Utf8Path) -> Result<T, ProvisionError> {
    let path = folder.join(FACTS);
    fs_err::read(&path)
        .and_then(|text| Ok(serde_json::from_slice(&text)?))
        .map_err(|source| ProvisionError::Facts { path, source })
}
