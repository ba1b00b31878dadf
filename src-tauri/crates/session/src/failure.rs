use camino::Utf8Path;
use waterskin_bundle::{ManifestError, PayloadError};

use crate::{Failure, FailureCode};

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
    let mut hints = Vec::new();
    let has = |text: &str| details.lines().any(|line| line.contains(text));
    if let Some(module) = details.lines().rev().find_map(missing_module) {
        hints.push(format!(
            "The app needs the Python module `{module}`, which is not installed with it. \
             Its author can add it to the project's dependencies and build it again."
        ));
    } else if has("No space left on device") {
        hints.push("The disk is full. Free some space, then restart the app.".to_owned());
    } else if has("MemoryError") || ending.exit.contains("SIGKILL") {
        hints.push(
            "The computer may be out of memory. Close other programs, then restart the app."
                .to_owned(),
        );
    } else {
        hints.push(
            "Restart the app. If it happens again, send the report to the app's author.".to_owned(),
        );
    }
    let (code, message) = if ending.unresponsive {
        (FailureCode::Unresponsive, format!("{app} started and did not answer"))
    } else {
        (FailureCode::Crashing, format!("{app} stopped several times: Python {}", ending.exit))
    };
    Failure { code, message, hints, details, log_file: log.to_string() }
}

/// The failure of a payload that can't be used.
pub fn damaged(error: &PayloadError) -> Failure {
    let (code, hint) = match error {
        PayloadError::Manifest { source: ManifestError::Schema { .. }, .. } => (
            FailureCode::TooNew,
            "The app was packaged by a newer version. Install the app's newest installer.",
        ),
        PayloadError::Missing { .. } => return no_app(&error.to_string()),
        _ => (FailureCode::Damaged, "Install the app again. Your data is kept."),
    };
    Failure {
        code,
        message: error.to_string(),
        hints: vec![hint.to_owned()],
        details: causes(error),
        log_file: String::new(),
    }
}

/// The failure of a shell that has nothing to run.
pub fn no_app(message: &str) -> Failure {
    Failure {
        code: FailureCode::NoApp,
        message: message.to_owned(),
        hints: vec![
            "Start the app by its icon, or install it again.".to_owned(),
            "If you are building an app, run `waterskin build` or `waterskin run`.".to_owned(),
        ],
        details: String::new(),
        log_file: String::new(),
    }
}

/// An error and its causes, a line each.
pub fn causes(error: &dyn std::error::Error) -> String {
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

/// Takes terminal control sequences out (ECMA-48: CSI and OSC) and other control characters.
pub fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            if !c.is_control() || c == '\t' {
                plain.push(c);
            }
            continue;
        }
        match rest.next() {
            Some('[') => {
                let _ = rest.by_ref().find(|c| ('\u{40}'..='\u{7e}').contains(c));
            }
            Some(']') => {
                let _ = rest.by_ref().find(|c| *c == '\u{7}' || *c == '\u{1b}');
                rest.next_if_eq(&'\\');
            }
            _ => {}
        }
    }
    plain
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
        assert!(failure.hints[0].contains("`polars`"), "{:?}", failure.hints);
    }

    #[test]
    fn escapes_are_taken_out() {
        assert_eq!(without_escapes("\u{1b}[1;31mred\u{1b}[0m\r \u{1b}]0;title\u{7}é"), "red é");
        assert_eq!(without_escapes("\u{1b}"), "");
        assert_eq!(without_escapes("\u{1b}[31"), "");
    }
}
