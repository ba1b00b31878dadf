use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::code::base::next;
use crate::code::imports::Code;
use crate::code::own_modules::OwnModules;
use crate::code::page_lists;
use crate::script::starters;

/// Names that a Streamlit app's script usually has, the most telling first.
pub(crate) const USUAL: [&str; 4] = ["streamlit_app.py", "app.py", "main.py", "Home.py"];

/// A script that may be the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Its path, relative to the project.
    pub script: Utf8PathBuf,
    /// What speaks for it, as in "`README.md` starts it".
    pub because: Vec<String>,
}

/// The script that is the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// Its path, relative to the project.
    pub script: Utf8PathBuf,
    /// The file that was meant to start Streamlit with it, where one led here.
    pub launcher: Option<Utf8PathBuf>,
}

impl Chosen {
    fn itself(script: &Utf8Path) -> Self {
        Self { script: script.to_owned(), launcher: None }
    }
}

/// A project's Python files, of which one is the app's script. Each is read once, when it is needed.
pub(crate) struct Candidates<'a, R> {
    files: &'a BTreeSet<Utf8PathBuf>,
    own: OwnModules,
    read: R,
    /// `None` for files that can't be read or are not valid Python.
    code: BTreeMap<Utf8PathBuf, Option<Code>>,
}

/// What a file is to Streamlit.
enum Role {
    /// It starts Streamlit's command line with this file, if that can be told.
    Launcher(Option<Utf8PathBuf>),
    /// It imports Streamlit.
    Direct,
    /// Neither.
    Other,
    /// It can't be told.
    Broken,
}

impl<'a, R: FnMut(&Utf8Path) -> io::Result<String>> Candidates<'a, R> {
    /// `read` gives the text of a file of the project.
    pub fn new(files: &'a BTreeSet<Utf8PathBuf>, read: R) -> Self {
        Self { files, own: OwnModules::of(files), read, code: BTreeMap::new() }
    }

    /// The script that is meant when the author names `script`: what a launcher starts.
    pub fn behind(&mut self, script: &Utf8Path) -> Chosen {
        match self.role(script) {
            Role::Launcher(Some(started)) => {
                Chosen { script: started, launcher: Some(script.to_owned()) }
            }
            _ => Chosen::itself(script),
        }
    }

    /// The script that is the app, `None` where there is none.
    ///
    /// # Errors
    ///
    /// Several that may be it, best first.
    pub fn best(&mut self) -> Result<Option<Chosen>, Vec<Candidate>> {
        let files = self.files;
        let mut by_parts = None;
        for usual in USUAL.iter().filter_map(|name| files.get(Utf8Path::new(name))) {
            match self.role(usual) {
                Role::Launcher(Some(_)) => return Ok(Some(self.behind(usual))),
                Role::Launcher(None) => {}
                // A broken script with a usual name is still the one that is meant: the author hears
                // of its mistake rather than that there is no app.
                Role::Direct | Role::Broken => {
                    return match self.started_instead_of(usual) {
                        others if others.is_empty() => Ok(Some(Chosen::itself(usual))),
                        others => {
                            let all = std::iter::once(usual).chain(&others);
                            let all: Vec<&Utf8Path> = all.map(Utf8PathBuf::as_path).collect();
                            Err(self.ranked(&all))
                        }
                    };
                }
                Role::Other if by_parts.is_none() && self.reaches_streamlit(usual) => {
                    by_parts = Some(usual.as_path());
                }
                Role::Other => {}
            }
        }
        // It counts like one that imports Streamlit itself: that others in the root do so too, and are no
        // parts of it, may mean that it is another program of the project.
        let mut direct = Vec::from_iter(by_parts);
        let mut launched = BTreeMap::new();
        // `python -m package` may start it, too.
        let starts = |file: &Utf8Path| file.file_name() == Some("__main__.py");
        for file in files.iter().filter(|file| may_be_entry(file) || starts(file)) {
            match self.role(file) {
                Role::Direct if !starts(file) => direct.push(file.as_path()),
                Role::Launcher(Some(started)) => {
                    launched.entry(started).or_insert_with(|| file.clone());
                }
                _ => {}
            }
        }
        // What a README starts may have any name, and reach Streamlit through other files alone.
        for script in self.started().into_keys() {
            let Some(script) = files.get(&script).filter(|script| is_of_app(script)) else {
                continue;
            };
            let uses = match self.role(script) {
                Role::Direct => true,
                Role::Other => self.reaches_streamlit(script),
                Role::Launcher(_) | Role::Broken => false,
            };
            if uses && !direct.contains(&script.as_path()) {
                direct.push(script);
            }
        }
        let mut launched = launched.into_iter();
        match (launched.next(), launched.next()) {
            (Some((script, launcher)), None) if by_parts.is_none() => {
                return Ok(Some(Chosen { script, launcher: Some(launcher) }));
            }
            (Some((one, _)), Some((other, _))) if by_parts.is_none() => {
                let scripts: Vec<_> =
                    [one, other].into_iter().chain(launched.map(|it| it.0)).collect();
                let scripts: Vec<_> = scripts.iter().map(Utf8PathBuf::as_path).collect();
                return Err(self.ranked(&scripts));
            }
            _ => {}
        }
        self.best_of(&direct)
    }

    /// The one of several files that use Streamlit of which the others are parts.
    fn best_of(&mut self, direct: &[&Utf8Path]) -> Result<Option<Chosen>, Vec<Candidate>> {
        let reached: BTreeMap<&Utf8Path, BTreeSet<Utf8PathBuf>> =
            direct.iter().map(|file| (*file, self.reached_from(file))).collect();
        // A package's own file is here because the project starts it, whoever imports it besides.
        let is_part = |file: &Utf8Path| {
            may_be_entry(file)
                && reached.iter().any(|(other, parts)| {
                    *other != file && parts.contains(file) && !reached[file].contains(*other)
                })
        };
        let whole: Vec<&Utf8Path> = direct.iter().copied().filter(|file| !is_part(file)).collect();
        let imported = if whole.len() > 1 { self.imported_by_pages() } else { BTreeSet::new() };
        let all = without(&whole, |file| imported.contains(file));
        let whole = without(&all, is_aside);
        let near: Vec<&Utf8Path> =
            whole.iter().copied().filter(|it| it.components().count() == 1).collect();
        let only = match (&near[..], &whole[..]) {
            ([only], _) | ([], [only]) => *only,
            ([], []) => {
                let usual = USUAL.iter().find_map(|name| self.files.get(Utf8Path::new(name)));
                return Ok(usual.map(|usual| Chosen::itself(usual)));
            }
            _ => return Err(self.ranked(&all)),
        };
        // What the project itself says of another one weighs more than the place.
        if all.len() > 1 {
            let ranked = self.ranked(&all);
            let starts =
                |it: &Candidate| it.because.iter().any(|because| because.ends_with(STARTS));
            if ranked.first().is_some_and(|first| first.script != only && starts(first)) {
                return Err(ranked);
            }
        }
        Ok(Some(Chosen::itself(only)))
    }

    /// What Streamlit's own pages import: parts of the app, wherever its script is.
    fn imported_by_pages(&mut self) -> BTreeSet<Utf8PathBuf> {
        let files = self.files;
        let of_pages = |file: &&Utf8PathBuf| {
            is_python(file) && file.parent().and_then(Utf8Path::file_name) == Some("pages")
        };
        let mut found = BTreeSet::new();
        for page in files.iter().filter(of_pages) {
            let Some(mut code) = self.code(page).clone() else { continue };
            // A path to the script is a link to it.
            code.scripts.clear();
            code.clues.places.clear();
            let folder = page.parent().and_then(Utf8Path::parent).unwrap_or(Utf8Path::new(""));
            found.extend(next(&code, page, folder, files, &self.own));
        }
        found
    }

    /// The scripts that the project's other files start, each with the first file that does so.
    fn started(&mut self) -> BTreeMap<Utf8PathBuf, Utf8PathBuf> {
        let mut started = BTreeMap::new();
        for file in starters::files(self.files) {
            let Ok(text) = (self.read)(&file) else { continue };
            let here = file.parent().unwrap_or(Utf8Path::new(""));
            for script in starters::started(&text, here, self.files) {
                started.entry(script).or_insert_with(|| file.clone());
            }
        }
        started
    }

    /// The scripts that the project's other files start, where the one of a usual name is not among them.
    fn started_instead_of(&mut self, usual: &Utf8Path) -> Vec<Utf8PathBuf> {
        let started = self.started();
        if started.contains_key(usual) {
            return Vec::new();
        }
        let is_app = |script: &Utf8PathBuf| is_of_app(script) && !is_aside(script);
        let scripts: Vec<_> = started.into_keys().filter(is_app).collect();
        scripts.into_iter().filter(|script| matches!(self.role(script), Role::Direct)).collect()
    }

    /// The scripts with what speaks for each, best first: what the project's other files start, then the
    /// usual names, then those with pages beside them, then the nearest to the root.
    fn ranked(&mut self, scripts: &[&Utf8Path]) -> Vec<Candidate> {
        let started = self.started();
        let mut ranked: Vec<_> = scripts
            .iter()
            .map(|script| {
                let mut because = Vec::new();
                let by = started.get(*script);
                because.extend(by.map(|file| format!("`{file}`{STARTS}")));
                let name = usual_name(script);
                because.extend(name.map(|_| "its name is a usual one".to_owned()));
                let pages = script.parent().unwrap_or(Utf8Path::new("")).join("pages");
                let pages =
                    self.files.iter().any(|file| file.parent() == Some(&pages) && is_python(file));
                because.extend(pages.then(|| "`pages/` is beside it".to_owned()));
                let parts = self.reached_from(script).len();
                because.extend(
                    (parts > 0).then(|| "it imports other files of the project".to_owned()),
                );
                let depth = script.components().count();
                let key = (
                    by.is_none(),
                    is_aside(script),
                    name.unwrap_or(USUAL.len()),
                    !pages,
                    depth,
                    Reverse(parts),
                );
                (key, Candidate { script: (*script).to_owned(), because })
            })
            .collect();
        ranked.sort_by(|one, other| {
            one.0.cmp(&other.0).then_with(|| one.1.script.cmp(&other.1.script))
        });
        ranked.into_iter().map(|(_, candidate)| candidate).collect()
    }

    fn role(&mut self, file: &Utf8Path) -> Role {
        let Some(code) = self.code(file).clone() else { return Role::Broken };
        let clues = &code.clues;
        let here = file.parent().unwrap_or(Utf8Path::new(""));
        let started: Vec<Utf8PathBuf> = clues
            .starts
            .iter()
            .flat_map(|place| place.patterns(file, &[here, Utf8Path::new("")]))
            .filter_map(|path| self.files.get(&path).cloned())
            .collect();
        // A script that shows something may start itself anew when it is run by `python`.
        let itself = started.iter().any(|path| path == file);
        if clues.starts_streamlit && !clues.shows() && !itself {
            return Role::Launcher(started.into_iter().next());
        }
        // A test drives an app, whatever it is called.
        let is_test = code.imports.keys().any(|it| it.starts_with("streamlit.testing"));
        if code.uses("streamlit") && !is_test { Role::Direct } else { Role::Other }
    }

    fn code(&mut self, file: &Utf8Path) -> &Option<Code> {
        if !self.code.contains_key(file) {
            let code = (self.read)(file).ok().and_then(|text| Code::parse(&text).ok());
            self.code.insert(file.to_owned(), code);
        }
        self.code.get(file).unwrap_or(&None)
    }

    /// The project's files that a script leads to, itself apart.
    fn reached_from(&mut self, script: &Utf8Path) -> BTreeSet<Utf8PathBuf> {
        let folder = script.parent().unwrap_or(Utf8Path::new("")).to_owned();
        let mut found = BTreeSet::new();
        let mut waiting = vec![script.to_owned()];
        let (mut dark, mut listed) = (false, false);
        loop {
            let Some(file) = waiting.pop() else {
                if !dark || listed {
                    break;
                }
                listed = true;
                let lists = page_lists::all(&folder, self.files, &mut self.read);
                waiting.extend(lists.into_iter().flat_map(|(_, named)| named));
                continue;
            };
            if !found.insert(file.clone()) {
                continue;
            }
            if let Some(code) = self.code(&file).clone() {
                dark |= !code.clues.dark.is_empty();
                waiting.extend(next(&code, &file, &folder, self.files, &self.own));
            }
        }
        found.remove(script);
        found
    }

    fn reaches_streamlit(&mut self, script: &Utf8Path) -> bool {
        let reached = self.reached_from(script);
        reached
            .iter()
            .any(|file| self.code(file).as_ref().is_some_and(|code| code.uses("streamlit")))
    }
}

/// How a reason ends by which a file of the project starts a script.
const STARTS: &str = " starts it";

/// The place of a script's name among the usual ones; icons and numbers before it, as pages have them, and
/// its case do not count.
fn usual_name(script: &Utf8Path) -> Option<usize> {
    let name = script.file_name()?.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    USUAL.iter().position(|usual| usual.eq_ignore_ascii_case(name))
}

fn is_python(file: &Utf8Path) -> bool {
    file.extension() == Some("py")
}

/// Those of several scripts that are `not` something, unless that is all of them.
fn without<'a>(scripts: &[&'a Utf8Path], not: impl Fn(&Utf8Path) -> bool) -> Vec<&'a Utf8Path> {
    let others: Vec<_> = scripts.iter().copied().filter(|file| !not(file)).collect();
    if others.is_empty() { scripts.to_vec() } else { others }
}

/// Whether a script is in a folder for what is no part of the app, or no more.
fn is_aside(script: &Utf8Path) -> bool {
    const ASIDE: [&str; 16] = [
        "archive",
        "archived",
        "backup",
        "demo",
        "demos",
        "deprecated",
        "docs",
        "example",
        "examples",
        "experiments",
        "legacy",
        "notebooks",
        "old",
        "playground",
        "sandbox",
        "tmp",
    ];
    let folders = script.parent().into_iter().flat_map(Utf8Path::iter);
    folders.map(str::to_lowercase).any(|folder| ASIDE.contains(&folder.trim_start_matches('_')))
}

/// Whether a file may be the app's script when nothing says that it is: packages' own files and tests are not.
fn may_be_entry(file: &Utf8Path) -> bool {
    let name = file.file_name().unwrap_or_default();
    is_of_app(file)
        && !name.starts_with("test_")
        && !name.ends_with("_test.py")
        && !name.starts_with('_')
        && !matches!(name, "setup.py" | "conftest.py")
}

/// Whether a file of Python is no page, and in no folder of tests.
fn is_of_app(file: &Utf8Path) -> bool {
    let aside = |part: &str| matches!(part, "pages" | "tests" | "test");
    is_python(file) && !file.iter().any(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ST: &str = "import streamlit as st\nst.title('x')";

    fn best(files: &[(&str, &str)]) -> Result<Option<Chosen>, Vec<Candidate>> {
        let names = files.iter().map(|(name, _)| Utf8PathBuf::from(*name)).collect();
        let read = |path: &Utf8Path| {
            let file = files.iter().find(|(name, _)| path == *name);
            file.map(|(_, text)| (*text).to_owned()).ok_or_else(|| io::ErrorKind::NotFound.into())
        };
        Candidates::new(&names, read).best()
    }

    fn script(files: &[(&str, &str)]) -> String {
        best(files).unwrap().unwrap().script.into_string()
    }

    #[test]
    fn a_test_that_drives_the_app_is_not_the_app() {
        let test = "from streamlit.testing.v1 import AppTest\nAppTest.from_file('Chat.py').run()";
        for name in ["app_test.py", "check.py", "test/check.py"] {
            assert_eq!(script(&[("Chat.py", ST), (name, test)]), "Chat.py", "{name}");
        }
    }

    #[test]
    fn what_a_starter_names_is_a_candidate_whatever_its_name() {
        for name in ["app/__init__.py", "app/__main__.py", "_ui.py", "test_ui.py"] {
            let procfile = format!("web: streamlit run {name}");
            let files = [(name, ST), ("Procfile", &procfile)];
            assert_eq!(script(&files), name);
            assert!(best(&files[..1]).unwrap().is_none(), "{name}");
            let part = ("app/board.py", "import streamlit\nfrom app import x");
            let first = match best(&[files[0], files[1], part]) {
                Ok(chosen) => chosen.unwrap().script,
                Err(ranked) => ranked[0].script.clone(),
            };
            assert_eq!(first, name);
            let ranked = best(&[files[0], files[1], ("app.py", ST)]).unwrap_err();
            assert_eq!(ranked[0].script, name, "{ranked:?}");
        }
        let files = [("tests/__init__.py", ST), ("Procfile", "streamlit run tests/__init__.py")];
        assert!(best(&files).unwrap().is_none());
    }

    #[test]
    fn usual_names_count_when_they_reach_streamlit() {
        let app = ("dashboard/app.py", "import streamlit as st\nfrom dashboard.numbers import N\n");
        for (name, text) in [
            ("streamlit_app.py", "from dashboard.app import main\nmain()"),
            ("app.py", "import runpy\nrunpy.run_path('dashboard/app.py', run_name='__main__')"),
            ("main.py", "import runpy\nrunpy.run_module('dashboard.app')"),
            ("main.py", "exec(open('dashboard/app.py').read())"),
            ("Home.py", "import sys\nsys.path.insert(0, 'dashboard')\nimport app"),
            ("app.py", "from middle import show"),
        ] {
            let files = [
                (name, text),
                app,
                ("middle.py", "import dashboard.app"),
                ("dashboard/numbers.py", "N = 1"),
            ];
            assert_eq!(script(&files), name, "{text}");
        }
        assert_eq!(script(&[("app.py", "import fastapi"), app]), "dashboard/app.py");
        let other =
            [("main.py", "import core"), ("core.py", ST), ("board.py", "import streamlit, core")];
        let ranked = best(&other).unwrap_err();
        assert_eq!(ranked[0].script, "main.py", "a command of the project, perhaps: {ranked:?}");
        let aside = [("main.py", "import core"), ("core.py", ST), ("tools/admin.py", ST)];
        assert_eq!(script(&aside), "main.py");
    }

    #[test]
    fn what_a_readme_starts_counts_when_it_reaches_streamlit() {
        let start = ("app/begin.py", "from src.ui.home import render\nrender()");
        let parts = [("app/src/ui/home.py", ST), ("app/src/ui/list.py", ST)];
        let readme = ("README.md", "Then `streamlit run app/begin.py`");
        let chosen = best(&[start, parts[0], parts[1], readme]).unwrap_err();
        assert_eq!(chosen[0].script, "app/begin.py", "{chosen:?}");
        assert_eq!(script(&[start, parts[0], readme]), "app/begin.py");
        assert_eq!(script(&[start, parts[0]]), "app/src/ui/home.py", "nobody starts it");
        let other = ("app/begin.py", "import fastapi");
        assert_eq!(script(&[other, parts[0], readme]), "app/src/ui/home.py");
        let library = [("gallery/app.py", ST), ("src/lib/_tools.py", ST)];
        assert_eq!(script(&library), "gallery/app.py", "an underscore says that it is a part");
    }

    #[test]
    fn what_a_launcher_starts_is_the_script() {
        let launcher = "import sys\nimport streamlit.web.cli as stcli\nsys.argv = ['streamlit', 'run', 'dashboard.py']\n\
                        sys.exit(stcli.main())";
        for name in ["main.py", "run.py", "build/launch.py", "kiln/__main__.py"] {
            let chosen = best(&[(name, launcher), ("dashboard.py", ST)]).unwrap().unwrap();
            assert_eq!(
                (chosen.script.as_str(), chosen.launcher),
                ("dashboard.py", Some(name.into()))
            );
        }
        let both =
            [("main.py", launcher), ("dashboard.py", "from board import show"), ("board.py", ST)];
        assert_eq!(script(&both), "dashboard.py", "whatever it is");
        assert_eq!(script(&[("run.py", launcher), ("dashboard.py", ST), ("app.py", ST)]), "app.py");
        assert_eq!(
            script(&[("main.py", launcher), ("other.py", ST)]),
            "other.py",
            "it is no script itself"
        );
        let anew = "import streamlit as st\nfrom streamlit.web import cli\nst.title('x')\nif not st.runtime.exists():\n    cli.main(['run', 'app.py'])";
        assert_eq!(script(&[("app.py", anew), ("b.py", ST)]), "app.py");
        let files = BTreeSet::from(["main.py".into(), "dashboard.py".into()]);
        let read = |path: &Utf8Path| Ok(if path == "main.py" { launcher } else { ST }.to_owned());
        assert_eq!(Candidates::new(&files, read).behind("main.py".into()).script, "dashboard.py");
    }

    #[test]
    fn parts_of_another_are_no_candidates() {
        let files = [
            ("board.py", "import streamlit\nimport widgets"),
            ("widgets.py", ST),
            ("lib/deep.py", ST),
        ];
        assert_eq!(script(&files), "board.py");
        assert_eq!(
            script(&[("ui/start.py", "import streamlit, parts"), ("ui/parts.py", ST)]),
            "ui/start.py"
        );
    }

    #[test]
    fn what_pages_import_and_what_lies_aside_is_not_the_app() {
        let link = "import streamlit as st, utils\nst.page_link('🏠_Home.py')";
        let files = [("🏠_Home.py", ST), ("utils.py", ST), ("pages/1_é.py", link)];
        assert_eq!(script(&files), "🏠_Home.py");
        let aside = [("web/board.py", ST), ("examples/app.py", ST), ("old/web/app.py", ST)];
        assert_eq!(script(&aside), "web/board.py");
        assert_eq!(script(&aside[1..2]), "examples/app.py", "where there is no other");
    }

    #[test]
    fn what_the_project_starts_weighs_more_than_a_usual_name() {
        let two = [("main.py", ST), ("dash board/dash.py", ST), ("examples/x.py", ST)];
        let with = |text| [two[0], two[1], two[2], ("Procfile", text)];
        let ranked = best(&with("web: streamlit run dash.py")).unwrap_err();
        let ranked: Vec<&str> = ranked.iter().map(|it| it.script.as_str()).collect();
        assert_eq!(ranked, ["dash board/dash.py", "main.py"]);
        for text in
            ["web: streamlit run main.py", "streamlit run examples/x.py", "streamlit run y.py"]
        {
            assert_eq!(script(&with(text)), "main.py", "{text}");
        }
    }

    #[test]
    fn several_are_shown_best_first() {
        let order = |files: &[(&str, &str)]| {
            let all = best(files).unwrap_err();
            all.into_iter().map(|it| it.script.into_string()).collect::<Vec<_>>()
        };
        let three = [("a.py", ST), ("b.py", ST), ("c.py", ST)];
        assert_eq!(order(&three), ["a.py", "b.py", "c.py"]);
        let with = |file| [three[0], three[1], three[2], file];
        for starter in [
            ("README.md", "Start it: `streamlit run c.py`"),
            ("Dockerfile", "CMD [\"streamlit\", \"run\", \"c.py\"]"),
            ("Procfile", "web: streamlit run c.py"),
            (".vscode/launch.json", "{\"module\": \"streamlit\", \"args\": [\"run\", \"c.py\"]}"),
        ] {
            assert_eq!(order(&with(starter)), ["c.py", "a.py", "b.py"]);
            let all = best(&with(starter)).unwrap_err();
            assert_eq!(all[0].because, [format!("`{}` starts it", starter.0)]);
        }
        let pages = [("x/a.py", ST), ("y/b.py", ST), ("y/pages/1.py", ST)];
        assert_eq!(order(&pages), ["y/b.py", "x/a.py"]);
        let named = [("x/a.py", ST), ("y/1_🏠_home.py", ST)];
        assert_eq!(order(&named), ["y/1_🏠_home.py", "x/a.py"]);
        let elsewhere = [("a.py", ST), ("ui/c.py", ST), ("README.md", "streamlit run ui/c.py")];
        assert_eq!(order(&elsewhere), ["ui/c.py", "a.py"]);
        assert_eq!(script(&elsewhere[..2]), "a.py");
    }
}
