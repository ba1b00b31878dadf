//! Locks that lie beside a list of another form: `Pipfile.lock`, `poetry.lock`, `pdm.lock`. What they
//! say counts as constraints with hashes: the list says what is asked for, and its lock in which
//! versions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::guess::distributions::normalized;

/// The versions of a `Pipfile.lock`, of all its categories; those of `default` come first. What comes
/// from elsewhere than an index is not among them.
pub(crate) fn pipfile_lock(text: &str) -> Result<Vec<String>, serde_json::Error> {
    let lock: BTreeMap<String, Json> = serde_json::from_str(text)?;
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    let others = lock.iter().filter(|(name, _)| !name.starts_with('_') && *name != "default");
    let categories = lock.get_key_value("default").into_iter().chain(others);
    for (name, entry) in categories.filter_map(|(_, it)| it.as_object()).flatten() {
        let Some(version) = entry.get("version").and_then(Json::as_str) else { continue };
        if version.starts_with("==") && seen.insert(normalized(name)) {
            let hashes = entry.get("hashes").and_then(Json::as_array);
            let hashes = hashes.into_iter().flatten().filter_map(Json::as_str);
            lines.push(line(name, version.trim_start_matches('='), None, hashes));
        }
    }
    Ok(lines)
}

/// The revisions of what a `Pipfile.lock` has from repositories, by normalized names.
pub(crate) fn pipfile_revisions(text: &str) -> BTreeMap<String, String> {
    let lock: BTreeMap<String, Json> = serde_json::from_str(text).unwrap_or_default();
    let entries = lock.values().filter_map(Json::as_object).flatten();
    let revision = |(name, entry): (&String, &Json)| {
        entry.get("git")?;
        Some((normalized(name), entry.get("ref")?.as_str()?.to_owned()))
    };
    entries.filter_map(revision).collect()
}

/// The same of a `poetry.lock` or `pdm.lock`.
pub(crate) fn revisions(text: &str) -> BTreeMap<String, String> {
    let lock: Table = text.parse().unwrap_or_default();
    let packages = lock.get("package").and_then(Value::as_array).into_iter().flatten();
    let revision = |package: &Value| {
        let package = package.as_table()?;
        let source = package.get("source").and_then(Value::as_table);
        let of_poetry = source.and_then(|source| text_of(source, "resolved_reference"));
        let revision = of_poetry.or(text_of(package, "revision"))?;
        Some((normalized(text_of(package, "name")?), revision.to_owned()))
    };
    packages.filter_map(revision).collect()
}

/// The versions of a `poetry.lock` or `pdm.lock`, and those of a `uv.lock` that lists what is no
/// longer asked for.
pub(crate) fn toml_lock(text: &str) -> Result<Vec<String>, toml::de::Error> {
    let lock: Table = text.parse()?;
    let packages = lock.get("package").and_then(Value::as_array).map(Vec::as_slice);
    let packages: Vec<&Table> =
        packages.unwrap_or_default().iter().filter_map(Value::as_table).collect();
    let name_of = |package: &Table| text_of(package, "name").map(normalized);
    // Before version 2, Poetry kept the hashes apart.
    let files = lock.get("metadata").and_then(|it| it.get("files"));
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for package in &packages {
        let (Some(name), Some(version)) = (text_of(package, "name"), text_of(package, "version"))
        else {
            continue;
        };
        let elsewhere = ["git", "path", "url"].iter().any(|kind| package.contains_key(*kind));
        let kind = package.get("source").and_then(|it| it.get("type")).and_then(Value::as_str);
        let source = package.get("source").and_then(Value::as_table);
        // Only uv's sources have no kind.
        let of_uv = source.filter(|source| !source.contains_key("type"));
        let elsewhere = elsewhere || of_uv.is_some_and(|source| !source.contains_key("registry"));
        if elsewhere || kind.is_some_and(|kind| kind != "legacy") {
            continue;
        }
        let marker = text_of(package, "markers").or(text_of(package, "marker"));
        let several =
            packages.iter().filter(|other| name_of(other) == name_of(package)).count() > 1;
        // One of several without a word on where it counts: they would exclude each other. PDM
        // repeats a package for each of its extras.
        let key = (normalized(name), version, if several { marker } else { None });
        let differs = packages.iter().any(|other| {
            name_of(other) == name_of(package) && text_of(other, "version") != Some(version)
        });
        if (differs && marker.is_none()) || !seen.insert(key) {
            continue;
        }
        let own = package.get("files").or_else(|| files?.get(name)).and_then(Value::as_array);
        let of_uv = package.get("wheels").and_then(Value::as_array).into_iter().flatten();
        let files = own.into_iter().flatten().chain(of_uv).chain(package.get("sdist"));
        let hashes = files.filter_map(|file| file.get("hash")?.as_str());
        lines.push(line(name, version, marker.filter(|_| differs), hashes));
    }
    Ok(lines)
}

fn text_of<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Value::as_str)
}

fn line<'h>(
    name: &str,
    version: &str,
    marker: Option<&str>,
    hashes: impl Iterator<Item = &'h str>,
) -> String {
    let mut line = format!("{name}=={version}");
    if let Some(marker) = marker {
        line.push_str(&format!(" ; {marker}"));
    }
    for hash in hashes {
        line.push_str(&format!(" --hash={hash}"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_of_pipenv() {
        let text = r#"{"_meta": {"hash": {"sha256": "x"}, "sources": []},
            "develop": {"pytest": {"version": "==8.0"}, "six": {"version": "==1.0"}},
            "default": {
                "six": {"hashes": ["sha256:aa", "sha256:bb"], "version": "==1.17.0", "markers": "python_version >= '3'"},
                "mine": {"git": "https://x", "ref": "1"}}}"#;
        assert_eq!(
            pipfile_lock(text).unwrap(),
            ["six==1.17.0 --hash=sha256:aa --hash=sha256:bb", "pytest==8.0"]
        );
        assert!(pipfile_lock("[]").is_err());
    }

    #[test]
    fn locks_have_the_revisions_of_repositories() {
        let text = r#"{"_meta": {}, "default": {"My_X": {"git": "https://x", "ref": "12ab"}, "six": {"version": "==1"}}}"#;
        let expected = |name: &str| BTreeMap::from([(name.to_owned(), "12ab".to_owned())]);
        assert_eq!(pipfile_revisions(text), expected("my-x"));
        let poetry = "[[package]]\nname = 'x'\nversion = '1'\n[package.source]\ntype = 'git'\nurl = 'https://x'\nreference = 'main'\nresolved_reference = '12ab'\n";
        assert_eq!(revisions(poetry), expected("x"));
        let pdm = "[[package]]\nname = 'x'\nversion = '1'\ngit = 'https://x'\nref = 'main'\nrevision = '12ab'\n";
        assert_eq!(revisions(pdm), expected("x"));
    }

    #[test]
    fn locks_of_poetry_and_pdm() {
        let text = r#"
            [[package]]
            name = "six"
            version = "1.17.0"
            files = [{ file = "six.whl", hash = "sha256:aa" }]
            [[package]]
            name = "six"
            version = "1.17.0"
            extras = ["x"]
            [[package]]
            name = "numpy"
            version = "1.26.4"
            markers = "python_version < \"3.12\""
            [[package]]
            name = "numpy"
            version = "2.1.0"
            markers = "python_version >= \"3.12\""
            [[package]]
            name = "twice"
            version = "1"
            [[package]]
            name = "twice"
            version = "2"
            [[package]]
            name = "mine"
            version = "1"
            [package.source]
            type = "git"
            [[package]]
            name = "own"
            version = "3"
            [package.source]
            type = "legacy"
            url = "https://example.org"
        "#;
        assert_eq!(
            toml_lock(text).unwrap(),
            [
                "six==1.17.0 --hash=sha256:aa",
                "numpy==1.26.4 ; python_version < \"3.12\"",
                "numpy==2.1.0 ; python_version >= \"3.12\"",
                "own==3",
            ]
        );
        let uv = "[[package]]\nname = 'mine'\nversion = '1'\nsource = { virtual = '.' }\n\
            [[package]]\nname = 'six'\nversion = '1'\nsource = { registry = 'https://x' }\nsdist = { hash = 'sha256:aa' }\n\
            wheels = [{ url = 'x', hash = 'sha256:bb' }]\n";
        assert_eq!(toml_lock(uv).unwrap(), ["six==1 --hash=sha256:bb --hash=sha256:aa"]);
        let old = "[[package]]\nname = 'six'\nversion = '1'\n[metadata.files]\nsix = [{ file = 'x', hash = 'sha256:cc' }]\n";
        assert_eq!(toml_lock(old).unwrap(), ["six==1 --hash=sha256:cc"]);
    }
}
