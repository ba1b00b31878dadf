use std::{
    fmt::Write as _,
    io::{self, Write as _},
    time::Duration,
};

use camino::{Utf8Path, Utf8PathBuf};
use zip::{ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{
    Folders, Milestone, Phase, SecretValues, SessionState, failure::without_escapes, mask::Mask,
};

/// The largest file of a log that goes into a saved report, in bytes. The log's own files are
/// smaller.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Stands in a report in place of the logs that nobody can take the secrets out of.
const NO_LOGS: &str =
    "\nWithout the logs: the keychain did not say which secrets to take out of them.\n";

/// What a report is made of.
pub struct Material<'a> {
    /// The session now.
    pub state: &'a SessionState,
    /// Versions of the system, Python, Streamlit and whatever else is known, a line each.
    pub versions: &'a [String],
    /// What the start passed, and when.
    pub milestones: &'a [(Milestone, Duration)],
    /// Python's last lines.
    pub lines: &'a [String],
    /// The app's folders, if it has any.
    pub folders: Option<&'a Folders>,
    /// The person's secrets, which an app may write out.
    pub secrets: &'a SecretValues,
    /// Whether these are all that earlier sessions can have had too.
    pub sure: bool,
}

/// What a person can send to the app's author: versions, stages and last lines, without secrets,
/// as far as these can be told, and without personal paths.
pub struct Report {
    text: String,
    logs: Option<Utf8PathBuf>,
    mask: Mask,
    secrets: SecretValues,
}

/// Why a report could not be saved.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The file could not be written.
    #[error("could not write the report into `{folder}`")]
    Write {
        /// The folder that it was to go into.
        folder: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The archive could not be made.
    #[error("could not pack the report")]
    Pack {
        /// What went wrong.
        #[source]
        source: ZipError,
    },
}

impl Report {
    /// The report of a session that never began: there are no lines of Python's. The logs of earlier
    /// sessions have what the app wrote then, and so perhaps its secrets: where nobody can say these
    /// (`None`), the logs stay out of it.
    pub fn of_failure(
        state: &SessionState,
        versions: &[String],
        secrets: Option<&SecretValues>,
    ) -> Self {
        Self::without_session(state, versions, secrets, Folders::of(&state.app.id).ok().as_ref())
    }

    fn without_session(
        state: &SessionState,
        versions: &[String],
        secrets: Option<&SecretValues>,
        folders: Option<&Folders>,
    ) -> Self {
        let (milestones, lines, sure) = (&[], &[], secrets.is_some());
        let secrets = &secrets.cloned().unwrap_or_default();
        Self::new(&Material { state, versions, milestones, lines, folders, secrets, sure })
    }

    pub(crate) fn new(material: &Material<'_>) -> Self {
        let home = directories::BaseDirs::new();
        let home = home.as_ref().and_then(|base| Utf8Path::from_path(base.home_dir()));
        let mask = Mask::new(home, material.folders);
        let mut text = mask.apply(&material.secrets.masked(&text(material)));
        if !material.sure {
            text.push_str(NO_LOGS);
        }
        let folders = material.folders.filter(|_| material.sure);
        let logs = folders.map(|folders| folders.logs.clone());
        Self { text, logs, mask, secrets: material.secrets.clone() }
    }

    /// The report as text, for the clipboard.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Writes `report.txt` and the logs into an archive in `folder`, whose name begins with `name`,
    /// and returns its path. An archive that is there already stays.
    pub fn save(&self, folder: &Utf8Path, name: &str) -> Result<Utf8PathBuf, ReportError> {
        let error = |source| ReportError::Write { folder: folder.to_owned(), source };
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(error)?;
        self.pack(file.as_file_mut())?;
        for number in 1..1000 {
            let number = if number == 1 { String::new() } else { format!(" {number}") };
            let path = folder.join(format!("{name}{number}.zip"));
            match file.persist_noclobber(&path) {
                Ok(_) => return Ok(path),
                Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => {
                    file = taken.file;
                }
                Err(refused) => return Err(error(refused.error)),
            }
        }
        Err(error(io::ErrorKind::AlreadyExists.into()))
    }

    fn pack(&self, file: &mut std::fs::File) -> Result<(), ReportError> {
        let mut archive = ZipWriter::new(file);
        let mut add = |name: &str, content: &str| {
            archive.start_file(name, SimpleFileOptions::default())?;
            archive.write_all(content.as_bytes())?;
            Ok(())
        };
        let packed = add("report.txt", &self.text).and_then(|()| {
            self.logs().iter().try_for_each(|path| {
                // One that is gone meanwhile is none.
                let Ok(bytes) = fs_err::read(path) else { return Ok(()) };
                let lines = String::from_utf8_lossy(&bytes);
                let plain: String =
                    lines.lines().flat_map(|line| [without_escapes(line), "\n".into()]).collect();
                add(
                    path.file_name().unwrap_or_default(),
                    &self.mask.apply(&self.secrets.masked(&plain)),
                )
            })
        });
        packed
            .and_then(|()| archive.finish().map(drop))
            .map_err(|source| ReportError::Pack { source })
    }

    /// The files of the logs: the app's output and what the shell wrote. A trace is not among them.
    fn logs(&self) -> Vec<Utf8PathBuf> {
        let Some(Ok(entries)) = self.logs.as_deref().map(Utf8Path::read_dir_utf8) else {
            return Vec::new();
        };
        let mut logs: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.into_path()))
            .filter(|path| {
                let name = path.file_name().unwrap_or_default();
                (name.starts_with("app.") || name.starts_with("shell.")) && name.contains(".log")
            })
            .filter(|path| path.metadata().is_ok_and(|it| it.is_file() && it.len() <= LARGEST))
            .collect();
        logs.sort_unstable();
        logs
    }
}

fn text(material: &Material<'_>) -> String {
    let state = material.state;
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(text, "{} {} ({})", state.app.name, state.app.version, state.app.id);
    let _ = writeln!(
        text,
        "Waterskin {} on {} {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    for line in material.versions {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "\nState: {}", phase(&state.phase));
    let _ = writeln!(
        text,
        "Stage of the page: {:?}; start {} of Python; port {}",
        state.stage, state.generation, state.port.port
    );
    for (milestone, after) in material.milestones {
        let _ = writeln!(text, "  {milestone:?} after {} ms", after.as_millis());
    }
    if let Phase::GaveUp { failure } = &state.phase
        && !failure.details.is_empty()
    {
        let _ = writeln!(text, "\n{}", failure.details);
    }
    if !material.lines.is_empty() {
        let _ = writeln!(text, "\nLast lines of the log:");
    }
    for line in material.lines {
        let _ = writeln!(text, "  {}", without_escapes(line));
    }
    text
}

fn phase(phase: &Phase) -> String {
    match phase {
        Phase::Starting => "starting".to_owned(),
        Phase::Unlocking => "waiting for the keychain".to_owned(),
        Phase::Asking => "asking for secrets".to_owned(),
        Phase::Ready => "running".to_owned(),
        Phase::Waiting { failures, reason, .. } => {
            format!("starting again after {failures} failures: Python {reason}")
        }
        Phase::GaveUp { failure } => match &failure.subject {
            Some(subject) => format!("gave up: {} ({})", failure.message, subject.name()),
            None => format!("gave up: {}", failure.message),
        },
        Phase::Stopping => "stopping".to_owned(),
        Phase::Stopped => "stopped".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::{AppInfo, PortInfo, Stage};

    #[test]
    fn a_saved_report_has_the_logs_and_names_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let logs = root.join("logs");
        fs_err::create_dir_all(&logs).unwrap();
        let output = format!("\u{1b}[31mAPI_KEY=abc\u{1b}[0m in {logs}/x\nséance\n");
        fs_err::write(logs.join("app.log"), output).unwrap();
        fs_err::write(logs.join("shell.2026-11-23.log"), "started\n").unwrap();
        fs_err::write(logs.join("trace.jsonl"), "{}").unwrap();
        let folders = Folders {
            data: root.join("data"),
            web: root.join("web"),
            cache: root.join("cache"),
            logs,
        };
        let state = SessionState {
            revision: 1,
            app: AppInfo { id: "a.b".into(), name: "Été".into(), version: "1".into() },
            phase: Phase::Ready,
            stage: Stage::Finished,
            port: PortInfo { port: 8501, preferred: 8501 },
            generation: 1,
        };
        let lines = [format!("read {root}/data/x.csv")];
        let report = Report::new(&Material {
            state: &state,
            versions: &["Streamlit 1.67.0".to_owned()],
            milestones: &[(Milestone::Ready, Duration::from_millis(7))],
            lines: &lines,
            folders: Some(&folders),
            secrets: &SecretValues::default(),
            sure: true,
        });
        for part in ["Été 1 (a.b)", "Streamlit 1.67.0", "Ready after 7 ms", "read <data>/x.csv"] {
            assert!(report.text().contains(part), "{part} is not in:\n{}", report.text());
        }

        let first = report.save(root, "Été report").unwrap();
        let second = report.save(root, "Été report").unwrap();
        assert_eq!(second.file_name(), Some("Été report 2.zip"), "the first one stays");
        let mut archive = zip::ZipArchive::new(fs_err::File::open(first).unwrap()).unwrap();
        let names: Vec<_> = archive.file_names().map(|it| it.unwrap().into_owned()).collect();
        assert_eq!(names, ["report.txt", "app.log", "shell.2026-11-23.log"]);
        let mut log = String::new();
        archive.by_name("app.log").unwrap().read_to_string(&mut log).unwrap();
        assert_eq!(log, "API_KEY=<secret> in <logs>/x\nséance\n");
    }

    #[test]
    fn a_report_of_an_app_that_did_not_open_has_no_secret_of_an_earlier_session() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let logs = root.join("logs");
        fs_err::create_dir_all(&logs).unwrap();
        fs_err::write(logs.join("app.log"), "the app says sesame42\n").unwrap();
        let (data, web, cache) = (root.join("data"), root.join("web"), root.join("cache"));
        let folders = Folders { data, web, cache, logs };
        let failure = crate::system("no port for sesame42");
        let state = SessionState {
            revision: 1,
            app: AppInfo { id: "a.b".into(), name: "A".into(), version: "1".into() },
            phase: Phase::GaveUp { failure },
            stage: Stage::None,
            port: PortInfo { port: 0, preferred: 0 },
            generation: 0,
        };
        let content = |secrets: Option<&SecretValues>| {
            let report = Report::without_session(&state, &[], secrets, Some(&folders));
            let saved = report.save(root, "report").unwrap();
            let mut archive = zip::ZipArchive::new(fs_err::File::open(saved).unwrap()).unwrap();
            let mut texts = vec![String::new(); archive.len()];
            for (at, text) in texts.iter_mut().enumerate() {
                archive.by_index(at).unwrap().read_to_string(text).unwrap();
            }
            texts
        };
        let known = [("KEY".to_owned(), "sesame42".to_owned())].into_iter().collect();
        let told = content(Some(&known));
        assert_eq!(told.get(1).map(String::as_str), Some("the app says •••\n"));
        assert!(!told.concat().contains("sesame42"), "{told:?}");
        let told = content(None);
        assert_eq!(told.len(), 1, "without the logs: {told:?}");
        assert!(told.concat().contains("Without the logs"), "{told:?}");
    }
}
