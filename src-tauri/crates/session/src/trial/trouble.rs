use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use super::TrialError;

/// An exception that a page did not catch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The page, as its navigation calls it; empty for the first one.
    pub page: String,
    /// What kind it is.
    pub kind: TroubleKind,
    /// Its last line, such as `ValueError: no such month`.
    pub message: String,
    /// Where it came from, as Python prints it, from the app's first line on.
    pub traceback: String,
}

/// What an exception says of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// A module is not there.
    Missing {
        /// Its name.
        module: String,
    },
    /// A file may not be written where recipients have the app.
    Refused {
        /// The file, where it can be told.
        path: Option<Utf8PathBuf>,
    },
    /// The page asks for secrets that a trial does not have.
    Secrets,
    /// The environment lacks a variable.
    Variable {
        /// Its name.
        name: String,
    },
    /// The page asks for something that a trial can't reach.
    Network,
    /// Something failed after the page had tried to reach something that a trial can't.
    Offline,
    /// The page calls a program that this machine lacks.
    Program,
    /// What a module lacks, which a distribution has brought.
    Gone {
        /// Its dotted name, such as `langchain.llms`.
        name: String,
        /// The distribution, or `Python`.
        distribution: String,
        /// Its version.
        version: String,
    },
    /// There is no such file.
    Absent {
        /// Its path, as the code has it.
        path: Utf8PathBuf,
    },
    /// A file was read that is neither the app's nor the system's; nothing failed.
    Outside {
        /// Its path.
        path: Utf8PathBuf,
    },
    /// The page ended its thread, as `sys.exit` does.
    Exit,
    /// It did so, and said that something had failed.
    Status,
    /// Anything else.
    Exception,
}

/// A line of the launcher's record (`launcher/waterskin_launcher/trial.py`).
#[derive(Debug, Deserialize)]
struct Line {
    kind: String,
    module: Option<String>,
    path: Option<Utf8PathBuf>,
    #[serde(default)]
    distribution: Option<String>,
    #[serde(default)]
    version: Option<String>,
    message: String,
    traceback: String,
}

impl Line {
    /// `kept` has paths as they are in the payload.
    fn trouble(self, page: &str, kept: impl Fn(String) -> String) -> Trouble {
        let kind = match (&*self.kind, self.module) {
            ("missing", Some(module)) => TroubleKind::Missing { module },
            ("variable", Some(name)) => TroubleKind::Variable { name },
            ("gone", Some(name)) => TroubleKind::Gone {
                name,
                distribution: self.distribution.unwrap_or_default(),
                version: self.version.unwrap_or_default(),
            },
            ("absent", _) => TroubleKind::Absent {
                path: kept(self.path.unwrap_or_default().into_string()).into(),
            },
            ("outside", _) => TroubleKind::Outside { path: self.path.unwrap_or_default() },
            ("offline", _) => TroubleKind::Offline,
            ("exit", _) => TroubleKind::Exit,
            ("status", _) => TroubleKind::Status,
            ("refused", _) => {
                TroubleKind::Refused { path: self.path.map(|path| kept(path.into_string()).into()) }
            }
            ("secrets", _) => TroubleKind::Secrets,
            ("network", _) => TroubleKind::Network,
            ("program", _) => TroubleKind::Program,
            _ => TroubleKind::Exception,
        };
        let (message, traceback) = (kept(self.message), kept(self.traceback));
        Trouble { page: page.to_owned(), kind, message, traceback }
    }
}

/// The launcher's record, as far as it was read.
pub(super) struct Record<'a> {
    path: &'a Utf8Path,
    /// How many were read.
    lines: usize,
    /// Where the app's files are run, and where they are in the payload.
    places: [Utf8PathBuf; 2],
}

impl<'a> Record<'a> {
    pub fn new(path: &'a Utf8Path, places: [Utf8PathBuf; 2]) -> Self {
        Self { path, lines: 0, places }
    }

    /// What is new in it, of `page`.
    pub fn more(&mut self, page: &str) -> Result<Vec<Trouble>, TrialError> {
        let text = match fs_err::read_to_string(self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => {
                return Err(TrialError::Place { path: self.path.to_owned(), source });
            }
        };
        let new: Vec<&str> = text.lines().skip(self.lines).collect();
        self.lines += new.len();
        // One that can't be read is of something that went wrong all the same.
        let read = |line: &str| {
            serde_json::from_str::<Line>(line).unwrap_or_else(|_| Line {
                kind: String::new(),
                module: None,
                path: None,
                distribution: None,
                version: None,
                message: line.to_owned(),
                traceback: String::new(),
            })
        };
        let [run, kept] = &self.places;
        let kept = |text: String| text.replace(run.as_str(), kept.as_str());
        Ok(new.into_iter().map(read).map(|line| line.trouble(page, kept)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_read_as_it_grows() {
        let folder = tempfile::tempdir().unwrap();
        let record = Utf8Path::from_path(folder.path()).unwrap().join("troubles");
        let places = ["/data/app".into(), "/a b".into()];
        let mut seen = Record::new(&record, places);
        assert_eq!(seen.more("").unwrap(), []);
        let line = |kind: &str, more: &str| {
            format!("{{\"kind\": \"{kind}\", {more}\"message\": \"m\", \"traceback\": \"t\"}}\n")
        };
        let mut text = line("missing", "\"module\": \"qrcode\", ");
        fs_err::write(&record, &text).unwrap();
        let kinds = |troubles: Vec<Trouble>| {
            troubles.into_iter().map(|it| (it.page, it.kind)).collect::<Vec<_>>()
        };
        let missing = TroubleKind::Missing { module: "qrcode".to_owned() };
        assert_eq!(kinds(seen.more("").unwrap()), [(String::new(), missing)]);
        text += &line("refused", "\"path\": \"/data/app/é.db\", ");
        text += &line("something new", "");
        text += &line("variable", "\"module\": \"TITLE\", ");
        text += &line("status", "");
        fs_err::write(&record, &text).unwrap();
        let refused = TroubleKind::Refused { path: Some("/a b/é.db".into()) };
        let page = || "Two".to_owned();
        let variable = TroubleKind::Variable { name: "TITLE".to_owned() };
        let kinds_of = [refused, TroubleKind::Exception, variable, TroubleKind::Status];
        let expected = kinds_of.map(|kind| (page(), kind));
        assert_eq!(kinds(seen.more("Two").unwrap()), expected);
        assert_eq!(seen.more("Two").unwrap(), []);
    }
}
