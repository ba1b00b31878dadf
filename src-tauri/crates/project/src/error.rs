use crate::files::FilesError;
use crate::files::keys::FoundKey;
use crate::own::OwnError;
use crate::requirements::RequirementsError;
use crate::requirements::line::way_out;
use crate::script::locate::LocateError;
use crate::settings::config::ConfigError;
use crate::settings::icon::IconError;
use crate::settings::identity::IdentityError;
use crate::settings::python::PythonError;
use crate::settings::secrets::SecretError;

/// Why a project can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
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
    /// A secret can't be asked for.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// There are keys in the project's files.
    #[error("there is something in the project that looks like a secret\n{}", listed(.found))]
    Keys {
        /// What and where.
        found: Vec<FoundKey>,
    },
    /// The author's own distributions can't come along.
    #[error(transparent)]
    Own(#[from] OwnError),
}

impl ProjectError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Locate(error) => error.hint(),
            Self::Config(error) => error.hint(),
            Self::Identity(error) => error.hint(),
            Self::Icon(error) => error.hint(),
            Self::Python(error) => error.hint(),
            Self::Own(error) => Some(error.hint()),
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
        }
    }
}

fn listed(found: &[FoundKey]) -> String {
    let line = |key: &FoundKey| format!("  {}:{}: {}", key.file, key.line, key.what);
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}
