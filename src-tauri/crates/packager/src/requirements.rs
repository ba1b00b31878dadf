use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::config::{Declaration, PYPROJECT_TOML, WATERSKIN_TOML};
use crate::locks;
use crate::pip_list::PipList;
use crate::requirement::{Refusal, checked, name_of};
use crate::uv_settings::{UvSettings, line_of};

/// The range of Streamlit versions that is asked for when the project forgot Streamlit: what the
/// launcher was tried with.
pub(crate) const STREAMLIT: &str = "streamlit>=1.40,<1.68";

/// Where the list of an app's distributions comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequirementsSource {
    /// `dependencies` in the Waterskin settings.
    Settings,
    /// `uv.lock`.
    UvLock,
    /// `pylock.toml` (PEP 751).
    PylockToml,
    /// `[project]` of `pyproject.toml`.
    Pyproject,
    /// `requirements.txt`.
    RequirementsTxt,
    /// The imports in the code, since nothing else says it.
    Imports,
}

impl RequirementsSource {
    /// The name that the author knows it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Settings => "the settings",
            Self::UvLock => "uv.lock",
            Self::PylockToml => "pylock.toml",
            Self::Pyproject => "pyproject.toml",
            Self::RequirementsTxt => "requirements.txt",
            Self::Imports => "the imports in the code",
        }
    }

    /// Whether the versions are settled already, so that nothing is left to resolve.
    pub fn is_lock(self) -> bool {
        matches!(self, Self::UvLock | Self::PylockToml)
    }
}

/// The distributions that an app asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Requirements {
    /// Where the list comes from.
    pub source: RequirementsSource,
    /// The file, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Utf8PathBuf>,
    /// The requirements as they are written there, without hashes and comments. For a lock these
    /// are all that it holds.
    pub listed: Vec<String>,
    /// Requirements that are added, since no app runs without them.
    pub added: Vec<String>,
    /// The same as uv gets them.
    #[serde(skip)]
    pub(crate) given: Given,
}

/// What uv gets of a project's lists. It reads none of the project's files itself: what they say is
/// checked when the plan is made, and may be another thing later.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Given {
    /// Requirements with hashes. Those of `uv.lock` are left to uv.
    pub lines: Vec<String>,
    pub constraints: Vec<String>,
    /// Options that say where packages come from.
    pub indexes: Vec<String>,
    /// Hosts that need no valid certificate.
    pub insecure: Vec<String>,
    /// The project's name in `uv.lock`.
    pub project: Option<String>,
    pub settings: UvSettings,
}

/// Why the list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RequirementsError {
    /// A file can't be read.
    #[error("could not read `{file}`")]
    Read {
        /// The file.
        file: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A lock is not TOML, or not one of its kind.
    #[error("could not understand `{file}`")]
    Toml {
        /// The file.
        file: Utf8PathBuf,
        /// Where and what is wrong.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A requirement that is not packaged.
    #[error("`{requirement}` in `{file}{}` {refusal}", at(.line))]
    Refused {
        /// The requirement as it is written there.
        requirement: String,
        /// The file.
        file: Utf8PathBuf,
        /// The number of its line, where it can be told.
        line: Option<usize>,
        /// Why.
        refusal: Refusal,
    },
}

fn at(line: &Option<usize>) -> String {
    line.map(|line| format!(":{line}")).unwrap_or_default()
}

impl Requirements {
    /// Finds the list that the project comes with. `None` means that it has none, and the code
    /// must be looked at.
    pub(crate) fn declared(
        root: &Utf8Path,
        declaration: &Declaration,
    ) -> Result<Option<Self>, RequirementsError> {
        let Some(mut made) = Self::of_lists(root, declaration)? else { return Ok(None) };
        made.given.settings = UvSettings::read(root, &made.listed)?;
        Ok(Some(made))
    }

    fn of_lists(
        root: &Utf8Path,
        declaration: &Declaration,
    ) -> Result<Option<Self>, RequirementsError> {
        let lists = |name: &str| Some(root.join(name)).filter(|file| file.is_file());
        let pyproject = root.join(PYPROJECT_TOML);
        if let Some(listed) = declaration.config.dependencies.clone() {
            let own = root.join(WATERSKIN_TOML);
            let file = if own.is_file() { own } else { pyproject };
            let lines = checked_all(&listed, root, &file)?;
            let made = Self::new(RequirementsSource::Settings, None, listed);
            return Ok(Some(made.with_lines(lines)));
        }
        if let Some(file) = lists("uv.lock") {
            let lock = locks::uv_lock(&file)?;
            let mut made = Self::new(RequirementsSource::UvLock, Some(file), lock.listed);
            made.given.project = lock.project;
            return Ok(Some(made.with_lines(lock.lines)));
        }
        if let Some(file) = lists("pylock.toml") {
            let lock = locks::pylock(&file)?;
            let made = Self::new(RequirementsSource::PylockToml, Some(file), lock.listed);
            return Ok(Some(made.with_lines(lock.lines)));
        }
        if let Some(project) = &declaration.project {
            let dynamic = project.dynamic.iter().any(|field| field == "dependencies");
            if let Some(listed) = project.dependencies.clone() {
                let lines = checked_all(&listed, root, &pyproject)?;
                let made = Self::new(RequirementsSource::Pyproject, Some(pyproject), listed);
                return Ok(Some(made.with_lines(lines)));
            } else if dynamic {
                let line = line_of(&read(&pyproject)?, "dynamic");
                return Err(RequirementsError::Refused {
                    requirement: "dynamic".to_owned(),
                    file: pyproject,
                    line,
                    refusal: Refusal::Dynamic,
                });
            }
        }
        if let Some(file) = lists("requirements.txt") {
            let list = PipList::read(root, &file)?;
            let indexes = list.index_lines();
            let mut made = Self::new(RequirementsSource::RequirementsTxt, Some(file), list.listed);
            made.given.constraints = list.constraints;
            made.given.insecure = list.insecure;
            made.given.indexes = indexes;
            return Ok(Some(made.with_lines(list.lines)));
        }
        Ok(None)
    }

    fn with_lines(mut self, lines: Vec<String>) -> Self {
        self.given.lines = lines;
        self
    }

    /// The list with Streamlit added where it is missing.
    pub(crate) fn new(
        source: RequirementsSource,
        file: Option<Utf8PathBuf>,
        listed: Vec<String>,
    ) -> Self {
        let there = listed.iter().any(|line| name_of(line).is_some_and(|it| it == "streamlit"));
        let added = if there { Vec::new() } else { vec![STREAMLIT.to_owned()] };
        let given = Given { lines: listed.clone(), ..Given::default() };
        Self { source, file, listed, added, given }
    }
}

/// The requirements of a list in TOML, checked.
fn checked_all(
    listed: &[String],
    root: &Utf8Path,
    file: &Utf8Path,
) -> Result<Vec<String>, RequirementsError> {
    let check = |line: &String| match checked(line, &[root]) {
        Ok(line) => Ok(line),
        Err(refusal) => Err(RequirementsError::Refused {
            requirement: line.escape_debug().to_string(),
            file: file.to_owned(),
            line: line_of(&read(file)?, line),
            refusal,
        }),
    };
    listed.iter().map(check).collect()
}

fn read(file: &Utf8Path) -> Result<String, RequirementsError> {
    fs_err::read_to_string(file)
        .map_err(|source| RequirementsError::Read { file: file.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, ProjectTable};

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        for (name, text) in files {
            fs_err::write(root.join(name), text).unwrap();
        }
        (dir, root)
    }

    fn declared(root: &Utf8Path, declaration: &Declaration) -> Requirements {
        Requirements::declared(root, declaration).unwrap().unwrap()
    }

    #[test]
    fn the_most_exact_list_wins() {
        let (_dir, root) = folder(&[("requirements.txt", "pandas\n")]);
        let mut declaration = Declaration::default();
        assert_eq!(declared(&root, &declaration).source, RequirementsSource::RequirementsTxt);
        declaration.project = Some(ProjectTable::default());
        assert_eq!(
            declared(&root, &declaration).source,
            RequirementsSource::RequirementsTxt,
            "a project table that says nothing of dependencies is no list"
        );
        let project =
            ProjectTable { dependencies: Some(vec!["numpy".into()]), ..Default::default() };
        declaration.project = Some(project);
        assert_eq!(declared(&root, &declaration).source, RequirementsSource::Pyproject);
        fs_err::write(root.join("pylock.toml"), "").unwrap();
        assert_eq!(declared(&root, &declaration).source, RequirementsSource::PylockToml);
        fs_err::write(root.join("uv.lock"), "").unwrap();
        assert_eq!(declared(&root, &declaration).source, RequirementsSource::UvLock);
        declaration.config = Config { dependencies: Some(vec![]), ..Config::default() };
        assert_eq!(declared(&root, &declaration).source, RequirementsSource::Settings);
    }

    #[test]
    fn nothing_is_no_list() {
        let (_dir, root) = folder(&[]);
        assert_eq!(Requirements::declared(&root, &Declaration::default()).unwrap(), None);
    }

    #[test]
    fn requirements_are_read_with_all_that_pip_allows() {
        let (_dir, root) = folder(&[
            (
                "requirements.txt",
                "\u{feff}# a comment\r\n--index-url https://example.org\r\n-r more.txt\r\n\
                 Streamlit[auth] >= 1.40 ; python_version > '3.9' # why\r\n\
                 pandas==2.0 \\\r\n    --hash=sha256:aa \\\r\n    --hash=sha256:bb\r\n\
                 x @ https://example.org/x.whl#sha256=1\r\n",
            ),
            ("more.txt", "numpy\n-r requirements.txt\n"),
        ]);
        let found = declared(&root, &Declaration::default());
        assert!(found.listed.contains(&"pandas==2.0".to_owned()), "{:?}", found.listed);
        assert!(found.listed.contains(&"numpy".to_owned()));
        assert!(
            found.listed.contains(&"Streamlit[auth] >= 1.40 ; python_version > '3.9'".to_owned())
        );
        assert_eq!(found.added, [""; 0], "Streamlit is there");
    }

    #[test]
    fn requirements_in_toml_are_looked_at_too() {
        for (line, why) in [
            ("pandas\n-e .", Refusal::Lines),
            ("-r other.txt", Refusal::Option),
            ("x @ git+https://example.org/x", Refusal::Repository),
        ] {
            let text = format!("[project]\ndependencies = [\n  'streamlit',\n  {line:?},\n]\n");
            let (_dir, root) = folder(&[("pyproject.toml", &text), ("waterskin.toml", &text)]);
            let listed = Some(vec!["streamlit".to_owned(), line.to_owned()]);
            let project = ProjectTable { dependencies: listed.clone(), ..Default::default() };
            let config = Config { dependencies: listed, ..Config::default() };
            for declaration in [
                Declaration { project: Some(project), ..Default::default() },
                Declaration { config, ..Default::default() },
            ] {
                match Requirements::declared(&root, &declaration).unwrap_err() {
                    RequirementsError::Refused { requirement, line: number, refusal, .. } => {
                        assert_eq!((refusal, number), (why, Some(4)), "{requirement}");
                        assert!(!requirement.contains('\n'), "{requirement}");
                    }
                    other => panic!("{line}: {other}"),
                }
            }
        }
        let (_dir, root) = folder(&[("pyproject.toml", "[project]\ndynamic = ['dependencies']\n")]);
        let project = ProjectTable { dynamic: vec!["dependencies".into()], ..Default::default() };
        let declaration = Declaration { project: Some(project), ..Default::default() };
        let error = Requirements::declared(&root, &declaration).unwrap_err().to_string();
        assert!(
            error.ends_with("pyproject.toml:2` leaves the list to code of the project"),
            "{error}"
        );
    }

    #[test]
    fn streamlit_is_added_when_it_is_missing() {
        for (listed, added) in [
            (vec!["pandas", "streamlit-extras"], true),
            (vec!["STREAMLIT==1.50"], false),
            (vec!["streamlit[charts]>=1"], false),
            (vec!["https://example.org/streamlit.whl"], true),
        ] {
            let listed: Vec<String> = listed.into_iter().map(str::to_owned).collect();
            let made = Requirements::new(RequirementsSource::Settings, None, listed.clone());
            assert_eq!(!made.added.is_empty(), added, "{listed:?}");
        }
    }
}
