//! The start of a payload at the end of its build.

mod found;
pub(crate) mod remedy;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{Layout, Manifest, Payload};

use crate::build::error::BuildError;
use crate::cache::{Cache, Entry};
use crate::copy::{self, CopyError, Method};
use crate::{Progress, Step};

/// Who starts an app at the end of its build and opens its pages, as recipients will. The packager
/// knows neither Streamlit nor a window.
pub trait Trial {
    /// Names all that decides how a start goes beside the payload: a trial that went well is not
    /// repeated where this and the payload are the same.
    fn edition(&self) -> String;

    /// Starts the app, and gives what the author should know. `waiting` is called several times a
    /// second on the same thread, and may unwind.
    ///
    /// # Errors
    ///
    /// What recipients would meet in place of the app.
    fn run(&self, payload: &Payload, waiting: &dyn Fn()) -> Result<Vec<String>, Box<TrialFailure>>;
}

/// What recipients would meet in place of a page.
#[derive(Debug, thiserror::Error)]
#[error("{message}{}", details(.traceback))]
pub struct TrialFailure {
    /// The page, as its navigation calls it; empty for the first one.
    pub page: String,
    /// What happened.
    pub message: String,
    /// Where it came from, as Python prints it; may be empty.
    pub traceback: String,
    /// What kind it is.
    pub cause: TrialCause,
}

/// The kinds of failures that an author does different things about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrialCause {
    /// A module is not there.
    Missing {
        /// Its name.
        module: String,
        /// The expression that finds the folder that holds it, where it is in the project, as
        /// `Path(__file__).parent / "lib"`, and its path in the project.
        own: Option<(Utf8PathBuf, String)>,
    },
    /// A file may not be written where recipients have the app.
    Refused {
        /// The file, where it can be told.
        path: Option<Utf8PathBuf>,
    },
    /// A distribution that was packed lacks what the code takes from it.
    Gone {
        /// The dotted name of what is not there.
        name: String,
        /// The distribution, or `Python`.
        distribution: String,
        /// Its version.
        version: String,
    },
    /// A file is not there ([`TrialCause::absent`]).
    Absent {
        /// Its path, relative to the project where it is in it.
        path: Utf8PathBuf,
        /// A file of the project with such an end, relative to it.
        found: Option<Utf8PathBuf>,
        /// Whether it is among what does not come along.
        left_out: bool,
    },
    /// A file is not there that the project has beside or above itself ([`TrialCause::absent`]).
    Above {
        /// The file; absolute.
        path: Utf8PathBuf,
        /// The folder that holds it and the project.
        root: Utf8PathBuf,
        /// The script, relative to that folder.
        entry: Utf8PathBuf,
    },
    /// A file of the project is read by its path on this machine.
    Fixed {
        /// Its path, relative to the project.
        path: Utf8PathBuf,
    },
    /// The environment lacks a variable that is no secret of the app's ([`TrialCause::variable`]).
    Variable {
        /// Its name.
        name: String,
        /// The project's file that has it, and the number of the line.
        found: Option<(Utf8PathBuf, usize)>,
    },
    /// A page ends itself, and says that something has failed.
    Status,
    /// The app's code failed, or Python ended.
    App,
    /// The trial itself could not be made.
    Place,
}

fn details(traceback: &str) -> String {
    if traceback.is_empty() { String::new() } else { format!("\n{traceback}") }
}

/// What was said when the app was tried.
const NOTES: &str = "notes.json";

/// Starts the app of `payload`, unless the same one went well before, and gives what the author
/// should know of it.
pub(crate) fn run(
    trial: &dyn Trial,
    payload: &Payload,
    cache: &Cache,
    progress: &dyn Progress,
) -> Result<Vec<String>, BuildError> {
    progress.step(Step::Trial, None);
    let key = format!("{}\n{}", trial.edition(), payload.manifest.to_json());
    let entry: Entry = cache.entry("trial", &key, progress, |folder| {
        let notes = trial
            .run(payload, &|| progress.advance(0))
            .map_err(|source| BuildError::Trial { source })?;
        let path = folder.join(NOTES);
        serde_json::to_vec(&notes)
            .map_err(std::io::Error::from)
            .and_then(|text| fs_err::write(&path, text))
            .map_err(|source| BuildError::Write { path, source })
    })?;
    let path = entry.path().join(NOTES);
    fs_err::read(&path)
        .and_then(|text| Ok(serde_json::from_slice(&text)?))
        .map_err(|source| BuildError::Write { path, source })
}

/// A payload of the same content in `folder`, which does not exist, with no file in common: one that
/// an app may write to without writing to what is kept between builds.
///
/// # Errors
///
/// The file that could not be copied, and why.
pub fn copied(payload: &Payload, folder: &Utf8Path) -> Result<Payload, CopyError> {
    copy::tree(payload.layout.root(), folder, Method::Copy)?;
    let manifest: Manifest = payload.manifest.clone();
    Ok(Payload { layout: Layout::new(folder), manifest })
}

/// A path of the payload as the author knows it: a file of the app is one of the project.
pub fn of_project(text: &str, payload: &Payload, project: &Utf8Path) -> String {
    let root = payload.layout.root();
    let app = payload.layout.app();
    text.replace(app.as_str(), project.as_str()).replace(&format!("{root}/"), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_where_it_came_from() {
        let mut failure = TrialFailure {
            page: String::new(),
            message: "ValueError: no".to_owned(),
            traceback: "Traceback\n  x".to_owned(),
            cause: TrialCause::App,
        };
        assert_eq!(failure.to_string(), "ValueError: no\nTraceback\n  x");
        failure.traceback.clear();
        assert_eq!(failure.to_string(), "ValueError: no");
    }
}
