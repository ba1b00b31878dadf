use serde::Serialize;

/// Where the list of an app's distributions comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequirementsSource {
    /// `dependencies` in the Waterskin settings.
    Settings,
    /// The header of the script (PEP 723).
    Script,
    /// `uv.lock`.
    UvLock,
    /// `pylock.toml` (PEP 751).
    PylockToml,
    /// `Pipfile`.
    Pipfile,
    /// `environment.yml`.
    EnvironmentYml,
    /// `requirements.txt`.
    RequirementsTxt,
    /// `[project]` of `pyproject.toml`.
    Pyproject,
    /// `[tool.poetry.dependencies]` of `pyproject.toml`.
    Poetry,
    /// `install_requires` of `setup.cfg`.
    SetupCfg,
    /// `install_requires` of `setup.py`, as far as it can be read.
    SetupPy,
    /// The imports in the code, since nothing else says it.
    Imports,
}

impl RequirementsSource {
    /// The name that the author knows it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Settings => "the settings",
            Self::Script => "the header of the script",
            Self::UvLock => "uv.lock",
            Self::PylockToml => "pylock.toml",
            Self::Pipfile => "Pipfile",
            Self::EnvironmentYml => "environment.yml",
            Self::RequirementsTxt => "requirements.txt",
            Self::Pyproject | Self::Poetry => "pyproject.toml",
            Self::SetupCfg => "setup.cfg",
            Self::SetupPy => "setup.py",
            Self::Imports => "the imports in the code",
        }
    }

    /// Whether the versions are settled already, so that nothing is left to resolve.
    pub fn is_lock(self) -> bool {
        matches!(self, Self::UvLock | Self::PylockToml)
    }
}
