//! Wheels of what is there as source only, made by uv and the source's own build backend.
//!
//! A backend is a stranger's code. It runs in a folder of its own, on a copy of the source, with an
//! environment that holds nothing of the author's project, and without a compiler: what a compiler
//! makes is for one machine, and neither the author's nor its absence may decide what a colleague
//! gets. Whether anything may run at all is the caller's to know.

use std::ffi::OsString;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;
use waterskin_bundle::{DigestError, file_digest, tree_digest};

use crate::Progress;
use crate::cache::{Cache, CacheError, Entry};
use crate::copy;
use crate::left_out::{self, Reason};
use crate::provision::RECIPE;
use crate::uv::{Uv, UvError, UvFolder};

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

impl SourceBuild<'_> {
    /// The wheel of `source`, a folder with a `pyproject.toml` or `setup.py`, or an archive of one.
    /// The source itself is only read. The same source is built once; what is in the cache is the
    /// same wheel, byte for byte.
    ///
    /// # Errors
    ///
    /// [`SourceBuildError`]; a wheel that is not for any platform is one.
    pub fn wheel(
        &self,
        source: &Utf8Path,
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
            tree_digest(&copied)
        } else {
            fs_err::copy(source, &copied).map_err(failed(source))?;
            file_digest(&copied)
        };
        let digest = digest
            .map_err(|error| SourceBuildError::Digest { path: source.to_owned(), source: error })?;
        let (program, python) = (self.uv.program, self.uv.python);
        let told = told_version(std::env::vars_os());
        let settings = &self.settings;
        let key = format!("{RECIPE} {program} {python} {}{told}\n{settings}", digest.as_str());
        let entry = cache.entry("wheel", &key, progress, |folder| {
            self.build(source, &copied, folder)?;
            match made(folder) {
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
    ) -> Result<(), SourceBuildError> {
        let failed = |error| SourceBuildError::Copy { path: self.folder.to_owned(), source: error };
        let temporary = tempfile::tempdir_in(self.folder).map_err(failed)?;
        let folder = UvFolder::new(self.folder, None, self.settings.clone()).map_err(failed)?;
        let arguments = ["build", "--wheel", "--no-create-gitignore", "--out-dir"];
        let arguments = arguments.into_iter().chain([destination.as_str(), copied.as_str()]);
        let path = Utf8Path::from_path(temporary.path()).unwrap_or(self.folder);
        self.uv
            .run_apart(&folder, path, arguments)
            .map(drop)
            .map_err(|error| SourceBuildError::Build { path: source.to_owned(), source: error })
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

/// The environment in which a build backend runs, with `temporary` for its files on the way.
pub(crate) fn environment(
    temporary: &Utf8Path,
    ours: impl Iterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    let kept = |name: &OsString| {
        let name = name.to_string_lossy();
        KEPT.iter().any(|kept| match kept.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == *kept,
        })
    };
    let mut variables: Vec<(OsString, OsString)> = ours.filter(|(name, _)| kept(name)).collect();
    let places = ["TMPDIR", "TEMP", "TMP"].map(|name| (name.into(), temporary.as_str().into()));
    variables.extend(fixed_variables().map(|(name, value)| (name.into(), value.into())));
    variables.extend(places);
    variables
}

/// Variables that are the same for each build. There are no such compilers: a backend that can do
/// without one does.
pub(crate) fn fixed_variables() -> impl Iterator<Item = (&'static str, &'static str)> {
    let none = "waterskin-builds-without-a-compiler";
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

/// `path` is relative to the source in `root`. Version control stays: some backends take the version
/// from there.
fn is_made_by_tools(root: &Utf8Path, path: &Utf8Path, is_folder: bool) -> bool {
    let Some(name) = path.file_name() else { return false };
    let at_top = path.parent().is_none_or(|parent| parent.as_str().is_empty());
    let by_name = left_out::by_name(path, is_folder);
    let secret = matches!(by_name, Some(Reason::Secrets | Reason::Environment));
    secret
        || matches!(by_name, Some(Reason::Cache | Reason::VirtualEnvironment))
        || (is_folder && root.join(path).join("pyvenv.cfg").is_file())
        // What setuptools leaves behind goes into the next wheel.
        || (is_folder && at_top && name == "build" && root.join("build/lib").is_dir())
        || (is_folder && at_top && name == "dist")
        || (is_folder && name.ends_with(".egg-info") && !root.join("PKG-INFO").is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wheels_for_any_platform_are_taken() {
        for (name, any) in [
            ("x-1-py3-none-any.whl", true),
            ("x-1-py2.py3-none-any.whl", true),
            ("x-1-cp311-cp311-linux_x86_64.whl", false),
            ("x-1-cp311-abi3-manylinux_2_28_x86_64.whl", false),
            ("x-1-py3-none-linux_x86_64.whl", false),
        ] {
            assert_eq!(is_for_any_platform(name), any, "{name}");
        }
    }

    #[test]
    fn a_backend_sees_little_of_the_author() {
        let ours = ["PATH", "UV_INDEX_URL", "OPENAI_API_KEY", "PYTHONPATH", "VIRTUAL_ENV", "CC"];
        let ours = ours.map(|name| (OsString::from(name), OsString::from("x")));
        let made = environment("/t".into(), ours.into_iter());
        let value = |name: &str| {
            let found = made.iter().rfind(|(it, _)| it == name)?;
            Some(found.1.to_string_lossy().into_owned())
        };
        assert_eq!(value("PATH").as_deref(), Some("x"));
        assert_eq!(value("UV_INDEX_URL").as_deref(), Some("x"));
        assert_eq!(value("TMPDIR").as_deref(), Some("/t"));
        assert_eq!(value("SOURCE_DATE_EPOCH").as_deref(), Some(EPOCH));
        assert_ne!(value("CC").as_deref(), Some("x"));
        for gone in ["OPENAI_API_KEY", "PYTHONPATH", "VIRTUAL_ENV"] {
            assert_eq!(value(gone), None, "{gone}");
        }
    }

    #[test]
    fn a_version_that_the_environment_tells_is_another_build() {
        let told = |variables: &[(&str, &str)]| {
            told_version(variables.iter().map(|(name, value)| (name.into(), value.into())))
        };
        assert_eq!(told(&[("PATH", "/bin")]), "");
        let versions = [
            ("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A", "2"),
            ("SETUPTOOLS_SCM_PRETEND_VERSION", "1"),
        ];
        let expected = " SETUPTOOLS_SCM_PRETEND_VERSION=1 SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A=2";
        assert_eq!(told(&versions), expected);
        let kept = environment("/t".into(), versions.iter().map(|(n, v)| (n.into(), v.into())));
        assert!(kept.iter().any(|(name, _)| name == "SETUPTOOLS_SCM_PRETEND_VERSION"));
    }

    #[cfg(unix)]
    #[test]
    fn a_source_is_copied_as_it_was_written_down() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let from = root.join("von é");
        for file in [
            "pyproject.toml",
            "src/pack/__init__.py",
            "src/pack/build/x.py",
            "src/pack/__pycache__/x.pyc",
            "src/pack.egg-info/PKG-INFO",
            "build/lib/pack/old.py",
            "dist/old.whl",
            "env/pyvenv.cfg",
            ".git/HEAD",
            ".env",
        ] {
            fs_err::create_dir_all(from.join(file).parent().unwrap()).unwrap();
            fs_err::write(from.join(file), file).unwrap();
        }
        fs_err::write(root.join("outside"), "x").unwrap();
        copy::link("../outside".into(), &from.join("out")).unwrap();
        copy::link("pyproject.toml".into(), &from.join("in")).unwrap();
        let to = root.join("to");
        copy_source(&from, &to).unwrap();
        let mut names: Vec<String> = WalkDir::new(&to)
            .into_iter()
            .flatten()
            .filter(|entry| !entry.file_type().is_dir())
            .map(|entry| entry.path().strip_prefix(&to).unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        let expected =
            [".git/HEAD", "in", "pyproject.toml", "src/pack/__init__.py", "src/pack/build/x.py"];
        assert_eq!(names, expected);
    }

    /// A backend that needs nothing from the network. It says what it saw, and where it ran.
    const BACKEND: &str = r#"
import os, pathlib, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    tag = pathlib.Path("tag").read_text()
    with open(pathlib.Path("log").read_text(), "a") as log:
        print(os.getcwd(), os.environ.get("SECRET_OF_TESTS"), file=log)
    pathlib.Path("left-behind").touch()
    name = f"tiny-1.0-{tag}.whl"
    info = "tiny-1.0.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("tiny.py", "")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", f"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"#;

    #[test]
    fn a_source_becomes_a_wheel_once_and_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
        let (source, log, work) = (root.join("my é source"), root.join("log"), root.join("work"));
        fs_err::create_dir_all(&source).unwrap();
        fs_err::create_dir_all(&work).unwrap();
        let pyproject = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n\
             [project]\nname = 'tiny'\nversion = '1.0'\n";
        for (name, text) in [
            ("pyproject.toml", pyproject),
            ("backend.py", BACKEND),
            ("tag", "py3-none-any"),
            ("log", log.as_str()),
        ] {
            fs_err::write(source.join(name), text).unwrap();
        }
        let cache = Cache::open(&root.join("cache")).unwrap();
        let program = crate::find_uv(None).unwrap();
        let python = waterskin_process::find("python3").unwrap();
        let python = Utf8PathBuf::from_path_buf(python).unwrap();
        let uv = Uv { program: &program, python: &python, offline: false };
        let settings = toml::Table::new();
        let build = SourceBuild { uv, folder: &work, settings: &settings };
        let before = tree_digest(&source).unwrap();
        let wheel = build.wheel(&source, &cache, &crate::Quiet).unwrap();
        assert_eq!(wheel.path().file_name(), Some("tiny-1.0-py3-none-any.whl"));
        let bytes = fs_err::read(wheel.path()).unwrap();
        let again = build.wheel(&source, &cache, &crate::Quiet).unwrap();
        assert_eq!(fs_err::read(again.path()).unwrap(), bytes);
        let seen = fs_err::read_to_string(&log).unwrap();
        let seen: Vec<&str> = seen.lines().collect();
        assert!(seen.len() == 1 && seen[0].ends_with(" None"), "once: {seen:?}");
        assert!(seen[0].starts_with(work.as_str()), "not in the project: {seen:?}");
        assert_eq!(before, tree_digest(&source).unwrap());
        assert_eq!(fs_err::read_dir(&work).unwrap().count(), 0, "nothing stays behind");

        fs_err::write(source.join("tag"), "cp311-cp311-linux_x86_64").unwrap();
        let error = build.wheel(&source, &cache, &crate::Quiet).unwrap_err();
        assert!(matches!(error, SourceBuildError::Platform { .. }), "{error}");
        fs_err::write(source.join("backend.py"), "raise SystemExit('no')").unwrap();
        let error = build.wheel(&source, &cache, &crate::Quiet).unwrap_err();
        assert!(matches!(error, SourceBuildError::Build { .. }), "{error}");
    }
}
