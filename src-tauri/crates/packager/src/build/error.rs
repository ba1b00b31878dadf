use std::error::Error;
use std::io;

use camino::Utf8PathBuf;
use waterskin_installers::{Format, FormatError};

use crate::build::shell::ShellError;
use crate::cache::CacheError;
use crate::names::{BadName, listed};
use crate::own::MakeError;
use crate::payload::AssembleError;
use crate::payload::provision::ProvisionError;
use crate::runtime::RuntimeError;
use crate::trial::TrialFailure;
use crate::trial::remedy;
use crate::wheels::error::WheelsError;
use crate::wheels::lacks::{self, Lacking};

/// Why a build failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The folder for the finished files can't be written to.
    #[error("could not write to the output folder `{path}`")]
    Output {
        /// The folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The cache can't be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The interpreter or the packages can't be had.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// A distribution of the author's own can't be made.
    #[error(transparent)]
    Own(#[from] MakeError),
    /// The payload can't be put together.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// A file on the way can't be written or read.
    #[error("could not use `{path}`")]
    Write {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The app imports a module that nothing brings.
    #[error("`{file}` imports `{module}`, and no requirement installs it")]
    MissingModule {
        /// The module.
        module: String,
        /// The file that imports it, relative to the project.
        file: Utf8PathBuf,
        /// The distribution that usually brings it and its version, where it is installed.
        installed: Option<String>,
    },
    /// The app does not start, or a page of it fails.
    #[error("{}", failed(&.source.page))]
    Trial {
        /// What recipients would meet.
        #[source]
        source: Box<TrialFailure>,
    },
    /// Several systems lack packages.
    #[error("not every package that the app needs is there for all systems\n{}", lacks::listed(.lacking))]
    Lacks {
        /// Which, for each system.
        lacking: Vec<Lacking>,
    },
    /// The shell for another system can't be had.
    #[error(transparent)]
    Shell(#[from] ShellError),
    /// The system that the app is for can't have files of its packages under their names.
    #[error("{target} can't have files of the app's packages under their names\n{}", listed(.bad))]
    Names {
        /// The system.
        target: String,
        /// The files, in the payload.
        bad: Vec<BadName>,
    },
    /// The folder for the payload holds something else.
    #[error("`{path}` is not empty and holds no payload")]
    Kept {
        /// The folder.
        path: Utf8PathBuf,
    },
    /// A finished file can't be made.
    #[error("could not make the .{}", .format.name())]
    Format {
        /// Which kind.
        format: &'static dyn Format,
        /// Why.
        #[source]
        source: Box<FormatError>,
    },
}

impl BuildError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        let own = match self {
            Self::MissingModule { module, installed, .. } => {
                Some(remedy::missing(module, installed.as_deref()))
            }
            Self::Output { .. } => {
                Some("give a folder that can be written to with `--output`".into())
            }
            Self::Kept { .. } => Some(
                "give an empty folder, or one that does not exist, with `--keep-payload`".into(),
            ),
            Self::Own(error) => error.hint(),
            Self::Lacks { .. } => Some(Lacking::hint()),
            Self::Shell(error) => error.hint(),
            Self::Names { target, .. } => Some(format!(
                "choose another version of the package, or build without `--target {target}`"
            )),
            Self::Provision(ProvisionError::Wheels(error)) => error.hint(),
            Self::Provision(ProvisionError::Python(error)) => error.hint(),
            Self::Provision(ProvisionError::Runtime { source }) => runtime_hint(source),
            Self::Cache(_) | Self::Provision(ProvisionError::Cache(_)) => {
                Some("give a folder that can be written to with `--cache-dir`".into())
            }
            Self::Format { source, .. } => format_hint(source),
            Self::Trial { source } => Some(remedy::hint(source)),
            Self::Assemble(AssembleError::Icon { .. }) => Some(ICON.into()),
            _ => None,
        };
        self.hint_of_system().or(own)
    }

    /// What a system lacks, where that is the matter.
    pub(super) fn lacking(self) -> Result<Lacking, Self> {
        match self {
            Self::Provision(ProvisionError::Wheels(WheelsError::Lacks { lacking })) => Ok(lacking),
            other => Err(other),
        }
    }

    /// What the system's own errors say wherever they come up.
    fn hint_of_system(&self) -> Option<String> {
        let mut error: Option<&(dyn Error + 'static)> = Some(self);
        while let Some(current) = error {
            let kind = current.downcast_ref::<io::Error>().map(io::Error::kind);
            if let Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) = kind {
                return Some(
                    "the disk is full: make room, or give other folders with `--output` and `--cache-dir`"
                        .to_owned(),
                );
            }
            error = current.source();
        }
        None
    }
}

fn failed(page: &str) -> String {
    match page {
        "" => "the packaged app fails on its first page".to_owned(),
        page => format!("the packaged app fails on its page `{page}`"),
    }
}

const ICON: &str = "give a square SVG, PNG, JPEG or ICO as the icon";

/// What the author can do where a file of a format could not be made.
pub(crate) fn format_hint(error: &FormatError) -> Option<String> {
    match error {
        FormatError::Icon { .. } => Some(ICON.to_owned()),
        FormatError::Staging { .. } | FormatError::Write { .. } => {
            Some("give another folder with `--output`".to_owned())
        }
        FormatError::OnWindows { .. } => Some("give it another name".to_owned()),
        FormatError::Program { .. } => Some(
            "give the `waterskin-shell` of Waterskin for Windows with `--shell`".to_owned(),
        ),
        FormatError::Full { .. } | FormatError::Crowded { .. } => Some(
            "leave out what the app can do without or gets from elsewhere, or take another format with `--format`"
                .to_owned(),
        ),
        FormatError::NoMakensis => Some(
            "install NSIS (on Debian and Ubuntu, `sudo apt install nsis`), or take `--format msi`"
                .to_owned(),
        ),
        FormatError::Makensis { .. } => Some(
            "make room where temporary files go, or take `--format msi`".to_owned(),
        ),
        FormatError::TooLarge { .. } => {
            Some("keep the file elsewhere, or take another format with `--format`".to_owned())
        }
        FormatError::Sign { .. } => Some(
            "try the command `sign` of the settings in a terminal, or leave it out with `--no-run`"
                .to_owned(),
        ),
        FormatError::Changed { .. } => Some("build again, and leave its files alone".to_owned()),
        _ => None,
    }
}

fn runtime_hint(error: &RuntimeError) -> Option<String> {
    match error {
        RuntimeError::Foreign { .. } => Some(
            "Python for another system is a standalone build that `uv` fetches: check the network and the proxy settings, name a mirror in `UV_PYTHON_INSTALL_MIRROR`, or build on such a system"
                .to_owned(),
        ),
        RuntimeError::Nowhere { .. } => Some(
            "give an installed interpreter with `--python`, or another version with `--python-version`"
                .to_owned(),
        ),
        RuntimeError::Interpreter { .. } => {
            Some("give the program of an installed CPython with `--python`".to_owned())
        }
        RuntimeError::Version { .. } => {
            Some("give `--python-version` to build with this interpreter nevertheless".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_wherever_it_comes_up() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let error = BuildError::Cache(CacheError::Use { path: "x".into(), source: full() });
        assert!(error.hint().unwrap().starts_with("the disk is full"));
        let error = BuildError::Output { path: "x".into(), source: full() };
        assert!(error.hint().unwrap().starts_with("the disk is full"));
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        let error = BuildError::Output { path: "x".into(), source: denied };
        assert!(error.hint().unwrap().contains("--output"));
    }

    #[test]
    fn a_missing_module_names_its_distribution() {
        let error = BuildError::MissingModule {
            module: "sklearn.svm".into(),
            file: "a.py".into(),
            installed: None,
        };
        assert_eq!(
            error.to_string(),
            "`a.py` imports `sklearn.svm`, and no requirement installs it"
        );
        assert!(error.hint().unwrap().contains("`scikit-learn`"));
    }
}
