use std::io;

use camino::Utf8PathBuf;
use waterskin_project::{RequirementsError, RequirementsSource, is_standard};

use crate::cache::CacheError;
use crate::wheels::lacks::Lacking;
use crate::wheels::uv::{Trouble, UvError};

/// Why the app's packages can't be had.
#[derive(Debug, thiserror::Error)]
pub enum WheelsError {
    /// The versions can't be settled.
    #[error("could not resolve the requirements in {}", source_name(.file, *.from))]
    Resolve {
        /// Where the requirements come from.
        from: RequirementsSource,
        /// The file, when it is one.
        file: Option<Utf8PathBuf>,
        /// What uv said.
        #[source]
        source: UvError,
    },
    /// The packages can't be downloaded or unpacked.
    #[error("could not install the app's packages")]
    Install {
        /// What uv said.
        #[source]
        source: UvError,
    },
    /// A list of requirements can't be read.
    #[error(transparent)]
    Requirements(#[from] RequirementsError),
    /// A file of ours could not be written or read.
    #[error("could not write `{path}`")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// Streamlit is older than what the launcher can start.
    #[error("the project asks for Streamlit {version}, which is too old")]
    OldStreamlit {
        /// The version.
        version: String,
    },
    /// Another system lacks packages.
    #[error("not every package that the app needs is there for {}\n{lacking}", .lacking.target)]
    Lacks {
        /// Which.
        lacking: Lacking,
    },
    /// The wheels of a package are for other versions of Python.
    #[error("there is no ready-made package (wheel) of `{package}` for Python {python}")]
    OtherPython {
        /// Its name.
        package: String,
        /// The app's Python, such as `3.12`.
        python: String,
        /// The newest one that there is a wheel for.
        has: String,
    },
    /// A package is published as source only, and nothing may be built.
    #[error("`{package}` is published as source only, and building it would run code of its own")]
    NotAllowed {
        /// Its name.
        package: String,
        /// The app's Python, such as `3.12`.
        python: String,
    },
    /// A package is published as source only, and building it failed.
    #[error("`{package}` is published as source only, and could not be built without a compiler")]
    NotBuilt {
        /// Its name.
        package: String,
        /// The app's Python, such as `3.12`.
        python: String,
        /// What uv and the build backend said.
        #[source]
        source: UvError,
    },
    /// What was built of a package is for one system alone.
    #[error("`{package}` is published as source only, and what it builds is for one system alone")]
    Compiled {
        /// Its name and version, such as `x==1.0`.
        package: String,
        /// The app's Python, such as `3.12`.
        python: String,
    },
    /// Nothing was resolved for Streamlit.
    #[error("the requirements hold no Streamlit")]
    NoStreamlit,
}

fn source_name(file: &Option<Utf8PathBuf>, from: RequirementsSource) -> String {
    match file {
        Some(file) => format!("`{file}`"),
        None => from.name().to_owned(),
    }
}

impl WheelsError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        let place = match self {
            Self::Resolve { file: Some(file), .. } => {
                format!("`{}`", file.file_name().unwrap_or(file.as_str()))
            }
            _ => "the requirements".to_owned(),
        };
        let of_uv = |trouble: &Trouble| {
            match trouble {
            Trouble::Unknown { package: Some(name) } if is_of_python(name) => Some(format!(
                "`{name}` is part of Python itself, and on no index: take it out of {place}"
            )),
            Trouble::Unknown { .. } => Some(format!("check the spelling in {place}")),
            Trouble::NoVersion { .. } => Some(format!("ask for a version that exists in {place}")),
            Trouble::NoWheel { .. } => Some(
                "choose another version of the package, or of Python with `--python-version`".into(),
            ),
            Trouble::OtherSystem { package } => Some(format!(
                "if the app does without it elsewhere, write `{} ; sys_platform == 'win32'` (or `'darwin'`) in its place: then it counts there alone",
                package.as_deref().unwrap_or("PACKAGE")
            )),
            Trouble::Repository { .. } => Some(
                "check its address and revision. `git` must be installed, and reach it without asking for a password: by a key (`git+ssh://`) or a credential helper".into(),
            ),
            Trouble::NewerSystem { .. } => Some(
                "choose an older version of the package: its newest wheels are for systems that hardly anybody has".into(),
            ),
            Trouble::SourceOnly { package, .. } | Trouble::NotBuilt { package } => {
                let package = package.as_deref().unwrap_or("PACKAGE");
                Some(make_a_wheel(package, waterskin_project::DEFAULT_VERSION))
            }
            Trouble::Conflict => Some(format!("loosen one of the versions in {place}")),
            Trouble::Unreadable => Some(format!("correct the line in {place}")),
            Trouble::Network => Some(
                "check the network and the proxy settings; with `--offline` only packages of earlier builds are used".into(),
            ),
            Trouble::Links { .. } => Some(format!(
                "check the network and the proxy settings, or take the line out of {place} if nothing is needed from there"
            )),
            Trouble::Offline => Some("build once without `--offline`".into()),
            Trouble::Hash => Some(format!(
                "if the package was published anew on purpose, write the new hash to {place}"
            )),
            Trouble::DiskFull => Some("make room, or give another folder with `--cache-dir`".into()),
            Trouble::Start => Some("give the path of a working `uv` with `--uv`".into()),
            Trouble::Other => Some("see what `uv` says above".into()),
        }
        };
        match self {
            Self::Resolve { source, .. } | Self::Install { source } => of_uv(&source.trouble),
            Self::Lacks { .. } => Some(Lacking::hint()),
            Self::OtherPython { has, .. } => Some(format!(
                "there is one for Python {has}: build with `--python-version {has}`, or choose another version of the package"
            )),
            Self::NotAllowed { package, python } => {
                Some(format!("build without `--no-run`, {}", make_a_wheel(package, python)))
            }
            Self::NotBuilt { package, python, .. } | Self::Compiled { package, python } => {
                Some(make_a_wheel(package, python))
            }
            Self::OldStreamlit { .. } => Some(format!(
                "ask for `streamlit>={}`, and lock it anew where a lock has the version",
                waterskin_streamlit::OLDEST
            )),
            Self::Requirements(_) | Self::Write { .. } | Self::Cache(_) | Self::NoStreamlit => None,
        }
    }
}

/// Whether somebody took Python or a module of its library for a package.
fn is_of_python(name: &str) -> bool {
    const MINOR: u8 = 12;
    name == "python" || is_standard(MINOR, &name.replace('-', "_"))
}

/// The way on for a package that must be compiled: whoever has the compiler makes a wheel once.
fn make_a_wheel(package: &str, python: &str) -> String {
    format!(
        "choose another version of the package, or make a wheel of it once, on a system as old as your colleagues':\n  \
         uv run --no-project --python {python} --with pip python -m pip wheel --no-deps --wheel-dir wheels '{package}'\n\
         and say where it is: with the line `--find-links wheels` in `requirements.txt`, or with `find-links = [\"wheels\"]` in `[tool.uv]` of `pyproject.toml`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trouble_has_a_hint() {
        let hint = |trouble| {
            let source = UvError {
                trouble,
                source: Box::new(waterskin_process::ToolError::Cancelled { program: "uv".into() }),
            };
            WheelsError::Resolve {
                from: RequirementsSource::RequirementsTxt,
                file: Some("/a b/requirements.txt".into()),
                source,
            }
            .hint()
        };
        assert_eq!(
            hint(Trouble::Unknown { package: None }).unwrap(),
            "check the spelling in `requirements.txt`"
        );
        let of_python = hint(Trouble::Unknown { package: Some("sqlite3".into()) }).unwrap();
        assert!(of_python.starts_with("`sqlite3` is part of Python itself"), "{of_python}");
        assert!(hint(Trouble::NoWheel { package: None }).unwrap().contains("--python-version"));
        let source = hint(Trouble::SourceOnly { package: Some("x".into()), range: None }).unwrap();
        assert!(source.contains("pip wheel --no-deps --wheel-dir wheels 'x'"), "{source}");
        let allowed = WheelsError::NotAllowed { package: "x".into(), python: "3.13".into() };
        let allowed = allowed.hint().unwrap();
        assert!(allowed.contains("--no-run") && allowed.contains("--python 3.13"), "{allowed}");
        assert!(hint(Trouble::Network).is_some() && hint(Trouble::Other).is_some());
    }
}
