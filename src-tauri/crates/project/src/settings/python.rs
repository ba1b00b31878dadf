use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use pep440_rs::{Version, VersionSpecifiers};
use serde::Serialize;

use crate::requirements::RequirementsSource;
use crate::settings::config::Declaration;

/// The version of Python that an app gets when nobody asks for another and it can be had: the one
/// that most packages have been tested with. Where nothing can be downloaded and an interpreter of this
/// machine has to do, another will be taken.
pub const DEFAULT_VERSION: &str = "3.12";

/// The minor versions of CPython 3 that there are wheels for, the best served first.
const MINORS: [u8; 5] = [12, 13, 11, 14, 10];

/// Which Python the app gets, as far as the project and the author say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PythonChoice {
    /// The version, such as `3.12` or `3.12.4`. `None` leaves it open.
    pub version: Option<String>,
    /// An interpreter that the author named, to be made relocatable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executable: Option<Utf8PathBuf>,
    /// What the version must satisfy (PEP 440), from `requires-python`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<String>,
    /// Who said so.
    pub because: Because,
}

/// Who chose the version of Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// The author, on the command line.
    CommandLine,
    /// `python` in the Waterskin settings.
    Settings,
    /// `.python-version`.
    PythonVersionFile,
    /// `requires-python` of `pyproject.toml`.
    RequiresPython,
    /// Modules of the project that are compiled for one version.
    Modules,
    /// Nobody.
    Default,
    /// A list of requirements that says it in words of its own.
    #[serde(untagged)]
    List(RequirementsSource),
}

impl Because {
    /// The word by which a list says it.
    fn of(source: RequirementsSource) -> Self {
        use RequirementsSource as Source;
        match source {
            Source::Pipfile
            | Source::EnvironmentYml
            | Source::PylockToml
            | Source::Poetry
            | Source::SetupCfg
            | Source::SetupPy => Self::List(source),
            Source::Settings
            | Source::Script
            | Source::UvLock
            | Source::RequirementsTxt
            | Source::Pyproject
            | Source::Imports => Self::RequiresPython,
        }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List(source) => return write!(f, "from `{}`", source.name()),
            Self::CommandLine => "asked for",
            Self::Settings => "from the settings",
            Self::PythonVersionFile => "from `.python-version`",
            Self::RequiresPython => "from `requires-python`",
            Self::Modules => "from the compiled modules",
            Self::Default => "the default, where it is to be had",
        })
    }
}

/// Why no Python could be chosen.
#[derive(Debug, thiserror::Error)]
pub enum PythonError {
    /// A version that is not of the form `3.12` or `3.12.4`.
    #[error("`{version}` is not a version of Python that can be packaged")]
    Version {
        /// The text.
        version: String,
    },
    /// `requires-python` is not a version specifier.
    #[error("`requires-python` is `{text}`, which is not a version specifier")]
    Specifier {
        /// The text.
        text: String,
        /// What the parser met.
        #[source]
        source: Box<pep440_rs::VersionSpecifiersParseError>,
    },
    /// No version that we know satisfies what the project asks for.
    #[error("no version of Python that can be packaged satisfies `{text}` ({because})")]
    Unsatisfied {
        /// The text.
        text: String,
        /// Who asks for it.
        because: Because,
    },
}

impl PythonError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Version { .. } | Self::Unsatisfied { .. } => {
                let known: Vec<String> = sorted().map(|minor| format!("3.{minor}")).collect();
                let all_the_same = match self {
                    Self::Unsatisfied { .. } => {
                        "; `--python-version 3.12` packs one that the project does not ask for"
                    }
                    _ => "",
                };
                format!("there are {}{all_the_same}", known.join(", "))
            }
            Self::Specifier { .. } => "write it as in `>=3.11`".to_owned(),
        })
    }
}

fn sorted() -> impl Iterator<Item = u8> {
    let mut minors = MINORS;
    minors.sort_unstable();
    minors.into_iter()
}

impl PythonChoice {
    /// Takes the first that says something: the command line, the settings, `.python-version`,
    /// `requires-python` of the list of requirements or of the project.
    pub(crate) fn make(
        root: &Utf8Path,
        declaration: &Declaration,
        of_list: Option<(&str, RequirementsSource)>,
        version: Option<&str>,
        executable: Option<&Utf8Path>,
    ) -> Result<Self, PythonError> {
        let of_project = declaration.project.as_ref();
        let of_project = of_project.and_then(|project| project.requires_python.clone());
        let by = of_list.map_or(Because::RequiresPython, |(_, source)| Because::of(source));
        let requires = of_list.map(|(text, _)| text.to_owned()).or(of_project);
        let chosen = |version: Option<&str>, because| -> Result<Self, PythonError> {
            let version = version.map(checked).transpose()?;
            Ok(Self { version, executable: None, requires: requires.clone(), because })
        };
        if let Some(executable) = executable {
            let choice = chosen(version, Because::CommandLine)?;
            return Ok(Self { executable: Some(executable.to_owned()), ..choice });
        }
        if version.is_some() {
            return chosen(version, Because::CommandLine);
        }
        if let Some(version) = &declaration.config.python {
            return chosen(Some(version), Because::Settings);
        }
        if let Some(version) = version_file(&root.join(".python-version")) {
            return chosen(Some(&version), Because::PythonVersionFile);
        }
        match &requires {
            None => chosen(None, Because::Default),
            Some(text) => {
                candidates(text, by)?;
                chosen(None, by)
            }
        }
    }

    /// The same, or what compiled modules of the project are for, where nobody says which Python.
    pub(crate) fn or_of_modules(self, requires: Option<String>) -> Self {
        match (self.because, requires) {
            (Because::Default, Some(requires)) => {
                Self { requires: Some(requires), because: Because::Modules, ..self }
            }
            _ => self,
        }
    }

    /// The versions to try, the best first; `None` stands for whichever is there.
    ///
    /// # Errors
    ///
    /// No version that can be packaged satisfies what the project asks for.
    pub fn candidates(&self) -> Result<Vec<Option<String>>, PythonError> {
        match (&self.version, &self.requires) {
            (Some(version), _) => Ok(vec![Some(version.clone())]),
            (None, None) => Ok(vec![None]),
            (None, Some(text)) => {
                Ok(candidates(text, self.because)?.into_iter().map(Some).collect())
            }
        }
    }

    /// The minor version, for what must be known before there is an interpreter.
    pub fn minor(&self) -> u8 {
        let first = self.candidates().ok().and_then(|list| list.into_iter().next().flatten());
        let minor = first.and_then(|version| version.split('.').nth(1)?.parse().ok());
        minor.unwrap_or(MINORS[0])
    }
}

/// The minor versions that satisfy the specifier, the best served first.
fn candidates(text: &str, because: Because) -> Result<Vec<String>, PythonError> {
    let specifiers: VersionSpecifiers = text.parse().map_err(|source| PythonError::Specifier {
        text: text.to_owned(),
        source: Box::new(source),
    })?;
    // `>3.12.3` and `==3.12.4` must not rule 3.12 out, hence a first and a late patch release.
    let satisfied = |minor: u8| {
        (0..40).any(|patch| specifiers.contains(&Version::new([3, u64::from(minor), patch])))
    };
    let found: Vec<String> =
        MINORS.into_iter().filter(|minor| satisfied(*minor)).map(|it| format!("3.{it}")).collect();
    if found.is_empty() {
        return Err(PythonError::Unsatisfied { text: text.to_owned(), because });
    }
    Ok(found)
}

/// `3.12` or `3.12.4`, of a minor version that can be packaged.
fn checked(version: &str) -> Result<String, PythonError> {
    let bad = || PythonError::Version { version: version.to_owned() };
    let numbers: Vec<u8> =
        version.split('.').map(|part| part.parse().map_err(|_| bad())).collect::<Result<_, _>>()?;
    match numbers[..] {
        [3, minor] | [3, minor, _] if MINORS.contains(&minor) => Ok(version.to_owned()),
        _ => Err(bad()),
    }
}

/// The version in a `.python-version` file, as pyenv and uv write it. A line of another form, such
/// as the name of a virtual environment, says nothing.
fn version_file(path: &Utf8Path) -> Option<String> {
    let text = fs_err::read_to_string(path).ok()?;
    let line =
        text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let version = line.strip_prefix("cpython-").or(line.strip_prefix("cpython@")).unwrap_or(line);
    checked(version).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::config::{Config, ProjectTable};

    fn declaration(settings: Option<&str>, requires: Option<&str>) -> Declaration {
        let project = ProjectTable {
            requires_python: requires.map(str::to_owned),
            ..ProjectTable::default()
        };
        let config = Config { python: settings.map(str::to_owned), ..Config::default() };
        Declaration { config, project: Some(project) }
    }

    #[test]
    fn the_nearest_word_wins() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let make = |settings, requires, asked| {
            PythonChoice::make(root, &declaration(settings, requires), None, asked, None).unwrap()
        };
        assert_eq!(make(None, None, None).because, Because::Default);
        assert_eq!(make(None, Some(">=3.11"), None).because, Because::RequiresPython);
        fs_err::write(root.join(".python-version"), "# x\n3.13.1\n").unwrap();
        let choice = make(None, Some(">=3.11"), None);
        assert_eq!(choice.because, Because::PythonVersionFile);
        assert_eq!(choice.version.as_deref(), Some("3.13.1"));
        assert_eq!(choice.minor(), 13);
        assert_eq!(make(Some("3.11"), None, None).because, Because::Settings);
        assert_eq!(make(Some("3.11"), None, Some("3.12")).because, Because::CommandLine);
        fs_err::write(root.join(".python-version"), "my-env\n").unwrap();
        assert_eq!(make(None, None, None).because, Because::Default);
    }

    #[test]
    fn candidates_satisfy_the_project() {
        for (text, versions) in [
            (">=3.11", vec!["3.12", "3.13", "3.11", "3.14"]),
            ("~=3.11.2", vec!["3.11"]),
            (">=3.13,<3.14", vec!["3.13"]),
            ("==3.12.4", vec!["3.12"]),
            ("<3.12,!=3.10.*", vec!["3.11"]),
        ] {
            assert_eq!(candidates(text, Because::Default).unwrap(), versions, "{text}");
        }
        let candidates = |text| candidates(text, Because::RequiresPython);
        assert!(matches!(candidates("<3"), Err(PythonError::Unsatisfied { .. })));
        assert!(matches!(candidates("three"), Err(PythonError::Specifier { .. })));
    }

    #[test]
    fn the_list_that_names_a_version_is_said() {
        use RequirementsSource as Source;
        let make = |list| {
            PythonChoice::make("/none".into(), &declaration(None, None), Some(list), None, None)
        };
        for (source, because) in [
            (Source::EnvironmentYml, "from `environment.yml`"),
            (Source::Pipfile, "from `Pipfile`"),
            (Source::Poetry, "from `pyproject.toml`"),
            (Source::UvLock, "from `requires-python`"),
            (Source::Script, "from `requires-python`"),
        ] {
            assert_eq!(make((">=3.11", source)).unwrap().because.to_string(), because);
            let error = make(("==3.8.5.*", source)).unwrap_err();
            let text = format!("satisfies `==3.8.5.*` ({because})");
            assert!(error.to_string().ends_with(&text), "{error}");
            assert!(error.hint().unwrap().contains("--python-version"));
        }
        let json = serde_json::to_string(&Because::List(Source::EnvironmentYml)).unwrap();
        assert_eq!(json, "\"environment-yml\"");
    }

    #[test]
    fn versions_that_are_none_are_refused() {
        for bad in ["2.7", "3", "3.7", "three", "3.12.x", "", "4.0", "3.12.4.1"] {
            let error = checked(bad).unwrap_err();
            assert!(error.hint().unwrap().contains("3.12"), "{bad}");
        }
    }
}
