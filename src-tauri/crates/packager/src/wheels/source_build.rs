//! Wheels of what is there as source only, made by uv and the source's own build backend.
//!
//! A backend is a stranger's code. It runs in a folder of its own, on a copy of the source, with an
//! environment that holds nothing of the author's project, and without a compiler: what a compiler
//! makes is for one machine, and neither the author's nor its absence may decide what a colleague
//! gets. Whether anything may run at all is the caller's to know.

use std::error::Error;
use std::ffi::OsString;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;
use waterskin_bundle::{DigestError, file_digest, tree_digest};
use waterskin_project::{Reason, by_name};

use crate::Progress;
use crate::cache::{Cache, CacheError, Entry};
use crate::copy;
use crate::payload::provision::RECIPE;
use crate::wheels::uv::{Uv, UvError, UvFolder};

/// Seconds since 1970 that a backend takes for the current time: the first moment that a Zip
/// archive can name.
const EPOCH: &str = "315532800";

/// Variables that a build keeps: what leads to the network, to uv's own settings and caches, and
/// what a program can't do without. Each may end in `*`.
const KEPT: [&str; 27] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_*",
    "UV_*",
    "SSL_*",
    "XDG_*",
    "GIT_*",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "NETRC",
    "SETUPTOOLS_SCM_PRETEND_VERSION*",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "APPDATA",
    "LOCALAPPDATA",
    "USERPROFILE",
    "PATHEXT",
    "COMSPEC",
];

/// Variables that a build with compilers keeps besides.
const COMPILERS: [&str; 34] = [
    "CC",
    "CXX",
    "CPP",
    "LD",
    "AR",
    "FC",
    "F77",
    "CFLAGS",
    "CXXFLAGS",
    "CPPFLAGS",
    "LDFLAGS",
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "LIBRARY_PATH",
    "PKG_CONFIG*",
    "CMAKE_*",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUSTFLAGS",
    "CUDA_*",
    "INCLUDE",
    "LIB",
    "LIBPATH",
    "VC*",
    "VS*",
    "Windows*",
    "ProgramFiles*",
    "DISTUTILS_USE_SDK",
    "MACOSX_DEPLOYMENT_TARGET",
    "SDKROOT",
    "DEVELOPER_DIR",
    "NUMBER_OF_PROCESSORS",
];

/// With what a source is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum With<'a> {
    /// Without a compiler.
    Nothing,
    /// With those of this machine. Only what is the author's own is.
    Compilers {
        /// The interpreter that has what they need.
        python: &'a Utf8Path,
    },
}

/// Where and with what of the author's a backend runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Apart<'a> {
    /// A folder for its files on the way.
    pub temporary: &'a Utf8Path,
    /// Variables that it has beside those that each has.
    pub kept: &'a [String],
    /// Whether it has the compilers of this machine.
    pub compilers: bool,
}

/// How wheels are made of sources. The interpreter of `uv` runs the backends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceBuild<'a> {
    pub uv: Uv<'a>,
    /// A folder of ours for files on the way.
    pub folder: &'a Utf8Path,
    /// `[tool.uv]` that says where the backends come from.
    pub settings: &'a toml::Table,
}

/// A wheel that was made, or found in the cache. It stays there as long as this value lives.
#[derive(Debug)]
pub(crate) struct BuiltWheel {
    entry: Entry,
    name: String,
}

impl BuiltWheel {
    /// The wheel's file.
    pub fn path(&self) -> Utf8PathBuf {
        self.entry.path().join(&self.name)
    }
}

/// Why there is no wheel of a source.
#[derive(Debug, thiserror::Error)]
pub enum SourceBuildError {
    /// The source can't be read, or its copy not be written.
    #[error("could not copy `{path}` to build it")]
    Copy {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The source can't be read whole.
    #[error("could not read `{path}`")]
    Digest {
        /// The source.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: DigestError,
    },
    /// The backend failed.
    #[error("`{path}` could not be built without a compiler")]
    Build {
        /// The source.
        path: Utf8PathBuf,
        /// What uv and the backend said.
        #[source]
        source: UvError,
    },
    /// The backend failed with a compiler, too.
    #[error("`{path}` could not be built with the compilers of this machine")]
    Compile {
        /// The source.
        path: Utf8PathBuf,
        /// What uv and the backend said.
        #[source]
        source: UvError,
    },
    /// What came out is for one system or one version of Python only.
    #[error("`{path}` holds compiled code: `{wheel}` is for one system only")]
    Platform {
        /// The source.
        path: Utf8PathBuf,
        /// The name of the wheel.
        wheel: String,
    },
    /// Nothing came out.
    #[error("the build backend of `{path}` made no wheel")]
    Nothing {
        /// The source.
        path: Utf8PathBuf,
    },
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl SourceBuildError {
    /// Whether it may be that a compiler was missing.
    pub(crate) fn is_for_compilers(&self) -> bool {
        match self {
            Self::Platform { .. } => true,
            Self::Build { source, .. } => {
                let mut text = String::new();
                let mut cause: Option<&dyn Error> = Some(source);
                while let Some(error) = cause {
                    text.push_str(&error.to_string().to_lowercase());
                    cause = error.source();
                }
                [NO_COMPILER, "compiler", "gcc", "cmake", "rustc", "cargo"]
                    .iter()
                    .any(|word| text.contains(word))
            }
            _ => false,
        }
    }
}

impl SourceBuild<'_> {
    /// The wheel of `source`, a folder with a `pyproject.toml` or `setup.py`, or an archive of one.
    /// The source itself is only read; what of `files` in it is there by a link that leads out of it
    /// is there in the build too. The same source is built once; what is in the cache is the same
    /// wheel, byte for byte.
    ///
    /// # Errors
    ///
    /// [`SourceBuildError`]; a wheel that is not for any platform is one, unless it is built with
    /// compilers.
    pub fn wheel(
        &self,
        source: &Utf8Path,
        files: &[Utf8PathBuf],
        with: With<'_>,
        cache: &Cache,
        progress: &dyn Progress,
    ) -> Result<BuiltWheel, SourceBuildError> {
        let failed = |path: &Utf8Path| {
            let path = path.to_owned();
            move |source| SourceBuildError::Copy { path, source }
        };
        let scratch = tempfile::tempdir_in(self.folder).map_err(failed(self.folder))?;
        let scratch = Utf8Path::from_path(scratch.path()).unwrap_or(self.folder);
        let copied = scratch.join(source.file_name().unwrap_or("source"));
        let digest = if source.is_dir() {
            copy_source(source, &copied)?;
            copy_linked(source, files, &copied)?;
            tree_digest(&copied)
        } else {
            fs_err::copy(source, &copied).map_err(failed(source))?;
            file_digest(&copied)
        };
        let digest = digest
            .map_err(|error| SourceBuildError::Digest { path: source.to_owned(), source: error })?;
        let (program, python) = (self.uv.program, self.uv.python);
        let compilers = match with {
            With::Nothing => String::new(),
            With::Compilers { python } => format!(" with compilers, {python}"),
        };
        let told = told_version(std::env::vars_os());
        let settings = &self.settings;
        let key =
            format!("{RECIPE} {program} {python} {}{told}{compilers}\n{settings}", digest.as_str());
        let entry = cache.entry("wheel", &key, progress, |folder| {
            self.build(source, &copied, folder, with)?;
            match made(folder) {
                Some(_) if with != With::Nothing => Ok(()),
                Some(name) if is_for_any_platform(&name) => Ok(()),
                Some(wheel) => Err(SourceBuildError::Platform { path: source.to_owned(), wheel }),
                None => Err(SourceBuildError::Nothing { path: source.to_owned() }),
            }
        })?;
        match made(entry.path()) {
            Some(name) => Ok(BuiltWheel { entry, name }),
            None => Err(SourceBuildError::Nothing { path: source.to_owned() }),
        }
    }

    fn build(
        &self,
        source: &Utf8Path,
        copied: &Utf8Path,
        destination: &Utf8Path,
        with: With<'_>,
    ) -> Result<(), SourceBuildError> {
        let failed = |error| SourceBuildError::Copy { path: self.folder.to_owned(), source: error };
        let temporary = tempfile::tempdir_in(self.folder).map_err(failed)?;
        let folder = UvFolder::new(self.folder, None, self.settings.clone()).map_err(failed)?;
        let arguments = ["build", "--wheel", "--no-create-gitignore", "--out-dir"];
        let arguments = arguments.into_iter().chain([destination.as_str(), copied.as_str()]);
        let temporary = Utf8Path::from_path(temporary.path()).unwrap_or(self.folder);
        let compilers = with != With::Nothing;
        let uv = match with {
            With::Nothing => self.uv,
            With::Compilers { python } => Uv { python, ..self.uv },
        };
        let apart = Apart { temporary, kept: &[], compilers };
        let path = source.to_owned();
        uv.run_apart(&folder, &apart, arguments).map(drop).map_err(|source| match with {
            With::Nothing => SourceBuildError::Build { path, source },
            With::Compilers { .. } => SourceBuildError::Compile { path, source },
        })
    }
}

/// What the environment says of the version of a source that has none of its own (setuptools-scm's
/// documentation, "environment variables").
fn told_version(ours: impl Iterator<Item = (OsString, OsString)>) -> String {
    const START: &str = "SETUPTOOLS_SCM_PRETEND_VERSION";
    let mut told: Vec<String> = ours
        .filter(|(name, _)| name.to_string_lossy().starts_with(START))
        .map(|(name, value)| format!(" {}={}", name.display(), value.display()))
        .collect();
    told.sort();
    told.concat()
}

/// The environment in which a build backend runs.
pub(crate) fn environment(
    apart: &Apart<'_>,
    ours: impl Iterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    let kept = |name: &OsString| {
        let name = name.to_string_lossy();
        let is_of = |list: &[&str]| {
            list.iter().any(|kept| match kept.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == *kept,
            })
        };
        let named = apart.kept.iter().any(|kept| **kept == name);
        named || is_of(&KEPT) || (apart.compilers && is_of(&COMPILERS))
    };
    let mut variables: Vec<(OsString, OsString)> = ours.filter(|(name, _)| kept(name)).collect();
    let has = |name: &str| variables.iter().any(|(known, _)| known == name);
    // What is for debuggers has the author's folders in it.
    let flags = ["CFLAGS", "CXXFLAGS"].into_iter().filter(|name| apart.compilers && !has(name));
    let flags: Vec<_> = flags.map(|name| (name.into(), "-g0".into())).collect();
    let places =
        ["TMPDIR", "TEMP", "TMP"].map(|name| (name.into(), apart.temporary.as_str().into()));
    let fixed = fixed_variables().filter(|(name, _)| !(apart.compilers && is_compiler(name)));
    variables.extend(fixed.map(|(name, value)| (name.into(), value.into())));
    variables.extend(flags);
    variables.extend(places);
    variables
}

/// What a compiler is called where there is none.
const NO_COMPILER: &str = "waterskin-builds-without-a-compiler";

fn is_compiler(variable: &str) -> bool {
    matches!(variable, "CC" | "CXX")
}

/// Variables that are the same for each build. There are no such compilers: a backend that can do
/// without one does.
pub(crate) fn fixed_variables() -> impl Iterator<Item = (&'static str, &'static str)> {
    let none = NO_COMPILER;
    [("CC", none), ("CXX", none), ("SOURCE_DATE_EPOCH", EPOCH), ("PYTHONDONTWRITEBYTECODE", "1")]
        .into_iter()
}

/// Whether a wheel of this name runs on every system (the tags of its name, PEP 427).
pub(crate) fn is_for_any_platform(wheel: &str) -> bool {
    wheel.ends_with("-none-any.whl")
}

fn made(folder: &Utf8Path) -> Option<String> {
    let names = folder.read_dir_utf8().ok()?.flatten().map(|entry| entry.file_name().to_owned());
    names.filter(|name| name.ends_with(".whl")).min()
}

/// Copies a source as it was written down: without what tools made of it, since an earlier build
/// would get into this one, and without links that lead out of it.
fn copy_source(from: &Utf8Path, to: &Utf8Path) -> Result<(), SourceBuildError> {
    let failed = |path: &std::path::Path| {
        let path = path.to_string_lossy().into_owned().into();
        move |source| SourceBuildError::Copy { path, source }
    };
    let real = from.canonicalize_utf8().map_err(failed(from.as_std_path()))?;
    let walk = WalkDir::new(from).sort_by_file_name().into_iter();
    let walk = walk.filter_entry(|entry| {
        let path = Utf8Path::from_path(entry.path()).and_then(|path| path.strip_prefix(from).ok());
        path.is_some_and(|path| !is_made_by_tools(from, path, entry.file_type().is_dir()))
    });
    for entry in walk {
        let entry = entry.map_err(|error| {
            let source = error.into_io_error().unwrap_or_else(|| io::Error::other("a loop"));
            SourceBuildError::Copy { path: from.to_owned(), source }
        })?;
        let Some(path) = Utf8Path::from_path(entry.path()) else { continue };
        let target = to.join(path.strip_prefix(from).unwrap_or(path));
        let kind = entry.file_type();
        let done = if kind.is_dir() {
            fs_err::create_dir(&target)
        } else if kind.is_symlink() {
            let inside = path.canonicalize_utf8().is_ok_and(|it| it.starts_with(&real));
            match path.read_link_utf8() {
                Ok(leads_to) if inside && leads_to.is_relative() => copy::link(&leads_to, &target),
                _ => Ok(()),
            }
        } else if kind.is_file() {
            fs_err::copy(path, &target).map(drop)
        } else {
            Ok(())
        };
        done.map_err(failed(entry.path()))?;
    }
    Ok(())
}

/// Copies what is in the source by links that lead out of it. `files` are those that may come along.
fn copy_linked(
    from: &Utf8Path,
    files: &[Utf8PathBuf],
    to: &Utf8Path,
) -> Result<(), SourceBuildError> {
    for file in files {
        let (source, target) = (from.join(file), to.join(file));
        let failed = |error| SourceBuildError::Copy { path: source.clone(), source: error };
        if target.exists() || target.is_symlink() {
            continue;
        }
        if source.is_dir() {
            copy_source(&source.canonicalize_utf8().map_err(failed)?, &target)?;
        } else if source.is_file() {
            let folder = target.parent().unwrap_or(to);
            fs_err::create_dir_all(folder)
                .and_then(|()| fs_err::copy(&source, &target))
                .map_err(failed)?;
        }
    }
    Ok(())
}

/// `path` is relative to the source in `root`. Version control stays: some backends take the version
/// from there.
fn is_made_by_tools(root: &Utf8Path, path: &Utf8Path, is_folder: bool) -> bool {
    let Some(name) = path.file_name() else { return false };
    let at_top = path.parent().is_none_or(|parent| parent.as_str().is_empty());
    let reason = by_name(path, is_folder);
    let secret = matches!(reason, Some(Reason::Secrets | Reason::Environment));
    secret
        || matches!(reason, Some(Reason::Cache | Reason::VirtualEnvironment))
        || (is_folder && root.join(path).join("pyvenv.cfg").is_file())
        // What setuptools leaves behind goes into the next wheel.
        || (is_folder && at_top && name == "build" && root.join("build/lib").is_dir())
        || (is_folder && at_top && name == "dist")
        || (is_folder && name.ends_with(".egg-info") && !root.join("PKG-INFO").is_file())
}

#[cfg(test)]
#[path = "source_build_tests.rs"]
mod tests;
