use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use regex::Regex;
use serde::Deserialize;
use toml::{Spanned, Table, Value};

use crate::own::AskedFolder;
use crate::requirements::RequirementsError;
use crate::requirements::line::{Refusal, address, checked, file_address, name_of};
use crate::requirements::locked_wheels::LockedWheels;
use crate::requirements::pyproject;
use crate::requirements::selection::{Asked, Offered, Selected};
use crate::requirements::source_line::{is_repository, repository};
use crate::settings::config::PYPROJECT_TOML;

/// What a lock holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    /// The name of the project itself, which only `uv.lock` has.
    pub project: Option<String>,
    /// The folders that are installed, the project's own among them. Only `uv.lock` has some.
    pub local: Vec<AskedFolder>,
    /// Names and versions of what the app needs. The project itself is not among them.
    pub listed: Vec<String>,
    /// Requirements with hashes. `uv.lock` is left to uv, which knows how it is meant.
    pub lines: Vec<String>,
    /// The extras and groups that count.
    pub selected: Selected,
    /// What is needed and has no wheel.
    pub sources: Vec<String>,
    /// The wheels of what is needed, where it has some.
    pub wheels: Vec<LockedWheels>,
    /// Options for the indexes that the packages come from, but for the usual one.
    pub indexes: BTreeSet<String>,
}

impl Lock {
    /// What the lock says of a package that is needed.
    fn add(&mut self, package: &Table, index: Option<&str>, root: &Utf8Path) {
        self.listed.extend(listed(package));
        let wheels = LockedWheels::of(package);
        let is_git = |key: &str| package.get(key).is_some_and(|it| it.get("git").is_some());
        let elsewhere = is_git("source") || package.contains_key("vcs");
        if wheels.files.is_empty() && (package.contains_key("sdist") || elsewhere) {
            self.sources.push(wheels.name);
        } else if !wheels.files.is_empty() {
            self.wheels.push(wheels);
        }
        let Some(index) = index.filter(|index| index.trim_end_matches('/') != PYPI) else { return };
        self.indexes.insert(if index.contains("://") {
            format!("--extra-index-url {index}")
        } else {
            format!("--find-links {}", file_address(&root.join(index)))
        });
    }
}

/// The index that is asked when nothing is said.
const PYPI: &str = "https://pypi.org/simple";

#[derive(Default, Deserialize)]
#[serde(default)]
struct UvLock {
    package: Vec<Spanned<Table>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Pylock {
    packages: Vec<Spanned<Table>>,
    extras: Vec<String>,
    dependency_groups: Vec<String>,
    default_groups: Vec<String>,
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

/// Reads `uv.lock` and looks at all that the project needs with these extras and groups. In a
/// workspace the project is the member that has the `script`; where none has it, all members are
/// installed, as uv does in a root that is no project.
pub(crate) fn uv_lock(
    file: &Utf8Path,
    asked: &Asked<'_>,
    script: &Utf8Path,
) -> Result<Lock, RequirementsError> {
    let (text, lock) = read::<UvLock>(file)?;
    let root = file.parent().unwrap_or(Utf8Path::new(""));
    let members = lock.package.iter().map(Spanned::get_ref);
    let above = members.filter_map(|it| Some((folder_of(it, root)?, it)));
    let above = above.filter(|(folder, _)| script.starts_with(folder));
    let project = above.max_by_key(|(folder, _)| folder.as_str().len());
    let (folder, project) = project.unzip();
    let mut made = Lock::default();
    let needed = match project {
        Some(project) => {
            let own = names(project.get("dependencies"));
            made.selected =
                offered(project, folder.as_deref().unwrap_or(root)).select(asked, &own, file)?;
            Some(needed(project, &made.selected, &lock.package))
        }
        None => None,
    };
    for package in &lock.package {
        let (place, package) = (package.span().start, package.get_ref());
        let name = field(package, "name").unwrap_or_default();
        if project == Some(package) {
            made.project = Some(name.to_owned());
        } else if needed.as_ref().is_some_and(|needed| !needed.contains(name)) {
            continue;
        }
        if let Some(folder) = folder_of(package, root) {
            let is_virtual = package.get("source").is_some_and(|it| it.get("virtual").is_some());
            if !is_virtual {
                made.local.push(AskedFolder::new(Some(name), &folder));
            }
            continue;
        }
        if let Some(refusal) = refusal(package, root) {
            return Err(refused(&text, file, name, place, refusal));
        }
        let source = package.get("source");
        let registry = source.and_then(|source| source.get("registry")).and_then(Value::as_str);
        made.add(package, registry, root);
    }
    Ok(made)
}

/// The extras and groups of the project, each with the names of what it asks for.
fn offered(project: &Table, root: &Utf8Path) -> Offered {
    let parts = |key: &str| -> BTreeMap<String, Vec<String>> {
        let parts = project.get(key).and_then(Value::as_table).into_iter().flatten();
        parts.map(|(name, list)| (name.clone(), names(Some(list)))).collect()
    };
    let groups = parts("dev-dependencies");
    let of_lock = project.get("default-groups").and_then(Value::as_array);
    let default_groups = match of_lock {
        Some(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        // Older locks leave that to the project's file.
        None => {
            let text = fs_err::read_to_string(root.join(PYPROJECT_TOML)).unwrap_or_default();
            let pyproject = text.parse().unwrap_or_default();
            pyproject::default_groups(&pyproject, groups.keys())
        }
    };
    Offered { extras: parts("optional-dependencies"), groups, default_groups }
}

/// The names in a list of dependencies.
fn names(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|it| it.get("name").and_then(Value::as_str)).map(str::to_owned).collect()
}

/// The folder of a package that is the author's own, as the lock in `root` says it.
fn folder_of(package: &Table, root: &Utf8Path) -> Option<Utf8PathBuf> {
    let source = package.get("source")?;
    let place = ["virtual", "editable", "directory"].iter().find_map(|kind| source.get(kind))?;
    let folder = root.join(place.as_str()?);
    Some(folder.canonicalize_utf8().unwrap_or(folder))
}

/// The names of all packages that `project` leads to.
fn needed<'t>(
    project: &'t Table,
    selected: &Selected,
    packages: &'t [Spanned<Table>],
) -> BTreeSet<&'t str> {
    let mut needed = BTreeSet::new();
    let mut left: Vec<&'t Table> = vec![project];
    while let Some(package) = left.pop() {
        let part = |key: &str| package.get(key).and_then(Value::as_table);
        let mut lists: Vec<&Value> = package.get("dependencies").into_iter().collect();
        if package == project {
            let taken = |key: &str, names: &[String]| -> Vec<&'t Value> {
                let parts = part(key).into_iter();
                parts.flat_map(|parts| names.iter().filter_map(|name| parts.get(name))).collect()
            };
            lists.extend(taken("optional-dependencies", &selected.extras));
            lists.extend(taken("dev-dependencies", &selected.groups));
        } else {
            // Which of a package's extras are asked for is left to uv.
            lists.extend(part("optional-dependencies").into_iter().flat_map(Table::values));
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
        address(place, &[root]).err()
    } else if let Some(place) = of_wheel("git") {
        (!is_repository(&repository(place, None, None))).then_some(Refusal::Repository)
    } else {
        Some(Refusal::Unreadable)
    }
}

/// `pylock.toml` as requirements with hashes, which is the form that everything else is in.
pub(crate) fn pylock(file: &Utf8Path, asked: &Asked<'_>) -> Result<Lock, RequirementsError> {
    let (text, lock) = read::<Pylock>(file)?;
    let root = file.parent().unwrap_or(Utf8Path::new(""));
    let part = |name: &String| (name.clone(), Vec::new());
    let offered = Offered {
        extras: lock.extras.iter().map(part).collect(),
        groups: lock.dependency_groups.iter().chain(&lock.default_groups).map(part).collect(),
        default_groups: lock.default_groups.clone(),
    };
    // Which part brings Streamlit, such a lock does not say.
    let selected = offered.select(asked, &["streamlit".to_owned()], file)?;
    let mut made = Lock { selected, ..Lock::default() };
    for package in &lock.packages {
        let (place, package) = (package.span().start, package.get_ref());
        let Some(name) = field(package, "name") else { continue };
        let refused = |refusal| refused(&text, file, name, place, refusal);
        let place = place_of(package);
        let mut line = match (&place, field(package, "version")) {
            (Some(_), _) => name.to_owned(),
            (None, Some(version)) => format!("{name}=={version}"),
            (None, None) => return Err(refused(Refusal::NotFromIndex)),
        };
        // A name that holds an address would be one.
        if name_of(name).is_none() || line.contains('@') {
            return Err(refused(Refusal::NotFromIndex));
        }
        if let Some(place) = place {
            let place = place.ok_or_else(|| refused(Refusal::NotFromIndex))?;
            line = format!("{line} @ {place}");
        }
        if let Some(marker) = field(package, "marker") {
            line.push_str(&format!(" ; {}", with_parts(marker, &made.selected)));
        }
        let wheels = package.get("wheels").and_then(Value::as_array);
        let archive = package.get("archive").or(package.get("sdist"));
        for wheel in wheels.into_iter().flatten().chain(archive) {
            let hashes = wheel.get("hashes").and_then(Value::as_table);
            for (algorithm, hash) in hashes.into_iter().flatten() {
                if let Some(hash) = hash.as_str() {
                    line.push_str(&format!(" --hash={algorithm}:{hash}"));
                }
            }
        }
        made.lines.push(checked(&line, &[root]).map_err(refused)?);
        made.add(package, field(package, "index"), root);
    }
    Ok(made)
}

/// Where a package of a `pylock.toml` comes from, when that is no index (PEP 751, `vcs`, `archive`,
/// `directory`). The inner value is `None` for what can't be said in a requirement.
fn place_of(package: &Table) -> Option<Option<String>> {
    let table = |key: &str| package.get(key).and_then(Value::as_table);
    if let Some(vcs) = table("vcs") {
        let url = field(vcs, "url").filter(|_| field(vcs, "type") == Some("git"));
        let place = |url| repository(url, field(vcs, "commit-id"), field(vcs, "subdirectory"));
        return Some(url.map(place));
    }
    if let Some(archive) = table("archive") {
        let place = field(archive, "url").or(field(archive, "path"));
        let folder = field(archive, "subdirectory").map(|it| format!("#subdirectory={it}"));
        return Some(place.map(|place| format!("{place}{}", folder.unwrap_or_default())));
    }
    table("directory").map(|it| field(it, "path").map(str::to_owned))
}

/// A marker in which extras and groups are decided (PEP 751): what is left is one of PEP 508.
fn with_parts(marker: &str, selected: &Selected) -> String {
    const WORDS: &str = r#"['"]([^'"]*)['"]\s+(not\s+)?in\s+(extras|dependency_groups)\b"#;
    let Ok(words) = Regex::new(WORDS) else { return marker.to_owned() };
    let decided = |found: &regex::Captures<'_>| {
        let names = if &found[3] == "extras" { &selected.extras } else { &selected.groups };
        let taken = names.iter().any(|name| *name == found[1]);
        let holds = taken != found.get(2).is_some();
        if holds { "python_version >= '3'" } else { "python_version < '3'" }
    };
    words.replace_all(marker, decided).into_owned()
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

    /// Of the project in the lock's folder.
    fn uv_lock_of(path: &Utf8Path, asked: &Asked<'_>) -> Result<Lock, RequirementsError> {
        uv_lock(path, asked, &path.canonicalize_utf8().unwrap().with_file_name("app.py"))
    }

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
        let lock = uv_lock_of(&path, &Asked::default()).unwrap();
        assert_eq!(lock.project.as_deref(), Some("mine"));
        let root = path.parent().unwrap().canonicalize_utf8().unwrap();
        assert_eq!(lock.local, [AskedFolder::new(Some("mine"), &root)]);
        assert_eq!(lock.listed, ["streamlit==1.60.0"]);
        assert_eq!(lock.indexes, BTreeSet::from(["--extra-index-url https://example.org".into()]));
        for (source, why) in [
            ("git = 'file:///x'", Refusal::Repository),
            ("url = 'https://x/inner'", Refusal::NoPackage),
            ("path = 'inner.whl'", Refusal::Missing),
        ] {
            let text = format!("{PROJECT}[[package]]\nname = 'inner'\nsource = {{ {source} }}\n");
            let (_dir, path) = file("uv.lock", &text);
            match uv_lock_of(&path, &Asked::default()).unwrap_err() {
                RequirementsError::Refused { requirement, line, refusal, .. } => {
                    assert_eq!((requirement.as_str(), refusal), ("inner", why), "{source}");
                    assert_eq!(line, Some(14), "{source}");
                }
                other => panic!("{source}: {other}"),
            }
        }
    }

    #[test]
    fn extras_and_groups_of_a_lock_of_uv() {
        let text = "version = 1\n[[package]]\nname = 'mine'\nversion = '0.1'\nsource = { virtual = '.' }\n\
            default-groups = ['dev', 'ui']\ndependencies = [{ name = 'pandas' }]\n\
            [package.optional-dependencies]\napp = [{ name = 'streamlit' }]\n\
            [package.dev-dependencies]\ndev = [{ name = 'pytest' }]\nui = [{ name = 'rich' }]\n\
            [[package]]\nname = 'streamlit'\nversion = '1.60.0'\nsource = { registry = 'https://pypi.org/simple' }\n\
            wheels = [{ url = 'https://x/x.whl' }]\n\
            [[package]]\nname = 'pandas'\nversion = '2'\nsource = { registry = 'wheels' }\n\
            sdist = { url = 'https://x/x.tar.gz' }\n\
            [[package]]\nname = 'pytest'\nversion = '8'\n[[package]]\nname = 'rich'\nversion = '15'\n";
        let (_dir, path) = file("uv.lock", text);
        let lock = uv_lock_of(&path, &Asked::default()).unwrap();
        assert_eq!(lock.selected.extras, ["app"], "it alone brings Streamlit");
        assert_eq!(lock.selected.groups, ["ui"], "by default, but for development");
        assert_eq!(lock.listed, ["streamlit==1.60.0", "pandas==2", "rich==15"]);
        assert_eq!(lock.sources, ["pandas"]);
        assert!(lock.indexes.iter().all(|it| it.starts_with("--find-links file:///")));
        let groups = ["dev".to_owned()];
        let lock = uv_lock_of(&path, &Asked { extras: &[], groups: &groups }).unwrap();
        assert!(lock.listed.contains(&"pytest==8".to_owned()));
        let error = uv_lock_of(&path, &Asked { extras: &groups, groups: &[] }).unwrap_err();
        assert!(error.to_string().ends_with("has no extra `dev`"), "{error}");
    }

    #[test]
    fn extras_and_groups_of_a_pylock() {
        let text = "lock-version = '1.0'\nextras = ['excel']\ndependency-groups = ['dev']\ndefault-groups = ['ui']\n\
            [[packages]]\nname = 'openpyxl'\nversion = '3'\nmarker = \"'excel' in extras and os_name == 'posix'\"\n\
            [[packages]]\nname = 'rich'\nversion = '1'\nmarker = \"'ui' in dependency_groups\"\nindex = 'https://own.example'\n";
        let (_dir, path) = file("pylock.toml", text);
        let lock = pylock(&path, &Asked::default()).unwrap();
        assert_eq!(
            lock.lines,
            [
                "openpyxl==3 ; python_version < '3' and os_name == 'posix'",
                "rich==1 ; python_version >= '3'"
            ]
        );
        assert_eq!(lock.indexes, BTreeSet::from(["--extra-index-url https://own.example".into()]));
        let extras = ["excel".to_owned()];
        let lock = pylock(&path, &Asked { extras: &extras, groups: &[] }).unwrap();
        assert!(lock.lines[0].starts_with("openpyxl==3 ; python_version >= '3' and"));
    }

    const WORKSPACE: &str = "version = 1\n[[package]]\nname = 'app'\nversion = '1'\n\
        source = { editable = 'packages/app' }\ndependencies = [{ name = 'lib' }, { name = 'six' }]\n\
        [[package]]\nname = 'lib'\nversion = '1'\nsource = { editable = 'packages/lib' }\n\
        dependencies = [{ name = 'thing' }]\n\
        [[package]]\nname = 'thing'\nversion = '1'\nsource = { directory = '../thing' }\n\
        [[package]]\nname = 'other'\nversion = '1'\nsource = { editable = 'packages/other' }\n\
        [[package]]\nname = 'bare'\nversion = '1'\nsource = { virtual = 'bare' }\n\
        [[package]]\nname = 'six'\nversion = '1'\nsource = { registry = 'https://example.org' }\n";

    #[test]
    fn of_a_workspace_the_member_with_the_script_counts_and_what_it_needs() {
        let (_dir, path) = file("uv.lock", WORKSPACE);
        let root = path.parent().unwrap().canonicalize_utf8().unwrap();
        for (script, project, local) in [
            ("packages/app/src/app/main.py", Some("app"), &["app", "lib", "thing"][..]),
            ("packages/lib/demo.py", Some("lib"), &["lib", "thing"]),
            ("bare/app.py", Some("bare"), &[]),
            ("app.py", None, &["app", "lib", "thing", "other"]),
        ] {
            let lock = uv_lock(&path, &Asked::default(), &root.join(script)).unwrap();
            let names: Vec<_> = lock.local.iter().filter_map(|it| it.name.as_deref()).collect();
            assert_eq!((lock.project.as_deref(), &names[..]), (project, local), "{script}");
            let six = lock.listed == ["six==1"];
            assert_eq!(six, project.is_none_or(|name| name == "app"), "{:?}", lock.listed);
        }
    }

    #[test]
    fn a_pylock_has_repositories_archives_and_folders() {
        let text = "[[packages]]\nname = 'g'\nvcs = { type = 'git', url = 'https://e.org/g', commit-id = '12ab', subdirectory = 's' }\n\
             [[packages]]\nname = 'a'\nversion = '1'\narchive = { url = 'https://e.org/a-1.tar.gz', hashes = { sha256 = 'ab' } }\n\
             [[packages]]\nname = 'd'\ndirectory = { path = 'libs/d', editable = true }\n";
        let (_dir, path) = file("pylock.toml", text);
        let folder = path.with_file_name("libs").join("d");
        fs_err::create_dir_all(&folder).unwrap();
        fs_err::write(folder.join("setup.py"), "").unwrap();
        let lock = pylock(&path, &Asked::default()).unwrap();
        assert_eq!(
            lock.lines,
            [
                "g @ git+https://e.org/g@12ab#subdirectory=s".to_owned(),
                "a @ https://e.org/a-1.tar.gz --hash=sha256:ab".to_owned(),
                format!("d @ {}", crate::own::folder_address(&folder)),
            ]
        );
        assert_eq!(lock.sources, ["g"]);
    }

    #[test]
    fn a_pylock_becomes_requirements() {
        let text = "lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1'\nmarker = \"os_name == 'nt'\"\n\
             wheels = [{ name = 'a.whl', hashes = { sha256 = 'ab' } }]\nsdist = { name = 'a.tgz', hashes = { sha256 = 'cd' } }\n";
        let (_dir, path) = file("pylock.toml", text);
        let lock = pylock(&path, &Asked::default()).unwrap();
        assert_eq!(lock.lines, ["a==1 ; os_name == 'nt' --hash=sha256:ab --hash=sha256:cd"]);
        assert_eq!(lock.listed, ["a==1"]);
        for (package, why) in [
            ("name = 'g'\nversion = '1'\nvcs = { type = 'git' }", Refusal::NotFromIndex),
            ("name = 'g'", Refusal::NotFromIndex),
            ("name = \"g\\n-e .\"\nversion = '1'", Refusal::Lines),
            ("name = 'g'\nversion = \"1\\r-e .\"", Refusal::Lines),
            ("name = 'g @ https://x/x.zip#'\nversion = '1'", Refusal::NotFromIndex),
            ("name = '-e .'\nversion = '1'", Refusal::Option),
        ] {
            let (_dir, path) = file("pylock.toml", &format!("[[packages]]\n{package}\n"));
            match pylock(&path, &Asked::default()).unwrap_err() {
                RequirementsError::Refused { refusal, line, .. } => {
                    assert_eq!((refusal, line), (why, Some(1)), "{package}");
                }
                other => panic!("{package}: {other}"),
            }
        }
    }
}
