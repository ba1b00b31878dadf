mod builds;
mod conda;
mod error;
mod given;
pub(crate) mod line;
pub(crate) mod locked_wheels;
mod locks;
mod other;
mod pins;
mod pip;
mod pyproject;
pub(crate) mod selection;
mod setup;
mod source;
pub(crate) mod source_line;
mod stale_lock;
pub(crate) mod tools;
pub(crate) mod uv_settings;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use toml::{Table, Value};

use crate::guess::distributions;
use crate::own::Workspace;
use crate::requirements::line::{checked, name_of};
use crate::requirements::pip::PipList;
use crate::requirements::selection::Asked;
use crate::requirements::setup::SetupPy;
use crate::requirements::source_line::at_revision;
use crate::requirements::tools::ToolList;
use crate::requirements::uv_settings::{UvSettings, line_of};
use crate::settings::config::{Declaration, PYPROJECT_TOML, WATERSKIN_TOML};
pub use error::RequirementsError;
pub use given::Given;
pub use source::RequirementsSource;

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
    /// Extras of the list that count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<String>,
    /// Groups of the list that count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The lock beside the list whose versions are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<Utf8PathBuf>,
    /// Other lists, which were passed over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<Utf8PathBuf>,
    /// What the author should know of the list. The plan's notes have it.
    #[serde(skip)]
    pub notes: Vec<String>,
    /// The same as uv gets them.
    #[serde(skip)]
    pub given: Given,
}

/// The files that hold a list, in the order in which they count: that of Streamlit's own hosting (its
/// documentation, "App dependencies"), with PEP 751's lock beside uv's. What Streamlit's hosting does
/// not know comes last.
const FILES: [&str; 10] = [
    UV_LOCK,
    PYLOCK,
    "Pipfile",
    "Pipfile.lock",
    "environment.yml",
    "environment.yaml",
    "requirements.txt",
    PYPROJECT_TOML,
    SETUP_CFG,
    SETUP_PY,
];
const UV_LOCK: &str = "uv.lock";
const PYLOCK: &str = "pylock.toml";
const SETUP_CFG: &str = "setup.cfg";
const SETUP_PY: &str = "setup.py";

impl Requirements {
    /// Finds the list that the project in `root` comes with: in the settings, in the header of the
    /// script `entry`, in the script's folder, in the project's. `None` means that it has none, and
    /// the code must be looked at.
    pub(crate) fn declared(
        root: &Utf8Path,
        entry: &Utf8Path,
        declaration: &Declaration,
    ) -> Result<Option<Self>, RequirementsError> {
        let Some((mut made, tool)) = Self::of_lists(root, entry, declaration)? else {
            return Ok(None);
        };
        made.given.settings = match (made.source, &made.file) {
            (RequirementsSource::Script, Some(script)) if !tool.is_empty() => {
                UvSettings::of_script(&tool, &made.listed, script)?
            }
            (source, file) => {
                // A list in a folder of its own may have settings of its own.
                let folder = file.as_deref().and_then(Utf8Path::parent).unwrap_or(root);
                let own = [PYPROJECT_TOML, "uv.toml"].iter().any(|it| folder.join(it).is_file());
                let settings = UvSettings::read(if own { folder } else { root }, &made.listed)?;
                match source {
                    RequirementsSource::Pipfile
                    | RequirementsSource::Poetry
                    | RequirementsSource::Pyproject
                        if !tool.is_empty() =>
                    {
                        settings.with_tool(&tool)
                    }
                    _ => settings,
                }
            }
        };
        // Where the project's settings name an index too, they may have a password for it.
        let settings = &made.given.settings;
        let named =
            |line: &String| line.split_once(' ').is_some_and(|(_, url)| settings.has_index(url));
        made.given.indexes.retain(|line| !named(line));
        Ok(Some(made))
    }

    /// The list, and the `[tool.uv]` that comes with it.
    fn of_lists(
        root: &Utf8Path,
        entry: &Utf8Path,
        declaration: &Declaration,
    ) -> Result<Option<(Self, Table)>, RequirementsError> {
        let config = &declaration.config;
        let asked = Asked { extras: &config.extras, groups: &config.groups };
        if let Some(listed) = config.dependencies.clone() {
            let own = root.join(WATERSKIN_TOML);
            let file = if own.is_file() { own } else { root.join(PYPROJECT_TOML) };
            let lines = checked_all(&listed, &[root], &file)?;
            let made = Self::new(RequirementsSource::Settings, None, listed);
            return Ok(Some((made.with_lines(lines), Table::new())));
        }
        if let Some(named) = &config.requirements {
            let file = root.join(named);
            return match Self::of_file(root, &file, &asked, &root.join(entry))? {
                Some(made) => Ok(Some(made)),
                None => Err(RequirementsError::NoList { file }),
            };
        }
        let script = root.join(entry);
        let mut found = of_script(root, &script, &asked)?;
        let mut passed_over = Vec::new();
        let beside = script.parent().filter(|folder| *folder != root);
        for folder in beside.into_iter().chain([root]) {
            for name in FILES {
                let file = match name {
                    UV_LOCK => Workspace::lock_for(folder),
                    PYLOCK => other::pylock(folder),
                    _ => Some(folder.join(name)),
                };
                let Some(file) = file.filter(|file| file.is_file()) else { continue };
                if let Some((taken, _)) = &found {
                    if !taken.belongs(&file) && holds_list(&file) {
                        passed_over.push(file);
                    }
                } else {
                    found = Self::of_file(root, &file, &asked, &script)?;
                }
            }
        }
        if found.is_none() {
            for folder in script.parent().into_iter().chain([root]) {
                let mut files = other::pip(root, folder).into_iter();
                if let Some(file) = files.next() {
                    found = Self::of_file(root, &file, &asked, &script)?;
                    passed_over = files.collect();
                    break;
                }
            }
        }
        Ok(found.map(|(made, tool)| (Self { passed_over, ..made }, tool)))
    }

    /// Whether another list says nothing of its own: a lock was made from it, or it is a lock of
    /// this one, or this one reads it.
    fn belongs(&self, other: &Utf8Path) -> bool {
        let beside = self.file.as_deref().and_then(Utf8Path::parent) == other.parent();
        let made_from = self.source.is_lock() && other.file_name() == Some(PYPROJECT_TOML);
        let lock = other.file_name() == Some("Pipfile.lock");
        let same = self.file.as_deref() == Some(other);
        same || made_from || (lock && beside && self.source == RequirementsSource::Pipfile)
    }

    /// The list in a file, which is told by its name. Any other than the usual ones is taken for one
    /// of pip's.
    fn of_file(
        root: &Utf8Path,
        file: &Utf8Path,
        asked: &Asked<'_>,
        script: &Utf8Path,
    ) -> Result<Option<(Self, Table)>, RequirementsError> {
        let of_lock = |source, lock: locks::Lock| {
            let mut made = Self::new(source, Some(file.to_owned()), lock.listed);
            made.given.project = lock.project;
            made.given.local = lock.local;
            made.given.sources = Some(lock.sources);
            made.given.wheels = lock.wheels;
            made.given.indexes = lock.indexes.into_iter().collect();
            made.extras = lock.selected.extras;
            made.groups = lock.selected.groups;
            made.notes = lock.selected.notes;
            Some((made.with_lines(lock.lines), Table::new()))
        };
        let of_tool = |source, list| Self::of_tool(source, list, root, file, asked);
        Ok(match file.file_name().unwrap_or_default() {
            UV_LOCK => match stale_lock::find(file, script) {
                None => of_lock(RequirementsSource::UvLock, locks::uv_lock(file, asked, script)?),
                Some(stale) => {
                    let mut made = Self::of_pyproject(root, &stale.list, asked)?;
                    if let Some((made, _)) = &mut made {
                        made.take_lock(file.to_owned())?;
                        made.notes.push(stale.note());
                    }
                    made
                }
            },
            name if name.starts_with("pylock.") && name.ends_with(".toml") => {
                of_lock(RequirementsSource::PylockToml, locks::pylock(file, asked)?)
            }
            "Pipfile" => {
                let list = tools::pipfile(&read(file)?).map_err(toml_error(file))?;
                let mut made = of_tool(RequirementsSource::Pipfile, list)?;
                made.0.take_lock(file.with_file_name("Pipfile.lock"))?;
                Some(made)
            }
            "Pipfile.lock" => {
                let lines = pins::pipfile_lock(&read(file)?).map_err(json_error(file))?;
                let list = ToolList { lines, ..ToolList::default() };
                Some(of_tool(RequirementsSource::Pipfile, list)?)
            }
            "environment.yml" | "environment.yaml" => {
                let list = conda::environment(&read(file)?, distributions::is_known);
                Some(of_tool(RequirementsSource::EnvironmentYml, list)?)
            }
            PYPROJECT_TOML => Self::of_pyproject(root, file, asked)?,
            SETUP_CFG => match setup::setup_cfg(&read(file)?) {
                Some(list) => Some(of_tool(RequirementsSource::SetupCfg, list)?),
                None => None,
            },
            SETUP_PY => match setup::setup_py(&read_python(file)?) {
                SetupPy::List(list) => Some(of_tool(RequirementsSource::SetupPy, *list)?),
                SetupPy::Nothing => None,
                SetupPy::Code { line } => {
                    let what = format!("`install_requires` in line {line}");
                    Some(Self::of_build(RequirementsSource::SetupPy, file, &what, asked))
                }
            },
            _ => {
                let text = PipList::text(file)?;
                let list = match conda::export(&text, distributions::is_known) {
                    Some(list) => list,
                    None => ToolList { pip: text, ..ToolList::default() },
                };
                Some(of_tool(RequirementsSource::RequirementsTxt, list)?)
            }
        })
    }

    fn of_pyproject(
        root: &Utf8Path,
        file: &Utf8Path,
        asked: &Asked<'_>,
    ) -> Result<Option<(Self, Table)>, RequirementsError> {
        let mut table: Table = read(file)?.parse().map_err(toml_error(file))?;
        let hatch = file.with_file_name("hatch.toml");
        if hatch.is_file() {
            let hatch = read(&hatch)?.parse().map_err(toml_error(&hatch))?;
            table = pyproject::with_hatch(table, hatch);
        }
        let of_tool = |source, list| Self::of_tool(source, list, root, file, asked);
        if let Some(list) = pyproject::project(&table) {
            let mut made = of_tool(RequirementsSource::Pyproject, list)?;
            for lock in ["pdm.lock", "poetry.lock"] {
                made.0.take_lock(file.with_file_name(lock))?;
            }
            return Ok(Some(made));
        }
        if let Some(list) = pyproject::flit(&table) {
            return Ok(Some(of_tool(RequirementsSource::Pyproject, list)?));
        }
        if let Some(list) = tools::poetry(&table) {
            let mut made = of_tool(RequirementsSource::Poetry, list)?;
            made.0.take_lock(file.with_file_name("poetry.lock"))?;
            return Ok(Some(made));
        }
        let project = table.get("project").and_then(Value::as_table);
        if !project.is_some_and(pyproject::is_dynamic) {
            return Ok(None);
        }
        for beside in [SETUP_CFG, SETUP_PY] {
            let beside = file.with_file_name(beside);
            if beside.is_file()
                && let Some(made) = Self::of_file(root, &beside, asked, &beside)?
            {
                return Ok(Some(made));
            }
        }
        let made = Self::of_build(RequirementsSource::Pyproject, file, "`dynamic`", asked);
        let requires_python = project.and_then(|it| it.get("requires-python")?.as_str());
        let requires_python = requires_python.map(str::to_owned);
        Ok(Some((Self { requires_python, ..made.0 }, made.1)))
    }

    fn of_tool(
        source: RequirementsSource,
        mut list: ToolList,
        root: &Utf8Path,
        file: &Utf8Path,
        asked: &Asked<'_>,
    ) -> Result<(Self, Table), RequirementsError> {
        let folder = file.parent().unwrap_or(root);
        let mut pip = PipList::of_text(root, file, &list.pip)?;
        for more in &list.files {
            pip.read_more(root, &folder.join(more))?;
        }
        let mut listed = [list.lines.clone(), pip.listed.clone()].concat();
        for (extra, files) in &list.extra_files {
            let mut of_extra = PipList::default();
            for more in files {
                of_extra.read_more(root, &folder.join(more))?;
            }
            list.offered.extras.insert(extra.clone(), of_extra.listed);
        }
        let selected = list.offered.select(asked, &listed, file)?;
        let chosen = list.offered.lines(&selected);
        list.lines.extend(chosen.iter().cloned());
        listed.extend(chosen);
        let mut lines = checked_all(&list.lines, &[folder, root], file)?;
        lines.extend(pip.lines.iter().cloned());
        let mut made = Self::new(source, Some(file.to_owned()), listed).with_lines(lines);
        made.given.indexes = [list.indexes, pip.index_lines()].concat();
        made.given.constraints = pip.constraints;
        made.given.insecure = pip.insecure;
        made.given.pre = pip.pre;
        made.notes = [list.notes, selected.notes].concat();
        if !list.overrides.is_empty() {
            let lines = checked_all(&list.overrides, &[folder, root], file)?;
            let lines = lines.into_iter().map(Value::String).collect();
            list.uv.insert("override-dependencies".to_owned(), Value::Array(lines));
        }
        let (extras, groups) = (selected.extras, selected.groups);
        Ok((Self { requires_python: list.requires_python, extras, groups, ..made }, list.uv))
    }

    /// Takes the versions of a lock that lies beside the list.
    fn take_lock(&mut self, lock: Utf8PathBuf) -> Result<(), RequirementsError> {
        if self.lock.is_some() || !lock.is_file() {
            return Ok(());
        }
        let text = read(&lock)?;
        let (lines, revisions) = if lock.file_name() == Some("Pipfile.lock") {
            let lines = pins::pipfile_lock(&text).map_err(json_error(&lock))?;
            (lines, pins::pipfile_revisions(&text))
        } else {
            (pins::toml_lock(&text).map_err(toml_error(&lock))?, pins::revisions(&text))
        };
        for line in &mut self.given.lines {
            let revision = name_of(line).and_then(|name| revisions.get(&name));
            if let Some(fixed) = revision.and_then(|revision| at_revision(line, revision)) {
                *line = fixed;
            }
        }
        self.given.pins = checked_all(&lines, &[], &lock)?;
        self.lock = Some(lock);
        Ok(())
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
        let added = if there { Vec::new() } else { vec![waterskin_streamlit::requirement()] };
        let given = Given { lines: listed.clone(), ..Given::default() };
        Self {
            source,
            file,
            listed,
            added,
            requires_python: None,
            extras: Vec::new(),
            groups: Vec::new(),
            lock: None,
            passed_over: Vec::new(),
            notes: Vec::new(),
            given,
        }
    }
}

fn of_script(
    root: &Utf8Path,
    script: &Utf8Path,
    asked: &Asked<'_>,
) -> Result<Option<(Requirements, Table)>, RequirementsError> {
    // A script that is not in UTF-8 has no such header (PEP 723).
    let Ok(text) = fs_err::read_to_string(script) else { return Ok(None) };
    match tools::inline_script(&text).map_err(toml_error(script))? {
        Some(list) => {
            Requirements::of_tool(RequirementsSource::Script, list, root, script, asked).map(Some)
        }
        None => Ok(None),
    }
}

/// Whether a file with the name of a list is one. What can't be read counts: it is said so.
fn holds_list(file: &Utf8Path) -> bool {
    let Ok(text) = read(file) else { return true };
    match file.file_name().unwrap_or_default() {
        PYPROJECT_TOML => text.parse().is_ok_and(|table: Table| {
            pyproject::project(&table).is_some()
                || pyproject::flit(&table).is_some()
                || tools::poetry(&table).is_some()
        }),
        SETUP_CFG => setup::setup_cfg(&text).is_some(),
        SETUP_PY => setup::setup_py(&text) != SetupPy::Nothing,
        _ => true,
    }
}

fn json_error(file: &Utf8Path) -> impl FnOnce(serde_json::Error) -> RequirementsError {
    let file = file.to_owned();
    |source| RequirementsError::Json { file, source }
}

/// A Python file, of which the parts that matter here are in ASCII.
fn read_python(file: &Utf8Path) -> Result<String, RequirementsError> {
    let bytes = fs_err::read(file)
        .map_err(|source| RequirementsError::Read { file: file.to_owned(), source })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
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
mod tests;
