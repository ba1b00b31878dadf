use camino::{Utf8Path, Utf8PathBuf};
use regex::Regex;
use toml::{Table, Value};

use super::asked::AskedFolder;
use super::workspace::Workspace;
use crate::guess::distributions::normalized;
use crate::requirements::line::{checked, name_of};
use crate::requirements::tools;
use crate::settings::config::PYPROJECT_TOML;

/// Files of which one at least is in a folder that a distribution is built of.
const FILES: [&str; 3] = [PYPROJECT_TOML, "setup.py", "setup.cfg"];

/// A folder that a distribution can be built of, as far as it says of itself without running.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SourceFolder {
    pub folder: Utf8PathBuf,
    /// The distribution's name, as it is written.
    pub name: Option<String>,
    pub pyproject: Table,
}

/// Whether a distribution can be built of the folder. Its tools may have left a `pyproject.toml`
/// with settings alone.
pub(crate) fn is_source(folder: &Utf8Path) -> bool {
    FILES.iter().any(|file| folder.join(file).is_file())
}

/// `pyproject.toml` of a folder, where it is there and can be read.
pub(crate) fn read_pyproject(folder: &Utf8Path) -> Option<Table> {
    fs_err::read_to_string(folder.join(PYPROJECT_TOML)).ok()?.parse().ok()
}

impl SourceFolder {
    /// Reads what is there. A file that can't be understood says nothing here; what builds it does.
    pub fn read(folder: Utf8PathBuf) -> Self {
        let pyproject = read_pyproject(&folder).unwrap_or_default();
        let text = |table: Option<&Value>| Some(table?.get("name")?.as_str()?.to_owned());
        let name = text(pyproject.get("project"))
            .or_else(|| text(pyproject.get("tool").and_then(|tool| tool.get("poetry"))))
            .or_else(|| name_of_flit(&pyproject))
            .or_else(|| name_in(&folder, "setup.cfg", r"(?m)^name\s*=\s*([\w.-]+)\s*$"))
            .or_else(|| name_in(&folder, "setup.py", r#"\bname\s*=\s*["']([\w.-]+)["']"#));
        Self { folder, name, pyproject }
    }

    pub fn tool(&self, name: &str) -> Option<&Table> {
        self.pyproject.get("tool")?.get(name)?.as_table()
    }

    pub fn project(&self) -> Option<&Table> {
        self.pyproject.get("project")?.as_table()
    }

    /// Whether the author says that it is not to be installed, or that it is. `None` leaves it to
    /// the rest.
    fn said(&self) -> Option<bool> {
        let said = |tool: &str, key: &str| self.tool(tool)?.get(key)?.as_bool();
        said("uv", "package")
            .or_else(|| said("poetry", "package-mode"))
            .or_else(|| said("pdm", "distribution"))
    }

    /// Whether it is never installed.
    pub fn is_virtual(&self) -> bool {
        self.said() == Some(false)
    }

    /// Whether tools install the project beside its dependencies: uv and PDM where there is a build
    /// system (uv's documentation, "Project packaging"), Poetry always.
    pub fn is_installed(&self) -> bool {
        let built = self.pyproject.contains_key("build-system");
        self.said().unwrap_or(built || self.tool("poetry").is_some())
    }

    /// What it asks for, as it is written.
    pub fn dependencies(&self) -> Vec<String> {
        let list = self.project().and_then(|project| project.get("dependencies"));
        match list.and_then(Value::as_array) {
            Some(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            None => tools::poetry(&self.pyproject).map(|list| list.lines).unwrap_or_default(),
        }
    }

    /// The folders among its dependencies: by their addresses, or by `[tool.uv.sources]` of its own
    /// or of its workspace.
    pub fn local(&self) -> Vec<AskedFolder> {
        let workspace = Workspace::of(&self.folder);
        let own = self.tool("uv").and_then(|uv| uv.get("sources")).and_then(Value::as_table);
        let shared = workspace.as_ref().map(|workspace| (&workspace.sources, &workspace.root));
        let sources = own.map(|sources| (sources, &self.folder)).into_iter().chain(shared);
        let mut found = Vec::new();
        for line in self.dependencies() {
            let Some(name) = name_of(&line) else { continue };
            let mut named = sources.clone().filter_map(|(sources, folder)| {
                let source = sources.iter().find(|(key, _)| normalized(key) == name)?.1;
                Some((source, folder))
            });
            match named.next() {
                Some((source, folder)) => {
                    found.extend(local_sources(&name, source, folder, workspace.as_ref()));
                }
                None => {
                    let line = checked(&line, &[&self.folder]).ok();
                    found.extend(line.and_then(|line| AskedFolder::of(&line)));
                }
            }
        }
        found
    }

    /// Whether its build takes a compiler, as far as it says so without running.
    pub fn is_compiled(&self) -> bool {
        const TOOLS: [&str; 13] = [
            "cython",
            "maturin",
            "scikit-build",
            "scikit-build-core",
            "meson-python",
            "setuptools-rust",
            "pybind11",
            "nanobind",
            "cffi",
            "mypy",
            "numpy",
            "swig",
            "py-build-cmake",
        ];
        let requires = self.pyproject.get("build-system").and_then(|it| it.get("requires"));
        let requires = requires.and_then(Value::as_array).into_iter().flatten();
        let mut requires = requires.filter_map(Value::as_str).filter_map(name_of);
        let words = r"\b(ext_modules|cythonize|cffi_modules|rust_extensions|Extension)\b";
        requires.any(|name| TOOLS.contains(&name.as_str()))
            || self.tool("setuptools").is_some_and(|it| it.contains_key("ext-modules"))
            || Regex::new(words).is_ok_and(|words| {
                let text = crate::code::source::read(&self.folder.join("setup.py"));
                text.is_ok_and(|text| words.is_match(&text))
            })
    }

    /// The modules that are in `src`, where the folder has one.
    pub fn modules_in_src(&self) -> Vec<String> {
        let entries = self.folder.join("src").read_dir_utf8().into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| {
            let path = entry.path();
            let module = match path.extension() {
                Some("py") if path.is_file() => path.file_stem()?,
                None if holds_python(path) => path.file_name()?,
                _ => return None,
            };
            Some(module.to_owned())
        });
        names.collect()
    }
}

/// Whether there is a Python file in a folder or in one that is in it.
fn holds_python(folder: &Utf8Path) -> bool {
    let walk = walkdir::WalkDir::new(folder).max_depth(3).into_iter().flatten();
    let mut files = walk.filter(|entry| entry.file_type().is_file());
    files.any(|entry| entry.path().extension().is_some_and(|it| it == "py" || it == "so"))
}

/// The folders of an entry of `[tool.uv.sources]`, each with where it counts.
fn local_sources(
    name: &str,
    source: &Value,
    folder: &Utf8Path,
    workspace: Option<&Workspace>,
) -> Vec<AskedFolder> {
    let entries = source.as_array().cloned().unwrap_or_else(|| vec![source.clone()]);
    let of_entry = |entry: &Value| {
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        let place = if entry.get("workspace").and_then(Value::as_bool) == Some(true) {
            workspace?.members().get(name)?.clone()
        } else {
            let place = folder.join(text("path")?);
            if !place.is_dir() {
                return None;
            }
            place.canonicalize_utf8().ok()?
        };
        let marker = text("marker").map(|marker| format!(" ; {marker}")).unwrap_or_default();
        Some(AskedFolder { marker, ..AskedFolder::new(Some(name), &place) })
    };
    entries.iter().filter_map(of_entry).collect()
}

/// What Flit called a distribution before there was `[project]`: like its module, unless it says
/// anything else.
fn name_of_flit(pyproject: &Table) -> Option<String> {
    let metadata = pyproject.get("tool")?.get("flit")?.get("metadata")?;
    let name = metadata.get("dist-name").or(metadata.get("module"))?;
    Some(name.as_str()?.to_owned())
}

fn name_in(folder: &Utf8Path, file: &str, pattern: &str) -> Option<String> {
    let text = crate::code::source::read(&folder.join(file)).ok()?;
    let found = Regex::new(pattern).ok()?.captures(&text)?;
    Some(found.get(1)?.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
        for (name, text) in files {
            let path = root.join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        (dir, root)
    }

    #[test]
    fn what_is_installed_by_which_tool() {
        let project = "[project]\nname = 'a'\n";
        for (rest, installed) in [
            ("", false),
            ("[build-system]\nrequires = []\n", true),
            ("[tool.uv]\npackage = true\n", true),
            ("[build-system]\n[tool.uv]\npackage = false\n", false),
            ("[tool.poetry]\nname = 'a'\n", true),
            ("[build-system]\n[tool.poetry]\npackage-mode = false\n", false),
            ("[build-system]\n[tool.pdm]\ndistribution = false\n", false),
        ] {
            let (_dir, root) = folder(&[("pyproject.toml", &format!("{project}{rest}"))]);
            assert_eq!(SourceFolder::read(root).is_installed(), installed, "{rest}");
        }
    }

    #[test]
    fn what_takes_a_compiler_is_told_by_what_it_is_built_with() {
        let requires = |names: &str| format!("[build-system]\nrequires = [{names}]\n");
        for (pyproject, setup, compiled) in [
            (requires("'setuptools', 'Cython>=3'"), "", true),
            (requires("'maturin>=1,<2'"), "", true),
            (requires("'hatchling', 'hatch-vcs'"), "", false),
            ("[[tool.setuptools.ext-modules]]\nname = 'x'\n".to_owned(), "", true),
            (String::new(), "setup(ext_modules=[Extension('x', ['x.c'])])", true),
            (String::new(), "setup(name='extension_modules')", false),
        ] {
            let (_dir, root) = folder(&[("pyproject.toml", &pyproject), ("setup.py", setup)]);
            assert_eq!(SourceFolder::read(root).is_compiled(), compiled, "{pyproject}{setup}");
        }
    }

    #[test]
    fn names_are_found_in_each_kind_of_file() {
        for (file, text, name) in [
            ("setup.py", "setup(\n  version='1',\n  name=\"har-bour\")", Some("har-bour")),
            ("setup.py", "setup(name=NAME)", None),
            ("setup.cfg", "[metadata]\nname = har_bour\n", Some("har_bour")),
            ("pyproject.toml", "[tool.poetry]\nname = 'p'\n", Some("p")),
            ("pyproject.toml", "[tool.flit.metadata]\nmodule = 'f'\n", Some("f")),
            (
                "pyproject.toml",
                "[tool.flit.metadata]\nmodule = 'f'\ndist-name = 'f-x'\n",
                Some("f-x"),
            ),
            ("pyproject.toml", "not TOML", None),
        ] {
            let (_dir, root) = folder(&[(file, text)]);
            assert!(is_source(&root));
            assert_eq!(SourceFolder::read(root).name.as_deref(), name, "{text}");
        }
    }

    #[test]
    fn folders_among_the_dependencies_are_found_by_address_and_by_source() {
        let pyproject = "[project]\nname = 'a'\ndependencies = ['pandas', 'one>=1', 'two', 'three @ {root:uri}/libs/three', 'four']\n\
             [tool.uv.sources]\none = { path = 'libs/one', editable = true }\n\
             two = [{ path = 'libs/two', marker = \"os_name == 'nt'\" }, { index = 'x' }]\n\
             four = { workspace = true }\n[tool.uv.workspace]\nmembers = ['libs/*']\n";
        let lib = |name: &str| format!("[project]\nname = '{name}'\n");
        let (_dir, root) = folder(&[
            ("pyproject.toml", pyproject),
            ("libs/one/pyproject.toml", &lib("one")),
            ("libs/two/pyproject.toml", &lib("two")),
            ("libs/three/setup.py", ""),
            ("libs/4/pyproject.toml", &lib("Four")),
        ]);
        let found = SourceFolder::read(root.clone()).local();
        let shown: Vec<String> = found
            .iter()
            .map(|it| {
                let folder = it.folder.strip_prefix(&root).unwrap();
                format!("{} {folder}{}", it.name.as_deref().unwrap_or("?"), it.marker)
            })
            .collect();
        let expected =
            ["one libs/one", "two libs/two ; os_name == 'nt'", "three libs/three", "four libs/4"];
        assert_eq!(shown, expected);
    }
}
