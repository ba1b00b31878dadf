//! `waterskin self-check`: what Waterskin itself lacks on this machine.

use std::fmt;
use std::process::ExitCode;

use camino::Utf8Path;
use serde::Serialize;
use waterskin_bundle::Target;
use waterskin_packager::{cache_folder, find_appimage, find_shell, find_uv};
use waterskin_process::{Tool, find};

use crate::args::SelfCheckArgs;
use crate::render::Failure;

/// The version of what `--json` prints.
const JSON_VERSION: u32 = 1;

/// One thing that is looked at.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is called.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// What became of it.
    #[serde(flatten)]
    pub state: State,
}

/// A look at one thing.
pub type Look = Box<dyn FnOnce() -> Row + Send>;

/// What became of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// It is there.
    Found {
        /// Where, and which.
        what: String,
    },
    /// It is not there, and nothing is made or opened without it.
    Missing {
        /// What was met.
        why: String,
        /// What to do.
        hint: String,
    },
    /// It is not there, and only its purpose goes without.
    Absent {
        /// What to do.
        hint: String,
    },
}

/// All of it, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    waterskin: &'static str,
    system: Target,
    rows: Vec<Row>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Waterskin {} on {}", self.waterskin, self.system)?;
        for Row { name, purpose, state } in &self.rows {
            match state {
                State::Found { what } => writeln!(f, "  {name:<10}  {what}")?,
                State::Missing { why, hint } => {
                    writeln!(f, "  {name:<10}  missing, and needed {purpose}: {why}")?;
                    writeln!(f, "  {:<10}  {hint}", "")?;
                }
                State::Absent { hint } => {
                    writeln!(f, "  {name:<10}  not there; it is {purpose}: {hint}")?;
                }
            }
        }
        Ok(())
    }
}

/// Looks at what Waterskin needs, and says what is missing. The code is 1 where something is.
pub fn run(args: &SelfCheckArgs) -> Result<ExitCode, Failure> {
    let rows = looks().into_iter().map(|(_, look)| look()).collect();
    let report = Report {
        version: JSON_VERSION,
        waterskin: env!("CARGO_PKG_VERSION"),
        system: Target::host(),
        rows,
    };
    if args.json {
        if let Ok(text) = serde_json::to_string_pretty(&report) {
            println!("{text}");
        }
    } else {
        anstream::print!("{report}");
    }
    let whole = !report.rows.iter().any(|row| matches!(row.state, State::Missing { .. }));
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything that is looked at, each by its name. `waterskin doctor` looks at the same, and at more.
pub fn looks() -> Vec<(&'static str, Look)> {
    let mut looks: Vec<(&'static str, Look)> =
        vec![("uv", Box::new(uv)), ("shell", Box::new(shell)), ("cache", Box::new(cache))];
    if cfg!(target_os = "linux") {
        looks.push(("appimage", Box::new(appimage)));
    }
    for it in helpers() {
        looks.push((it.name, Box::new(move || helper(it))));
    }
    looks
}

fn uv() -> Row {
    let state = match find_uv(None) {
        Ok(path) => match Tool::new(path.as_std_path()).arg("--version").run(&mut |_, _| {}) {
            Ok(said) => State::Found { what: format!("{} ({path})", said.stdout.trim()) },
            Err(error) => State::Missing {
                why: with_cause(&error),
                hint: "install it anew with `pip install uv`".to_owned(),
            },
        },
        Err(error) => {
            State::Missing { why: error.to_string(), hint: error.hint().unwrap_or_default() }
        }
    };
    Row { name: "uv", purpose: "to install an app's packages", state }
}

/// The shell is started: one whose libraries are not there says which.
fn shell() -> Row {
    let state = match find_shell(None) {
        Ok(path) => match Tool::new(path.as_std_path()).arg("--version").run(&mut |_, _| {}) {
            Ok(said) => judged(said.stdout.trim(), path.as_str()),
            Err(error) => {
                let why = with_cause(&error);
                let hint = webkit_hint(&why).unwrap_or("install Waterskin anew");
                State::Missing { hint: hint.to_owned(), why }
            }
        },
        Err(error) => {
            State::Missing { why: error.to_string(), hint: error.hint().unwrap_or_default() }
        }
    };
    Row { name: "shell", purpose: "to open an app", state }
}

/// What the AppImages of this system begin with; those of another have one beside its shell.
fn appimage() -> Row {
    let shell = find_shell(None).ok();
    let state = match find_appimage(None, shell.as_deref(), &Target::host()) {
        Ok(path) => State::Found { what: format!("`{path}`") },
        Err(error) => State::Absent { hint: error.hint().unwrap_or_default() },
    };
    Row { name: "appimage", purpose: "for AppImages", state }
}

/// Why a shell can't show a window here, where that is for want of WebKitGTK, and what to do.
///
/// It is started only where the library is not where distributions put it: that takes a tenth of a
/// second.
pub fn without_webkit(shell: &Utf8Path) -> Option<(String, &'static str)> {
    const NAME: &str = "libwebkit2gtk-4.1.so.0";
    if !cfg!(target_os = "linux") {
        return None;
    }
    let own = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let usual = ["/usr/lib64", "/usr/lib", &own];
    if usual.iter().any(|folder| Utf8Path::new(folder).join(NAME).exists()) {
        return None;
    }
    let error = Tool::new(shell.as_std_path()).arg("--version").run(&mut |_, _| {}).err()?;
    let why = with_cause(&error);
    let hint = webkit_hint(&why)?;
    Some((why, hint))
}

/// A shell of another version reads other payloads.
fn judged(said: &str, path: &str) -> State {
    let own = env!("CARGO_PKG_VERSION");
    match said.strip_prefix("waterskin-shell ") {
        Some(version) if version == own => State::Found { what: format!("{said} ({path})") },
        _ => State::Missing {
            why: format!("`{path}` says `{said}`, and this is {own}"),
            hint: format!("install `waterskin-shell` {own}"),
        },
    }
}

/// What to install where the shell's libraries are missing, by what the linker says of one.
fn webkit_hint(why: &str) -> Option<&'static str> {
    let missing =
        why.contains("webkit2gtk") || why.contains("javascriptcoregtk") || why.contains("libgtk-3");
    missing.then_some(
        "install WebKitGTK 4.1: `sudo apt install libwebkit2gtk-4.1-0` (Debian 12, Ubuntu 22.04 and newer), `sudo dnf install webkit2gtk4.1` (Fedora), `sudo zypper install libwebkit2gtk-4_1-0` (openSUSE), `sudo pacman -S webkit2gtk-4.1` (Arch)",
    )
}

fn cache() -> Row {
    let purpose = "to keep what builds have in common";
    let hint = "allow yourself to write there, or name another folder with `--cache-dir`";
    let state = match cache_folder() {
        Ok(folder) => {
            let writable = fs_err::create_dir_all(&folder)
                .and_then(|()| tempfile::Builder::new().prefix(".waterskin-").tempfile_in(&folder));
            match writable {
                Ok(_) => State::Found { what: format!("`{folder}`") },
                Err(error) => State::Missing {
                    why: format!("`{folder}` can't be written to ({error})"),
                    hint: hint.to_owned(),
                },
            }
        }
        Err(error) => State::Missing { why: error.to_string(), hint: hint.to_owned() },
    };
    Row { name: "cache", purpose, state }
}

/// Programs that only something is not done without.
struct Helper {
    name: &'static str,
    purpose: &'static str,
    hint: &'static str,
}

fn helpers() -> Vec<Helper> {
    let mut all = vec![Helper {
        name: "makensis",
        purpose: "for set-ups (`.exe`) for Windows",
        hint: "`sudo apt install nsis` on Debian and Ubuntu, `brew install makensis` on macOS",
    }];
    if cfg!(target_os = "linux") {
        all.push(Helper {
            name: "Xvfb",
            purpose: "for the picture of `waterskin try`",
            hint: "`sudo apt install xvfb` on Debian and Ubuntu",
        });
    }
    all
}

fn helper(Helper { name, purpose, hint }: Helper) -> Row {
    let state = match find(name) {
        Some(path) => State::Found { what: format!("`{}`", path.display()) },
        None => State::Absent { hint: hint.to_owned() },
    };
    Row { name, purpose, state }
}

fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", cause.to_string().trim()),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_of_another_version_is_none() {
        let own = format!("waterskin-shell {}", env!("CARGO_PKG_VERSION"));
        assert!(matches!(judged(&own, "/s é"), State::Found { .. }));
        for other in ["waterskin-shell 99.0.0", "", "hello 1"] {
            let State::Missing { why, .. } = judged(other, "/s é") else { panic!("{other}") };
            assert!(why.contains("/s é"), "{why}");
        }
    }

    #[test]
    fn what_the_linker_misses_has_a_package() {
        let said = "error while loading shared libraries: libwebkit2gtk-4.1.so.0: cannot open shared object file";
        assert!(webkit_hint(said).is_some_and(|hint| hint.contains("libwebkit2gtk-4.1-0")));
        assert_eq!(webkit_hint("Permission denied"), None);
    }

    #[test]
    fn what_is_missing_stands_with_what_to_do() {
        let state = State::Missing { why: "no".to_owned(), hint: "do this".to_owned() };
        let rows = vec![
            Row { name: "uv", purpose: "to install", state },
            helper(Helper { name: "no such program", purpose: "for pictures", hint: "do that" }),
        ];
        let text = Report { version: 1, waterskin: "1", system: Target::of("x"), rows }.to_string();
        assert_eq!(
            text,
            "Waterskin 1 on x\n  uv          missing, and needed to install: no\n              do this\n  no such program  not there; it is for pictures: do that\n"
        );
    }
}
