use std::io;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use toml::{Table, Value};

use crate::Progress;
use crate::cache::{Cache, CacheError};
use crate::plan::BuildPlan;
use crate::requirement::checked;
use crate::requirements::{RequirementsError, RequirementsSource};
use crate::resolved::Resolved;
use crate::uv::{PYPROJECT, Trouble, Uv, UvError, UvFolder};

/// The oldest Streamlit that the launcher can start.
const OLDEST_STREAMLIT: (u64, u64) = (1, 40);
/// The newest Streamlit that the launcher was tried with.
const NEWEST_STREAMLIT: (u64, u64) = (1, 67);

/// How long what was resolved is taken again: as long as Python's package index lets its answers be
/// kept (`Cache-Control: max-age`). Not every mirror says so, and then each build asks about each
/// package anew.
const FRESH: Duration = Duration::from_secs(600);

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
            Trouble::Unknown { .. } => Some(format!("check the spelling in {place}")),
            Trouble::NoVersion { .. } => Some(format!("ask for a version that exists in {place}")),
            Trouble::NoWheel { .. } => Some(
                "choose another version of the package, or of Python with `--python-version`".into(),
            ),
            Trouble::Conflict => Some(format!("loosen one of the versions in {place}")),
            Trouble::Unreadable => Some(format!("correct the line in {place}")),
            Trouble::Network => Some(
                "check the network and the proxy settings; with `--offline` only packages of earlier builds are used".into(),
            ),
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
            Self::OldStreamlit { .. } => {
                let (major, minor) = OLDEST_STREAMLIT;
                Some(format!("ask for `streamlit>={major}.{minor}`"))
            }
            Self::Requirements(_) | Self::Write { .. } | Self::Cache(_) | Self::NoStreamlit => None,
        }
    }
}

/// The app's packages, on their way into a folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wheels<'a> {
    pub plan: &'a BuildPlan,
    pub uv: Uv<'a>,
    /// Full version of the payload's Python, such as `3.11.7`.
    pub python_version: &'a str,
    /// A folder of ours for files on the way.
    pub folder: &'a Utf8Path,
}

/// What was resolved, and what the author should know of it.
#[derive(Clone, Debug)]
pub(crate) struct Resolution {
    pub resolved: Resolved,
    pub streamlit: String,
    pub notes: Vec<String>,
}

impl Wheels<'_> {
    /// Settles all versions, with hashes. Nothing that would have to be compiled is taken: neither
    /// the author's compiler nor its absence may decide what a colleague gets.
    ///
    /// What was resolved within the last minutes is taken again where it depends on nothing but the
    /// lists themselves.
    pub fn resolve(
        &self,
        cache: &Cache,
        now: SystemTime,
        progress: &dyn Progress,
    ) -> Result<Resolution, WheelsError> {
        const RESOLVED: &str = "resolved.txt";
        let requirements = &self.plan.requirements;
        let lines = match requirements.source {
            RequirementsSource::UvLock => self.export()?,
            _ => requirements.given.lines.clone(),
        };
        let given = text(&[&requirements.given.indexes, &lines, &requirements.added]);
        let limits = text(&[&requirements.given.constraints]);
        let read = |folder: &Utf8Path| {
            let path = folder.join(RESOLVED);
            fs_err::read_to_string(&path).map_err(write_error(&path))
        };
        let alone = !self.plan.offline
            && requirements.given.settings.is_empty()
            && stands_alone(&given)
            && stands_alone(&limits);
        let text = if alone {
            let key = format!("{} {:?}\n{given}\n{limits}", self.circumstances(), minutes(now));
            let entry = cache.entry("resolution", &key, progress, |folder| {
                self.compile(&lines, &given, &limits, &folder.join(RESOLVED))
            })?;
            read(entry.path())?
        } else {
            self.compile(&lines, &given, &limits, &self.folder.join(RESOLVED))?;
            read(self.folder)?
        };
        let given = Resolved::parse(&given);
        let resolved = Resolved::parse(&text).with_hashes_of(&given);
        let streamlit = resolved.version_of("streamlit").ok_or(WheelsError::NoStreamlit)?;
        let streamlit = streamlit.to_owned();
        let notes = check_streamlit(&streamlit)?;
        Ok(Resolution { resolved, streamlit, notes })
    }

    fn compile(
        &self,
        lines: &[String],
        given: &str,
        limits: &str,
        output: &Utf8Path,
    ) -> Result<(), WheelsError> {
        let requirements = &self.plan.requirements;
        let settings = &requirements.given.settings;
        // Where single packages come from is said in a project's own file alone. Versions that are
        // settled may come from anywhere: their hashes are.
        let by_sources =
            requirements.source == RequirementsSource::Pyproject && settings.has_sources();
        let (project, table) = if by_sources {
            let listed = lines.iter().chain(&requirements.added).cloned().map(Value::String);
            (Some(project(PROJECT, listed.collect())), settings.for_choosing())
        } else if requirements.source.is_lock() {
            (None, settings.for_settled())
        } else {
            let mut table = settings.for_choosing();
            table.remove("sources");
            (None, table)
        };
        let folder =
            UvFolder::new(self.folder, project, table).map_err(write_error(self.folder))?;
        // uv names it when it can't read a line.
        let list = match (requirements.source, &requirements.file) {
            (RequirementsSource::RequirementsTxt, Some(file)) => file.file_name(),
            _ => None,
        };
        let list = if by_sources { PYPROJECT } else { list.unwrap_or("requirements.in") };
        if !by_sources {
            folder.write(list, given.as_bytes()).map_err(write_error(self.folder))?;
        }
        let mut arguments: Vec<&str> = vec!["pip", "compile", "--quiet", list];
        if !limits.is_empty() {
            folder.write("constraints.txt", limits.as_bytes()).map_err(write_error(self.folder))?;
            arguments.extend(["-c", "constraints.txt"]);
        }
        arguments.extend(self.insecure());
        let platform = self.plan.target.uv_platform();
        arguments.extend(self.target(&platform));
        arguments.extend(["--generate-hashes", "--no-header", "--no-annotate", "-o"]);
        arguments.push(output.as_str());
        self.uv.run(&folder, &arguments).map(drop).map_err(|source| self.resolve_error(source))
    }

    fn resolve_error(&self, source: UvError) -> WheelsError {
        let requirements = &self.plan.requirements;
        let (from, file) = (requirements.source, requirements.file.clone());
        WheelsError::Resolve { from, file, source }
    }

    fn insecure(&self) -> impl Iterator<Item = &str> {
        let hosts = self.plan.requirements.given.insecure.iter();
        hosts.flat_map(|host| ["--allow-insecure-host", host.as_str()])
    }

    /// What decides about versions beside the lists of requirements.
    fn circumstances(&self) -> String {
        let mut settings: Vec<String> = std::env::vars_os()
            .filter(|(name, _)| name.to_string_lossy().starts_with("UV_"))
            .map(|setting| format!("{setting:?}"))
            .collect();
        settings.sort();
        let platform = self.plan.target.uv_platform();
        format!("{} {platform} {} {settings:?}", self.uv.program, self.python_version)
    }

    /// Downloads what was resolved, checks every hash and unpacks everything into `destination`.
    pub fn install(&self, resolved: &Resolved, destination: &Utf8Path) -> Result<(), WheelsError> {
        let given = &self.plan.requirements.given;
        let folder = UvFolder::new(self.folder, None, given.settings.for_installing())
            .map_err(write_error(self.folder))?;
        // uv does not repeat in what it resolves where packages come from, since that may hold a
        // password. The copy lives only as long as the folder.
        let indexes = text(&[&given.indexes]);
        folder.write("indexes.txt", indexes.as_bytes()).map_err(write_error(self.folder))?;
        folder
            .write("install.txt", resolved.to_text().as_bytes())
            .map_err(write_error(self.folder))?;
        let mut arguments = vec!["pip", "install", "--target", destination.as_str()];
        if !indexes.is_empty() {
            arguments.extend(["-r", "indexes.txt"]);
        }
        arguments.extend(["-r", "install.txt", "--require-hashes", "--no-deps"]);
        arguments.extend(self.insecure());
        let platform = self.plan.target.uv_platform();
        arguments.extend(self.target(&platform));
        // Hard links into uv's cache: nothing in the tree is ever changed in place, only removed,
        // and uv copies where the cache is on another disk.
        arguments.extend(["--link-mode", "hardlink"]);
        self.uv.run(&folder, &arguments).map_err(|source| WheelsError::Install { source })?;
        Ok(())
    }

    fn target<'s>(&'s self, platform: &'s str) -> [&'s str; 6] {
        [
            "--python-version",
            self.python_version,
            "--python-platform",
            platform,
            "--only-binary",
            ":all:",
        ]
    }

    /// `uv.lock` as requirements with hashes and markers, without the project itself and its
    /// development dependencies. Of the project's other files uv sees none.
    fn export(&self) -> Result<Vec<String>, WheelsError> {
        const LOCKED: &str = "locked.txt";
        let requirements = &self.plan.requirements;
        let Some(file) = &requirements.file else { return Ok(Vec::new()) };
        let name = requirements.given.project.as_deref().unwrap_or(PROJECT);
        let folder = UvFolder::new(self.folder, Some(project(name, Vec::new())), Table::new());
        let folder = folder.map_err(write_error(self.folder))?;
        let lock = fs_err::read(file).map_err(write_error(file))?;
        folder.write("uv.lock", &lock).map_err(write_error(self.folder))?;
        let options =
            "export --quiet --frozen --no-emit-project --no-dev --no-header --no-annotate";
        let options = options.split(' ').chain(["--format", "requirements.txt", "-o", LOCKED]);
        self.uv.run(&folder, options).map_err(|source| self.resolve_error(source))?;
        let text = fs_err::read_to_string(folder.file(LOCKED)).map_err(write_error(self.folder))?;
        let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
        let lines = joined.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let check = |line: &str| {
            checked(line, &[self.plan.root.as_path()]).map_err(|refusal| {
                RequirementsError::Refused {
                    requirement: line.to_owned(),
                    file: file.clone(),
                    line: None,
                    refusal,
                }
            })
        };
        Ok(lines.map(check).collect::<Result<_, _>>()?)
    }
}

/// What uv is told that the project is called, where that does not matter.
const PROJECT: &str = "waterskin-app-to-be-packaged";

/// `[project]` with what uv needs of it.
fn project(name: &str, dependencies: Vec<Value>) -> Table {
    Table::from_iter([
        ("name".to_owned(), Value::String(name.to_owned())),
        ("version".to_owned(), Value::String("0".to_owned())),
        ("dependencies".to_owned(), Value::Array(dependencies)),
    ])
}

fn text(lists: &[&Vec<String>]) -> String {
    let lines = lists.iter().flat_map(|list| list.iter());
    lines.map(|line| format!("{line}\n")).collect()
}

/// The stretch of time that `now` is in. What is resolved in one counts to its end.
fn minutes(now: SystemTime) -> Option<u64> {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(since.as_secs() / FRESH.as_secs())
}

/// Whether a list of requirements says everything itself. Others name indexes or archives, which may
/// have changed.
fn stands_alone(text: &str) -> bool {
    text.lines().all(|line| !line.starts_with('-') && !line.contains('/'))
}

fn write_error(path: &Utf8Path) -> impl FnOnce(io::Error) -> WheelsError {
    let path = path.to_owned();
    move |source| WheelsError::Write { path, source }
}

/// Whether the launcher can start this Streamlit. One that is newer than any that was tried most
/// likely works, so it is only said.
fn check_streamlit(version: &str) -> Result<Vec<String>, WheelsError> {
    let mut parts = version.split('.').map(|part| part.parse::<u64>().ok());
    let number = (parts.next().flatten().unwrap_or(0), parts.next().flatten().unwrap_or(0));
    if number < OLDEST_STREAMLIT {
        return Err(WheelsError::OldStreamlit { version: version.to_owned() });
    }
    if number > NEWEST_STREAMLIT {
        let (major, minor) = NEWEST_STREAMLIT;
        return Ok(vec![format!(
            "Streamlit {version} is newer than {major}.{minor}, the newest that was tried"
        )]);
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_of_streamlit() {
        for good in ["1.40.0", "1.40.2", "1.67.3"] {
            assert_eq!(check_streamlit(good).unwrap(), [""; 0]);
        }
        let old = check_streamlit("1.39.0").unwrap_err();
        assert_eq!(old.hint().unwrap(), "ask for `streamlit>=1.40`");
        assert!(check_streamlit("0.89.0").is_err());
        assert_eq!(check_streamlit("1.68.0").unwrap().len(), 1);
        assert_eq!(check_streamlit("2.0").unwrap().len(), 1);
    }

    #[test]
    fn what_names_other_places_is_resolved_each_time() {
        for (text, alone) in [
            ("streamlit==1.67.0\npandas>=2 ; python_version > '3'\n", true),
            ("pandas==3.1.1 --hash=sha256:aa --hash=sha256:bb\n", true),
            ("--index-url https://example.org\npandas\n", false),
            ("--no-index\npandas\n", false),
            ("mine @ https://example.org/mine.whl --hash=sha256:aa\n", false),
            ("file:///mine.whl\n", false),
        ] {
            assert_eq!(stands_alone(text), alone, "{text}");
        }
    }

    #[test]
    fn what_was_resolved_counts_for_minutes() {
        let at = |seconds| minutes(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(600), at(1199));
        assert_ne!(at(600), at(1200));
    }

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
        assert!(hint(Trouble::NoWheel { package: None }).unwrap().contains("--python-version"));
        assert!(hint(Trouble::Network).is_some() && hint(Trouble::Other).is_some());
    }
}
