use std::{error::Error, io};

use camino::Utf8Path;
use waterskin_bundle::{AppCopyError, ManifestError, PayloadError};
use waterskin_proxy::BindError;

use crate::{Failure, FailureCode, FoldersError, Hint, OpenError, Subject};

/// How many lines of Python's output a failure carries at most.
const DETAIL_LINES: usize = 60;

/// How Python ended the last time.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// In words: "exited with code 1".
    pub exit: &'a str,
    /// Whether it was ended because it did not answer in time.
    pub unresponsive: bool,
}

/// The failure of an app whose Python ended too often, from its last lines.
pub fn crashing(app: &str, ending: &Ending<'_>, lines: &[String], log: &Utf8Path) -> Failure {
    let details = last_words(lines);
    let has = |text: &str| details.lines().any(|line| line.contains(text));
    let (mut code, mut message) =
        (FailureCode::Crashing, format!("{app} stopped several times: Python {}", ending.exit));
    if ending.unresponsive {
        (code, message) = (FailureCode::Unresponsive, format!("{app} started and did not answer"));
    }
    let hint = if let Some(module) = details.lines().rev().find_map(missing_module) {
        Hint::MissingModule { module: module.to_owned() }
    } else if has(FULL) {
        code = FailureCode::NoSpace;
        Hint::FreeSpace
    } else if has("MemoryError") || ending.exit.contains("SIGKILL") {
        Hint::FreeMemory
    } else {
        Hint::Restart
    };
    Failure { details, log_file: log.to_string(), ..failure(code, message, vec![hint]) }
}

/// What the system says of a full disk (`strerror` of `ENOSPC`; Python prints it as it is).
const FULL: &str = "No space left on device";

/// The failure of a payload that can't be used.
pub fn damaged(error: &PayloadError) -> Failure {
    let subject = match error {
        PayloadError::Missing { .. } => return no_app(&error.to_string()),
        PayloadError::Manifest { source: ManifestError::Schema { .. }, .. } => {
            return Failure {
                details: causes(error),
                ..failure(FailureCode::TooNew, error.to_string(), vec![Hint::InstallNewest])
            };
        }
        PayloadError::Read { path, .. }
        | PayloadError::Manifest { path, .. }
        | PayloadError::Incomplete { path }
        | PayloadError::File { path }
        | PayloadError::Changed { path, .. }
        | PayloadError::Digest { path, .. } => path,
    };
    Failure {
        subject: Some(Subject::File(subject.to_string())),
        details: causes(error),
        ..failure(FailureCode::Damaged, error.to_string(), vec![Hint::Reinstall])
    }
}

/// The failure of a web view that lacks `missing`, which the page needs.
pub fn old_web_view(missing: &str) -> Failure {
    let message = format!("the system's web view lacks what the page needs: {missing}");
    Failure {
        subject: Some(Subject::Missing(missing.to_owned())),
        ..failure(FailureCode::OldWebView, message, vec![Hint::UpdateSystem])
    }
}

/// The failure of a shell that has nothing to run.
pub fn no_app(message: &str) -> Failure {
    failure(FailureCode::NoApp, message.to_owned(), vec![Hint::StartByIcon, Hint::Author])
}

/// The failure of a system that lacks something.
pub fn system(message: &str) -> Failure {
    failure(FailureCode::System, message.to_owned(), vec![Hint::RestartComputer])
}

/// The failure of a start that gets no answer from the keychain.
pub fn keychain() -> Failure {
    let hints = vec![Hint::UnlockKeychain, Hint::EnterOnce];
    failure(FailureCode::Keychain, "the system's keychain does not answer".to_owned(), hints)
}

/// The failure of a session that could not begin.
pub fn not_opened(error: &OpenError) -> Failure {
    let message = error.to_string();
    let found = match error {
        OpenError::Bind { source: BindError::Taken { first, last, .. } } => Failure {
            subject: Some(Subject::Ports(format!("{first} – {last}"))),
            ..failure(FailureCode::NoPort, message, vec![Hint::ClosePrograms])
        },
        OpenError::Folders { source: FoldersError::Create { path, .. } } => {
            not_written(message, path, error)
        }
        OpenError::Launcher { folder, .. } => not_written(message, folder, error),
        OpenError::Bind { .. }
        | OpenError::Folders { .. }
        | OpenError::Gate { .. }
        | OpenError::Proxy { .. } => system(&message),
    };
    Failure { details: causes(error), ..found }
}

/// The failure of an app whose files could not be copied to where it runs.
pub fn not_copied(error: &AppCopyError) -> Failure {
    let message = "could not copy the app's files to where it may write".to_owned();
    let found = match error {
        AppCopyError::Read { path, .. } => Failure {
            subject: Some(Subject::File(path.to_string())),
            ..failure(FailureCode::Damaged, message, vec![Hint::Reinstall])
        },
        AppCopyError::Busy { folder } => Failure {
            subject: Some(Subject::Folder(folder.to_string())),
            ..failure(FailureCode::NoPermission, message, vec![Hint::ClosePrograms])
        },
        AppCopyError::Write { path, .. } => {
            not_written(message, path.parent().unwrap_or(path), error)
        }
    };
    Failure { details: causes(error), ..found }
}

/// The failure of a folder that can't be written, by what the system said.
fn not_written(message: String, folder: &Utf8Path, error: &(dyn Error + 'static)) -> Failure {
    let (code, hint) = match io_kind(error) {
        Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
            (FailureCode::NoSpace, Hint::FreeSpace)
        }
        _ => (FailureCode::NoPermission, Hint::AllowFolder),
    };
    let subject = Some(Subject::Folder(folder.to_string()));
    Failure { subject, ..failure(code, message, vec![hint]) }
}

/// What the system said, where an error comes from it.
fn io_kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    match error.downcast_ref::<io::Error>() {
        Some(said) => Some(said.kind()),
        None => error.source().and_then(io_kind),
    }
}

fn failure(code: FailureCode, message: String, hints: Vec<Hint>) -> Failure {
    let (details, log_file) = (String::new(), String::new());
    Failure { code, subject: None, message, hints, details, log_file }
}

/// An error and its causes, a line each.
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str("\ncaused by: ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The last traceback in `lines` with all that follows, or else the last lines, without colours.
fn last_words(lines: &[String]) -> String {
    let plain: Vec<String> = lines.iter().map(|line| without_escapes(line)).collect();
    let begin =
        plain.iter().rposition(|line| line.starts_with("Traceback (most recent call last)"));
    let begin = begin.unwrap_or(0).max(plain.len().saturating_sub(DETAIL_LINES));
    plain.get(begin..).unwrap_or_default().join("\n").trim_end().to_owned()
}

fn missing_module(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("ModuleNotFoundError: No module named '")?;
    rest.split('\'').next()
}

/// Takes terminal control sequences out, and all other control characters but tabs.
pub fn without_escapes(text: &str) -> String {
    let plain = anstream::adapter::strip_str(text).flat_map(str::chars);
    plain.filter(|c| !c.is_control() || *c == '\t').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_last_traceback_is_shown_and_its_cause_explained() {
        let output = lines(
            "hello\nTraceback (most recent call last):\n  old\nKeyError: 1\n\u{1b}[31mbetween\u{1b}[0m\n\
             Traceback (most recent call last):\n  File \"x.py\"\nModuleNotFoundError: No module named 'polars'\nwaterskin: could not import",
        );
        let failure = crashing(
            "App",
            &Ending { exit: "exited with code 1", unresponsive: false },
            &output,
            Utf8Path::new("/l"),
        );
        assert_eq!(failure.code, FailureCode::Crashing);
        assert!(failure.details.starts_with("Traceback (most recent call last):\n  File"));
        assert_eq!(failure.hints, [Hint::MissingModule { module: "polars".to_owned() }]);
    }

    #[test]
    fn a_copy_that_finds_no_space_says_so() {
        let path = Utf8Path::new("/home/ann/.local/share/org.example/data/stock.db").to_owned();
        for (kind, code, hint) in [
            (io::ErrorKind::StorageFull, FailureCode::NoSpace, Hint::FreeSpace),
            (io::ErrorKind::PermissionDenied, FailureCode::NoPermission, Hint::AllowFolder),
        ] {
            let error = AppCopyError::Write { path: path.clone(), source: kind.into() };
            let failure = not_copied(&error);
            assert_eq!((failure.code, failure.hints), (code, vec![hint]));
            let folder = Subject::Folder("/home/ann/.local/share/org.example/data".to_owned());
            assert_eq!(failure.subject, Some(folder));
        }
        let error = AppCopyError::Read { path, source: io::ErrorKind::NotFound.into() };
        assert_eq!(not_copied(&error).code, FailureCode::Damaged);
    }

    #[test]
    fn escapes_are_taken_out() {
        assert_eq!(without_escapes("\u{1b}[1;31mred\u{1b}[0m\r \u{1b}]0;title\u{7}é"), "red é");
        assert_eq!(
            without_escapes("a\tb\u{8}\u{1b}]8;;x\u{1b}\\c\u{1b}P0;1|17/ab\u{1b}\\d\u{85}"),
            "a\tbcd"
        );
        assert_eq!(without_escapes("\u{1b}"), "");
        assert_eq!(without_escapes("\u{1b}[31"), "");
    }
}
