//! Lists of requirements in the forms of other tools, as lines of PEP 508.
//!
//! What can't be said in such a line is written so that it is refused where all lines are looked at,
//! with its place in the file: a repository, a folder.

use serde::Deserialize;
use toml::{Table, Value, de::Error};

/// What a list asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToolList {
    /// Requirements, a line each.
    pub lines: Vec<String>,
    /// Versions of Python, as in `requires-python`.
    pub requires_python: Option<String>,
}

/// The header of a script (PEP 723), where it has one.
pub(crate) fn inline_script(script: &str) -> Result<Option<ToolList>, Error> {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "kebab-case")]
    struct Header {
        dependencies: Vec<String>,
        requires_python: Option<String>,
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
    Ok(Some(ToolList { lines: header.dependencies, requires_python: header.requires_python }))
}

/// `[tool.poetry.dependencies]` of a `pyproject.toml`.
pub(crate) fn poetry(pyproject: &Table) -> Option<ToolList> {
    let tool = pyproject.get("tool")?.get("poetry")?;
    let mut list = ToolList::default();
    for (name, wanted) in tool.get("dependencies")?.as_table()? {
        if name.eq_ignore_ascii_case("python") {
            list.requires_python = wanted.as_str().map(of_poetry).filter(|it| !it.is_empty());
            continue;
        }
        match wanted {
            // One for each system or version of Python.
            Value::Array(several) => {
                list.lines.extend(several.iter().map(|one| line(name, one, of_poetry)));
            }
            // Poetry leaves these to extras.
            Value::Table(table) if table.get("optional") == Some(&Value::Boolean(true)) => {}
            one => list.lines.push(line(name, one, of_poetry)),
        }
    }
    Some(list)
}

/// `[packages]` of a `Pipfile`.
pub(crate) fn pipfile(text: &str) -> Result<ToolList, Error> {
    let file: Table = toml::from_str(text)?;
    let packages = file.get("packages").and_then(Value::as_table);
    let requires = file.get("requires").and_then(Value::as_table);
    let python = |key: &str| requires?.get(key)?.as_str();
    let version = python("python_full_version").map(|version| format!("=={version}"));
    let version = version.or_else(|| Some(format!("=={}.*", python("python_version")?)));
    Ok(ToolList {
        lines: packages
            .into_iter()
            .flatten()
            .map(|(name, wanted)| line(name, wanted, of_pipenv))
            .collect(),
        requires_python: version,
    })
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
    let place = text("git").map(|place| format!("git+{}", place.trim_start_matches("git+")));
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
            numpy = [
                { version = "<2", python = "~3.10" },
                { version = ">=2", markers = "python_version >= '3.11'" },
            ]
            [tool.poetry.group.dev.dependencies]
            pytest = "*"
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
                "pandas[excel,parquet]>=2.1,<3",
                "pywin32 ; sys_platform == 'win32'",
                "streamlit>=1.40,<2",
                "theirs @ git+https://example.org/theirs.git",
                "tomli>=2,<3 ; python_version < '3.11'",
            ]
        );
        assert_eq!(poetry(&toml::from_str("[tool.poetry]\nname = 'x'").unwrap()), None);
    }

    #[test]
    fn a_pipfile() {
        let text = r#"
            [[source]]
            url = "https://example.org/simple"
            [packages]
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
            ]
        );
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
