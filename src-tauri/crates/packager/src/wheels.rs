use std::io;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};

use crate::Progress;
use crate::cache::{Cache, CacheError};
use crate::plan::BuildPlan;
use crate::requirements::{RequirementsError, RequirementsSource, pylock_as_requirements};
use crate::resolved::Resolved;
use crate::uv::{Trouble, Uv, UvError};

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
        let inputs = self.inputs()?;
        let (mut given, mut alone) = (String::new(), !self.plan.offline);
        for input in &inputs {
            let text = fs_err::read(input).map_err(write_error(input))?;
            let text = String::from_utf8_lossy(&text);
            alone = alone && stands_alone(input.extension() == Some("toml"), &text);
            given.push_str(&text);
            given.push('\n');
        }
        let read = |folder: &Utf8Path| {
            let path = folder.join(RESOLVED);
            fs_err::read_to_string(&path).map_err(write_error(&path))
        };
        let text = if alone && !self.plan.root.join("uv.toml").exists() {
            let key = format!("{} {:?}\n{given}", self.circumstances(), minutes(now));
            let entry = cache.entry("resolution", &key, progress, |folder| {
                self.compile(&inputs, &folder.join(RESOLVED))
            })?;
            read(entry.path())?
        } else {
            self.compile(&inputs, &self.folder.join(RESOLVED))?;
            read(self.folder)?
        };
        let given = Resolved::parse(&given);
        let resolved = Resolved::parse(&text).with_hashes_of(&given);
        let streamlit = resolved.version_of("streamlit").ok_or(WheelsError::NoStreamlit)?;
        let streamlit = streamlit.to_owned();
        let notes = check_streamlit(&streamlit)?;
        Ok(Resolution { resolved, streamlit, notes })
    }

    fn compile(&self, inputs: &[Utf8PathBuf], output: &Utf8Path) -> Result<(), WheelsError> {
        let requirements = &self.plan.requirements;
        let error = |source| WheelsError::Resolve {
            from: requirements.source,
            file: requirements.file.clone(),
            source,
        };
        let mut arguments: Vec<&str> = vec!["pip", "compile", "--quiet"];
        arguments.extend(inputs.iter().map(|input| input.as_str()));
        let platform = self.plan.target.uv_platform();
        arguments.extend(self.target(&platform));
        arguments.extend(["--generate-hashes", "--no-header", "--no-annotate", "-o"]);
        arguments.push(output.as_str());
        self.uv.run(&arguments).map(drop).map_err(error)
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
        let list = self.folder.join("install.txt");
        let text = resolved.to_text();
        fs_err::write(&list, text).map_err(write_error(&list))?;
        let mut arguments = vec!["pip", "install", "--target", destination.as_str()];
        let options = self.index_options()?;
        if let Some(options) = &options {
            arguments.extend(["-r", options.as_str()]);
        }
        arguments.extend(["-r", list.as_str(), "--require-hashes", "--no-deps"]);
        let platform = self.plan.target.uv_platform();
        arguments.extend(self.target(&platform));
        // Hard links into uv's cache: nothing in the tree is ever changed in place, only removed,
        // and uv copies where the cache is on another disk.
        arguments.extend(["--link-mode", "hardlink"]);
        self.uv.run(&arguments).map_err(|source| WheelsError::Install { source })?;
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

    /// The files to resolve. They are the project's own where uv reads their form.
    fn inputs(&self) -> Result<Vec<Utf8PathBuf>, WheelsError> {
        let requirements = &self.plan.requirements;
        let own = |name: &str, lines: &str| {
            let path = self.folder.join(name);
            fs_err::write(&path, lines).map_err(write_error(&path))?;
            Ok::<_, WheelsError>(path)
        };
        let mut inputs = Vec::new();
        match (requirements.source, &requirements.file) {
            (RequirementsSource::Pyproject | RequirementsSource::RequirementsTxt, Some(file)) => {
                inputs.push(file.clone());
            }
            (RequirementsSource::PylockToml, Some(file)) => {
                inputs.push(own("locked.txt", &pylock_as_requirements(file)?)?);
            }
            (RequirementsSource::UvLock, Some(_)) => inputs.push(self.export()?),
            _ => inputs.push(own("requirements.in", &requirements.listed.join("\n"))?),
        }
        if !requirements.added.is_empty() {
            inputs.push(own("added.in", &requirements.added.join("\n"))?);
        }
        Ok(inputs)
    }

    /// `uv.lock` as requirements with hashes and markers, without the project itself and its
    /// development dependencies.
    fn export(&self) -> Result<Utf8PathBuf, WheelsError> {
        let path = self.folder.join("locked.txt");
        let options =
            "export --quiet --frozen --no-emit-project --no-dev --no-header --no-annotate";
        let mut arguments: Vec<&str> = options.split(' ').collect();
        arguments.extend(["--format", "requirements.txt", "-o", path.as_str()]);
        self.uv.run(&arguments).map_err(|source| WheelsError::Resolve {
            from: self.plan.requirements.source,
            file: self.plan.requirements.file.clone(),
            source,
        })?;
        Ok(path)
    }

    /// The lines of `requirements.txt` that say where packages come from: uv does not repeat them
    /// in what it resolves, since they may hold a password. The copy lives only as long as the
    /// build's temporary folder.
    fn index_options(&self) -> Result<Option<Utf8PathBuf>, WheelsError> {
        let file = match (self.plan.requirements.source, &self.plan.requirements.file) {
            (RequirementsSource::RequirementsTxt, Some(file)) => file,
            _ => return Ok(None),
        };
        let text = fs_err::read(file).map_err(write_error(file))?;
        let options: Vec<String> = index_lines(&String::from_utf8_lossy(&text));
        if options.is_empty() {
            return Ok(None);
        }
        let path = self.folder.join("indexes.txt");
        fs_err::write(&path, options.join("\n")).map_err(write_error(&path))?;
        Ok(Some(path))
    }
}

/// The stretch of time that `now` is in. What is resolved in one counts to its end.
fn minutes(now: SystemTime) -> Option<u64> {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(since.as_secs() / FRESH.as_secs())
}

/// Whether a list of requirements says everything itself. Others name files or archives, which may
/// have changed.
fn stands_alone(is_project: bool, text: &str) -> bool {
    if is_project {
        return !text.contains("[tool.uv") && !text.contains("dynamic") && !text.contains(" @ ");
    }
    text.lines().map(str::trim).filter(|line| !line.starts_with('#')).all(|line| {
        // The end of a line that goes on in the next.
        let line = line.trim_end_matches('\\');
        let names_a_file = line.contains(['/', '\\']);
        let option = line.starts_with('-') && !line.starts_with("--hash");
        !names_a_file && !option
    })
}

fn index_lines(text: &str) -> Vec<String> {
    const OPTIONS: [&str; 5] = ["-i", "--index-url", "--extra-index-url", "-f", "--find-links"];
    let is_index = |line: &&str| {
        let option = line.split([' ', '=']).next().unwrap_or_default();
        OPTIONS.contains(&option)
    };
    text.lines().map(str::trim).filter(is_index).map(str::to_owned).collect()
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
    fn what_names_other_files_is_resolved_each_time() {
        for (project, text, alone) in [
            (false, "streamlit==1.67.0\n# see a/b\npandas>=2 ; python_version > '3'\n", true),
            (false, "pandas==3.1.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n", true),
            (false, "-r other.txt\n", false),
            (false, "--index-url https://example.org\npandas\n", false),
            (false, "./mine\n", false),
            (false, "mine @ https://example.org/mine.whl \\\n    --hash=sha256:aa\n", false),
            (false, "mine\\wheel.whl\n", false),
            (true, "[project]\nname = 'a'\ndependencies = ['streamlit']\n", true),
            (true, "[project]\ndynamic = ['dependencies']\n", false),
            (true, "[tool.uv.sources]\nmine = { path = 'mine' }\n", false),
            (true, "[project]\ndependencies = ['mine @ file:///mine']\n", false),
        ] {
            assert_eq!(stands_alone(project, text), alone, "{text}");
        }
    }

    #[test]
    fn what_was_resolved_counts_for_minutes() {
        let at = |seconds| minutes(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(600), at(1199));
        assert_ne!(at(600), at(1200));
    }

    #[test]
    fn only_lines_about_indexes_are_taken() {
        let text =
            "-i https://a\n --extra-index-url=https://b\n-r other.txt\n--hash=x\npandas\n-f wheels";
        assert_eq!(index_lines(text), ["-i https://a", "--extra-index-url=https://b", "-f wheels"]);
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
