use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::{Duration, SystemTime};

use camino::Utf8Path;
use toml::{Table, Value};
use waterskin_project::{
    RequirementsError, RequirementsSource, SourceLine, checked, distribution_of, name_of,
    normalized, top_level,
};

use waterskin_bundle::System;
use waterskin_streamlit::{NEWEST, OLDEST, Series};

use crate::Progress;
use crate::cache::Cache;
use crate::runtime::runs_here;
use crate::wheels::allowance::Allowance;
use crate::wheels::error::WheelsError;
use crate::wheels::lacks;
use crate::wheels::manylinux::{WHEEL_GLIBC, uv_platform};
use crate::wheels::resolved::Resolved;
use crate::wheels::uv::{PYPROJECT, Trouble, UvError, UvFolder};
use crate::wheels::{ANY_INDEX, Wheels, built_apart, text, without_foreign, write_error};

/// How long what was resolved is taken again: as long as Python's package index lets its answers be
/// kept (`Cache-Control: max-age`). Not every mirror says so, and then each build asks about each
/// package anew.
const FRESH: Duration = Duration::from_secs(600);

/// What was resolved, and what the author should know of it.
#[derive(Clone, Debug)]
pub(crate) struct Resolution {
    pub resolved: Resolved,
    pub allowance: Allowance,
    pub streamlit: String,
    pub notes: Vec<String>,
}

/// What is resolved, as uv gets it.
pub(super) struct Given {
    /// The project's requirements.
    pub lines: Vec<String>,
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
        let requirements = self.requirements;
        let lines = match requirements.source {
            RequirementsSource::UvLock => self.export()?,
            _ => requirements.given.lines.clone(),
        };
        let lines = self.own.lines(&lines);
        let named: Result<Vec<String>, WheelsError> =
            lines.into_iter().map(|line| self.with_name(line)).collect();
        let lines = named?;
        // What is the author's own is known by its content.
        let others: Vec<String> =
            lines.iter().filter(|line| !self.own.has_line(line)).cloned().collect();
        let others = text(&[&requirements.given.indexes, &others]);
        let text = text(&[&requirements.given.indexes, &lines, &requirements.added]);
        let limits = self::text(&[&requirements.given.constraints]);
        let pins = self::text(&[&requirements.given.pins]);
        let given = Given { lines, text, limits, pins };
        let alone = !self.uv.offline
            && requirements.given.settings.is_empty()
            && stands_alone(&others)
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
        let resolved = self.own.settled(Resolved::parse(&text).with_hashes_of(&given));
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
        let of_settings = self.requirements.given.settings.built();
        let sources: BTreeSet<String> = given
            .lines
            .iter()
            .chain(&of_settings)
            .filter_map(|line| SourceLine::of(line)?.name)
            .collect();
        let mut allowance = Allowance::naming(sources.clone());
        // For another system everything that is missing is told at once, with the reason.
        let mut missing: BTreeMap<String, String> = BTreeMap::new();
        let foreign = !runs_here(self.target.triple());
        loop {
            match self.compile(given, &allowance, &folder.join(RESOLVED), &BTreeMap::new()) {
                Ok(()) => break,
                Err(WheelsError::Resolve { from, file, source }) => {
                    if let Some(package) = self.of_another_system(&source.trouble, given)
                        && allowance.foreign.insert(package)
                    {
                        continue;
                    }
                    if let Trouble::SourceOnly { package: Some(package), range: Some(range) } =
                        &source.trouble
                        && let Some(has) = self.python_with_wheels(range)
                    {
                        let (package, python) = (package.clone(), self.minor());
                        if foreign {
                            let because = format!(
                                "its ready-made packages (wheels) are for Python {has}, and not for {python}"
                            );
                            let package = normalized(&package);
                            if missing.insert(package.clone(), because).is_none() {
                                allowance.foreign.insert(package);
                                continue;
                            }
                        }
                        return Err(WheelsError::OtherPython { package, python, has });
                    }
                    let unfit = matches!(
                        source.trouble,
                        Trouble::Conflict | Trouble::NoVersion { .. } | Trouble::Unknown { .. }
                    );
                    match allowance.after(&source.trouble, !self.no_run) {
                        Some(next) => allowance = next,
                        None if unfit && !given.pins.is_empty() && !allowance.unpinned => {
                            allowance =
                                Allowance { unpinned: true, ..Allowance::naming(sources.clone()) };
                        }
                        None => {
                            let next =
                                foreign.then(|| lacks::next(&source, self.target, &mut missing));
                            let Some(package) = next.flatten() else {
                                return Err(self.named(WheelsError::Resolve {
                                    from,
                                    file,
                                    source,
                                }));
                            };
                            allowance.foreign.insert(package);
                        }
                    }
                }
                Err(error) => return Err(error),
            }
        }
        if !missing.is_empty() {
            let lacking = self.lacking(given, &allowance, &missing)?;
            return Err(WheelsError::Lacks { lacking });
        }
        let path = folder.join(ALLOWANCE);
        serde_json::to_vec(&allowance)
            .map_err(io::Error::from)
            .and_then(|text| fs_err::write(&path, text))
            .map_err(write_error(&path))
    }

    /// The newest other Python that there is a wheel of this requirement for. Then it is no package
    /// that can be built without a compiler.
    fn python_with_wheels(&self, requirement: &str) -> Option<String> {
        const PYTHONS: [&str; 7] = ["3.14", "3.13", "3.12", "3.11", "3.10", "3.9", "3.8"];
        let platform = uv_platform(self.target, WHEEL_GLIBC);
        let minor = self.minor();
        let mut others = PYTHONS.iter().filter(|python| **python != minor);
        let found = others.find(|python| self.has_wheel(requirement, python, &platform));
        found.map(|python| (*python).to_owned())
    }

    /// Whether there is a wheel of this requirement for this Python and system.
    fn has_wheel(&self, requirement: &str, python: &str, platform: &str) -> bool {
        let requirements = self.requirements;
        let table = requirements.given.settings.for_settled();
        let Ok(folder) = UvFolder::new(self.folder, None, table) else { return false };
        let list = text(&[&requirements.given.indexes, &vec![requirement.to_owned()]]);
        let mut arguments = vec!["pip", "compile", "--quiet", "--no-deps", "requirements.in"];
        arguments.extend(["--only-binary", ":all:", "--python-version", python]);
        arguments.extend(["--python-platform", platform]);
        arguments.extend(ANY_INDEX);
        arguments.extend(self.insecure());
        folder.write("requirements.in", list.as_bytes()).is_ok()
            && self.uv.run(&folder, &arguments).is_ok()
    }

    /// The package that the trouble is about, where it is one of another system that the list has
    /// from there, as `pip freeze` writes it: there are wheels for others alone, and nothing of the
    /// app imports it.
    fn of_another_system(&self, trouble: &Trouble, given: &Given) -> Option<String> {
        const OTHERS: [&str; 4] = [
            "x86_64-pc-windows-msvc",
            "aarch64-apple-darwin",
            "x86_64-apple-darwin",
            "x86_64-manylinux_2_40",
        ];
        let (package, range) = match trouble {
            Trouble::OtherSystem { package: Some(package) } => (package, None),
            Trouble::SourceOnly { package: Some(package), range: Some(range) } => {
                (package, Some(range))
            }
            _ => return None,
        };
        let name = normalized(package);
        let listed = given.lines.iter().any(|line| name_of(line).as_ref() == Some(&name));
        let imports = |module: &str| {
            let known = distribution_of(module).map(|(_, distribution)| normalized(distribution));
            known.as_ref() == Some(&name) || normalized(top_level(module)) == name
        };
        if !listed || self.needed.iter().any(|needed| imports(&needed.module)) {
            return None;
        }
        let own = self.target.system();
        let mut others = OTHERS.iter().filter(|other| System::of(other) != own);
        let elsewhere = range
            .is_none_or(|range| others.any(|other| self.has_wheel(range, &self.minor(), other)));
        elsewhere.then_some(name)
    }

    /// A requirement with the name of what it leads to, which uv and the source itself are asked for.
    fn with_name(&self, line: String) -> Result<String, WheelsError> {
        const NAMED: &str = "named.txt";
        if SourceLine::of(&line).is_none_or(|source| source.name.is_some()) {
            return Ok(line);
        }
        let folder = UvFolder::new(self.folder, None, Table::new());
        let folder = folder.map_err(write_error(self.folder))?;
        let place = line.split(" --").next().unwrap_or(&line);
        let place = place.split(" ;").next().unwrap_or(place);
        folder.write("requirements.in", place.as_bytes()).map_err(write_error(self.folder))?;
        let options = "pip compile --quiet --no-deps --no-header --no-annotate requirements.in -o";
        let mut arguments: Vec<&str> = options.split(' ').chain([NAMED]).collect();
        arguments.extend(["--python-version", self.python_version]);
        self.run_apart(&folder, &arguments)
            .map_err(|source| self.named(self.resolve_error(source)))?;
        let made = fs_err::read_to_string(folder.file(NAMED)).map_err(write_error(self.folder))?;
        let name = made.lines().find_map(|line| Some(line.split_once(" @ ")?.0.trim()));
        Ok(match name {
            Some(name) => format!("{name} @ {line}"),
            None => line,
        })
    }

    /// Has uv choose the versions. `stand_ins` are addresses of wheels in the place of packages that
    /// are not there: then what is written says who asks for what, and has no hashes.
    pub(super) fn compile(
        &self,
        given: &Given,
        allowance: &Allowance,
        output: &Utf8Path,
        stand_ins: &BTreeMap<String, String>,
    ) -> Result<(), WheelsError> {
        let requirements = self.requirements;
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
        without_foreign(allowance, stand_ins, &mut table);
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
                let is_foreign = |line: &&String| {
                    name_of(line).is_some_and(|name| allowance.foreign.contains(&name))
                };
                let settled = given.lines.iter().filter(|line| !is_foreign(line)).cloned();
                write("settled.txt", &text(&[&settled.collect()]))?;
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
        if requirements.given.pre {
            arguments.extend(["--prerelease", "allow"]);
        }
        let platform = uv_platform(self.target, allowance.glibc);
        arguments.extend(self.target(&platform, allowance));
        if stand_ins.is_empty() {
            arguments.extend(["--generate-hashes", "--no-annotate"]);
        } else {
            arguments.extend(["--annotation-style", "line"]);
        }
        arguments.extend(["--no-header", "-o", output.as_str()]);
        self.run(&folder, &arguments, allowance).map_err(|source| self.resolve_error(source))
    }

    fn resolve_error(&self, source: UvError) -> WheelsError {
        let requirements = self.requirements;
        let (from, file) = (requirements.source, requirements.file.clone());
        WheelsError::Resolve { from, file, source }
    }

    /// What decides about versions beside the lists of requirements.
    fn circumstances(&self) -> String {
        let mut settings: Vec<String> = std::env::vars_os()
            .filter(|(name, _)| name.to_string_lossy().starts_with("UV_"))
            .map(|setting| format!("{setting:?}"))
            .collect();
        settings.sort();
        let target = self.target.triple();
        let (uv, python) = (self.uv.program, self.python_version);
        let (no_run, pre) = (self.no_run, self.requirements.given.pre);
        format!("{uv} {target} {python} {no_run} {pre} {settings:?}")
    }

    /// `uv.lock` as requirements with hashes and markers, without the project itself and its
    /// development dependencies. Of the project's other files uv sees none.
    fn export(&self) -> Result<Vec<String>, WheelsError> {
        const LOCKED: &str = "locked.txt";
        let requirements = self.requirements;
        let Some(file) = &requirements.file else { return Ok(Vec::new()) };
        let own = requirements.given.project.as_deref().map(|name| project(name, Vec::new()));
        let folder = UvFolder::new(self.folder, own, Table::new());
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
        let root = file.parent().unwrap_or(self.root);
        let check = |line: &str| {
            let requirement = line.strip_prefix("-e ").unwrap_or(line);
            checked(requirement, &[root]).map_err(|refusal| RequirementsError::Refused {
                requirement: line.to_owned(),
                file: file.clone(),
                line: None,
                refusal,
            })
        };
        Ok(lines.map(check).collect::<Result<_, _>>()?)
    }
}

/// What was resolved, in a folder of the cache, and what it took.
const RESOLVED: &str = "resolved.txt";
const ALLOWANCE: &str = "allowance.json";
fn read_settled(folder: &Utf8Path) -> Result<(String, Allowance), WheelsError> {
    let (resolved, allowance) = (folder.join(RESOLVED), folder.join(ALLOWANCE));
    let text = fs_err::read_to_string(&resolved).map_err(write_error(&resolved))?;
    let allowance = fs_err::read(&allowance)
        .and_then(|text| Ok(serde_json::from_slice(&text)?))
        .map_err(write_error(&allowance))?;
    Ok((text, allowance))
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

/// Whether the launcher can start this Streamlit. One that is newer than any that was tried most
/// likely works, so it is only said.
fn check_streamlit(version: &str) -> Result<Vec<String>, WheelsError> {
    match Series::of(version) {
        Some(series) if series > NEWEST => Ok(vec![format!(
            "Streamlit {version} is newer than {NEWEST}, the newest that was tried"
        )]),
        Some(series) if series >= OLDEST => Ok(Vec::new()),
        _ => Err(WheelsError::OldStreamlit { version: version.to_owned() }),
    }
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
        assert_eq!(
            old.hint().unwrap(),
            "ask for `streamlit>=1.40`, and lock it anew where a lock has the version"
        );
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
