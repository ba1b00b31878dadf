mod databases;
pub(crate) mod distributions;
mod needs;
mod pickles;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::code::base::{CodeBase, Import};
use crate::code::imports::{Code, Need, top_level};
use crate::code::source;
use crate::files::ProjectFiles;
use crate::files::left_out::{LeftOut, Reason};
use crate::guess::distributions::{distribution_of, module_of, normalized};
use crate::guess::pickles::Pickle;

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

/// A module from outside of the project that must be there in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededModule {
    /// Its dotted name.
    pub module: String,
    /// Whether the app can't even begin without it.
    pub always: bool,
    /// The file that needs it, relative to the project.
    pub file: Utf8PathBuf,
    /// What tells of it where nothing imports it, as in "calls `read_excel`".
    pub clue: Option<String>,
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
    notes.extend(found.done_without(minor));
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
            // Newer ones have no `pkg_resources`.
            "setuptools" => "<81",
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

    /// Packages that the code can do without, and that the author may have all the same.
    fn done_without(&self, minor: u8) -> Option<String> {
        let outside = self.code.outside(minor);
        let optional = outside.iter().filter(|import| import.need == Need::Optional);
        let mut without: Vec<String> = optional
            .filter(|import| self.code.own(import.module).is_none())
            .filter_map(|import| {
                let (_, distribution) = distribution_of(import.module)?;
                let guessed = self.guesses.contains_key(&normalized(distribution));
                (!guessed).then(|| format!("`{distribution}` (`{}`)", import.file))
            })
            .collect();
        without.sort_unstable();
        without.dedup();
        (!without.is_empty()).then(|| {
            format!(
                "the code can do without {}: not guessed; list in `requirements.txt` what the app should have",
                listed(&without)
            )
        })
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
                && !crate::code::base::is_standard(minor, top)
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
                || crate::code::base::is_standard(minor, top)
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
        let lines = listed(&lines);
        match &code.lists() {
            [] => format!("{lines} loads code by a name that is not known before it runs; what that imports is not looked for"),
            lists => {
                let lists: Vec<String> = lists.iter().map(|list| format!("`{list}`")).collect();
                format!("{lines} loads code by a name that is not known before it runs: what {} names is followed, and nothing else", listed(&lists))
            }
        }
    })
}

fn listed(all: &[String]) -> String {
    match all.len() {
        count if count > MANY => format!("{} and {} more", all[..MANY].join(", "), count - MANY),
        _ => all.join(", "),
    }
}

#[cfg(test)]
mod tests;
