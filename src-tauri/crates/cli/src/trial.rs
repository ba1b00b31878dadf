use std::io;

use camino::Utf8Path;
use waterskin_bundle::{Layout, Payload, SystemPackage};
use waterskin_packager::{BuildPlan, Trial, TrialCause, TrialFailure, copied, lacks, of_project};
use waterskin_session::{TrialError, Tried, Trouble, TroubleKind, try_out};

/// Opens the pages of an app at the end of its build.
pub struct Opened<'a> {
    pub plan: &'a BuildPlan,
}

impl Trial for Opened<'_> {
    fn edition(&self) -> String {
        format!("{} {}", env!("CARGO_PKG_VERSION"), waterskin_session::edition())
    }

    fn run(&self, payload: &Payload, waiting: &dyn Fn()) -> Result<Vec<String>, Box<TrialFailure>> {
        let place = |source: io::Error| {
            Box::new(TrialFailure {
                page: String::new(),
                message: format!("there is no place for a trial start: {source}"),
                traceback: String::new(),
                cause: TrialCause::Place,
            })
        };
        let folder = folder().map_err(place)?;
        let folder = Utf8Path::from_path(folder.path())
            .ok_or_else(|| place(io::Error::other("its name is not UTF-8")))?;
        let spare = || {
            copied(payload, &folder.join("payload"))
                .map_err(|source| TrialError::Copy { source: Box::new(source) })
        };
        let tried = try_out(payload, &folder.join("trial"), spare, waiting);
        let own = |text: &str| of_project(text, payload, &self.plan.root);
        match tried {
            Ok(tried) => self.judge(tried, payload, own),
            Err(error) => {
                not_opened(&error, &self.plan.system_packages, own).map(|note| vec![note])
            }
        }
    }
}

/// Opens the pages of a finished payload in `place`, which does not exist, and gives how many there are and
/// what should be known of them.
///
/// # Errors
///
/// What recipients would meet in place of the app.
pub fn of_payload(
    payload: &Payload,
    place: &Utf8Path,
    waiting: &dyn Fn(),
) -> Result<(usize, Vec<String>), Box<TrialFailure>> {
    let spare = || {
        copied(payload, &place.join("payload"))
            .map_err(|source| TrialError::Copy { source: Box::new(source) })
    };
    let own = |text: &str| of_project(text, payload, Utf8Path::new(Layout::APP));
    let manifest = &payload.manifest;
    let secrets: Vec<&str> = manifest.secrets.iter().map(|secret| &*secret.key).collect();
    let known = Known {
        root: Utf8Path::new(Layout::APP),
        secrets: &secrets,
        depends: &[],
        found: &|kind| match kind {
            TroubleKind::Missing { module } => {
                TrialCause::Missing { module: module.clone(), own: None }
            }
            _ => TrialCause::App,
        },
    };
    match try_out(payload, &place.join("trial"), spare, waiting) {
        Ok(tried) => {
            let pages = tried.pages;
            Ok((pages, judge(tried, &known, own)?))
        }
        Err(error) => Ok((0, vec![not_opened(&error, &[], own)?])),
    }
}

impl Opened<'_> {
    fn judge(
        &self,
        tried: Tried,
        payload: &Payload,
        own: impl Fn(&str) -> String,
    ) -> Result<Vec<String>, Box<TrialFailure>> {
        let plan = self.plan;
        let secrets: Vec<&str> = plan.secrets.iter().map(|secret| &*secret.key).collect();
        let found = |kind: &TroubleKind| match kind {
            TroubleKind::Missing { module } => {
                TrialCause::missing(module.clone(), &plan.entry, &plan.files)
            }
            TroubleKind::Absent { path } => {
                TrialCause::absent(path, payload, &plan.root, &plan.entry, &plan.files)
            }
            TroubleKind::Variable { name } => TrialCause::variable(name.clone(), &plan.root),
            _ => TrialCause::App,
        };
        let known = Known {
            root: &plan.root,
            secrets: &secrets,
            depends: &plan.system_packages,
            found: &found,
        };
        judge(tried, &known, own)
    }
}

/// A folder whose path leaves room for that of a socket in it, which is short.
pub fn folder() -> io::Result<tempfile::TempDir> {
    const SHORT: usize = 40;
    let mut make = tempfile::Builder::new();
    make.prefix("waterskin-");
    let usual = std::env::temp_dir();
    if cfg!(unix) && usual.as_os_str().len() > SHORT {
        return make.tempdir_in("/tmp").or_else(|_| make.tempdir_in(usual));
    }
    make.tempdir_in(usual)
}

/// What is known of the app before it is tried.
struct Known<'a> {
    /// The project's folder.
    root: &'a Utf8Path,
    /// The keys that it asks its user for.
    secrets: &'a [&'a str],
    /// The packages of the system that the project asks for.
    depends: &'a [SystemPackage],
    /// What the project has of what is not there.
    found: &'a dyn Fn(&TroubleKind) -> TrialCause,
}

/// What an author has to know of a trial; or the first thing that recipients would meet in place of
/// a page. `own` has paths as they are in the project.
fn judge(
    tried: Tried,
    known: &Known<'_>,
    own: impl Fn(&str) -> String,
) -> Result<Vec<String>, Box<TrialFailure>> {
    let mut notes = Vec::new();
    let exits = |trouble: &&Trouble| trouble.kind == TroubleKind::Exit;
    let ended: Vec<String> =
        tried.troubles.iter().filter(exits).map(|trouble| trouble.page.clone()).collect();
    if !tried.offline {
        notes.push("this system can't keep a trial start from the network: pages that need one open here and may not elsewhere".to_owned());
    }
    for trouble in tried.troubles {
        let page = called(&trouble.page);
        let mut message = own(&trouble.message);
        if let Some(note) = lacking(&trouble, known) {
            let message = brief(&message);
            let message = if message.is_empty() { message } else { format!(" ({message})") };
            notes.push(format!("{page} {note}{message}"));
            continue;
        }
        let cause = match trouble.kind {
            TroubleKind::Gone { name, distribution, version } => {
                TrialCause::Gone { name, distribution, version }
            }
            TroubleKind::Absent { ref path } => {
                let cause = (known.found)(&trouble.kind);
                if let TrialCause::Above { path: above, .. } = &cause {
                    message = message.replace(&own(path.as_str()), above.as_str());
                }
                cause
            }
            TroubleKind::Missing { .. } | TroubleKind::Variable { .. } => {
                (known.found)(&trouble.kind)
            }
            TroubleKind::Outside { path } => {
                message = format!("it reads `{path}`, which no recipient has there");
                let path = path.strip_prefix(known.root).unwrap_or(&path).to_owned();
                TrialCause::Fixed { path }
            }
            TroubleKind::Status => TrialCause::Status,
            TroubleKind::Refused { path } => {
                TrialCause::Refused { path: path.map(|path| own(path.as_str()).into()) }
            }
            _ => TrialCause::App,
        };
        let traceback = own(&trouble.traceback);
        return Err(Box::new(TrialFailure { page: trouble.page, message, traceback, cause }));
    }
    for page in tried.slow.into_iter().filter(|page| !ended.contains(page)) {
        notes.push(format!(
            "{} was still drawing after ten seconds: what it does later was not tried",
            called(&page)
        ));
    }
    for page in tried.silent.into_iter().filter(|page| !ended.contains(page)) {
        notes.push(format!(
            "{} drew nothing for a minute, and was not waited for any longer",
            called(&page)
        ));
    }
    if !tried.unopened.is_empty() {
        let names = tried.unopened.join(", ");
        notes.push(format!("for the time, the trial start did not open {names}"));
    }
    Ok(notes)
}

fn called(page: &str) -> String {
    match page {
        "" => "the first page".to_owned(),
        page => format!("the page `{page}`"),
    }
}

/// What a page met that its recipients may have, and a trial start or this machine does not.
fn lacking(trouble: &Trouble, known: &Known<'_>) -> Option<String> {
    if asks_for_secrets(trouble, known.secrets) {
        return Some("asks for secrets, which a trial start does not have".to_owned());
    }
    match &trouble.kind {
        TroubleKind::Network => {
            Some("needs a network, which a trial start does not have".to_owned())
        }
        TroubleKind::Offline => Some(
            "fails after it could not reach a network, which a trial start does not have"
                .to_owned(),
        ),
        // The package may bring it, or recipients have it.
        TroubleKind::Program => Some("calls a program that this machine lacks".to_owned()),
        TroubleKind::Exit => Some(
            "ends itself by `sys.exit`, and so never comes to its end; `st.stop()` is for that"
                .to_owned(),
        ),
        // The project's own is there for no recipient, and is where the author has it alone.
        TroubleKind::Outside { path } if !path.starts_with(known.root) => Some(format!(
            "reads `{path}`, which is on this machine and no recipient's: put it into the project and find it by `Path(__file__)`"
        )),
        TroubleKind::Variable { name } if is_of_desktops(name) => {
            Some(format!("asks for `{name}`, which desktops have and this machine lacks"))
        }
        TroubleKind::Exception
        | TroubleKind::Absent { .. }
        | TroubleKind::Gone { .. }
        | TroubleKind::Status => lacks(&trouble.message, known.depends),
        _ => None,
    }
}

/// Whether a variable is one that people's sessions have, and servers and builds may not.
fn is_of_desktops(name: &str) -> bool {
    const NAMES: [&str; 8] =
        ["DISPLAY", "HOME", "LANG", "LOGNAME", "PATH", "SHELL", "USER", "WAYLAND_DISPLAY"];
    NAMES.contains(&name) || name.starts_with("XDG_") || name.starts_with("DBUS_")
}

/// As much of an exception as a note needs, in one line: those of a network name it on several.
fn brief(message: &str) -> String {
    const MOST: usize = 120;
    let words: Vec<&str> = message.split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} \u{2026}", text[..end].trim_end()),
        None => text,
    }
}

/// Whether an exception comes of secrets that nobody gave: clients of services say it in their own
/// words.
fn asks_for_secrets(trouble: &Trouble, secrets: &[&str]) -> bool {
    const WORDS: [&str; 4] = ["api_key", "api key", "apikey", "credentials"];
    if let TroubleKind::Variable { name } = &trouble.kind {
        return secrets.contains(&&**name);
    }
    if matches!(trouble.kind, TroubleKind::Exception | TroubleKind::Status) {
        let message = trouble.message.to_lowercase();
        return WORDS.iter().any(|word| message.contains(word))
            || secrets.iter().any(|key| message.contains(&key.to_lowercase()));
    }
    trouble.kind == TroubleKind::Secrets
}

/// What an author has to know where it came to no page or to no other; or why.
fn not_opened(
    error: &TrialError,
    depends: &[SystemPackage],
    own: impl Fn(&str) -> String,
) -> Result<String, Box<TrialFailure>> {
    let mut page = String::new();
    if let TrialError::Ended { page: of, lines, .. } = error {
        // A library may end the whole program where there is no screen.
        if let Some(note) = lacks(lines, depends) {
            return Ok(format!(
                "{} {note}: the app's Python ended, and no further page was opened",
                called(of)
            ));
        }
        page.clone_from(of);
    }
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    let cause = match error {
        TrialError::Ended { .. } | TrialError::Visit { .. } => TrialCause::App,
        TrialError::Place { .. } | TrialError::Open { .. } | TrialError::Copy { .. } => {
            TrialCause::Place
        }
    };
    let message = own(&message);
    Err(Box::new(TrialFailure { page, message, traceback: String::new(), cause }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(kind: TroubleKind, message: &str) -> Trouble {
        let traceback = "File \"/c/payload/app/a.py\", line 1".to_owned();
        Trouble { page: "Two".to_owned(), kind, message: message.to_owned(), traceback }
    }

    fn judged(troubles: Vec<Trouble>, secrets: &[&str]) -> Result<Vec<String>, Box<TrialFailure>> {
        let tried = Tried { pages: 2, troubles, offline: true, ..Tried::default() };
        judge(tried, &known(secrets), |text| text.replace("/c/payload/app", "/p"))
    }

    fn known<'a>(secrets: &'a [&'a str]) -> Known<'a> {
        let found = &|kind: &TroubleKind| match kind {
            TroubleKind::Missing { module } => {
                TrialCause::Missing { module: module.clone(), own: None }
            }
            TroubleKind::Absent { .. } => TrialCause::Above {
                path: "/m/config/a.json".into(),
                root: "/m".into(),
                entry: "p/app.py".into(),
            },
            _ => TrialCause::App,
        };
        Known { root: "/p é".into(), secrets, depends: &[], found }
    }

    #[test]
    fn a_note_has_as_much_of_an_exception_as_it_needs() {
        let long = "é".repeat(300);
        let notes = judged(vec![trouble(TroubleKind::Network, &long)], &[]).unwrap();
        assert!(notes[0].ends_with(&format!("({} …)", "é".repeat(120))), "{notes:?}");
        assert_eq!(brief("short"), "short");
    }

    #[test]
    fn what_a_trial_lacks_is_no_failure() {
        let troubles = vec![
            trouble(TroubleKind::Secrets, "KeyError: 'x'"),
            trouble(TroubleKind::Network, "gaierror: no"),
            trouble(TroubleKind::Program, "FileNotFoundError: 'pdfinfo'"),
            trouble(TroubleKind::Exception, "OpenAIError: the api_key option must be set"),
            trouble(TroubleKind::Exception, "RuntimeError: set WEATHER_KEY first"),
            trouble(TroubleKind::Offline, "TypeError: 'NoneType' object is not subscriptable"),
            trouble(TroubleKind::Exit, "SystemExit"),
            trouble(TroubleKind::Outside { path: "/home/me/a.csv".into() }, ""),
            trouble(TroubleKind::Exception, "_tkinter.TclError: no display name and no $DISPLAY"),
            trouble(TroubleKind::Variable { name: "WEATHER_KEY".to_owned() }, "KeyError: 'x'"),
            trouble(TroubleKind::Variable { name: "XDG_RUNTIME_DIR".to_owned() }, "KeyError: 'x'"),
            trouble(TroubleKind::Status, "SystemExit: set WEATHER_KEY"),
        ];
        let notes = judged(troubles, &["WEATHER_KEY"]).unwrap();
        assert_eq!(notes.len(), 12, "{notes:?}");
        assert!(
            notes[7].contains("reads `/home/me/a.csv`") && !notes[7].contains("()"),
            "{notes:?}"
        );
        assert!(notes[1].starts_with("the page `Two` needs a network"), "{notes:?}");
        let one = vec![trouble(TroubleKind::Exception, "RuntimeError: set WEATHER_KEY first")];
        judged(one, &[]).unwrap_err();
    }

    #[test]
    fn what_no_recipient_can_have_stops_the_build() {
        let stopped = |kind: TroubleKind, message: &str| {
            let failure = judged(vec![trouble(kind, message)], &["KEY"]).unwrap_err();
            (failure.message, failure.cause)
        };
        let (message, cause) = stopped(TroubleKind::Outside { path: "/p é/d/a.csv".into() }, "");
        assert_eq!(cause, TrialCause::Fixed { path: "d/a.csv".into() });
        assert!(message.contains("`/p é/d/a.csv`"), "{message}");
        let status = stopped(TroubleKind::Status, "SystemExit: 2");
        assert_eq!(status, ("SystemExit: 2".to_owned(), TrialCause::Status));
        stopped(TroubleKind::Variable { name: "TITLE".to_owned() }, "KeyError: 'TITLE'");
        let path = || "/c/config/a.json".into();
        let (message, _) = stopped(TroubleKind::Absent { path: path() }, "No: '/c/config/a.json'");
        assert_eq!(message, "No: '/m/config/a.json'");
    }

    #[test]
    fn the_first_failure_stops_with_the_authors_paths() {
        let missing = TroubleKind::Missing { module: "qrcode".to_owned() };
        let troubles = vec![
            trouble(TroubleKind::Network, "gaierror: no"),
            trouble(missing, "ModuleNotFoundError: No module named 'qrcode'"),
            trouble(TroubleKind::Exception, "ValueError: later"),
        ];
        let failure = judged(troubles, &[]).unwrap_err();
        let module = "qrcode".to_owned();
        assert_eq!(failure.cause, TrialCause::Missing { module, own: None });
        assert_eq!(failure.page, "Two");
        assert_eq!(failure.traceback, "File \"/p/a.py\", line 1");
    }

    #[test]
    fn python_that_ends_is_told_with_its_page() {
        let ended = |lines: &str| TrialError::Ended {
            page: "Two".to_owned(),
            reason: "ended by itself".to_owned(),
            lines: lines.to_owned(),
        };
        let failure = not_opened(&ended("bye"), &[], str::to_owned).unwrap_err();
        assert_eq!((&*failure.page, failure.cause), ("Two", TrialCause::App));
        let note = not_opened(&ended("could not connect to display"), &[], str::to_owned).unwrap();
        assert!(note.starts_with("the page `Two` opens a window"), "{note}");
    }

    #[test]
    fn pages_without_an_end_are_said() {
        let tried = Tried {
            pages: 1,
            slow: vec![String::new()],
            silent: vec!["A".to_owned()],
            unopened: vec!["B".to_owned(), "C".to_owned()],
            offline: true,
            ..Tried::default()
        };
        let notes = judge(tried, &known(&[]), str::to_owned).unwrap();
        assert!(notes[0].starts_with("the first page was still drawing"), "{notes:?}");
        assert!(notes[1].starts_with("the page `A` drew nothing"), "{notes:?}");
        assert_eq!(notes[2], "for the time, the trial start did not open B, C");
    }
}
