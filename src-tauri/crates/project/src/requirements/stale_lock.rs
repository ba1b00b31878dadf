//! Whether a `uv.lock` is older than the list that it was made of.

use camino::{Utf8Path, Utf8PathBuf};
use pep440_rs::VersionSpecifiers;
use toml::{Table, Value};

use crate::guess::distributions::normalized;
use crate::requirements::line::name_of;
use crate::settings::config::PYPROJECT_TOML;

/// A list that asks for something else than its lock was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stale {
    /// The list.
    pub list: Utf8PathBuf,
    /// The first requirement that the lock does not know.
    requirement: String,
}

impl Stale {
    /// What the author should know.
    pub fn note(&self) -> String {
        let requirement = &self.requirement;
        format!(
            "`uv.lock` was made before `pyproject.toml` asked for `{requirement}`: the list counts, in the versions of the lock as far as they fit; `uv lock` makes it anew"
        )
    }
}

/// Compares a lock with the project that has the `script`. `None` where the lock is as new, or where
/// that can't be told: uv itself would make it anew at once.
pub(crate) fn find(lock: &Utf8Path, script: &Utf8Path) -> Option<Stale> {
    let root = lock.parent()?;
    let above = script.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    let list = above.map(|folder| folder.join(PYPROJECT_TOML)).find(|file| file.is_file())?;
    let read =
        |file: &Utf8Path| -> Option<Table> { fs_err::read_to_string(file).ok()?.parse().ok() };
    let requirement = unknown(&read(&list)?, &read(lock)?)?;
    Some(Stale { list, requirement })
}

/// The first requirement of the project that is not among those that its lock was made for.
fn unknown(pyproject: &Table, lock: &Table) -> Option<String> {
    let project = pyproject.get("project")?;
    let name = normalized(project.get("name")?.as_str()?);
    let packages = lock.get("package")?.as_array()?;
    let named = |package: &&Value| {
        package.get("name").and_then(Value::as_str).map(normalized).as_ref() == Some(&name)
    };
    let package = packages.iter().find(named)?;
    let known = match package.get("metadata") {
        Some(metadata) => metadata.get("requires-dist").and_then(Value::as_array),
        // Of a project that asks for nothing there is no more to say.
        None if package.get("dependencies").is_none() => None,
        None => return None,
    };
    let known: Vec<(String, Option<VersionSpecifiers>)> = known
        .into_iter()
        .flatten()
        .filter_map(|it| {
            let specifier = it.get("specifier").and_then(Value::as_str);
            Some((normalized(it.get("name")?.as_str()?), specifiers(specifier.unwrap_or_default())))
        })
        .collect();
    let extras = project.get("optional-dependencies").and_then(Value::as_table);
    let lists = project.get("dependencies").into_iter();
    let lists = lists.chain(extras.into_iter().flat_map(Table::values));
    let mut lines = lists.filter_map(Value::as_array).flatten().filter_map(Value::as_str);
    let is_known = |line: &str| {
        let Some(wanted) = name_of(line) else { return true };
        let version = version_part(line);
        known.iter().any(|(name, specifiers)| {
            *name == wanted && (version.is_none() || *specifiers == self::specifiers_of(version))
        }) || wanted == name
    };
    lines.find(|line| !is_known(line)).map(str::to_owned)
}

/// What a requirement says of versions; `None` for one with an address.
fn version_part(line: &str) -> Option<&str> {
    let line = line.split(';').next()?;
    if line.contains('@') {
        return None;
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let rest = line.trim_start_matches(is_name).trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => rest,
    };
    Some(rest.trim().trim_start_matches('(').trim_end_matches(')'))
}

fn specifiers_of(version: Option<&str>) -> Option<VersionSpecifiers> {
    specifiers(version.unwrap_or_default())
}

/// Specifiers in an order of their own, so that those of the same meaning are the same.
fn specifiers(text: &str) -> Option<VersionSpecifiers> {
    let mut parts: Vec<String> = text.split(',').map(|part| part.trim().to_owned()).collect();
    parts.retain(|part| !part.is_empty());
    parts.sort();
    parts.join(",").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_does_not_know_what_is_asked_for_is_old() {
        let lock = "[[package]]\nname = 'my-app'\nversion = '0'\nsource = { virtual = '.' }\n\
            dependencies = [{ name = 'streamlit' }]\n[package.metadata]\nrequires-dist = [\n\
            { name = 'streamlit', specifier = '>=1.40,<2' }, { name = 'six', marker = \"extra == 'x'\" },\n\
            { name = 'tool', git = 'https://x' }]\n";
        for (asked, unknown_one) in [
            ("['streamlit <2, >=1.40', 'tool @ git+https://x', 'my_app[x]']", None),
            ("['streamlit[auth] (>=1.40,<2) ; os_name == \"posix\"']", None),
            ("['streamlit>=1.50,<2']", Some("streamlit>=1.50,<2")),
            ("['streamlit>=1.40,<2', 'humanize']", Some("humanize")),
        ] {
            let pyproject = format!(
                "[project]\nname = 'My_App'\ndependencies = {asked}\noptional-dependencies = {{ x = ['six'] }}\n"
            );
            let found = unknown(&pyproject.parse().unwrap(), &lock.parse().unwrap());
            assert_eq!(found.as_deref(), unknown_one, "{asked}");
        }
        let older = lock.split("[package.metadata]").next().unwrap();
        let pyproject = "[project]\nname = 'my-app'\ndependencies = ['humanize']\n";
        assert_eq!(unknown(&pyproject.parse().unwrap(), &older.parse().unwrap()), None);
        assert_eq!(unknown(&pyproject.parse().unwrap(), &"version = 1".parse().unwrap()), None);
    }
}
