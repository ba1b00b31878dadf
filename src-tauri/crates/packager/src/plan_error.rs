use camino::Utf8PathBuf;
use waterskin_bundle::Target;

use crate::config::ConfigError;
use crate::files::FilesError;
use crate::icon::IconError;
use crate::identity::IdentityError;
use crate::keys::FoundKey;
use crate::locate::LocateError;
use crate::own::OwnError;
use crate::python_choice::PythonError;
use crate::requirement::way_out;
use crate::requirements::RequirementsError;
use crate::secrets::SecretError;
use crate::settings::Format;
use crate::tools::ToolsError;
use crate::trim::TrimError;

/// Why nothing can be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// There is no project, or no script in it.
    #[error(transparent)]
    Locate(#[from] LocateError),
    /// The project's settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The project's files can't be listed.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The name, id or version is wrong.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The icon is missing or no picture.
    #[error(transparent)]
    Icon(#[from] IconError),
    /// There is no such Python.
    #[error(transparent)]
    Python(#[from] PythonError),
    /// The list of requirements can't be read.
    #[error(transparent)]
    Requirements(#[from] RequirementsError),
    /// A program that a build needs is missing.
    #[error(transparent)]
    Tools(#[from] ToolsError),
    /// The rules for what an app does not need can't be used.
    #[error("could not decide what the app does not need")]
    Trim(#[from] TrimError),
    /// A secret can't be asked for.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// There are keys in the project's files.
    #[error("there is something in the project that looks like a secret\n{}", listed(.found))]
    Keys {
        /// What and where.
        found: Vec<FoundKey>,
    },
    /// The system that the app is for has no use for such a file.
    #[error("a .{} can't be made for {}", .format.name(), .target.triple())]
    Format {
        /// What was asked for.
        format: Format,
        /// The system.
        target: Target,
    },
    /// A path can't be made absolute.
    #[error("could not make sense of the path `{path}`")]
    Path {
        /// The path.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A program of the project would be executed, and may not be.
    #[error("`{program}` is in the project's folder, and a build would run it")]
    Runs {
        /// The program.
        program: Utf8PathBuf,
    },
    /// The author's own distributions can't come along.
    #[error(transparent)]
    Own(#[from] OwnError),
    /// The user has no cache folder.
    #[error("there is no folder for caches")]
    NoCache,
}

impl PlanError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Locate(error) => error.hint(),
            Self::Config(error) => error.hint(),
            Self::Identity(error) => error.hint(),
            Self::Icon(error) => error.hint(),
            Self::Python(error) => error.hint(),
            Self::Own(error) => Some(error.hint()),
            Self::Tools(error) => error.hint(),
            Self::Secret(error) => error.hint(),
            Self::Keys { .. } => Some(
                "whoever has the app can read its files: take it out, and let the app ask for it with `[tool.waterskin.secrets.NAME]`. If it is no secret, name the file in `no-keys`"
                    .to_owned(),
            ),
            Self::Files(FilesError::Pattern { .. }) => {
                Some("patterns are written as in a `.gitignore`".to_owned())
            }
            Self::Requirements(RequirementsError::Refused { requirement, refusal, .. }) => {
                Some(way_out(requirement, *refusal))
            }
            Self::Runs { .. } => {
                Some("name one from elsewhere, or build without `--no-run`".to_owned())
            }
            Self::NoCache => Some("give one with `--cache-dir`".to_owned()),
            Self::Requirements(RequirementsError::NoList { .. }) => {
                let hint = "name a file that lists them with `requirements`, or write `dependencies`";
                Some(hint.to_owned())
            }
            Self::Requirements(RequirementsError::NoSuchPart { kind, known, .. }) => {
                let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                Some(match known.len() {
                    0 => format!("it has no {kind}s: take them out of the settings"),
                    _ => format!("there are {}", known.join(", ")),
                })
            }
            Self::Requirements(RequirementsError::Toml { .. } | RequirementsError::Json { .. }) => {
                Some("correct the file at that place; make a lock anew".to_owned())
            }
            Self::Files(FilesError::Read { .. })
            | Self::Requirements(RequirementsError::Read { .. }) => {
                Some("everything in the project's folder must be readable".to_owned())
            }
            Self::Trim(_) => Some("set `trim = false` in the project's file".to_owned()),
            Self::Format { target, .. } => {
                let names = Format::default_for(target).iter().map(|format| format.name());
                let names: Vec<_> = names.map(|name| format!("`--format {name}`")).collect();
                Some(format!("take {}, or leave `--format` out", names.join(" or ")))
            }
            Self::Path { .. } => Some("give an absolute path".to_owned()),
        }
    }
}

fn listed(found: &[FoundKey]) -> String {
    let line = |key: &FoundKey| format!("  {}:{}: {}", key.file, key.line, key.what);
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}
