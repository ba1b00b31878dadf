//! A test's own corner of the machine.

use camino::{Utf8Path, Utf8PathBuf};
use regex::Regex;
use tempfile::TempDir;

use crate::{
    machine,
    process::{Finished, Run},
};

/// A folder that is removed at the end, with a copy of the command in `bin`, a home, and a folder
/// `work` that the command runs in. Its path has a blank, a quote and a letter outside ASCII.
#[derive(Debug)]
pub struct Context {
    _dir: TempDir,
    pub root: Utf8PathBuf,
}

/// A pattern, and what takes its place.
pub type Filter = (String, &'static str);

/// Where the tests' builds are to put their files, from the folder `work`.
pub const OUTPUT: &str = "le résultat";

impl Context {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("w é'").tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
        for folder in ["bin", "empty", "home", "tmp", "work"] {
            fs_err::create_dir(root.join(folder)).unwrap();
        }
        let context = Self { _dir: dir, root };
        // As installed: a shell and uv beside the command. The shell is only copied into a package.
        for name in ["waterskin", "waterskin-shell", "waterskin-appimage"] {
            let place = context.root.join("bin").join(name);
            if fs_err::hard_link(env!("CARGO_BIN_EXE_waterskin"), &place).is_err() {
                fs_err::copy(env!("CARGO_BIN_EXE_waterskin"), &place).unwrap();
            }
        }
        fs_err::os::unix::fs::symlink(machine::uv(), context.root.join("bin/uv")).unwrap();
        context
    }

    pub fn work(&self) -> Utf8PathBuf {
        self.root.join("work")
    }

    /// Writes files into `work`, with the folders that they need. `[STREAMLIT]` in them stands for the
    /// version that the tests run.
    pub fn write(&self, files: &[(&str, &str)]) -> &Self {
        for (name, text) in files {
            let path = self.work().join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text.replace("[STREAMLIT]", machine::STREAMLIT)).unwrap();
        }
        self
    }

    /// Takes a program away that is beside the command.
    pub fn without(&self, name: &str) -> &Self {
        fs_err::remove_file(self.root.join("bin").join(name)).unwrap();
        self
    }

    /// The command with these arguments. It finds no programs but those beside it.
    pub fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        Run::new(self.root.join("bin/waterskin"))
            .args(arguments)
            .envs(self.environment())
            .directory(&self.work())
    }

    /// `waterskin build` of `project` into [`OUTPUT`].
    pub fn build<'a>(&self, project: &'a str, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        self.command(["build", project, "--output", OUTPUT]).args(arguments)
    }

    /// The same with all that a real build needs: the machine's programs, its settings for package
    /// indexes, an interpreter and the shared cache.
    pub fn real_build<'a>(
        &self,
        project: &'a str,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Run {
        self.real_build_in(&machine::cache(), project).args(arguments)
    }

    /// The same with another cache.
    pub fn real_build_in(&self, cache: &Utf8Path, project: &str) -> Run {
        self.build(project, ["--python", machine::python().as_str()])
            .args(["--cache-dir", cache.as_str(), "--format", "tar.gz"])
            .envs(machine::settings())
    }

    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let root = &self.root;
        vec![
            ("HOME", format!("{root}/home")),
            ("LANG", "C.UTF-8".to_owned()),
            ("PATH", format!("{root}/empty")),
            ("TMPDIR", format!("{root}/tmp")),
            ("XDG_CACHE_HOME", format!("{root}/home/.cache")),
            ("XDG_CONFIG_HOME", format!("{root}/home/.config")),
            ("XDG_DATA_HOME", format!("{root}/home/.local/share")),
            ("XDG_STATE_HOME", format!("{root}/home/.local/state")),
        ]
    }

    /// Nothing is in the output folder, in the folder for temporary files, or new beside them.
    pub fn nothing_is_made(&self) {
        assert_eq!(names(&self.work().join(OUTPUT)), [""; 0], "something half-made");
        assert_eq!(names(&self.root.join("tmp")), [""; 0], "a temporary file");
        let hidden: Vec<_> =
            names(&self.work()).into_iter().filter(|name| name.starts_with('.')).collect();
        assert_eq!(hidden, [""; 0], "something temporary");
    }

    /// What differs between machines and runs, and what stands for it. The first matches first.
    pub fn filters(&self) -> Vec<Filter> {
        vec![
            (literal(&self.root), "[DIR]"),
            // As a shell wants it, and that in JSON.
            (regex::escape(&self.root.as_str().replace('\'', r"'\''")), "[DIR]"),
            (regex::escape(&self.root.as_str().replace('\'', r"'\\''")), "[DIR]"),
            (literal(&machine::cache()), "[CACHE]"),
            (format!(r"\b{}\b", regex::escape(machine::STREAMLIT)), "[STREAMLIT]"),
            (r"\.waterskin-\w+".to_owned(), ".waterskin-[RANDOM]"),
            // An editor would remove it from the text here.
            (r"(?m) +$".to_owned(), ""),
            // What a cache had already takes no step.
            (r"(?m)^  [a-z0-9_:\- A-Z.]+ \(\d+\.\d s\)\n".to_owned(), ""),
            (r"(?m)^  note: .*\n".to_owned(), ""),
            // The packager's own tests look at the rules for what packages hold.
            (r"(?m)^  trim  .*\n(              not .*\n)*".to_owned(), ""),
            (r#"(?sm)^      "trim": \{.*?^      \},\n"#.to_owned(), ""),
            (r"(?m)^note: left out .*\n".to_owned(), ""),
            (r"\d+\.\d s\b".to_owned(), "[TIME]"),
            (r"`(/|\[DIR\]|\[CACHE\])[^`]*/bin/python[0-9.]*`".to_owned(), "`[PYTHON]`"),
            (r"\b3\.\d+\.\d+\b".to_owned(), "[PYTHON VERSION]"),
            (r"\b[a-z0-9_]+-unknown-linux-gnu\b".to_owned(), "[TARGET]"),
            (r"linux-(x86_64|aarch64)".to_owned(), "linux-[ARCHITECTURE]"),
        ]
    }
}

/// A filter for this very text.
fn literal(path: &Utf8Path) -> String {
    regex::escape(path.as_str())
}

/// The names in a folder, sorted; none where there is no folder.
pub fn names(folder: &Utf8Path) -> Vec<String> {
    let mut names: Vec<String> = folder
        .read_dir_utf8()
        .map(|entries| entries.map(|entry| entry.unwrap().file_name().to_owned()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

/// One error, at most one hint of ours, nothing on standard output.
pub fn is_clear(finished: &Finished) {
    assert_eq!(finished.stdout, "", "errors go to standard error");
    for start in ["error: ", "hint: "] {
        let count = finished.stderr.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!(count, 1, "there is one `{start}`: {finished}");
    }
}

/// `text` with every filter applied, in order.
pub fn filtered(filters: &[Filter], text: &impl ToString) -> String {
    filters.iter().fold(text.to_string(), |text, (pattern, replacement)| {
        Regex::new(pattern).unwrap().replace_all(&text, *replacement).into_owned()
    })
}

/// Compares what a program printed, and how it ended, with a text.
#[macro_export]
macro_rules! snapshot {
    ($filters:expr, $finished:expr, @$expected:literal) => {
        insta::assert_snapshot!($crate::context::filtered(&$filters, &$finished), @$expected);
    };
}

/// A build that fails: its whole text, which is one clear error, and nothing is made.
#[macro_export]
macro_rules! fails {
    ($context:expr, $run:expr, @$expected:literal) => {
        let finished = $run.finish();
        $crate::context::is_clear(&finished);
        $context.nothing_is_made();
        let text = $crate::context::filtered(&$context.filters(), &finished);
        insta::assert_snapshot!(text, @$expected);
    };
}
