use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::code_base::{CodeBase, Import};
use crate::distributions::{distribution_of, module_of, normalized};
use crate::files::ProjectFiles;
use crate::imports::{Code, Need, top_level};
use crate::left_out::{LeftOut, Reason};
use crate::pickles::Pickle;
use crate::plan::NeededModule;
use crate::{databases, needs, pickles, source};

/// Files beyond these are only counted in a note.
const MANY: usize = 6;

/// Distributions that exist for one system alone.
const FOR_WINDOWS: [&str; 6] = ["comtypes", "pywin32", "pywinauto", "pywinpty", "pythonnet", "wmi"];

/// A distribution that nobody listed, and that the code seems to need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Guess {
    /// The distribution's name.
    pub distribution: String,
    /// What in the file says so, as in "imports `yaml`" or "calls `read_excel`".
    pub clue: String,
    /// The first file that says so, relative to the project.
    pub file: Utf8PathBuf,
}

/// A module that nothing in the project brings, and of which nobody knows which distribution does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UnknownModule {
    /// Its dotted name.
    pub module: String,
    /// The first file that imports it, relative to the project.
    pub file: Utf8PathBuf,
    /// Whether the app can't begin without it.
    pub always: bool,
}

/// What the code says of the distributions that it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guessed {
    pub guesses: Vec<Guess>,
    pub unknown: Vec<UnknownModule>,
    pub notes: Vec<String>,
}

/// Finds out what the code needs, for Python 3.`minor`. `answers` are the distributions that the author
/// named for modules; an empty one leaves the module out.
pub(crate) fn guess(
    root: &Utf8Path,
    code: &CodeBase,
    files: &ProjectFiles,
    minor: u8,
    answers: &BTreeMap<String, String>,
) -> Guessed {
    let mut found =
        Finding { code, left_out: names_left_out(&files.left_out), ..Finding::new(code) };
    for import in code.outside(minor) {
        if import.need > Need::Optional {
            found.import(&import, answers);
        }
    }
    let modules = modules(code);
    let (hidden, note) = besides(root, code, &modules);
    for (file, need) in hidden {
        found.add(need.distribution, need.clue, &file);
    }
    let reads_pickles = code.has_attribute("read_pickle")
        || modules.iter().any(|module| pickles::READERS.contains(module));
    if reads_pickles {
        for file in files.files.iter().filter(|file| pickles::is_pickle(&file.path)) {
            // What can't be read says nothing; the build meets it again.
            let pickle = pickles::read(&root.join(&file.path)).unwrap_or_default();
            found.pickle(&file.path, &pickle, minor);
        }
    }
    let mut notes: Vec<String> = found.notes.values().cloned().collect();
    notes.extend(note);
    notes.extend(dark(code));
    notes.extend(found.not_followed(root, files, minor, &modules));
    Guessed {
        guesses: found.guesses.into_values().collect(),
        unknown: found.unknown.into_values().collect(),
        notes,
    }
}

/// The modules that functions of the app import when they are called, and that nothing imports by name.
pub(crate) fn hidden(root: &Utf8Path, code: &CodeBase) -> Vec<NeededModule> {
    let (needs, _) = besides(root, code, &modules(code));
    let module = |(file, need): (Utf8PathBuf, needs::Need)| {
        let module = module_of(need.distribution)?.to_owned();
        Some(NeededModule { module, always: false, file, clue: Some(need.clue) })
    };
    let mut found: Vec<NeededModule> = needs.into_iter().filter_map(module).collect();
    let mut seen = BTreeSet::new();
    found.retain(|it| seen.insert(it.module.clone()));
    found
}

/// The top-level modules that any file of the app imports.
fn modules(code: &CodeBase) -> BTreeSet<&str> {
    let all = code.files().flat_map(|(_, code)| code.imports.keys());
    all.map(|module| top_level(module)).collect()
}

/// What the app needs besides its imports, each with the file that says so, and what the author should
/// know of it. A file may use what only another one imports.
fn besides(
    root: &Utf8Path,
    code: &CodeBase,
    modules: &BTreeSet<&str>,
) -> (Vec<(Utf8PathBuf, needs::Need)>, Option<String>) {
    let of_file = |(file, its): (&Utf8Path, &Code)| {
        needs::of(its, modules).into_iter().map(|need| (file.to_owned(), need)).collect::<Vec<_>>()
    };
    let drivers = databases::needs(root, code);
    (code.files().flat_map(of_file).chain(drivers.needs).collect(), drivers.note)
}

struct Finding<'a> {
    code: &'a CodeBase,
    left_out: BTreeSet<String>,
    guesses: BTreeMap<String, Guess>,
    unknown: BTreeMap<String, UnknownModule>,
    /// What the author should know, by the module or file that it is about.
    notes: BTreeMap<String, String>,
}

impl<'a> Finding<'a> {
    fn new(code: &'a CodeBase) -> Self {
        Self {
            code,
            left_out: BTreeSet::new(),
            guesses: BTreeMap::new(),
            unknown: BTreeMap::new(),
            notes: BTreeMap::new(),
        }
    }

    fn add(&mut self, distribution: &str, clue: String, file: &Utf8Path) {
        let name = normalized(distribution);
        let marker = match name.as_str() {
            name if FOR_WINDOWS.contains(&name) => " ; sys_platform == 'win32'",
            name if name.starts_with("pyobjc") => " ; sys_platform == 'darwin'",
            _ => "",
        };
        self.guesses.entry(name).or_insert_with(|| Guess {
            distribution: format!("{distribution}{marker}"),
            clue,
            file: file.to_owned(),
        });
    }

    fn import(&mut self, import: &Import<'_>, answers: &BTreeMap<String, String>) {
        let top = top_level(import.module);
        if self.is_own(import, top) {
            return;
        }
        let clue = |module: &str| format!("imports `{module}`");
        let brought = self.brought(import);
        for (module, distribution) in &brought {
            self.add(distribution, clue(module), import.file);
        }
        if !brought.is_empty() {
            return;
        }
        match answers.get(import.module) {
            Some(none) if none.is_empty() => {}
            Some(distribution) => self.add(distribution, clue(import.module), import.file),
            None => {
                let always = import.need == Need::Always;
                let unknown = UnknownModule {
                    module: import.module.to_owned(),
                    file: import.file.to_owned(),
                    always,
                };
                self.unknown.entry(top.to_owned()).or_insert(unknown);
            }
        }
    }

    /// What brings the module, or what is taken from it where that is more telling: `genai` of
    /// `from google import genai`. The part of the name that says so, and the distribution.
    fn brought(&self, import: &Import<'_>) -> Vec<(String, &'static str)> {
        let own = distribution_of(import.module);
        let of_member = |member: &str| {
            let (name, distribution) = distribution_of(member)?;
            (name.len() > import.module.len()).then(|| (name.to_owned(), distribution))
        };
        let within = format!("{}.", import.module);
        let members = self.code.files().flat_map(|(_, code)| &code.members);
        let members = members.filter(|member| member.starts_with(&within));
        let mut brought: Vec<_> = members.filter_map(|member| of_member(member)).collect();
        brought.sort_unstable();
        brought.dedup();
        if brought.is_empty() {
            brought.extend(
                own.map(|(name, distribution)| (top_level_or(name, import.module), distribution)),
            );
        }
        brought
    }

    /// Whether the module could be a file of the project, so that nobody else's is taken.
    fn is_own(&mut self, import: &Import<'_>, top: &str) -> bool {
        let own = self.code.own(top);
        if own.is_none() && !self.left_out.contains(top) {
            return false;
        }
        if let Some((_, distribution)) = distribution_of(import.module) {
            if self.code.is_only_page(top) {
                return false;
            }
            let of =
                own.map_or_else(|| "one that stays behind".to_owned(), |file| format!("`{file}`"));
            let note = format!(
                "`{}` imports `{top}`, which is taken for the project's own ({of}); if `{distribution}` is meant, list it in `requirements.txt`",
                import.file
            );
            self.notes.entry(top.to_owned()).or_insert(note);
        }
        true
    }

    /// Python files that come along, that nothing leads to, and that need what is not guessed.
    fn not_followed(
        &self,
        root: &Utf8Path,
        files: &ProjectFiles,
        minor: u8,
        modules: &BTreeSet<&str>,
    ) -> Option<String> {
        let read: BTreeSet<&Utf8Path> = self.code.paths().collect();
        let aside = |path: &Utf8Path| {
            let name = path.file_name().unwrap_or_default();
            name.starts_with("test_")
                || matches!(name, "setup.py" | "conftest.py")
                || path.iter().any(|part| part == "tests")
        };
        let paths = files.files.iter().map(|file| file.path.as_path());
        let paths = paths
            .filter(|path| path.extension() == Some("py") && !read.contains(path) && !aside(path));
        let missed = paths.filter_map(|path| {
            // What can't be read or parsed would not run either.
            let code = Code::parse(&source::read(&root.join(path)).ok()?).ok()?;
            Some(format!("`{path}` ({})", self.missed(&code, minor, modules)?))
        });
        let missed: Vec<String> = missed.collect();
        (!missed.is_empty()).then(|| {
            format!(
                "nothing that the app runs leads to {}: packages for that are not guessed",
                listed(&missed)
            )
        })
    }

    /// What a file needs that is not guessed.
    fn missed(&self, code: &Code, minor: u8, modules: &BTreeSet<&str>) -> Option<String> {
        let known = |distribution: &str| self.guesses.contains_key(&normalized(distribution));
        let import = code.imports.iter().find(|(module, need)| {
            let top = top_level(module);
            let own = self.code.own(top).is_some() || self.left_out.contains(top);
            let brought =
                distribution_of(module).is_some_and(|(_, it)| known(it) || it == "streamlit");
            **need > Need::Optional
                && !own
                && !brought
                && !crate::code_base::is_standard(minor, top)
        });
        let need = || needs::of(code, modules).into_iter().find(|need| !known(need.distribution));
        import
            .map(|(module, _)| format!("imports `{module}`"))
            .or_else(|| need().map(|need| need.clue))
    }

    fn pickle(&mut self, file: &Utf8Path, pickle: &Pickle, minor: u8) {
        if let Some(version) = &pickle.sklearn {
            let note = format!(
                "`{file}` was written by scikit-learn {version}; if a newer one can't read it, list `scikit-learn=={version}` and all else in `requirements.txt`"
            );
            self.notes.entry(file.to_string()).or_insert(note);
        }
        if pickle.closed {
            let note = format!(
                "`{file}` is compressed in a way that is not read here; what it needs when it is loaded is not guessed"
            );
            self.notes.entry(file.to_string()).or_insert(note);
        }
        for module in &pickle.modules {
            let top = top_level(module);
            let own = self.code.own(top).is_some() || self.left_out.contains(top);
            if own
                || crate::code_base::is_standard(minor, top)
                || matches!(top, "__builtin__" | "copy_reg")
            {
                continue;
            }
            match distribution_of(module) {
                Some((_, distribution)) => self.add(distribution, format!("holds `{top}`"), file),
                None => {
                    let unknown = UnknownModule {
                        module: top.to_owned(),
                        file: file.to_owned(),
                        always: false,
                    };
                    self.unknown.entry(top.to_owned()).or_insert(unknown);
                }
            }
        }
    }
}

/// The name that the author knows a module by: all of a namespace's part, else the first part.
fn top_level_or(name: &str, module: &str) -> String {
    if name.contains('.') { name.to_owned() } else { top_level(module).to_owned() }
}

/// Names of modules that stay behind, and are the project's nevertheless.
fn names_left_out(left_out: &[LeftOut]) -> BTreeSet<String> {
    let own = |it: &&LeftOut| {
        matches!(
            it.reason,
            Reason::Excluded | Reason::LinkOutside | Reason::LinkToNothing | Reason::Special
        )
    };
    let name = |it: &LeftOut| {
        let name = Utf8Path::new(it.path.trim_end_matches('/')).file_name()?.to_owned();
        Some(name.split('.').next().unwrap_or_default().to_owned())
    };
    left_out.iter().filter(own).filter_map(name).collect()
}

/// Lines that load code by names made when they run.
fn dark(code: &CodeBase) -> Option<String> {
    let lines = code.files().flat_map(|(file, code)| {
        code.clues.dark.iter().map(move |line| format!("`{file}:{line}`"))
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| {
        format!("{} loads code by a name that is not known before it runs; what that imports is not looked for", listed(&lines))
    })
}

fn listed(all: &[String]) -> String {
    match all.len() {
        count if count > MANY => format!("{} and {} more", all[..MANY].join(", "), count - MANY),
        _ => all.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Selection;

    /// What is guessed of a project with these files, and the names of the distributions.
    fn guessed(files: &[(&str, &str)], answers: &[(&str, &str)]) -> (Guessed, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        for (name, text) in files {
            let file = root.join(name);
            fs_err::create_dir_all(file.parent().unwrap()).unwrap();
            fs_err::write(file, text).unwrap();
        }
        let exclude = ["left/".to_owned()];
        let selection =
            Selection { root, outputs: &[], include: &[], exclude: &exclude, follow_links: false };
        let files = ProjectFiles::select(&selection).unwrap();
        let names = files.files.iter().map(|file| file.path.clone()).collect();
        let read = |file: &Utf8Path| fs_err::read_to_string(root.join(file));
        let code = CodeBase::follow("app.py".into(), &names, read).unwrap();
        let answers = answers
            .iter()
            .map(|(module, name)| ((*module).to_owned(), (*name).to_owned()))
            .collect();
        let found = guess(root, &code, &files, 11, &answers);
        let names = found.guesses.iter().map(|guess| guess.distribution.clone()).collect();
        (found, names)
    }

    #[test]
    fn a_page_may_be_called_like_what_it_shows() {
        let files = [("app.py", "import streamlit"), ("pages/plotly.py", "import plotly.express")];
        assert_eq!(guessed(&files, &[]).1, ["plotly", "streamlit"]);
    }

    const PATH: &str =
        "import sys, os\nsys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))\n";

    #[test]
    fn only_what_the_app_runs_is_looked_at() {
        let (found, names) = guessed(
            &[
                (
                    "app.py",
                    "import streamlit as st, os, helper\nfrom lib.load import read\nst.Page('views/x.py')",
                ),
                ("helper.py", "from PIL import Image"),
                ("lib/__init__.py", "import yaml"),
                ("lib/load.py", "from .deep import thing\nimport pandas"),
                ("lib/deep.py", "import cv2"),
                ("views/x.py", "import plotly.express"),
                ("pages/2_Zwei é.py", "import sklearn"),
                ("tests/test_app.py", "import pytest"),
                ("tools/once.py", "import scrapy"),
                ("tools/twice.py", "import pandas, os, helper"),
                ("setup.py", "import setuptools"),
            ],
            &[],
        );
        let expected = [
            "opencv-python-headless",
            "pandas",
            "pillow",
            "plotly",
            "PyYAML",
            "scikit-learn",
            "streamlit",
        ];
        assert_eq!(names, expected);
        assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
        let note = "leads to `tools/once.py` (imports `scrapy`): packages for that";
        assert!(found.notes[0].contains(note), "{:?}", found.notes);
    }

    #[test]
    fn a_module_that_a_file_of_the_project_could_be_is_nobody_elses() {
        for (files, module) in [
            (
                vec![("app.py", "import sys\nimport helpers"), ("lib/helpers.py", "import qrcode")],
                "helpers",
            ),
            (vec![("app.py", "import yaml"), ("deep/er/yaml.py", "import qrcode")], "yaml"),
            (
                vec![
                    ("app.py", "from yaml import load"),
                    ("vendor/yaml/__init__.py", "import qrcode"),
                ],
                "yaml",
            ),
        ] {
            let with_path: Vec<_> = files
                .iter()
                .map(|(name, text)| {
                    (
                        *name,
                        if *name == "app.py" {
                            format!("{PATH}{text}")
                        } else {
                            (*text).to_owned()
                        },
                    )
                })
                .collect();
            let with_path: Vec<_> =
                with_path.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let (found, names) = guessed(&with_path, &[]);
            assert_eq!(names, ["qrcode"], "{module}: what the own module needs");
            assert_eq!(found.unknown, []);
            assert_eq!(!found.notes.is_empty(), module == "yaml", "{:?}", found.notes);
        }
        let (found, names) =
            guessed(&[("app.py", "import left, requests"), ("left/requests.py", "")], &[]);
        assert_eq!(
            (names, found.unknown),
            (vec!["requests".to_owned()], vec![]),
            "a folder that stays behind"
        );
    }

    #[test]
    fn what_nobody_knows_is_asked_for() {
        let app = [("app.py", "import house_style, pandas\ndef f():\n    import helpers.deep")];
        let (found, names) = guessed(&app, &[]);
        assert_eq!(names, ["pandas"]);
        let unknown: Vec<_> =
            found.unknown.iter().map(|it| (it.module.as_str(), it.always)).collect();
        assert_eq!(unknown, [("helpers.deep", false), ("house_style", true)]);
        let (found, names) =
            guessed(&app, &[("house_style", "house-style-lib"), ("helpers.deep", "")]);
        assert_eq!(
            (names, found.unknown),
            (vec!["house-style-lib".to_owned(), "pandas".to_owned()], vec![])
        );
    }

    #[test]
    fn parts_of_a_namespace_are_told_apart() {
        let app = "from google import genai\nfrom google.cloud import storage, bigquery\nimport google.protobuf.message";
        let (found, names) = guessed(&[("app.py", app)], &[]);
        assert_eq!(
            names,
            ["google-cloud-bigquery", "google-cloud-storage", "google-genai", "protobuf"]
        );
        assert_eq!(found.unknown, []);
    }

    #[test]
    fn pages_that_are_found_by_paths_are_followed() {
        for app in [
            "from pathlib import Path\nimport streamlit as st\nHERE = Path(__file__).parent\n\
             pages = [st.Page(file) for file in sorted((HERE / 'views').glob('*.py'))]",
            "import os, runpy\nfor name in os.listdir('views'):\n    runpy.run_path(f'views/{name}')",
            "import importlib\nimportlib.import_module(f'views.{choice}').show()",
            "exec(open('views/' + choice + '.py').read())",
            "import glob\npages = [st.Page(p) for p in glob.glob('views/*.py')]",
        ] {
            let files = [
                ("app.py", app),
                ("views/labels.py", "import qrcode"),
                ("views/budget.py", "import pandas as pd\npd.read_excel('b')"),
            ];
            let (found, names) = guessed(&files, &[]);
            for name in ["openpyxl", "pandas", "qrcode"] {
                assert!(names.contains(&name.to_owned()), "{app}: {names:?}");
            }
            assert_eq!(found.notes, [""; 0], "{app}");
        }
        let dark = [
            ("app.py", "import streamlit as st\n\nst.Page(fetch())"),
            ("views/labels.py", "import qrcode"),
        ];
        let (found, _) = guessed(&dark, &[]);
        assert!(found.notes[0].starts_with("`app.py:3` loads code"), "{:?}", found.notes);
        assert!(found.notes[1].contains("`views/labels.py`"), "{:?}", found.notes);
    }

    #[test]
    fn what_a_pickle_holds_is_needed() {
        let model = "csklearn.svm\nSVC\ncapp\nThing\nc__main__\nX\nccollections\nOrderedDict\nchouse_style\nX\n";
        let app = |text| [("app.py", text), ("model é.pkl", model)];
        let (found, names) =
            guessed(&app("import pickle\npickle.load(open('model é.pkl', 'rb'))"), &[]);
        assert_eq!(names, ["scikit-learn"]);
        assert_eq!(found.guesses[0].clue, "holds `sklearn`");
        assert_eq!(found.unknown.len(), 1, "{:?}", found.unknown);
        assert_eq!(guessed(&app("import os"), &[]).1, [""; 0]);
    }

    #[test]
    fn what_python_itself_has_no_more_has_a_stand_in() {
        let files = std::iter::once("app.py".into()).collect();
        let read = |_: &Utf8Path| Ok("import imghdr, distutils".to_owned());
        let code = CodeBase::follow("app.py".into(), &files, read).unwrap();
        let names = |minor| {
            let found =
                guess("/nowhere".into(), &code, &ProjectFiles::default(), minor, &BTreeMap::new());
            found.guesses.into_iter().map(|it| it.distribution).collect::<Vec<_>>()
        };
        assert_eq!(names(11), [""; 0]);
        assert_eq!(names(13), ["setuptools", "standard-imghdr"]);
    }

    #[test]
    fn what_functions_import_is_looked_for_in_the_payload() {
        let files = std::iter::once("app.py".into()).collect();
        let text = "import pandas as pd\npd.read_excel('a.xls')\npd.read_excel('b.xlsx')";
        let code = CodeBase::follow("app.py".into(), &files, |_| Ok(text.to_owned())).unwrap();
        let found = hidden("/nowhere".into(), &code);
        let found: Vec<_> =
            found.iter().map(|it| (it.module.as_str(), it.clue.as_deref().unwrap())).collect();
        assert_eq!(found, [("openpyxl", "calls `read_excel`"), ("xlrd", "says `.xls`")]);
    }

    #[test]
    fn what_is_for_another_system_is_not_asked_for_here() {
        let app = "import os\nif os.name == 'nt':\n    import win32com.client";
        assert_eq!(guessed(&[("app.py", app)], &[]).1, ["pywin32 ; sys_platform == 'win32'"]);
    }

    #[test]
    fn a_database_says_its_driver_in_the_code_or_in_the_settings() {
        let app = "import streamlit as st\nst.connection('shop', type='sql').query('select 1')";
        let secrets = "key = 'x'\n[connections.shop]\ndialect = 'postgresql'\nhost = 'h'\n[connections.b]\nurl = 'mysql+pymysql://u:p@h'\n";
        let (found, names) = guessed(&[("app.py", app), (".streamlit/secrets.toml", secrets)], &[]);
        assert_eq!(names, ["psycopg2-binary", "PyMySQL", "SQLAlchemy", "streamlit"]);
        assert!(!format!("{found:?}").contains("u:p"), "only the kind is taken");
        let (found, names) = guessed(&[("app.py", app)], &[]);
        assert_eq!(names, ["SQLAlchemy", "streamlit"]);
        assert!(found.notes[0].contains("driver"), "{:?}", found.notes);
        let app = "import sqlalchemy, os\nsqlalchemy.create_engine('sqlite:///x.db')";
        assert_eq!(guessed(&[("app.py", app)], &[]).0.notes, [""; 0]);
    }

    #[test]
    fn what_the_code_can_do_without_is_not_guessed() {
        let text = "try:\n  import ujson, house_style\nexcept ImportError:\n  pass";
        let (found, names) = guessed(&[("app.py", text)], &[]);
        assert_eq!((names, found.unknown), (vec![], vec![]));
    }
}
