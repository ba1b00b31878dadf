//! Sources that need no build, for when nothing may be run.

use camino::{Utf8Path, Utf8PathBuf};
use pep440_rs::Version;
use toml::{Table, Value};

use super::folder::SourceFolder;
use crate::code::compiled::module_of;
use crate::guess::distributions::normalized;

/// Backends that put the modules of a source into a wheel as they are.
const BACKENDS: [&str; 8] = [
    "setuptools",
    "hatchling",
    "flit_core",
    "poetry.core",
    "poetry_core",
    "pdm.backend",
    "uv_build",
    "pdm.pep517",
];

/// What the files of a source say of its wheel without its build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// As in the names of wheels: with `_`.
    pub name: String,
    /// Its version, in the form of PEP 440.
    pub version: String,
    /// The wheel's `METADATA`.
    pub metadata: String,
    /// The wheel's `entry_points.txt`; may be empty.
    pub entry_points: String,
    /// The folder of the modules, relative to the source, and which of its entries are modules;
    /// `None` means all.
    root: Utf8PathBuf,
    packages: Option<Vec<String>>,
}

impl Copied {
    /// Reads the source in `folder`.
    ///
    /// # Errors
    ///
    /// Why it has to be built.
    pub fn read(folder: &Utf8Path) -> Result<Self, &'static str> {
        Self::of(&SourceFolder::read(folder.to_owned()))
    }

    pub(super) fn of(source: &SourceFolder) -> Result<Self, &'static str> {
        let project = source.project().ok_or("its metadata is not in `[project]`")?;
        let text = |key: &str| project.get(key).and_then(Value::as_str);
        let dynamic = project.get("dynamic").and_then(Value::as_array);
        if dynamic.is_some_and(|dynamic| !dynamic.is_empty()) {
            return Err("its build makes up part of its metadata (`dynamic`)");
        }
        if source.folder.join("setup.py").is_file() {
            return Err("its `setup.py` is a program");
        }
        let backend = source.pyproject.get("build-system").and_then(|it| it.get("build-backend"));
        let backend = backend.and_then(Value::as_str).unwrap_or("setuptools.build_meta");
        let hooks = source.tool("hatch").and_then(|it| it.get("build")?.get("hooks")).is_some();
        let extensions = source.tool("setuptools").is_some_and(|it| it.contains_key("ext-modules"));
        if hooks || extensions || !BACKENDS.iter().any(|known| backend.starts_with(known)) {
            return Err("its build may make more than it has");
        }
        let name = text("name").ok_or("its name is not in `[project]`")?;
        // It becomes part of a path.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || !name.chars().all(plain) {
            return Err("its name is none");
        }
        let version = text("version").and_then(|version| version.parse::<Version>().ok());
        let version = version.ok_or("its version is not in `[project]`")?.to_string();
        let name = normalized(name).replace('-', "_");
        let (root, packages) = modules(source, &name).ok_or("its packages can't be told")?;
        let metadata = metadata(project, source, &version);
        Ok(Self { metadata, entry_points: entry_points(project), name, version, root, packages })
    }

    /// The name of the wheel's file.
    pub fn file_name(&self) -> String {
        format!("{}-{}-py3-none-any.whl", self.name, self.version)
    }

    /// What of a file of the source belongs to the modules: its name in the wheel.
    pub fn module<'f>(&self, file: &'f Utf8Path) -> Option<&'f Utf8Path> {
        let name = file.strip_prefix(&self.root).ok()?;
        let top = name.components().next().map(|part| part.as_str()).unwrap_or_default();
        let module = if top == name.as_str() { module_of(name)? } else { top };
        let packages = self.packages.as_ref();
        packages.is_none_or(|packages| packages.iter().any(|it| it == module)).then_some(name)
    }
}

/// The folder of the modules and which they are.
fn modules(source: &SourceFolder, name: &str) -> Option<(Utf8PathBuf, Option<Vec<String>>)> {
    let hatch = source.tool("hatch").and_then(|it| {
        let packages = it.get("build")?.get("targets")?.get("wheel")?.get("packages")?;
        packages.as_array()
    });
    if let Some(packages) = hatch {
        let paths: Vec<&Utf8Path> =
            packages.iter().filter_map(Value::as_str).map(Utf8Path::new).collect();
        let root = paths.first()?.parent()?;
        let same = paths.iter().all(|path| path.parent() == Some(root));
        let names = paths.iter().filter_map(|path| path.file_name()).map(str::to_owned);
        return same.then(|| (root.to_owned(), Some(names.collect())));
    }
    if !source.modules_in_src().is_empty() {
        return Some(("src".into(), None));
    }
    let packages = source.tool("setuptools").and_then(|it| it.get("packages")?.as_array());
    if let Some(packages) = packages {
        let tops = packages.iter().filter_map(|it| it.as_str()?.split('.').next());
        return Some(("".into(), Some(tops.map(str::to_owned).collect())));
    }
    let there = |path: String| source.folder.join(path).exists();
    (there(format!("{name}/__init__.py")) || there(format!("{name}.py")))
        .then(|| ("".into(), Some(vec![name.to_owned()])))
}

/// `METADATA` (PyPA's "Core metadata specifications").
fn metadata(project: &Table, source: &SourceFolder, version: &str) -> String {
    let text = |key: &str| project.get(key).and_then(Value::as_str);
    let name = text("name").unwrap_or_default();
    let mut made = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    // A line break would begin another field.
    let mut field = |key: &str, value: &str| {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        made.push_str(&format!("{key}: {value}\n"));
    };
    text("description").into_iter().for_each(|it| field("Summary", it));
    text("requires-python").into_iter().for_each(|it| field("Requires-Python", it));
    source.dependencies().iter().for_each(|it| field("Requires-Dist", it));
    let extras = project.get("optional-dependencies").and_then(Value::as_table);
    for (extra, list) in extras.into_iter().flatten() {
        field("Provides-Extra", extra);
        for line in list.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let (requirement, marker) = line.split_once(';').unwrap_or((line, ""));
            let marker = match marker.trim() {
                "" => String::new(),
                marker => format!("({marker}) and "),
            };
            field("Requires-Dist", &format!("{requirement} ; {marker}extra == '{extra}'"));
        }
    }
    made
}

/// `entry_points.txt` (PyPA's "Entry points specification").
fn entry_points(project: &Table) -> String {
    let mut groups: Vec<(String, &Value)> = Vec::new();
    let known = [("scripts", "console_scripts"), ("gui-scripts", "gui_scripts")];
    let known =
        known.iter().filter_map(|(key, group)| Some(((*group).to_owned(), project.get(*key)?)));
    groups.extend(known);
    let more = project.get("entry-points").and_then(Value::as_table).into_iter().flatten();
    groups.extend(more.map(|(group, points)| (group.clone(), points)));
    let mut text = String::new();
    for (group, points) in groups {
        text.push_str(&format!("[{group}]\n"));
        for (name, target) in points.as_table().into_iter().flatten() {
            text.push_str(&format!("{name} = {}\n", target.as_str().unwrap_or_default()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(pyproject: &str, files: &[&str]) -> (tempfile::TempDir, SourceFolder) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        for file in files {
            let path = root.join(file);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "1").unwrap();
        }
        fs_err::write(root.join("pyproject.toml"), pyproject).unwrap();
        (dir, SourceFolder::read(root))
    }

    #[test]
    fn what_must_be_built_is_told() {
        let project = "[project]\nname = 'har'\nversion = '1'\n";
        for (text, files, built) in [
            ("[tool.poetry]\nname = 'har'\n".to_owned(), &["har/__init__.py"][..], true),
            ("[project]\nname = 'har'\ndynamic = ['version']\n".to_owned(), &["har.py"], true),
            (project.to_owned(), &["har.py", "setup.py"], true),
            (project.to_owned(), &["other.py"], true),
            (format!("{project}[build-system]\nbuild-backend = 'maturin'\n"), &["har.py"], true),
            (format!("{project}[tool.hatch.build.hooks.x]\n"), &["har.py"], true),
            (project.to_owned(), &["har.py"], false),
            (format!("{project}[tool.setuptools]\npackages = ['x.y']\n"), &["x/y/a.py"], false),
            (
                format!("{project}[tool.hatch.build.targets.wheel]\npackages = ['a/har']\n"),
                &["a/har/x.py"],
                false,
            ),
        ] {
            let (_dir, source) = source(&text, files);
            assert_eq!(Copied::of(&source).is_err(), built, "{text}");
        }
    }
}
