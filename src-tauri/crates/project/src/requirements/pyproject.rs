//! `[project]` and `[dependency-groups]` of a `pyproject.toml` (PEP 621, PEP 735), with what the
//! tables of uv, PDM, Hatch and setuptools say besides.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::guess::distributions::normalized;
use crate::requirements::line::name_of;
use crate::requirements::selection::Offered;
use crate::requirements::tools::{self, ToolList};

/// The list of the project, where it has one. A project that asks for nothing itself has one too,
/// when it offers Streamlit as an extra or in a group.
pub(crate) fn project(pyproject: &Table) -> Option<ToolList> {
    let project = table(pyproject, &["project"]).cloned().unwrap_or_default();
    let mut list = ToolList {
        requires_python: text(&project, "requires-python").map(str::to_owned),
        offered: offered(pyproject, &project),
        ..ToolList::default()
    };
    for source in array(pyproject, &["tool", "pdm", "source"]).filter_map(Value::as_table) {
        list.add_index(text(source, "name"), text(source, "url"), source);
    }
    list.overrides = overrides(pyproject);
    if let Some(asked) = project.get("dependencies").and_then(Value::as_array) {
        list.lines = expanded(&strings(asked), own_name(&project), &list.offered.extras);
        add_places_of_poetry(&mut list, pyproject);
        return Some(list);
    }
    list.extra_files = dynamic_extras(pyproject);
    if is_dynamic(&project) {
        list.files = dynamic_files(pyproject);
        return (!list.files.is_empty()).then_some(list);
    }
    let parts = list.offered.extras.values().chain(list.offered.groups.values());
    let streamlit = |line: &String| name_of(line).is_some_and(|name| name == "streamlit");
    parts.flatten().any(streamlit).then_some(list)
}

/// Whether `[project]` leaves its dependencies to a tool.
pub(crate) fn is_dynamic(project: &Table) -> bool {
    let dynamic = project.get("dynamic").and_then(Value::as_array);
    dynamic.into_iter().flatten().any(|field| field.as_str() == Some("dependencies"))
}

/// The lists of pip's that setuptools, or Hatch's plug-in for them, reads in place of
/// `dependencies`.
fn dynamic_files(pyproject: &Table) -> Vec<String> {
    let setuptools = table(pyproject, &["tool", "setuptools", "dynamic", "dependencies"]);
    let hatch = table(pyproject, &["tool", "hatch", "metadata", "hooks", "requirements_txt"]);
    let of = |table: Option<&Table>, key: &str| match table.and_then(|table| table.get(key)) {
        Some(Value::String(file)) => vec![file.clone()],
        Some(Value::Array(files)) => strings(files),
        _ => Vec::new(),
    };
    [of(setuptools, "file"), of(hatch, "files"), of(hatch, "filename")].concat()
}

/// The same that are extras of setuptools'.
fn dynamic_extras(pyproject: &Table) -> BTreeMap<String, Vec<String>> {
    const PATH: [&str; 5] = ["tool", "setuptools", "dynamic", "optional-dependencies", ""];
    let extras = table(pyproject, &PATH[..4]).into_iter().flatten();
    let files = |extra: &Value| match extra.get("file") {
        Some(Value::String(file)) => vec![file.clone()],
        Some(Value::Array(files)) => strings(files),
        _ => Vec::new(),
    };
    extras.map(|(name, extra)| (name.clone(), files(extra))).collect()
}

/// `[tool.pdm.resolution.overrides]`: a version, or an address.
fn overrides(pyproject: &Table) -> Vec<String> {
    let overrides = table(pyproject, &["tool", "pdm", "resolution", "overrides"]);
    let line = |(name, wanted): (&String, &Value)| {
        let wanted = wanted.as_str()?.trim();
        Some(match wanted.chars().next()? {
            c if c.is_ascii_digit() => format!("{name}=={wanted}"),
            '<' | '>' | '=' | '!' | '~' => format!("{name}{wanted}"),
            '*' => name.clone(),
            _ => format!("{name} @ {wanted}"),
        })
    };
    overrides.into_iter().flatten().filter_map(line).collect()
}

/// Poetry's table beside `[project]` says where what is asked for there comes from.
fn add_places_of_poetry(list: &mut ToolList, pyproject: &Table) {
    let Some(poetry) = tools::poetry(pyproject) else { return };
    for line in &mut list.lines {
        let placed = |it: &&String| it.contains(" @ ") && name_of(it) == name_of(line);
        if let Some(placed) = poetry.lines.iter().find(placed) {
            line.clone_from(placed);
        }
    }
    list.indexes.extend(poetry.indexes);
    list.uv.extend(poetry.uv);
}

/// `[tool.flit.metadata]`, which Flit had before `[project]`.
pub(crate) fn flit(pyproject: &Table) -> Option<ToolList> {
    let metadata = table(pyproject, &["tool", "flit", "metadata"])?;
    let extras = lists(metadata.get("requires-extra"));
    let offered = Offered { extras, ..Offered::default() };
    let requires = metadata.get("requires").and_then(Value::as_array);
    let streamlit = |line: &String| name_of(line).is_some_and(|name| name == "streamlit");
    if requires.is_none() && !offered.extras.values().flatten().any(streamlit) {
        return None;
    }
    Some(ToolList {
        lines: requires.map(|list| strings(list)).unwrap_or_default(),
        requires_python: text(metadata, "requires-python").map(str::to_owned),
        offered,
        ..ToolList::default()
    })
}

/// The same with a `hatch.toml`, whose tables are those of `[tool.hatch]` and count before them.
pub(crate) fn with_hatch(mut pyproject: Table, hatch: Table) -> Table {
    let mut inside = |key: &str| pyproject.remove(key).and_then(|it| it.try_into().ok());
    let mut tool: Table = inside("tool").unwrap_or_default();
    let known = tool.remove("hatch").and_then(|it| it.try_into().ok());
    let mut all: Table = known.unwrap_or_default();
    all.extend(hatch);
    tool.insert("hatch".to_owned(), Value::Table(all));
    pyproject.insert("tool".to_owned(), Value::Table(tool));
    pyproject
}

fn offered(pyproject: &Table, project: &Table) -> Offered {
    let own = own_name(project);
    let raw: BTreeMap<String, Vec<String>> = lists(project.get("optional-dependencies"));
    let extras: BTreeMap<String, Vec<String>> =
        raw.iter().map(|(name, lines)| (name.clone(), expanded(lines, own, &raw))).collect();
    let mut groups = BTreeMap::new();
    if let Some(all) = table(pyproject, &["dependency-groups"]) {
        for name in all.keys() {
            let lines = group(all, name, DEPTH);
            groups.insert(name.clone(), expanded(&lines, own, &extras));
        }
    }
    for (name, lines) in lists(find(pyproject, &["tool", "pdm", "dev-dependencies"])) {
        groups.entry(name).or_insert(lines);
    }
    let uv = array(pyproject, &["tool", "uv", "dev-dependencies"]);
    let uv: Vec<String> = uv.filter_map(Value::as_str).map(str::to_owned).collect();
    if !uv.is_empty() {
        groups.entry("dev".to_owned()).or_default().extend(uv);
    }
    let environments = table(pyproject, &["tool", "hatch", "envs"]);
    for (name, environment) in environments.into_iter().flatten() {
        let Some(environment) = environment.as_table() else { continue };
        let of = |key: &str| {
            let list = environment.get(key).and_then(Value::as_array);
            list.map(|list| strings(list)).unwrap_or_default()
        };
        let features = of("features");
        let features = features.iter().filter_map(|feature| extras.get(feature)).flatten().cloned();
        let lines: Vec<String> = [of("dependencies"), of("extra-dependencies")]
            .concat()
            .into_iter()
            .chain(features)
            .collect();
        if !lines.is_empty() {
            groups.entry(name.clone()).or_insert(lines);
        }
    }
    let mut default_groups = default_groups(pyproject, groups.keys());
    // The environment in which `hatch run` starts everything, where it is for the app.
    let default = groups.get(HATCH_DEFAULT).filter(|_| environments.is_some());
    if default.into_iter().flatten().any(|line| name_of(line).is_some_and(|it| it == "streamlit")) {
        default_groups.push(HATCH_DEFAULT.to_owned());
    }
    Offered { extras, groups, default_groups }
}

/// The environment of Hatch that is not named.
const HATCH_DEFAULT: &str = "default";

/// `[tool.uv] default-groups`.
pub(crate) fn default_groups<'a>(
    pyproject: &Table,
    groups: impl Iterator<Item = &'a String>,
) -> Vec<String> {
    match find(pyproject, &["tool", "uv", "default-groups"]) {
        Some(Value::String(all)) if all == "all" => groups.cloned().collect(),
        Some(Value::Array(names)) => strings(names),
        _ => Vec::new(),
    }
}

/// How deep groups may include each other.
const DEPTH: usize = 16;

fn group(all: &Table, name: &str, depth: usize) -> Vec<String> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let is_named = |(key, _): &(&String, &Value)| normalized(key) == normalized(name);
    let entries = all.iter().find(is_named).and_then(|(_, value)| value.as_array());
    let lines = entries.into_iter().flatten().flat_map(|entry| match entry {
        Value::String(line) => vec![line.clone()],
        Value::Table(table) => match text(table, "include-group") {
            Some(other) => group(all, other, depth),
            None => Vec::new(),
        },
        _ => Vec::new(),
    });
    lines.collect()
}

/// The lines with those that name the project itself, as in `all = ["mine[a,b]"]`, replaced by what
/// its extras ask for.
fn expanded(
    lines: &[String],
    own: Option<&str>,
    extras: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    fn add(
        lines: &[String],
        own: &str,
        extras: &BTreeMap<String, Vec<String>>,
        depth: usize,
        into: &mut Vec<String>,
    ) {
        for line in lines {
            if name_of(line).as_deref() != Some(own) {
                into.push(line.clone());
                continue;
            }
            let inner = line.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
            let named = inner.map(|(inner, _)| inner).unwrap_or_default().split(',');
            for name in named.map(normalized) {
                let found = extras.iter().find(|(extra, _)| normalized(extra) == name);
                if let (Some((_, lines)), Some(depth)) = (found, depth.checked_sub(1)) {
                    add(lines, own, extras, depth, into);
                }
            }
        }
    }
    let Some(own) = own.map(normalized) else { return lines.to_vec() };
    let mut into = Vec::new();
    add(lines, &own, extras, 8, &mut into);
    into
}

fn own_name(project: &Table) -> Option<&str> {
    text(project, "name")
}

fn find<'t>(table: &'t Table, path: &[&str]) -> Option<&'t Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}

fn table<'t>(table: &'t Table, path: &[&str]) -> Option<&'t Table> {
    find(table, path).and_then(Value::as_table)
}

fn array<'t>(table: &'t Table, path: &[&str]) -> impl Iterator<Item = &'t Value> {
    find(table, path).and_then(Value::as_array).into_iter().flatten()
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Value::as_str)
}

fn strings(list: &[Value]) -> Vec<String> {
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn lists(value: Option<&Value>) -> BTreeMap<String, Vec<String>> {
    let entries = value.and_then(Value::as_table).into_iter().flatten();
    let entries =
        entries.filter_map(|(name, list)| Some((name.clone(), strings(list.as_array()?))));
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Option<ToolList> {
        project(&text.parse().unwrap())
    }

    #[test]
    fn extras_and_groups_of_a_project() {
        let made = list(
            "[project]\nname = 'My.App'\ndependencies = ['pandas', 'my-app[excel]']\n\
             optional-dependencies = { excel = ['openpyxl'], all = ['my_app[excel,web]'], web = ['streamlit'] }\n\
             [dependency-groups]\ntest = ['pytest']\ndev = [{ include-group = 'Test' }, 'ruff']\n\
             [tool.uv]\ndefault-groups = ['dev', 'test']\ndev-dependencies = ['old']\n\
             [tool.pdm.dev-dependencies]\ndocs = ['mkdocs']\n\
             [tool.hatch.envs.app]\ndependencies = ['plotly']\nfeatures = ['web']\n",
        )
        .unwrap();
        assert_eq!(made.lines, ["pandas", "openpyxl"]);
        assert_eq!(made.offered.extras["all"], ["openpyxl", "streamlit"]);
        assert_eq!(made.offered.groups["dev"], ["pytest", "ruff", "old"]);
        assert_eq!(made.offered.groups["docs"], ["mkdocs"]);
        assert_eq!(made.offered.groups["app"], ["plotly", "streamlit"]);
        assert_eq!(made.offered.default_groups, ["dev", "test"]);
    }

    #[test]
    fn a_project_without_a_list_has_one_where_it_offers_streamlit() {
        assert_eq!(list("[project]\nname = 'x'\n"), None);
        assert_eq!(list("[project]\nname = 'x'\n[dependency-groups]\ndev = ['pytest']\n"), None);
        let made = list("[dependency-groups]\napp = ['streamlit']\n").unwrap();
        assert_eq!(made.lines, [""; 0]);
        let endless = "[project]\nname = 'x'\ndependencies = ['x[a]']\n\
            optional-dependencies = { a = ['x[b]'], b = ['x[a]', 'streamlit'] }\n\
            [dependency-groups]\na = [{ include-group = 'b' }]\nb = [{ include-group = 'a' }, 'rich']\n";
        assert!(list(endless).unwrap().lines.contains(&"streamlit".to_owned()));
    }

    #[test]
    fn lists_of_pip_in_place_of_dependencies() {
        let made = list(
            "[project]\nname = 'x'\ndynamic = ['dependencies']\n\
             [tool.setuptools.dynamic]\ndependencies = { file = ['needs.txt'] }\n",
        );
        assert_eq!(made.unwrap().files, ["needs.txt"]);
        let made = list(
            "[project]\nname = 'x'\ndynamic = ['dependencies']\n\
             [tool.hatch.metadata.hooks.requirements_txt]\nfiles = ['a.txt', 'b.txt']\n",
        );
        assert_eq!(made.unwrap().files, ["a.txt", "b.txt"]);
        assert_eq!(list("[project]\nname = 'x'\ndynamic = ['dependencies']\n"), None);
    }

    #[test]
    fn what_setuptools_reads_for_extras_is_a_file_too() {
        let made = list(
            "[project]\nname = 'x'\ndynamic = ['dependencies', 'optional-dependencies']\n\
             [tool.setuptools.dynamic]\ndependencies = { file = 'a.txt' }\n\
             optional-dependencies.app = { file = ['b.txt'] }\n",
        );
        let files = BTreeMap::from([("app".to_owned(), vec!["b.txt".to_owned()])]);
        assert_eq!(made.unwrap().extra_files, files);
    }

    #[test]
    fn a_project_of_flit_from_before_there_was_a_project_table() {
        let text = "[tool.flit.metadata]\nmodule = 'lamp'\nrequires = ['streamlit', 'six ; os_name == \"nt\"']\n\
            requires-python = '>=3.9'\n[tool.flit.metadata.requires-extra]\ntest = ['pytest']\n";
        let made = flit(&text.parse().unwrap()).unwrap();
        assert_eq!(made.lines, ["streamlit", "six ; os_name == \"nt\""]);
        assert_eq!(made.requires_python.as_deref(), Some(">=3.9"));
        assert_eq!(made.offered.extras["test"], ["pytest"]);
        assert_eq!(flit(&"[tool.flit.metadata]\nmodule = 'x'\n".parse().unwrap()), None);
    }

    #[test]
    fn the_environment_that_hatch_starts_things_in_is_for_the_app() {
        let project = "[project]\nname = 'x'\ndependencies = ['six']\n[tool.hatch.envs.test]\ndependencies = ['streamlit', 'pytest']\n";
        let hatch = "[envs.default]\ndependencies = ['streamlit', 'rich']\n[envs.test]\ndependencies = ['streamlit', 'pytest']\n";
        let table = with_hatch(project.parse().unwrap(), hatch.parse().unwrap());
        let made = super::project(&table).unwrap();
        assert_eq!(made.offered.default_groups, ["default"]);
        assert_eq!(made.offered.groups["default"], ["streamlit", "rich"]);
        assert_eq!(list(project).unwrap().offered.default_groups, [""; 0]);
    }

    #[test]
    fn what_pdm_has_in_place_of_what_packages_ask_for() {
        let made = list(
            "[project]\nname = 'x'\ndependencies = []\n[tool.pdm.resolution.overrides]\n\
             a = '1.2'\nb = '>=2,<3'\nc = 'https://example.org/c-1-py3-none-any.whl'\n",
        );
        let lines = ["a==1.2", "b>=2,<3", "c @ https://example.org/c-1-py3-none-any.whl"];
        assert_eq!(made.unwrap().overrides, lines);
    }

    #[test]
    fn poetry_says_where_what_the_project_asks_for_comes_from() {
        let made = list(
            "[project]\nname = 'x'\ndependencies = ['a>=1', 'b', 'c']\n[tool.poetry.dependencies]\n\
             a = { git = 'https://example.org/a', tag = 'v1' }\nb = { path = '../b' }\nc = { source = 'own' }\n\
             [[tool.poetry.source]]\nname = 'own'\nurl = 'https://own.example'\npriority = 'explicit'\n",
        )
        .unwrap();
        assert_eq!(made.lines, ["a @ git+https://example.org/a@v1", "b @ ../b", "c"]);
        assert!(made.uv["sources"].get("c").is_some());
    }

    #[test]
    fn indexes_of_pdm_are_asked() {
        let made = list(
            "[project]\nname = 'x'\ndependencies = []\n[[tool.pdm.source]]\nname = 'own'\n\
             url = 'https://own.example/simple'\nverify_ssl = true\n",
        );
        assert_eq!(made.unwrap().indexes, ["--extra-index-url https://own.example/simple"]);
    }
}
