use std::collections::BTreeSet;

use camino::Utf8Path;
use serde::Deserialize;
use toml::{Spanned, Table, Value};

use crate::requirement::{Refusal, checked, name_of, wheel};
use crate::requirements::RequirementsError;

/// What a lock holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    /// The name of the project itself, which only `uv.lock` has.
    pub project: Option<String>,
    /// Names and versions. The project itself is not among them.
    pub listed: Vec<String>,
    /// Requirements with hashes. `uv.lock` is left to uv, which knows how it is meant.
    pub lines: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UvLock {
    package: Vec<Spanned<Table>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pylock {
    packages: Vec<Spanned<Table>>,
}

fn field<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Value::as_str)
}

fn listed(package: &Table) -> Option<String> {
    let name = field(package, "name")?;
    Some(match field(package, "version") {
        Some(version) => format!("{name}=={version}"),
        None => name.to_owned(),
    })
}

/// Reads `uv.lock` and looks at all that the project needs, but for what only its development does.
pub(crate) fn uv_lock(file: &Utf8Path) -> Result<Lock, RequirementsError> {
    let (text, lock) = read::<UvLock>(file)?;
    let root = file.parent().unwrap_or(Utf8Path::new(""));
    let project = lock.package.iter().map(Spanned::get_ref).find(|package| is_project(package));
    let needed = project.map(|project| needed(project, &lock.package));
    let mut made = Lock::default();
    for package in &lock.package {
        let (place, package) = (package.span().start, package.get_ref());
        if is_project(package) {
            made.project = field(package, "name").map(str::to_owned);
            continue;
        }
        let name = field(package, "name").unwrap_or_default();
        let counts = needed.as_ref().is_none_or(|needed| needed.contains(name));
        if let (true, Some(refusal)) = (counts, refusal(package, root)) {
            return Err(refused(&text, file, name, place, refusal));
        }
        made.listed.extend(listed(package));
    }
    Ok(made)
}

/// Whether this is the project that the lock is of. It alone is not installed.
fn is_project(package: &Table) -> bool {
    let source = package.get("source");
    ["virtual", "editable"].iter().any(|kind| {
        let place = source.and_then(|source| source.get(kind)).and_then(Value::as_str);
        place == Some(".")
    })
}

/// The names of all packages that `project` leads to.
fn needed<'t>(project: &'t Table, packages: &'t [Spanned<Table>]) -> BTreeSet<&'t str> {
    let mut needed = BTreeSet::new();
    let mut left: Vec<&'t Table> = vec![project];
    while let Some(package) = left.pop() {
        let mut lists: Vec<&Value> = package.get("dependencies").into_iter().collect();
        // Which of a package's extras are asked for is left to uv.
        if !is_project(package)
            && let Some(extras) = package.get("optional-dependencies").and_then(Value::as_table)
        {
            lists.extend(extras.values());
        }
        for dependency in lists.into_iter().filter_map(Value::as_array).flatten() {
            let Some(name) = dependency.get("name").and_then(Value::as_str) else { continue };
            if needed.insert(name) {
                let named = packages.iter().map(Spanned::get_ref);
                left.extend(named.filter(|package| field(package, "name") == Some(name)));
            }
        }
    }
    needed
}

fn refusal(package: &Table, root: &Utf8Path) -> Option<Refusal> {
    let source = package.get("source").and_then(Value::as_table)?;
    let of_wheel = |kind: &str| source.get(kind).and_then(Value::as_str);
    if source.contains_key("registry") {
        None
    } else if let Some(place) = of_wheel("url").or_else(|| of_wheel("path")) {
        wheel(place, &[root]).err()
    } else if source.contains_key("git") {
        Some(Refusal::Repository)
    } else if source.contains_key("editable") {
        Some(Refusal::Editable)
    } else {
        Some(Refusal::Folder)
    }
}

/// `pylock.toml` as requirements with hashes, which is the form that everything else is in.
pub(crate) fn pylock(file: &Utf8Path) -> Result<Lock, RequirementsError> {
    let (text, lock) = read::<Pylock>(file)?;
    let mut made = Lock::default();
    for package in &lock.packages {
        let (place, package) = (package.span().start, package.get_ref());
        let Some(name) = field(package, "name") else { continue };
        let refused = |refusal| refused(&text, file, name, place, refusal);
        let elsewhere =
            ["vcs", "directory", "archive"].iter().any(|kind| package.contains_key(*kind));
        let version = field(package, "version").filter(|_| !elsewhere);
        let version = version.ok_or_else(|| refused(Refusal::NotFromIndex))?;
        let mut line = format!("{name}=={version}");
        if let Some(marker) = field(package, "marker") {
            line.push_str(&format!(" ; {marker}"));
        }
        let wheels = package.get("wheels").and_then(Value::as_array);
        for wheel in wheels.into_iter().flatten().chain(package.get("sdist")) {
            let hashes = wheel.get("hashes").and_then(Value::as_table);
            for (algorithm, hash) in hashes.into_iter().flatten() {
                if let Some(hash) = hash.as_str() {
                    line.push_str(&format!(" --hash={algorithm}:{hash}"));
                }
            }
        }
        // A name that holds an address would be one.
        if name_of(name).is_none() || line.contains('@') {
            return Err(refused(Refusal::NotFromIndex));
        }
        made.lines.push(checked(&line, &[]).map_err(refused)?);
        made.listed.extend(listed(package));
    }
    Ok(made)
}

fn refused(
    text: &str,
    file: &Utf8Path,
    name: &str,
    place: usize,
    refusal: Refusal,
) -> RequirementsError {
    let before = text.get(..place).unwrap_or_default();
    let line = Some(before.matches('\n').count() + 1);
    let requirement = name.escape_debug().to_string();
    RequirementsError::Refused { requirement, file: file.to_owned(), line, refusal }
}

fn read<T: serde::de::DeserializeOwned>(file: &Utf8Path) -> Result<(String, T), RequirementsError> {
    let text = fs_err::read_to_string(file)
        .map_err(|source| RequirementsError::Read { file: file.to_owned(), source })?;
    match toml::from_str(&text) {
        Ok(lock) => Ok((text, lock)),
        Err(source) => {
            Err(RequirementsError::Toml { file: file.to_owned(), source: Box::new(source) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> (tempfile::TempDir, camino::Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = Utf8Path::from_path(dir.path()).unwrap().join(name);
        fs_err::write(&file, text).unwrap();
        (dir, file)
    }

    const PROJECT: &str = "version = 1\n[[package]]\nname = 'mine'\nversion = '0.1'\n\
        source = { editable = '.' }\ndependencies = [{ name = 'streamlit' }]\n\
        [package.dev-dependencies]\ndev = [{ name = 'tool' }]\n\
        [[package]]\nname = 'streamlit'\nversion = '1.60.0'\n\
        source = { registry = 'https://example.org' }\n\
        dependencies = [{ name = 'inner', extra = ['a'] }]\n";

    #[test]
    fn a_lock_of_uv_is_looked_at_as_far_as_the_app_needs_it() {
        let dev =
            format!("{PROJECT}[[package]]\nname = 'tool'\nsource = {{ git = 'https://x' }}\n");
        let (_dir, path) = file("uv.lock", &dev);
        let lock = uv_lock(&path).unwrap();
        assert_eq!(lock.project.as_deref(), Some("mine"));
        assert_eq!(lock.listed, ["streamlit==1.60.0", "tool"]);
        for (source, why) in [
            ("git = 'https://x'", Refusal::Repository),
            ("editable = 'inner'", Refusal::Editable),
            ("directory = 'inner'", Refusal::Folder),
            ("virtual = 'inner'", Refusal::Folder),
            ("url = 'https://x/inner.zip'", Refusal::NoWheel),
            ("path = 'inner.whl'", Refusal::Missing),
        ] {
            let text = format!("{PROJECT}[[package]]\nname = 'inner'\nsource = {{ {source} }}\n");
            let (_dir, path) = file("uv.lock", &text);
            match uv_lock(&path).unwrap_err() {
                RequirementsError::Refused { requirement, line, refusal, .. } => {
                    assert_eq!((requirement.as_str(), refusal), ("inner", why), "{source}");
                    assert_eq!(line, Some(14), "{source}");
                }
                other => panic!("{source}: {other}"),
            }
        }
    }

    #[test]
    fn a_pylock_becomes_requirements() {
        let text = "lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1'\nmarker = \"os_name == 'nt'\"\n\
             wheels = [{ name = 'a.whl', hashes = { sha256 = 'ab' } }]\nsdist = { name = 'a.tgz', hashes = { sha256 = 'cd' } }\n";
        let (_dir, path) = file("pylock.toml", text);
        let lock = pylock(&path).unwrap();
        assert_eq!(lock.lines, ["a==1 ; os_name == 'nt' --hash=sha256:ab --hash=sha256:cd"]);
        assert_eq!(lock.listed, ["a==1"]);
        for (package, why) in [
            ("name = 'g'\nversion = '1'\nvcs = { type = 'git' }", Refusal::NotFromIndex),
            ("name = 'g'", Refusal::NotFromIndex),
            ("name = \"g\\n-e .\"\nversion = '1'", Refusal::Lines),
            ("name = 'g'\nversion = \"1\\r-e .\"", Refusal::Lines),
            ("name = 'g @ https://x/x.zip#'\nversion = '1'", Refusal::NotFromIndex),
            ("name = '-e .'\nversion = '1'", Refusal::Editable),
        ] {
            let (_dir, path) = file("pylock.toml", &format!("[[packages]]\n{package}\n"));
            match pylock(&path).unwrap_err() {
                RequirementsError::Refused { refusal, line, .. } => {
                    assert_eq!((refusal, line), (why, Some(1)), "{package}");
                }
                other => panic!("{package}: {other}"),
            }
        }
    }
}
