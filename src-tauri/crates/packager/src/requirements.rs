use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::config::{Declaration, PYPROJECT_TOML, ProjectTable, WATERSKIN_TOML};
use crate::locks;
use crate::pip_list::PipList;
use crate::requirement::{Refusal, checked, name_of};
use crate::tool_lists::{self, ToolList};
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
    /// The header of the script (PEP 723).
    Script,
    /// `uv.lock`.
    UvLock,
    /// `pylock.toml` (PEP 751).
    PylockToml,
    /// `Pipfile`.
    Pipfile,
    /// `requirements.txt`.
    RequirementsTxt,
    /// `[project]` of `pyproject.toml`.
    Pyproject,
    /// `[tool.poetry.dependencies]` of `pyproject.toml`.
    Poetry,
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
            Self::RequirementsTxt => "requirements.txt",
            Self::Pyproject | Self::Poetry => "pyproject.toml",
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
    /// Which versions of Python the list says that it is for, as in `requires-python`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires_python: Option<String>,
    /// Other lists, which were passed over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<Utf8PathBuf>,
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
    /// The file that the settings name holds none.
    #[error("`{file}` holds no list of requirements")]
    NoList {
        /// The file.
        file: Utf8PathBuf,
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

/// The files that hold a list, in the order in which they count: that of Streamlit's own hosting (its
/// documentation, "App dependencies"), with PEP 751's lock beside uv's.
const FILES: [&str; 5] = ["uv.lock", "pylock.toml", "Pipfile", "requirements.txt", PYPROJECT_TOML];

impl Requirements {
    /// Finds the list that the project in `root` comes with: in the settings, in the header of the
    /// script `entry`, in the script's folder, in the project's. `None` means that it has none, and
    /// the code must be looked at.
    pub(crate) fn declared(
        root: &Utf8Path,
        entry: &Utf8Path,
        declaration: &Declaration,
    ) -> Result<Option<Self>, RequirementsError> {
        let Some(mut made) = Self::of_lists(root, entry, declaration)? else { return Ok(None) };
        made.given.settings = UvSettings::read(root, &made.listed)?;
        Ok(Some(made))
    }

    fn of_lists(
        root: &Utf8Path,
        entry: &Utf8Path,
        declaration: &Declaration,
    ) -> Result<Option<Self>, RequirementsError> {
        if let Some(listed) = declaration.config.dependencies.clone() {
            let own = root.join(WATERSKIN_TOML);
            let file = if own.is_file() { own } else { root.join(PYPROJECT_TOML) };
            let lines = checked_all(&listed, &[root], &file)?;
            let made = Self::new(RequirementsSource::Settings, None, listed);
            return Ok(Some(made.with_lines(lines)));
        }
        if let Some(named) = &declaration.config.requirements {
            let file = root.join(named);
            return match Self::of_file(root, &file)? {
                Some(made) => Ok(Some(made)),
                None => Err(RequirementsError::NoList { file }),
            };
        }
        let script = root.join(entry);
        let mut found = of_script(root, &script)?;
        let mut passed_over = Vec::new();
        let beside = script.parent().filter(|folder| *folder != root);
        for folder in beside.into_iter().chain([root]) {
            for name in FILES {
                let file = folder.join(name);
                if !file.is_file() {
                    continue;
                }
                if let Some(taken) = &found {
                    // It is what the lock was made from.
                    let of_lock = taken.source.is_lock() && name == PYPROJECT_TOML;
                    if !of_lock && holds_list(&file) {
                        passed_over.push(file);
                    }
                } else {
                    found = Self::of_file(root, &file)?;
                }
            }
        }
        Ok(found.map(|made| Self { passed_over, ..made }))
    }

    /// The list in a file, which is told by its name. Any other than the usual ones is taken for one
    /// of pip's.
    fn of_file(root: &Utf8Path, file: &Utf8Path) -> Result<Option<Self>, RequirementsError> {
        let path = Some(file.to_owned());
        let of_lock = |source, lock: locks::Lock| {
            let mut made = Self::new(source, path.clone(), lock.listed);
            made.given.project = lock.project;
            made.with_lines(lock.lines)
        };
        Ok(match file.file_name().unwrap_or_default() {
            "uv.lock" => Some(of_lock(RequirementsSource::UvLock, locks::uv_lock(file)?)),
            name if name.starts_with("pylock.") && name.ends_with(".toml") => {
                Some(of_lock(RequirementsSource::PylockToml, locks::pylock(file)?))
            }
            "Pipfile" => {
                let list = tool_lists::pipfile(&read(file)?).map_err(toml_error(file))?;
                Some(Self::of_tool(RequirementsSource::Pipfile, list, root, file)?)
            }
            PYPROJECT_TOML => Self::of_pyproject(root, file)?,
            _ => {
                let list = PipList::read(root, file)?;
                let indexes = list.index_lines();
                let mut made = Self::new(RequirementsSource::RequirementsTxt, path, list.listed);
                made.given.constraints = list.constraints;
                made.given.insecure = list.insecure;
                made.given.indexes = indexes;
                Some(made.with_lines(list.lines))
            }
        })
    }

    fn of_pyproject(root: &Utf8Path, file: &Utf8Path) -> Result<Option<Self>, RequirementsError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Pyproject {
            project: ProjectTable,
        }
        let text = read(file)?;
        let project = toml::from_str::<Pyproject>(&text).map_err(toml_error(file))?.project;
        if let Some(lines) = project.dependencies {
            let list = ToolList { lines, requires_python: project.requires_python };
            return Self::of_tool(RequirementsSource::Pyproject, list, root, file).map(Some);
        }
        let table = text.parse().map_err(toml_error(file))?;
        if let Some(list) = tool_lists::poetry(&table) {
            return Self::of_tool(RequirementsSource::Poetry, list, root, file).map(Some);
        }
        if project.dynamic.iter().any(|field| field == "dependencies") {
            return Err(RequirementsError::Refused {
                requirement: "dynamic".to_owned(),
                file: file.to_owned(),
                line: line_of(&text, "dynamic"),
                refusal: Refusal::Dynamic,
            });
        }
        Ok(None)
    }

    fn of_tool(
        source: RequirementsSource,
        list: ToolList,
        root: &Utf8Path,
        file: &Utf8Path,
    ) -> Result<Self, RequirementsError> {
        let lines = checked_all(&list.lines, &[file.parent().unwrap_or(root), root], file)?;
        let made = Self::new(source, Some(file.to_owned()), list.lines).with_lines(lines);
        Ok(Self { requires_python: list.requires_python, ..made })
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
        Self { source, file, listed, added, requires_python: None, passed_over: Vec::new(), given }
    }
}

fn of_script(
    root: &Utf8Path,
    script: &Utf8Path,
) -> Result<Option<Requirements>, RequirementsError> {
    // A script that is not in UTF-8 has no such header (PEP 723).
    let Ok(text) = fs_err::read_to_string(script) else { return Ok(None) };
    match tool_lists::inline_script(&text).map_err(toml_error(script))? {
        Some(list) => {
            Requirements::of_tool(RequirementsSource::Script, list, root, script).map(Some)
        }
        None => Ok(None),
    }
}

/// Whether a file with the name of a list is one. What can't be read counts: it is said so.
fn holds_list(file: &Utf8Path) -> bool {
    if file.file_name() != Some(PYPROJECT_TOML) {
        return true;
    }
    let Ok(table) = read(file).map(|text| text.parse::<toml::Table>()) else { return true };
    let Ok(table) = table else { return true };
    let project = table.get("project").and_then(|project| project.get("dependencies"));
    project.is_some() || tool_lists::poetry(&table).is_some()
}

fn toml_error(file: &Utf8Path) -> impl FnOnce(toml::de::Error) -> RequirementsError {
    let file = file.to_owned();
    |source| RequirementsError::Toml { file, source: Box::new(source) }
}

/// The requirements of a list in TOML, checked.
fn checked_all(
    listed: &[String],
    folders: &[&Utf8Path],
    file: &Utf8Path,
) -> Result<Vec<String>, RequirementsError> {
    let check = |line: &String| match checked(line, folders) {
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
    use crate::config::Config;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        for (name, text) in files {
            fs_err::write(root.join(name), text).unwrap();
        }
        (dir, root)
    }

    fn declared(root: &Utf8Path, declaration: &Declaration) -> Requirements {
        Requirements::declared(root, "src/app.py".into(), declaration).unwrap().unwrap()
    }

    #[test]
    fn the_list_that_counts_and_those_that_are_passed_over() {
        let (_dir, root) = folder(&[]);
        let mut declaration = Declaration::default();
        let none = Requirements::declared(&root, "src/app.py".into(), &declaration).unwrap();
        assert_eq!(none, None);
        let poetry = "[tool.poetry.dependencies]\npython = '^3.11'\npandas = '*'\n";
        let project = format!("[project]\ndependencies = ['numpy']\n{poetry}");
        let lists: [(&str, &str, RequirementsSource); 9] = [
            ("pyproject.toml", poetry, RequirementsSource::Poetry),
            ("pyproject.toml", &project, RequirementsSource::Pyproject),
            ("requirements.txt", "pandas\n", RequirementsSource::RequirementsTxt),
            ("Pipfile", "[packages]\npandas = '*'\n", RequirementsSource::Pipfile),
            ("pylock.toml", "", RequirementsSource::PylockToml),
            ("uv.lock", "", RequirementsSource::UvLock),
            ("src/pyproject.toml", poetry, RequirementsSource::Poetry),
            ("src/requirements.txt", "pandas\n", RequirementsSource::RequirementsTxt),
            ("src/app.py", "# /// script\n# ///\n", RequirementsSource::Script),
        ];
        fs_err::create_dir(root.join("src")).unwrap();
        for (file, text, source) in lists {
            fs_err::write(root.join(file), text).unwrap();
            let made = declared(&root, &declaration);
            assert_eq!((made.source, made.file), (source, Some(root.join(file))), "{file}");
            assert!(!made.passed_over.contains(&root.join(file)));
            if source == RequirementsSource::UvLock {
                let names = ["pylock.toml", "Pipfile", "requirements.txt"];
                assert_eq!(made.passed_over, names.map(|name| root.join(name)), "not its project");
            }
        }
        let names = |made: Requirements| made.passed_over.len();
        assert_eq!(names(declared(&root, &declaration)), 7);
        declaration.config = Config { requirements: Some("Pipfile".into()), ..Config::default() };
        assert_eq!(declared(&root, &declaration).source, RequirementsSource::Pipfile);
        declaration.config = Config { dependencies: Some(vec![]), ..Config::default() };
        assert_eq!(declared(&root, &declaration).source, RequirementsSource::Settings);
    }

    #[test]
    fn a_list_says_which_python_it_is_for() {
        let text = "[project]\nrequires-python = '>=3.12'\ndependencies = []\n";
        let (_dir, root) = folder(&[("pyproject.toml", text)]);
        let made = declared(&root, &Declaration::default());
        assert_eq!(made.requires_python.as_deref(), Some(">=3.12"));
    }

    #[test]
    fn what_the_settings_name_must_be_a_list() {
        let (_dir, root) = folder(&[("pyproject.toml", "[tool.ruff]\n")]);
        let config = Config { requirements: Some("pyproject.toml".into()), ..Config::default() };
        let declaration = Declaration { config, ..Declaration::default() };
        let error = Requirements::declared(&root, "app.py".into(), &declaration).unwrap_err();
        assert!(error.to_string().ends_with("pyproject.toml` holds no list of requirements"));
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
            let config = Config { dependencies: listed, ..Config::default() };
            for declaration in
                [Declaration::default(), Declaration { config, ..Default::default() }]
            {
                match Requirements::declared(&root, "app.py".into(), &declaration).unwrap_err() {
                    RequirementsError::Refused { requirement, line: number, refusal, .. } => {
                        assert_eq!((refusal, number), (why, Some(4)), "{requirement}");
                        assert!(!requirement.contains('\n'), "{requirement}");
                    }
                    other => panic!("{line}: {other}"),
                }
            }
        }
        let (_dir, root) = folder(&[("pyproject.toml", "[project]\ndynamic = ['dependencies']\n")]);
        let declaration = Declaration::default();
        let error = Requirements::declared(&root, "app.py".into(), &declaration).unwrap_err();
        let error = error.to_string();
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
