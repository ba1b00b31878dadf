//! `waterskin try`: a finished file as a colleague would meet it.

#[cfg(target_os = "linux")]
mod display;
#[cfg(target_os = "linux")]
mod window;
#[cfg(not(target_os = "linux"))]
#[path = "no_window.rs"]
mod window;

use std::io;
use std::process::ExitCode;
use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle::{App, Layout, Payload, PayloadError, Target};
use waterskin_installers::{UnpackError, unpack};
use waterskin_packager::BuildError;
use waterskin_process::Tool;

use crate::args::TryArgs;
use crate::interrupt::Interrupt;
use crate::render::Failure;
use crate::trial;
use window::{Seen, WindowError};

/// The version of what `--json` prints.
const JSON_VERSION: u32 = 1;

/// How deep a payload lies in a file: `usr/lib/PACKAGE/payload`.
const DEPTH: usize = 4;

/// What became of the file, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    version: u32,
    app: &'a App,
    /// How many pages were opened.
    pages: usize,
    /// What went well and should be known all the same.
    notes: Vec<String>,
    /// How the window went; `None` where there is no display for one.
    window: Option<Seen>,
    seconds: f64,
}

/// Why a file can't be tried, or what a colleague would meet in place of the app.
#[derive(Debug, thiserror::Error)]
enum TryError {
    #[error("could not make a place for the trial")]
    Place {
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Unpack { source: UnpackError },
    #[error("could not unpack `{file}`")]
    Itself {
        file: Utf8PathBuf,
        #[source]
        source: waterskin_process::ToolError,
    },
    #[error("there is no app in `{file}`")]
    NoApp { file: Utf8PathBuf },
    #[error("`{file}` is for {target}, and this is {}", Target::host())]
    Foreign { file: Utf8PathBuf, target: Target },
    #[error("the app in `{file}` is not whole")]
    Damaged {
        file: Utf8PathBuf,
        #[source]
        source: PayloadError,
    },
    #[error(transparent)]
    App { source: BuildError },
    #[error(transparent)]
    Window { source: WindowError },
}

impl TryError {
    /// What the author can do about it.
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Place { .. } | Self::Itself { .. } => {
                "see that the folder for temporary files has room, or name another one by `TMPDIR`"
            }
            Self::Unpack { source: UnpackError::Kind { .. } } => {
                "give a file that `waterskin build` made for this system: a .deb, .tar.gz or .AppImage"
            }
            Self::Unpack { .. } | Self::NoApp { .. } => {
                "give the whole file that `waterskin build` made"
            }
            Self::Foreign { .. } => "try it on such a system",
            Self::Damaged { .. } => "copy the file again, or build it again",
            Self::App { source } => return source.hint(),
            Self::Window { source } => return Some(source.hint()),
        };
        Some(hint.to_owned())
    }
}

/// Opens a finished file of this system as a colleague would, and says what came of it.
pub fn run(args: &TryArgs) -> Result<ExitCode, Failure> {
    let interrupt = Interrupt::listen().map_err(|error| {
        Failure::new(error, Some("close other programs and try again".to_owned()))
    })?;
    let done = interrupt.guard(|| attempt(args, &|| interrupt.check()));
    let Some(done) = done else {
        anstream::eprintln!("interrupted: nothing is left of the trial");
        return Ok(Interrupt::exit_code());
    };
    done.map_err(|error| {
        let hint = error.hint();
        Failure::new(error, hint)
    })
}

fn attempt(args: &TryArgs, waiting: &dyn Fn()) -> Result<ExitCode, TryError> {
    let began = Instant::now();
    let file = &args.file;
    let place = |source| TryError::Place { source };
    let folder = trial::folder().map_err(place)?;
    let folder = Utf8Path::from_path(folder.path())
        .ok_or_else(|| place(io::Error::other("its name is not UTF-8")))?;
    let unpacked = folder.join("unpacked");
    fs_err::create_dir(&unpacked).map_err(place)?;
    say(args, "unpacking it");
    lay_down(file, &unpacked)?;
    let root = payload_in(&unpacked).ok_or_else(|| TryError::NoApp { file: file.clone() })?;
    let damaged = |source| TryError::Damaged { file: file.clone(), source };
    let payload = Payload::open(&root).map_err(damaged)?;
    let target = Target::of(&payload.manifest.python.triple);
    if target != Target::host() {
        return Err(TryError::Foreign { file: file.clone(), target });
    }
    payload.verify().map_err(damaged)?;
    waiting();

    let app = &payload.manifest.app;
    say(args, &format!("opening the pages of {} {}", app.name, app.version));
    let (pages, mut notes) = trial::of_payload(&payload, &folder.join("pages"), waiting)
        .map_err(|source| TryError::App { source: BuildError::Trial { source } })?;
    say(args, "opening its window");
    let program =
        root.with_file_name(format!("{}{}", app.package, target.system().program_ending()));
    let picture = args.picture.clone().unwrap_or_else(|| format!("{}.png", app.package).into());
    let window = match window::open(&payload, &program, &folder.join("w"), &picture, waiting) {
        Ok(seen) => Some(seen),
        Err(error) => {
            notes.push(error.note().ok_or(TryError::Window { source: error })?);
            None
        }
    };
    if let Some(note) = window.as_ref().and_then(Seen::note) {
        notes.push(note);
    }
    let seconds = began.elapsed().as_secs_f64();
    let verdict = Verdict { version: JSON_VERSION, app, pages, notes, window, seconds };
    tell(args, &verdict);
    Ok(ExitCode::SUCCESS)
}

/// What is being done, for who waits.
fn say(args: &TryArgs, what: &str) {
    if !args.json {
        anstream::eprintln!("  {what}");
    }
}

fn tell(args: &TryArgs, verdict: &Verdict<'_>) {
    if args.json {
        if let Ok(text) = serde_json::to_string_pretty(verdict) {
            println!("{text}");
        }
        return;
    }
    for note in &verdict.notes {
        anstream::eprintln!("note: {note}");
    }
    let Verdict { app, pages, window, seconds, .. } = verdict;
    let of_pages = if *pages == 1 { "its page".to_owned() } else { format!("its {pages} pages") };
    let shown = match window {
        Some(seen) => format!(", its window shows it after {:.1} s", seen.rendered_seconds),
        None => String::new(),
    };
    anstream::println!(
        "{} {} opens: {of_pages} came to an end{shown} (tried in {seconds:.1} s)",
        app.name,
        app.version
    );
    if let Some(seen) = window {
        anstream::println!("{}", seen.picture);
    }
}

/// Unpacks the file. An AppImage does it itself.
fn lay_down(file: &Utf8Path, folder: &Utf8Path) -> Result<(), TryError> {
    if !file.as_str().ends_with(".AppImage") {
        return unpack(file, folder).map_err(|source| TryError::Unpack { source });
    }
    let itself = camino::absolute_utf8(file).map_err(|source| TryError::Place { source })?;
    Tool::new(itself.as_std_path())
        .arg("--appimage-extract")
        .directory(folder)
        .run(&mut |_, _| {})
        .map(drop)
        .map_err(|source| TryError::Itself { file: file.to_owned(), source })
}

/// The payload in an unpacked file.
fn payload_in(folder: &Utf8Path) -> Option<Utf8PathBuf> {
    let mut level = vec![folder.to_owned()];
    for _ in 0..=DEPTH {
        let next: Vec<Utf8PathBuf> = level
            .iter()
            .filter_map(|folder| folder.read_dir_utf8().ok())
            .flat_map(|entries| entries.flatten())
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .map(|entry| entry.into_path())
            .collect();
        let is_payload = |folder: &&Utf8PathBuf| {
            folder.file_name() == Some(Layout::PAYLOAD) && Layout::new(folder).manifest().is_file()
        };
        if let Some(found) = next.iter().find(is_payload) {
            return Some(found.clone());
        }
        level = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_is_found_where_formats_put_it() {
        for place in
            ["usr/lib/my-app/payload", "my-app-1.0/payload", "squashfs-root/usr/lib/x/payload"]
        {
            let folder = tempfile::tempdir().unwrap();
            let root = Utf8Path::from_path(folder.path()).unwrap();
            fs_err::create_dir_all(root.join("usr/share/payload")).unwrap();
            assert_eq!(payload_in(root), None, "a folder of that name is not enough");
            fs_err::create_dir_all(root.join(place)).unwrap();
            fs_err::write(root.join(place).join("manifest.json"), "{}").unwrap();
            assert_eq!(payload_in(root), Some(root.join(place)));
        }
    }
}
