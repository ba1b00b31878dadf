use std::io;

use camino::Utf8Path;
use waterskin_bundle::Payload;
use waterskin_packager::{BuildPlan, Trial, TrialCause, TrialFailure, copied, of_project};
use waterskin_session::{TrialError, Tried, Trouble, TroubleKind, try_out};

/// Opens the pages of an app at the end of its build.
pub struct Opened<'a> {
    pub plan: &'a BuildPlan,
}

impl Trial for Opened<'_> {
    fn edition(&self) -> String {
        format!("{} {}", env!("CARGO_PKG_VERSION"), waterskin_session::edition())
    }

    fn run(&self, payload: &Payload, waiting: &dyn Fn()) -> Result<Vec<String>, TrialFailure> {
        let place = |source: io::Error| TrialFailure {
            page: String::new(),
            message: format!("there is no place for a trial start: {source}"),
            traceback: String::new(),
            cause: TrialCause::Place,
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
            Ok(tried) => judge(tried, &self.keys(), own),
            Err(error) => Err(not_opened(&error, own)),
        }
    }
}

impl Opened<'_> {
    fn keys(&self) -> Vec<&str> {
        self.plan.secrets.iter().map(|secret| &*secret.key).collect()
    }
}

/// A folder whose path leaves room for that of a socket in it, which is short.
fn folder() -> io::Result<tempfile::TempDir> {
    const SHORT: usize = 40;
    let mut make = tempfile::Builder::new();
    make.prefix("waterskin-");
    let usual = std::env::temp_dir();
    if cfg!(unix) && usual.as_os_str().len() > SHORT {
        return make.tempdir_in("/tmp").or_else(|_| make.tempdir_in(usual));
    }
    make.tempdir_in(usual)
}

/// As much of an exception as a note needs: those of a network name it on several lines.
fn brief(message: &str) -> String {
    const MOST: usize = 120;
    match message.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} \u{2026}", message[..end].trim_end()),
        None => message.to_owned(),
    }
}

/// What an author has to know of a trial; or the first thing that recipients would meet in place of
/// a page. `own` has paths as they are in the project.
fn judge(
    tried: Tried,
    secrets: &[&str],
    own: impl Fn(&str) -> String,
) -> Result<Vec<String>, TrialFailure> {
    let mut notes = Vec::new();
    if !tried.offline {
        notes.push("this system can't keep a trial start from the network: pages that need one open here and may not elsewhere".to_owned());
    }
    for trouble in tried.troubles {
        let page = called(&trouble.page);
        let message = own(&trouble.message);
        let brief = brief(&message);
        if asks_for_secrets(&trouble, secrets) {
            notes.push(format!(
                "{page} asks for secrets, which a trial start does not have ({brief})"
            ));
            continue;
        }
        let cause = match trouble.kind {
            TroubleKind::Network => {
                notes.push(format!(
                    "{page} needs a network, which a trial start does not have ({brief})"
                ));
                continue;
            }
            // The package may bring it, or recipients have it.
            TroubleKind::Program => {
                notes.push(format!("{page} calls a program that this machine lacks ({brief})"));
                continue;
            }
            TroubleKind::Missing { module } => TrialCause::Missing { module },
            TroubleKind::Refused { path } => {
                TrialCause::Refused { path: path.map(|path| own(path.as_str()).into()) }
            }
            TroubleKind::Secrets | TroubleKind::Exception => TrialCause::App,
        };
        let traceback = own(&trouble.traceback);
        return Err(TrialFailure { page: trouble.page, message, traceback, cause });
    }
    for page in tried.slow {
        notes.push(format!("{} was still at it when the trial start ended", called(&page)));
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

/// Whether an exception comes of secrets that nobody gave: clients of services say it in their own
/// words.
fn asks_for_secrets(trouble: &Trouble, secrets: &[&str]) -> bool {
    const WORDS: [&str; 4] = ["api_key", "api key", "apikey", "credentials"];
    if trouble.kind == TroubleKind::Exception {
        let message = trouble.message.to_lowercase();
        return WORDS.iter().any(|word| message.contains(word))
            || secrets.iter().any(|key| message.contains(&key.to_lowercase()));
    }
    trouble.kind == TroubleKind::Secrets
}

fn not_opened(error: &TrialError, own: impl Fn(&str) -> String) -> TrialFailure {
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
    TrialFailure { page: String::new(), message: own(&message), traceback: String::new(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(kind: TroubleKind, message: &str) -> Trouble {
        let traceback = "File \"/c/payload/app/a.py\", line 1".to_owned();
        Trouble { page: "Two".to_owned(), kind, message: message.to_owned(), traceback }
    }

    fn judged(troubles: Vec<Trouble>, secrets: &[&str]) -> Result<Vec<String>, TrialFailure> {
        let tried = Tried { pages: 2, troubles, offline: true, ..Tried::default() };
        judge(tried, secrets, |text| text.replace("/c/payload/app", "/p"))
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
        ];
        let notes = judged(troubles, &["WEATHER_KEY"]).unwrap();
        assert_eq!(notes.len(), 5, "{notes:?}");
        assert!(notes[1].starts_with("the page `Two` needs a network"), "{notes:?}");
        let one = vec![trouble(TroubleKind::Exception, "RuntimeError: set WEATHER_KEY first")];
        judged(one, &[]).unwrap_err();
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
        assert_eq!(failure.cause, TrialCause::Missing { module: "qrcode".to_owned() });
        assert_eq!(failure.page, "Two");
        assert_eq!(failure.traceback, "File \"/p/a.py\", line 1");
    }

    #[test]
    fn pages_without_an_end_are_said() {
        let tried = Tried {
            pages: 1,
            slow: vec![String::new()],
            unopened: vec!["B".to_owned(), "C".to_owned()],
            offline: true,
            ..Tried::default()
        };
        let notes = judge(tried, &[], str::to_owned).unwrap();
        assert_eq!(notes[0], "the first page was still at it when the trial start ended");
        assert_eq!(notes[1], "for the time, the trial start did not open B, C");
    }
}
