use std::io;
use std::time::{Duration, SystemTime};

use camino::Utf8Path;
use toml::{Table, Value};

use crate::Progress;
use crate::allowance::Allowance;
use crate::cache::Cache;
use crate::plan::BuildPlan;
use crate::requirement::checked;
use crate::requirements::{RequirementsError, RequirementsSource};
use crate::resolved::Resolved;
use crate::source_build;
use crate::uv::{PYPROJECT, Trouble, Uv, UvError, UvFolder};
use crate::wheel_tags;
use crate::wheels_error::WheelsError;

/// The oldest Streamlit that the launcher can start.
pub(crate) const OLDEST_STREAMLIT: (u64, u64) = (1, 40);
/// The newest Streamlit that the launcher was tried with.
const NEWEST_STREAMLIT: (u64, u64) = (1, 67);

/// How long what was resolved is taken again: as long as Python's package index lets its answers be
/// kept (`Cache-Control: max-age`). Not every mirror says so, and then each build asks about each
/// package anew.
const FRESH: Duration = Duration::from_secs(600);

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
    pub allowance: Allowance,
    pub streamlit: String,
    pub notes: Vec<String>,
}

/// What is resolved, as uv gets it.
struct Given {
    /// The project's requirements.
    lines: Vec<String>,
    /// All of it: indexes, requirements, and what is added to them.
    text: String,
    /// Constraints.
    limits: String,
    /// Constraints that count as long as they fit.
    pins: String,
}

impl Wheels<'_> {
    /// Settles all versions, with hashes. Nothing that would have to be compiled is taken: neither
    /// the author's compiler nor its absence may decide what a colleague gets. What is published as
    /// source only is built without one, where the author lets a build run anything.
    ///
    /// What was resolved within the last minutes is taken again where it depends on nothing but the
    /// lists themselves.
    pub fn resolve(
        &self,
        cache: &Cache,
        now: SystemTime,
        progress: &dyn Progress,
    ) -> Result<Resolution, WheelsError> {
        let requirements = &self.plan.requirements;
        let lines = match requirements.source {
            RequirementsSource::UvLock => self.export()?,
            _ => requirements.given.lines.clone(),
        };
        let text = text(&[&requirements.given.indexes, &lines, &requirements.added]);
        let limits = self::text(&[&requirements.given.constraints]);
        let pins = self::text(&[&requirements.given.pins]);
        let given = Given { lines, text, limits, pins };
        let alone = !self.plan.offline
            && requirements.given.settings.is_empty()
            && stands_alone(&given.text)
            && stands_alone(&given.limits);
        let (text, allowance) = if alone {
            let key = format!(
                "{} {:?}\n{}\n{}\n{}",
                self.circumstances(),
                minutes(now),
                given.text,
                given.limits,
                given.pins
            );
            let entry =
                cache.entry("resolution", &key, progress, |folder| self.settle(&given, folder))?;
            read_settled(entry.path())?
        } else {
            self.settle(&given, self.folder)?;
            read_settled(self.folder)?
        };
        let given = Resolved::parse(&format!("{}{}{}", given.text, given.limits, given.pins));
        let resolved = Resolved::parse(&text).with_hashes_of(&given);
        let streamlit = resolved.version_of("streamlit").ok_or(WheelsError::NoStreamlit)?;
        let streamlit = streamlit.to_owned();
        let mut notes = check_streamlit(&streamlit)?;
        notes.extend(allowance.notes());
        if let (true, Some(lock)) = (allowance.unpinned, &requirements.lock) {
            let lock = lock.file_name().unwrap_or_default();
            notes.push(format!(
                "`{lock}` does not fit the list that it is of: the versions were chosen anew"
            ));
        }
        Ok(Resolution { resolved, allowance, streamlit, notes })
    }

    /// Resolves, and allows what turns out to be needed, until it succeeds. `folder` gets what came
    /// of it.
    fn settle(&self, given: &Given, folder: &Utf8Path) -> Result<(), WheelsError> {
        let mut allowance = Allowance::default();
        loop {
            match self.compile(given, &allowance, &folder.join(RESOLVED)) {
                Ok(()) => break,
                Err(WheelsError::Resolve { from, file, source }) => {
                    let unfit = matches!(
                        source.trouble,
                        Trouble::Conflict | Trouble::NoVersion { .. } | Trouble::Unknown { .. }
                    );
                    match allowance.after(&source.trouble, !self.plan.no_run) {
                        Some(next) => allowance = next,
                        None if unfit && !given.pins.is_empty() && !allowance.unpinned => {
                            allowance = Allowance { unpinned: true, ..Allowance::default() };
                        }
                        None => {
                            return Err(self.named(WheelsError::Resolve { from, file, source }));
                        }
                    }
                }
                Err(error) => return Err(error),
            }
        }
        let path = folder.join(ALLOWANCE);
        serde_json::to_vec(&allowance)
            .map_err(io::Error::from)
            .and_then(|text| fs_err::write(&path, text))
            .map_err(write_error(&path))
    }

    /// The error with what it takes to go on.
    fn named(&self, error: WheelsError) -> WheelsError {
        let python = self.minor();
        let (WheelsError::Resolve { source, .. } | WheelsError::Install { source }) = &error else {
            return error;
        };
        match source.trouble.clone() {
            Trouble::SourceOnly { package: Some(package) } => {
                WheelsError::NotAllowed { package, python }
            }
            Trouble::NotBuilt { package: Some(package) } => match error {
                WheelsError::Resolve { source, .. } | WheelsError::Install { source } => {
                    WheelsError::NotBuilt { package, python, source }
                }
                other => other,
            },
            _ => error,
        }
    }

    /// The app's Python without its last number.
    fn minor(&self) -> String {
        let parts: Vec<&str> = self.python_version.split('.').take(2).collect();
        parts.join(".")
    }

    fn compile(
        &self,
        given: &Given,
        allowance: &Allowance,
        output: &Utf8Path,
    ) -> Result<(), WheelsError> {
        let requirements = &self.plan.requirements;
        let settings = &requirements.given.settings;
        // Where single packages come from is said in a project's own file alone. Versions that are
        // settled may come from anywhere: their hashes are.
        let by_sources = settings.has_sources()
            && matches!(
                requirements.source,
                RequirementsSource::Pyproject
                    | RequirementsSource::Script
                    | RequirementsSource::Pipfile
                    | RequirementsSource::Poetry
            );
        let is_lock = requirements.source.is_lock();
        let (project, mut table) = if by_sources {
            let listed = given.lines.iter().chain(&requirements.added).cloned().map(Value::String);
            (Some(project(PROJECT, listed.collect())), settings.for_choosing())
        } else if is_lock {
            (None, settings.for_settled())
        } else {
            let mut table = settings.for_choosing();
            table.remove("sources");
            (None, table)
        };
        built_apart(allowance, &mut table);
        let folder =
            UvFolder::new(self.folder, project, table).map_err(write_error(self.folder))?;
        let write = |name: &str, text: &str| {
            folder.write(name, text.as_bytes()).map_err(write_error(self.folder))
        };
        // uv names it when it can't read a line.
        let list = match (requirements.source, &requirements.file) {
            (RequirementsSource::RequirementsTxt, Some(file)) => file.file_name(),
            _ => None,
        };
        let list = if by_sources { PYPROJECT } else { list.unwrap_or("requirements.in") };
        if !by_sources {
            write(list, &given.text)?;
        }
        let mut arguments: Vec<&str> = vec!["pip", "compile", "--quiet", list];
        if is_lock {
            // A lock is whole, and whoever made it may have overridden what its packages ask for.
            if requirements.added.is_empty() {
                arguments.push("--no-deps");
            } else {
                write("settled.txt", &text(&[&given.lines]))?;
                arguments.extend(["--overrides", "settled.txt"]);
            }
            arguments.extend(ANY_INDEX);
        }
        let pins = if allowance.unpinned { "" } else { given.pins.as_str() };
        let limits = format!("{}{pins}", given.limits);
        if !limits.is_empty() {
            write("constraints.txt", &limits)?;
            arguments.extend(["-c", "constraints.txt"]);
        }
        arguments.extend(self.insecure());
        let platform = self.plan.target.uv_platform(allowance.glibc);
        arguments.extend(self.target(&platform, allowance));
        arguments.extend(["--generate-hashes", "--no-header", "--no-annotate", "-o"]);
        arguments.push(output.as_str());
        self.run(&folder, &arguments, allowance).map_err(|source| self.resolve_error(source))
    }

    /// Runs uv, apart from what is the author's where it may run build backends.
    fn run(
        &self,
        folder: &UvFolder,
        arguments: &[&str],
        allowance: &Allowance,
    ) -> Result<(), UvError> {
        if allowance.built.is_empty() {
            return self.uv.run(folder, arguments).map(drop);
        }
        let temporary = folder.path().join("tmp");
        // Where it can't be made, uv says so.
        let _ = fs_err::create_dir_all(&temporary);
        self.uv.run_apart(folder, &temporary, arguments).map(drop)
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
        let target = self.plan.target.triple();
        let (uv, python) = (self.uv.program, self.python_version);
        format!("{uv} {target} {python} {} {settings:?}", self.plan.no_run)
    }

    /// Downloads what was resolved, checks every hash and unpacks everything into `destination`.
    /// What is published as source only is built on the way.
    pub fn install(
        &self,
        resolved: &Resolved,
        allowance: &Allowance,
        destination: &Utf8Path,
    ) -> Result<(), WheelsError> {
        let given = &self.plan.requirements.given;
        let mut table = given.settings.for_settled();
        built_apart(allowance, &mut table);
        let folder = UvFolder::new(self.folder, None, table).map_err(write_error(self.folder))?;
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
        arguments.extend(ANY_INDEX);
        arguments.extend(self.insecure());
        let platform = self.plan.target.uv_platform(allowance.glibc);
        arguments.extend(self.target(&platform, allowance));
        // Hard links into uv's cache: nothing in the tree is ever changed in place, only removed,
        // and uv copies where the cache is on another disk.
        arguments.extend(["--link-mode", "hardlink"]);
        self.run(&folder, &arguments, allowance)
            .map_err(|source| self.named(WheelsError::Install { source }))?;
        for name in &allowance.built {
            let installed = wheel_tags::dist_info(destination, name);
            if installed.is_some_and(|it| !wheel_tags::is_for_any_platform(&it)) {
                let version = resolved.version_of(name).map(|version| format!("=={version}"));
                let package = format!("{name}{}", version.unwrap_or_default());
                return Err(WheelsError::Compiled { package, python: self.minor() });
            }
        }
        Ok(())
    }

    fn target<'s>(&'s self, platform: &'s str, allowance: &'s Allowance) -> Vec<&'s str> {
        let mut arguments = vec![
            "--python-version",
            self.python_version,
            "--python-platform",
            platform,
            "--only-binary",
            ":all:",
        ];
        arguments.extend(allowance.built.iter().flat_map(|name| ["--no-binary", name]));
        arguments
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
        let options = "export --quiet --frozen --no-emit-project --no-default-groups --no-header \
                       --no-annotate --format requirements.txt -o";
        let extras = requirements.extras.iter().flat_map(|name| ["--extra", name]);
        let groups = requirements.groups.iter().flat_map(|name| ["--group", name]);
        let options = options.split_whitespace().chain([LOCKED]).chain(extras).chain(groups);
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

/// What was resolved, in a folder of the cache, and what it took.
const RESOLVED: &str = "resolved.txt";
const ALLOWANCE: &str = "allowance.json";
/// Where versions and hashes are settled, each index is as good as the other.
const ANY_INDEX: [&str; 2] = ["--index-strategy", "unsafe-best-match"];

fn read_settled(folder: &Utf8Path) -> Result<(String, Allowance), WheelsError> {
    let (resolved, allowance) = (folder.join(RESOLVED), folder.join(ALLOWANCE));
    let text = fs_err::read_to_string(&resolved).map_err(write_error(&resolved))?;
    let allowance = fs_err::read(&allowance)
        .and_then(|text| Ok(serde_json::from_slice(&text)?))
        .map_err(write_error(&allowance))?;
    Ok((text, allowance))
}

/// Has uv keep what is built here apart from what was built of the same source elsewhere: there a
/// compiler may have had a part in it.
fn built_apart(allowance: &Allowance, table: &mut Table) {
    if allowance.built.is_empty() {
        return;
    }
    let variables = source_build::fixed_variables()
        .map(|(name, value)| (name.to_owned(), Value::String(value.to_owned())));
    let variables = Table::from_iter(variables);
    let names = allowance.built.iter();
    let each = names.map(|name| (name.clone(), Value::Table(variables.clone()))).collect();
    table.insert("extra-build-variables".to_owned(), Value::Table(each));
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
}
