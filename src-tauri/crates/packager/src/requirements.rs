use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::config::Declaration;
use crate::distributions::normalized;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    /// An editable requirement: to install it, its own code would be run.
    #[error("`{line}` in `{file}` is editable: to install it, its own code would be run")]
    Editable {
        /// The file.
        file: Utf8PathBuf,
        /// The line as it is written there.
        line: String,
    },
    /// A package in `pylock.toml` that comes from elsewhere than a package index.
    #[error("`{package}` in `{file}` does not come from a package index")]
    NotFromIndex {
        /// The file.
        file: Utf8PathBuf,
        /// The package.
        package: String,
    },
}

impl Requirements {
    /// Finds the list that the project comes with. `None` means that it has none, and the code
    /// must be looked at.
    pub(crate) fn declared(
        root: &Utf8Path,
        declaration: &Declaration,
    ) -> Result<Option<Self>, RequirementsError> {
        let lists = |name: &str| Some(root.join(name)).filter(|file| file.is_file());
        if let Some(listed) = declaration.config.dependencies.clone() {
            return Ok(Some(Self::new(RequirementsSource::Settings, None, listed)));
        }
        if let Some(file) = lists("uv.lock") {
            let listed = lock_names(&file, "package")?;
            return Ok(Some(Self::new(RequirementsSource::UvLock, Some(file), listed)));
        }
        if let Some(file) = lists("pylock.toml") {
            let listed = lock_names(&file, "packages")?;
            return Ok(Some(Self::new(RequirementsSource::PylockToml, Some(file), listed)));
        }
        if let Some(project) = &declaration.project
            && (project.dependencies.is_some()
                || project.dynamic.iter().any(|field| field == "dependencies"))
        {
            let listed = project.dependencies.clone().unwrap_or_default();
            let file = Some(root.join(crate::config::PYPROJECT_TOML));
            return Ok(Some(Self::new(RequirementsSource::Pyproject, file, listed)));
        }
        if let Some(file) = lists("requirements.txt") {
            let mut listed = Vec::new();
            read_requirements(&file, 0, &mut listed)?;
            return Ok(Some(Self::new(RequirementsSource::RequirementsTxt, Some(file), listed)));
        }
        Ok(None)
    }

    /// The list with Streamlit added where it is missing.
    pub(crate) fn new(
        source: RequirementsSource,
        file: Option<Utf8PathBuf>,
        listed: Vec<String>,
    ) -> Self {
        let there = listed.iter().any(|line| name_of(line).is_some_and(|it| it == "streamlit"));
        let added = if there { Vec::new() } else { vec![STREAMLIT.to_owned()] };
        Self { source, file, listed, added }
    }
}

/// The normalized name of the distribution that a requirement is about (PEP 508). `None` for a
/// bare address or path.
pub(crate) fn name_of(requirement: &str) -> Option<String> {
    let end = requirement
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
        .unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(end);
    let path = name.is_empty() || name.starts_with('.') || rest.starts_with(['/', ':', '\\']);
    (!path).then(|| normalized(name))
}

/// Reads the requirements of a file in the form that pip defined, and of those that it names with
/// `-r`. Options, hashes and comments are skipped: they matter to uv, which reads the file itself.
fn read_requirements(
    file: &Utf8Path,
    depth: usize,
    listed: &mut Vec<String>,
) -> Result<(), RequirementsError> {
    let bytes = fs_err::read(file)
        .map_err(|source| RequirementsError::Read { file: file.to_owned(), source })?;
    for line in logical_lines(&String::from_utf8_lossy(&bytes)) {
        let other = ["-r", "--requirement"].iter().find_map(|option| line.strip_prefix(option));
        if let Some(other) = other {
            // Eight files that name each other are enough; a loop ends here.
            let folder = file.parent().unwrap_or(Utf8Path::new(""));
            if depth < 8 {
                read_requirements(
                    &folder.join(other.trim_start_matches('=').trim()),
                    depth + 1,
                    listed,
                )?;
            }
        } else if is_editable(&line) {
            return Err(RequirementsError::Editable { file: file.to_owned(), line });
        } else if !line.starts_with('-') {
            listed.push(line);
        }
    }
    Ok(())
}

/// `-e x`, `-ex`, `--editable x`, `--editable=x`: `uv` builds these even where it may build nothing.
fn is_editable(line: &str) -> bool {
    line.starts_with("-e") || line.starts_with("--e") && !line.starts_with("--extra-index-url")
}

/// Lines without comments and hashes, with continued ones joined.
pub(crate) fn logical_lines(text: &str) -> Vec<String> {
    let joined = text.trim_start_matches('\u{feff}').replace("\\\r\n", " ").replace("\\\n", " ");
    let mut lines = Vec::new();
    for line in joined.lines() {
        let line = if line.trim_start().starts_with('#') {
            ""
        } else {
            line.split(" #").next().unwrap_or(line)
        };
        let line = line.split(" --hash").next().unwrap_or(line).trim();
        if !line.is_empty() {
            lines.push(line.to_owned());
        }
    }
    lines
}

/// The names and versions in a lock. The project itself, which has no registry as its source in
/// `uv.lock`, is not among them.
fn lock_names(file: &Utf8Path, key: &str) -> Result<Vec<String>, RequirementsError> {
    let table = read_toml(file)?;
    let packages = table.get(key).and_then(toml::Value::as_array).into_iter().flatten();
    let own = |package: &toml::Value| {
        let source = package.get("source");
        source.is_some_and(|source| {
            ["virtual", "editable"].iter().any(|kind| source.get(kind).is_some())
        })
    };
    let listed = packages.filter(|package| !own(package)).filter_map(|package| {
        let name = package.get("name")?.as_str()?;
        Some(match package.get("version").and_then(toml::Value::as_str) {
            Some(version) => format!("{name}=={version}"),
            None => name.to_owned(),
        })
    });
    Ok(listed.collect())
}

/// `pylock.toml` as requirements with hashes, which is the form that everything else is in.
pub(crate) fn pylock_as_requirements(file: &Utf8Path) -> Result<String, RequirementsError> {
    let table = read_toml(file)?;
    let mut text = String::new();
    for package in table.get("packages").and_then(toml::Value::as_array).into_iter().flatten() {
        let field = |key: &str| package.get(key).and_then(toml::Value::as_str);
        let Some(name) = field("name") else { continue };
        let elsewhere =
            ["vcs", "directory", "archive"].iter().any(|kind| package.get(kind).is_some());
        let version = field("version").filter(|_| !elsewhere).ok_or_else(|| {
            RequirementsError::NotFromIndex { file: file.to_owned(), package: name.to_owned() }
        })?;
        text.push_str(&format!("{name}=={version}"));
        if let Some(marker) = field("marker") {
            text.push_str(&format!(" ; {marker}"));
        }
        let wheels = package.get("wheels").and_then(toml::Value::as_array);
        for wheel in wheels.into_iter().flatten().chain(package.get("sdist")) {
            let hashes = wheel.get("hashes").and_then(toml::Value::as_table);
            for (algorithm, hash) in hashes.into_iter().flatten() {
                if let Some(hash) = hash.as_str() {
                    text.push_str(&format!(" --hash={algorithm}:{hash}"));
                }
            }
        }
        text.push('\n');
    }
    Ok(text)
}

fn read_toml(file: &Utf8Path) -> Result<toml::Table, RequirementsError> {
    let text = fs_err::read_to_string(file)
        .map_err(|source| RequirementsError::Read { file: file.to_owned(), source })?;
    toml::from_str(&text).map_err(|source| RequirementsError::Toml {
        file: file.to_owned(),
        source: Box::new(source),
    })
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
                 x @ https://example.org/x.whl#sha256=1\r\n./local dir\r\n",
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
    fn editable_requirements_are_refused() {
        for line in
            ["-e .", "-e./x", "--editable x", "--editable=x", "  -e git+https://example.org"]
        {
            let nested = format!("pandas\n{line}\n");
            let (_dir, root) =
                folder(&[("requirements.txt", "-r more.txt\n"), ("more.txt", &nested)]);
            let error = Requirements::declared(&root, &Declaration::default()).unwrap_err();
            assert!(matches!(error, RequirementsError::Editable { .. }), "{line}: {error}");
        }
        let options = "--extra-index-url https://example.org\npandas\n";
        let (_dir, root) = folder(&[("requirements.txt", options)]);
        assert_eq!(declared(&root, &Declaration::default()).listed, ["pandas"]);
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

    #[test]
    fn names_of_requirements() {
        for (line, name) in [
            ("Py_YAML>=5", Some("py-yaml")),
            ("x[a,b]==1", Some("x")),
            ("x@https://example.org", Some("x")),
            ("./x", None),
            ("https://example.org/x.whl", None),
            ("C:\\x", None),
        ] {
            assert_eq!(name_of(line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn locks_are_read() {
        let (_dir, root) = folder(&[
            (
                "uv.lock",
                "version = 1\n[[package]]\nname = 'mine'\nversion = '0.1'\nsource = { virtual = '.' }\n\
                 [[package]]\nname = 'streamlit'\nversion = '1.60.0'\nsource = { registry = 'https://example.org' }\n",
            ),
            (
                "pylock.toml",
                "lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1'\nmarker = \"os_name == 'nt'\"\n\
                 wheels = [{ name = 'a.whl', hashes = { sha256 = 'ab' } }]\nsdist = { name = 'a.tgz', hashes = { sha256 = 'cd' } }\n",
            ),
        ]);
        let found = declared(&root, &Declaration::default());
        assert_eq!(found.listed, ["streamlit==1.60.0"]);
        assert_eq!(
            pylock_as_requirements(&root.join("pylock.toml")).unwrap(),
            "a==1 ; os_name == 'nt' --hash=sha256:ab --hash=sha256:cd\n"
        );
        fs_err::write(
            root.join("pylock.toml"),
            "[[packages]]\nname = 'g'\nversion = '1'\nvcs = { type = 'git' }",
        )
        .unwrap();
        let error = pylock_as_requirements(&root.join("pylock.toml")).unwrap_err();
        assert!(error.to_string().starts_with("`g` in "), "{error}");
    }
}
