//! Lists of requirements in the forms of other tools, as lines of PEP 508.
//!
//! Whether a line may be taken is decided where all lines are looked at, with its place in the file.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value, de::Error};

use crate::guess::distributions::normalized;
use crate::requirements::selection::Offered;
use crate::requirements::source_line::repository;

/// What a list asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ToolList {
    /// Requirements, a line each.
    pub lines: Vec<String>,
    /// Versions of Python, as in `requires-python`.
    pub requires_python: Option<String>,
    /// Extras and groups.
    pub offered: Offered,
    /// Lists of pip's that belong to it, as files beside it.
    pub files: Vec<String>,
    /// Lists of pip's that are extras, as files beside it.
    pub extra_files: BTreeMap<String, Vec<String>>,
    /// A list of pip's within it.
    pub pip: String,
    /// Requirements that count in place of what packages ask for.
    pub overrides: Vec<String>,
    /// Options that say where packages come from.
    pub indexes: Vec<String>,
    /// `[tool.uv]` with indexes for single packages.
    pub uv: Table,
    /// What the author should know.
    pub notes: Vec<String>,
}

/// The package index that is asked when nothing is said.
const PYPI: &str = "https://pypi.org/simple";

impl ToolList {
    /// Adds an index that is asked beside the usual one. One for single packages alone must be named
    /// by these ([`Self::comes_from`]).
    pub fn add_index(&mut self, name: Option<&str>, url: Option<&str>, table: &Table) {
        let Some(url) = url.filter(|url| url.trim_end_matches('/') != PYPI) else { return };
        let priority = table.get("priority").and_then(Value::as_str).unwrap_or_default();
        if let (Some(name), "explicit") = (name, priority) {
            self.add_explicit(name, url);
        } else {
            // What takes the place of the usual index is called so.
            let replaces = name == Some("pypi") || matches!(priority, "default" | "primary");
            let option = if replaces { "--index-url" } else { "--extra-index-url" };
            self.indexes.push(format!("{option} {url}"));
        }
    }

    fn add_explicit(&mut self, name: &str, url: &str) {
        let index = Table::from_iter([
            ("name".to_owned(), Value::String(name.to_owned())),
            ("url".to_owned(), Value::String(url.to_owned())),
            ("explicit".to_owned(), Value::Boolean(true)),
        ]);
        let indexes = self.uv.entry("index").or_insert_with(|| Value::Array(Vec::new()));
        if let Some(indexes) = indexes.as_array_mut() {
            indexes.push(Value::Table(index));
        }
    }

    /// Has `package` come from the index `name` alone, where that is one for single packages.
    fn comes_from(&mut self, package: &str, name: &str) {
        let indexes = self.uv.get("index").and_then(Value::as_array);
        let named = |index: &Value| index.get("name").and_then(Value::as_str) == Some(name);
        if indexes.is_some_and(|indexes| indexes.iter().any(named)) {
            let sources = self.uv.entry("sources").or_insert_with(|| Value::Table(Table::new()));
            if let Some(sources) = sources.as_table_mut() {
                let index =
                    Table::from_iter([("index".to_owned(), Value::String(name.to_owned()))]);
                sources.insert(package.to_owned(), Value::Table(index));
            }
        }
    }
}

/// The header of a script (PEP 723), where it has one.
pub(crate) fn inline_script(script: &str) -> Result<Option<ToolList>, Error> {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "kebab-case")]
    struct Header {
        dependencies: Vec<String>,
        requires_python: Option<String>,
        tool: Table,
    }
    let mut lines = script.lines().skip_while(|line| line.trim_end() != "# /// script");
    if lines.next().is_none() {
        return Ok(None);
    }
    let mut block: Vec<&str> = lines.take_while(|line| line.starts_with('#')).collect();
    // A line that looks like the end may belong to the content: the last one is the end.
    let Some(end) = block.iter().rposition(|line| line.trim_end() == "# ///") else {
        return Ok(None);
    };
    block.truncate(end);
    let content: String = block
        .iter()
        .map(|line| line.strip_prefix("# ").or(line.strip_prefix('#')).unwrap_or(line))
        .map(|line| format!("{line}\n"))
        .collect();
    let header: Header = toml::from_str(&content)?;
    let uv = header.tool.get("uv").and_then(Value::as_table).cloned().unwrap_or_default();
    let (lines, requires_python) = (header.dependencies, header.requires_python);
    Ok(Some(ToolList { lines, requires_python, uv, ..ToolList::default() }))
}

/// `[tool.poetry.dependencies]` of a `pyproject.toml`, with its extras and groups.
pub(crate) fn poetry(pyproject: &Table) -> Option<ToolList> {
    let tool = pyproject.get("tool")?.get("poetry")?;
    let asked = tool.get("dependencies")?.as_table()?;
    let mut list = ToolList::default();
    let sources = tool.get("source").and_then(Value::as_array);
    for source in sources.into_iter().flatten().filter_map(Value::as_table) {
        let text = |key: &str| source.get(key).and_then(Value::as_str);
        list.add_index(text("name"), text("url"), source);
    }
    let mut optional = Vec::new();
    for (name, wanted) in asked {
        if name.eq_ignore_ascii_case("python") {
            list.requires_python = wanted.as_str().map(of_poetry).filter(|it| !it.is_empty());
            continue;
        }
        if let Some(index) = wanted.get("source").and_then(Value::as_str) {
            list.comes_from(name, index);
        }
        match wanted {
            // One for each system or version of Python.
            Value::Array(several) => {
                list.lines.extend(several.iter().map(|one| line(name, one, of_poetry)));
            }
            // Poetry leaves these to extras.
            Value::Table(table) if table.get("optional") == Some(&Value::Boolean(true)) => {
                optional.push((name, line(name, wanted, of_poetry)));
            }
            one => list.lines.push(line(name, one, of_poetry)),
        }
    }
    for (extra, names) in tool.get("extras").and_then(Value::as_table).into_iter().flatten() {
        let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
        let lines = names.filter_map(|name| {
            let found =
                optional.iter().find(|(optional, _)| normalized(optional) == normalized(name));
            found.map(|(_, line)| line.clone())
        });
        list.offered.extras.insert(extra.clone(), lines.collect());
    }
    let groups = tool.get("group").and_then(Value::as_table).into_iter().flatten();
    let groups = groups.map(|(name, group)| (name.as_str(), group.get("dependencies")));
    for (name, wanted) in groups.chain([("dev", tool.get("dev-dependencies"))]) {
        let Some(wanted) = wanted.and_then(Value::as_table) else { continue };
        let lines = wanted.iter().map(|(name, wanted)| line(name, wanted, of_poetry));
        list.offered.groups.entry(name.to_owned()).or_default().extend(lines);
    }
    Some(list)
}

/// `[packages]` of a `Pipfile`. Its other categories are groups.
pub(crate) fn pipfile(text: &str) -> Result<ToolList, Error> {
    const NO_PACKAGES: [&str; 5] = ["source", "requires", "scripts", "pipenv", "packages"];
    let file: Table = toml::from_str(text)?;
    let mut list = ToolList::default();
    let requires = file.get("requires").and_then(Value::as_table);
    let python = |key: &str| requires?.get(key)?.as_str();
    let version = python("python_full_version").map(|version| format!("=={version}"));
    list.requires_python = version.or_else(|| Some(format!("=={}.*", python("python_version")?)));
    let packages = file.get("packages").and_then(Value::as_table);
    let named = |index: &str| {
        let mut packages = packages.into_iter().flatten();
        packages.any(|(_, it)| it.get("index").and_then(Value::as_str) == Some(index))
    };
    let sources = file.get("source").and_then(Value::as_array).into_iter().flatten();
    for (number, source) in sources.filter_map(Value::as_table).enumerate() {
        let text = |key: &str| source.get(key).and_then(Value::as_str);
        let (name, Some(url)) = (text("name"), text("url")) else { continue };
        match name {
            // Pipenv asks an index that a package names for that one alone.
            Some(name) if number > 0 && named(name) => list.add_explicit(name, url),
            _ if number == 0 && url.trim_end_matches('/') != PYPI => {
                list.indexes.push(format!("--index-url {url}"));
            }
            _ => list.add_index(name.filter(|_| number == 0), Some(url), source),
        }
    }
    for (name, wanted) in packages.into_iter().flatten() {
        if let Some(index) = wanted.get("index").and_then(Value::as_str) {
            list.comes_from(name, index);
        }
        list.lines.push(line(name, wanted, of_pipenv));
    }
    for (category, wanted) in &file {
        let Some(wanted) = wanted.as_table() else { continue };
        if !NO_PACKAGES.contains(&category.as_str()) {
            let category = if category == "dev-packages" { "dev" } else { category };
            let lines = wanted.iter().map(|(name, wanted)| line(name, wanted, of_pipenv));
            list.offered.groups.insert(category.to_owned(), lines.collect());
        }
    }
    Ok(list)
}

/// Words of a Pipfile that are markers, beside `markers` itself.
const MARKERS: [&str; 11] = [
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
];

/// A requirement: a version, or a table with what else there is to say.
fn line(name: &str, wanted: &Value, version: fn(&str) -> String) -> String {
    let Some(table) = wanted.as_table() else {
        return format!("{name}{}", version(wanted.as_str().unwrap_or_default()));
    };
    let text = |key: &str| table.get(key).and_then(Value::as_str);
    let mut line = name.to_owned();
    let extras = table.get("extras").and_then(Value::as_array);
    let extras: Vec<&str> = extras.into_iter().flatten().filter_map(Value::as_str).collect();
    if !extras.is_empty() {
        line.push_str(&format!("[{}]", extras.join(",")));
    }
    let revision = ["rev", "tag", "branch", "ref"].iter().find_map(|key| text(key));
    let place = text("git").map(|url| repository(url, revision, text("subdirectory")));
    let place = place.or_else(|| text("url").or(text("path")).or(text("file")).map(str::to_owned));
    match place {
        Some(place) => line.push_str(&format!(" @ {place}")),
        None => line.push_str(&version(text("version").unwrap_or("*"))),
    }
    let mut markers: Vec<String> =
        text("markers").map(|it| format!("({it})")).into_iter().collect();
    markers.extend(text("python").and_then(python_marker));
    markers.extend(text("platform").map(|it| format!("sys_platform == '{it}'")));
    markers.extend(MARKERS.iter().filter_map(|name| Some(format!("{name} {}", text(name)?))));
    if !markers.is_empty() {
        line.push_str(&format!(" ; {}", markers.join(" and ")));
    }
    line
}

/// Poetry's `python = "^3.9"` of one requirement.
fn python_marker(wanted: &str) -> Option<String> {
    let specifiers = of_poetry(wanted);
    let marker = |specifier: &str| {
        let at = specifier.find(|c: char| !"<>=!~".contains(c))?;
        let (operator, version) = specifier.split_at(at);
        let full = version.split('.').count() > 2 && !version.ends_with('*');
        let name = if full { "python_full_version" } else { "python_version" };
        Some(format!("{name} {operator} '{version}'"))
    };
    let markers: Option<Vec<String>> =
        specifiers.split(',').filter(|it| !it.is_empty()).map(marker).collect();
    markers.filter(|it| !it.is_empty()).map(|it| it.join(" and "))
}

fn of_pipenv(version: &str) -> String {
    match version.trim() {
        "*" => String::new(),
        version if version.starts_with(|c: char| c.is_ascii_digit()) => format!("=={version}"),
        version => version.to_owned(),
    }
}

/// Poetry's words for versions (its documentation, "Dependency specification") as those of PEP 440.
fn of_poetry(wanted: &str) -> String {
    let parts = wanted.replace(',', " ");
    let mut made: Vec<String> = Vec::new();
    let mut operator = String::new();
    for part in parts.split_whitespace() {
        // `>= 1.2` is written with a blank by some.
        if part.chars().all(|c| "<>=!~^".contains(c)) {
            operator = part.to_owned();
            continue;
        }
        let part = format!("{}{part}", std::mem::take(&mut operator));
        made.extend(specifier(&part));
    }
    made.join(",")
}

fn specifier(part: &str) -> Option<String> {
    if part == "*" {
        return None;
    }
    Some(match part.split_at_checked(1) {
        Some(("^", version)) => format!(">={version},<{}", after_caret(version)),
        Some(("~", version)) if !version.starts_with('=') => {
            let parts = if version.contains('.') { 2 } else { 1 };
            format!(">={version},<{}", raised(version, parts))
        }
        _ if part.starts_with(|c: char| c.is_ascii_digit()) => format!("=={part}"),
        // Poetry takes a single `=` too.
        Some(("=", version)) if !version.starts_with('=') => format!("=={version}"),
        _ => part.to_owned(),
    })
}

/// The first number that is not zero may not grow.
fn after_caret(version: &str) -> String {
    let numbers = numbers(version);
    let first = numbers.iter().position(|number| *number > 0);
    raised(version, first.map_or(numbers.len(), |at| at + 1))
}

/// The version with the last of its first `parts` numbers one higher, and nothing after it.
fn raised(version: &str, parts: usize) -> String {
    let mut numbers = numbers(version);
    numbers.truncate(parts.max(1));
    if let Some(last) = numbers.last_mut() {
        *last += 1;
    }
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    numbers.join(".")
}

fn numbers(version: &str) -> Vec<u64> {
    let digits = |part: &str| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..end].parse().ok()
    };
    version.split('.').map_while(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_poetry_for_versions() {
        for (wanted, line) in [
            ("*", ""),
            ("^1.2.3", ">=1.2.3,<2"),
            ("^1", ">=1,<2"),
            ("^0.2.3", ">=0.2.3,<0.3"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("^0.0", ">=0.0,<0.1"),
            ("^0", ">=0,<1"),
            ("^2.0b1", ">=2.0b1,<3"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~1.2", ">=1.2,<1.3"),
            ("~1", ">=1,<2"),
            ("~=1.4", "~=1.4"),
            ("1.2.*", "==1.2.*"),
            ("1.2.3", "==1.2.3"),
            ("=1.2", "==1.2"),
            ("==1.2", "==1.2"),
            (">= 1.2, <2.0", ">=1.2,<2.0"),
            (">=1.2 !=1.5", ">=1.2,!=1.5"),
        ] {
            assert_eq!(of_poetry(wanted), line, "{wanted}");
        }
    }

    #[test]
    fn a_project_of_poetry() {
        let text = r#"
            [tool.poetry.dependencies]
            python = ">=3.10,<3.13"
            streamlit = "^1.40"
            pandas = { version = "^2.1", extras = ["excel", "parquet"] }
            pywin32 = { version = "*", platform = "win32" }
            tomli = { version = "^2", python = "<3.11" }
            mine = { path = "../mine" }
            theirs = { git = "https://example.org/theirs.git", branch = "main" }
            torch = { version = "2.4", optional = true }
            own-thing = { version = "1", source = "own" }
            numpy = [
                { version = "<2", python = "~3.10" },
                { version = ">=2", markers = "python_version >= '3.11'" },
            ]
            [tool.poetry.extras]
            gpu = ["Torch"]
            [tool.poetry.group.dev.dependencies]
            pytest = "*"
            [[tool.poetry.source]]
            name = "own"
            url = "https://own.example"
            priority = "explicit"
            [[tool.poetry.source]]
            name = "more"
            url = "https://more.example"
            priority = "supplemental"
        "#;
        let list = poetry(&toml::from_str(text).unwrap()).unwrap();
        assert_eq!(list.requires_python.as_deref(), Some(">=3.10,<3.13"));
        let mut lines = list.lines;
        lines.sort();
        assert_eq!(
            lines,
            [
                "mine @ ../mine",
                "numpy<2 ; python_version >= '3.10' and python_version < '3.11'",
                "numpy>=2 ; (python_version >= '3.11')",
                "own-thing==1",
                "pandas[excel,parquet]>=2.1,<3",
                "pywin32 ; sys_platform == 'win32'",
                "streamlit>=1.40,<2",
                "theirs @ git+https://example.org/theirs.git@main",
                "tomli>=2,<3 ; python_version < '3.11'",
            ]
        );
        assert_eq!(list.offered.extras["gpu"], ["torch==2.4"]);
        assert_eq!(list.offered.groups["dev"], ["pytest"]);
        assert_eq!(list.indexes, ["--extra-index-url https://more.example"]);
        let uv = "index = [{ name = 'own', url = 'https://own.example', explicit = true }]\n\
            sources = { own-thing = { index = 'own' } }\n";
        assert_eq!(list.uv, uv.parse().unwrap());
        assert_eq!(poetry(&toml::from_str("[tool.poetry]\nname = 'x'").unwrap()), None);
    }

    #[test]
    fn a_pipfile() {
        let text = r#"
            [[source]]
            url = "https://example.org/simple"
            name = "main"
            [[source]]
            url = "https://own.example"
            name = "own"
            [packages]
            tiny = { version = "*", index = "own" }
            streamlit = "*"
            pandas = ">=2,<3"
            requests = { version = "==2.32.0", extras = ["socks"] }
            pywin32 = { version = "*", sys_platform = "== 'win32'" }
            mine = { editable = true, path = "." }
            [dev-packages]
            pytest = "*"
            [requires]
            python_version = "3.11"
        "#;
        let list = pipfile(text).unwrap();
        assert_eq!(list.requires_python.as_deref(), Some("==3.11.*"));
        let mut lines = list.lines;
        lines.sort();
        assert_eq!(
            lines,
            [
                "mine @ .",
                "pandas>=2,<3",
                "pywin32 ; sys_platform == 'win32'",
                "requests[socks]==2.32.0",
                "streamlit",
                "tiny",
            ]
        );
        assert_eq!(list.indexes, ["--index-url https://example.org/simple"]);
        assert_eq!(list.offered.groups["dev"], ["pytest"]);
        let uv = "index = [{ name = 'own', url = 'https://own.example', explicit = true }]\n\
            sources = { tiny = { index = 'own' } }\n";
        assert_eq!(list.uv, uv.parse().unwrap());
    }

    #[test]
    fn the_header_of_a_script() {
        let script = "#!/usr/bin/env python\n# /// script\r\n# requires-python = \">=3.11\"\r\n# dependencies = [\r\n#   \"streamlit\",\r\n#\r\n#   \"rich>=13\",\r\n# ]\r\n# ///\r\n# a comment\nimport streamlit\n";
        let list = inline_script(script).unwrap().unwrap();
        assert_eq!(list.lines, ["streamlit", "rich>=13"]);
        assert_eq!(list.requires_python.as_deref(), Some(">=3.11"));
        for none in ["import x\n", "# /// script\n# dependencies = []\nimport x\n", ""] {
            assert_eq!(inline_script(none).unwrap(), None, "{none}");
        }
        let empty = inline_script("# /// script\n# ///\n").unwrap().unwrap();
        assert_eq!(empty, ToolList::default());
        assert!(inline_script("# /// script\n# dependencies = [\n# ///\n").is_err());
    }
}
