//! A start of a payload as its recipients will have it, to see whether its pages open.

mod visit;

use std::{
    collections::BTreeSet,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use tokio::sync::{oneshot, watch};
use waterskin_bundle::Payload;
use waterskin_process::confine;
use waterskin_supervisor::OutputLog;

use crate::{Folders, OpenError, Options, Phase, Session, SessionState, options::TrialPlace};
use visit::{Run, Visit, VisitError};
use waterskin_streamlit::Page;

/// How long a page may take until it shows something, such as one that imports much.
const SILENT: Duration = Duration::from_secs(60);
/// How long it may take from then on: one that is drawn anew for ever has no end.
const DRAWING: Duration = Duration::from_secs(10);
/// How often the caller is asked whether to go on.
const TICK: Duration = Duration::from_millis(200);
/// After so long no further page is opened.
const ALL: Duration = Duration::from_secs(120);
/// How long it may take to be told that Python has ended.
const END: Duration = Duration::from_secs(3);
/// How long the app may take to end.
const STOP_BUDGET: Duration = Duration::from_secs(3);
/// How many of Python's last lines say why it ended.
const LAST_LINES: usize = 30;

/// What became of a trial start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// How many pages were opened.
    pub pages: usize,
    /// What went wrong in them, in order.
    pub troubles: Vec<Trouble>,
    /// Pages that still drew when their time was over.
    pub slow: Vec<String>,
    /// Pages that had drawn nothing until then.
    pub silent: Vec<String>,
    /// Pages that were not opened, for the time.
    pub unopened: Vec<String>,
    /// Whether it was kept from the network.
    pub offline: bool,
}

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

/// Why an app could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The folder for it can't be used.
    #[error("could not use `{path}` for a trial start")]
    Place {
        /// The folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The session did not open.
    #[error("could not start the app")]
    Open {
        /// Why.
        #[source]
        source: OpenError,
    },
    /// Python ended before its page was there.
    #[error("the app's Python {reason}\n{lines}")]
    Ended {
        /// The page, as its navigation calls it; empty for the first one.
        page: String,
        /// How, in words.
        reason: String,
        /// The last of what it said.
        lines: String,
    },
    /// The page could not be opened.
    #[error("could not open the app's page")]
    Visit {
        /// Why.
        #[source]
        source: VisitError,
    },
    /// There is no payload that may be written to.
    #[error("could not copy the app")]
    Copy {
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
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

/// What a thread that serves the app tells the one that visits it.
struct Serving {
    url: String,
    port: u16,
    states: watch::Receiver<SessionState>,
    log: Arc<OutputLog>,
    /// Where the app's files are run, and where they are in the payload.
    places: [Utf8PathBuf; 2],
    offline: bool,
}

/// Starts the app of `payload` in `place`, an empty folder with a short path, opens its pages and
/// ends it.
///
/// It has an empty home, no secrets, and, where the system can see to it, nothing to write to but
/// this home and the folders for temporary files, and no network. Where it can't, `copied` is asked
/// for another payload of the same content, which may be written to.
///
/// `waiting` is called several times a second, on this thread, and may unwind.
///
/// # Errors
///
/// [`TrialError`], when it came to no page. What goes wrong in pages is in [`Tried`].
pub fn try_out(
    payload: &Payload,
    place: &Utf8Path,
    copied: impl FnOnce() -> Result<Payload, TrialError> + Send,
    waiting: &dyn Fn(),
) -> Result<Tried, TrialError> {
    let home = Home::make(place)?;
    let (tell, told) = mpsc::channel();
    let (stop, stopped) = oneshot::channel();
    std::thread::scope(|scope| {
        // A thread of its own, since it is confined for good, with all that comes of it.
        let place = &home;
        let serving = scope.spawn(move || serve(payload, place, copied, &tell, stopped));
        let tried = match told.recv() {
            Ok(app) => runtime(&home.root)
                .and_then(|runtime| runtime.block_on(visit(app, &home.record, waiting))),
            // It ended before, and says why.
            Err(_) => Ok(Tried::default()),
        };
        drop(stop);
        serving.join().unwrap_or(Ok(())).and(tried)
    })
}

/// The folders of a trial.
struct Home {
    root: Utf8PathBuf,
    record: Utf8PathBuf,
}

impl Home {
    fn make(root: &Utf8Path) -> Result<Self, TrialError> {
        for folder in ["home", "tmp", "run"] {
            let path = root.join(folder);
            fs_err::create_dir_all(&path).map_err(|source| TrialError::Place { path, source })?;
        }
        Ok(Self { root: root.to_owned(), record: root.join("troubles.jsonl") })
    }

    fn folders(&self) -> Folders {
        let own = self.root.join("app");
        let below = |name: &str| own.join(name);
        Folders {
            data: below("data"),
            web: below("web"),
            cache: below("cache"),
            logs: below("logs"),
        }
    }

    fn environment(&self) -> Vec<(&'static str, Utf8PathBuf)> {
        let home = self.root.join("home");
        let temporary = self.root.join("tmp");
        vec![
            ("HOME", home.clone()),
            ("USERPROFILE", home.clone()),
            ("LOCALAPPDATA", home.join("AppData/Local")),
            ("APPDATA", home.join("AppData/Roaming")),
            ("XDG_CACHE_HOME", home.join(".cache")),
            ("XDG_CONFIG_HOME", home.join(".config")),
            ("XDG_DATA_HOME", home.join(".local/share")),
            ("XDG_STATE_HOME", home.join(".local/state")),
            ("TMPDIR", temporary.clone()),
            ("TEMP", temporary.clone()),
            ("TMP", temporary),
            // A program that does nothing: an app may open a page in it.
            ("BROWSER", "true".into()),
        ]
    }

    /// Where the app may write: its own folders, and what every program may write to, unless the
    /// payload lies there.
    fn writable<'a>(&'a self, payload: &'a Payload) -> Vec<&'a std::path::Path> {
        // Cards, cameras and serial ports too: who may use them is the system's to say.
        let shared = ["/dev", "/tmp", "/var/tmp"].into_iter().filter(|folder| {
            let real = Utf8Path::new(folder).canonicalize_utf8();
            !real.is_ok_and(|real| payload.layout.root().starts_with(real))
        });
        shared.map(std::path::Path::new).chain([self.root.as_std_path()]).collect()
    }
}

fn runtime(place: &Utf8Path) -> Result<tokio::runtime::Runtime, TrialError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| TrialError::Place { path: place.to_owned(), source })
}

/// Serves the app, confined, until it is told to stop.
fn serve(
    payload: &Payload,
    home: &Home,
    copied: impl FnOnce() -> Result<Payload, TrialError>,
    tell: &mpsc::Sender<Serving>,
    stopped: oneshot::Receiver<()>,
) -> Result<(), TrialError> {
    let (payload, offline) = match confine(&home.writable(payload)) {
        Ok(confined) => (payload.clone(), confined.network),
        Err(error) => {
            tracing::debug!(%error, "the trial is not confined");
            (copied()?, false)
        }
    };
    let options = Options {
        port: 0,
        trial: Some(TrialPlace {
            sockets: home.root.join("run"),
            record: home.record.clone(),
            environment: home.environment(),
        }),
        ..Options::of_payload(&payload, home.folders())
    };
    let places = [options.root.clone(), payload.layout.app()];
    runtime(&home.root)?.block_on(async {
        let session = Session::open(options, Vec::new(), Instant::now())
            .await
            .map_err(|source| TrialError::Open { source })?;
        let serving = Serving {
            url: session.entry_url(),
            port: session.port(),
            states: session.subscribe(),
            log: Arc::clone(session.log()),
            places,
            offline,
        };
        // Nobody is there only where the visitor is over.
        let _ = tell.send(serving);
        let _ = stopped.await;
        session.stop(STOP_BUDGET).await;
        Ok(())
    })
}

/// Opens the app's pages one after the other.
async fn visit(app: Serving, record: &Utf8Path, waiting: &dyn Fn()) -> Result<Tried, TrialError> {
    let Serving { url, port, states, log, places, offline } = app;
    let began = Instant::now();
    let failed = |source| TrialError::Visit { source };
    let mut seen = Seen { record, lines: 0, places };
    let mut tried = Tried { offline, ..Tried::default() };
    let watched = Watched { states, log, waiting };
    let mut visit = watched.during(Visit::enter(&url, port)).await?.map_err(failed)?;
    let mut known = BTreeSet::new();
    let mut next = Some(Page { hash: String::new(), name: String::new() });
    while let Some(page) = next {
        let of_page = |error| match error {
            TrialError::Ended { reason, lines, .. } => {
                TrialError::Ended { page: page.name.clone(), reason, lines }
            }
            error => error,
        };
        let opened = watched.during(visit.open(&page.hash, SILENT, DRAWING));
        let run = opened.await.map_err(of_page)?;
        if matches!(&run, Err(VisitError::Broken { .. })) {
            // A connection breaks when its other end is over, which is told a moment later.
            watched.during(tokio::time::sleep(END)).await.map_err(of_page)?;
        }
        tried.pages += 1;
        known.insert(visit.current().to_owned());
        tried.troubles.extend(seen.more(&page.name)?);
        match run.map_err(failed)? {
            Run::Finished => {}
            // Its next runs, not this one's page, would be taken for the next page's.
            Run::Anew => watched.during(visit.enter_again()).await?.map_err(failed)?,
            unfinished @ (Run::Drawing | Run::Silent) => {
                let pages = match unfinished {
                    Run::Drawing => &mut tried.slow,
                    _ => &mut tried.silent,
                };
                pages.push(page.name);
                // The script that is at it keeps its person from every other page.
                watched.during(visit.enter_again()).await?.map_err(failed)?;
            }
            Run::NotCompiled(message) => tried.troubles.push(Trouble {
                page: page.name,
                kind: TroubleKind::Exception,
                message,
                traceback: String::new(),
            }),
        }
        let mut others = visit.others().into_iter().filter(|page| known.insert(page.hash.clone()));
        next = others.next();
        if began.elapsed() > ALL {
            tried.unopened = next.take().into_iter().chain(others).map(|page| page.name).collect();
        }
    }
    Ok(tried)
}

/// What happens meanwhile, wherever a visit is.
struct Watched<'a> {
    states: watch::Receiver<SessionState>,
    log: Arc<OutputLog>,
    waiting: &'a dyn Fn(),
}

impl Watched<'_> {
    /// What `work` gives, unless Python ends before.
    async fn during<T>(&self, work: impl Future<Output = T>) -> Result<T, TrialError> {
        let asking = async {
            let mut ticks = tokio::time::interval(TICK);
            loop {
                ticks.tick().await;
                (self.waiting)();
            }
        };
        tokio::select! {
            done = work => Ok(done),
            reason = ended(self.states.clone()) => {
                Err(TrialError::Ended { page: String::new(), reason, lines: last_lines(&self.log) })
            }
            () = asking => unreachable!("it asks for ever"),
        }
    }
}

/// Resolves when Python has ended, with how.
async fn ended(mut states: watch::Receiver<SessionState>) -> String {
    let over = states.wait_for(|state| {
        matches!(state.phase, Phase::Waiting { .. } | Phase::GaveUp { .. } | Phase::Stopped)
    });
    match over.await.map(|state| state.phase.clone()) {
        Ok(Phase::Waiting { reason, .. }) => reason,
        Ok(Phase::GaveUp { failure }) => format!("did not start: {}", failure.message),
        _ => "ended by itself".to_owned(),
    }
}

fn last_lines(log: &OutputLog) -> String {
    let lines = log.tail(LAST_LINES);
    lines.iter().map(|line| format!("{}\n", line.text.trim_end())).collect()
}

/// The launcher's record, as far as it was read.
struct Seen<'a> {
    record: &'a Utf8Path,
    lines: usize,
    places: [Utf8PathBuf; 2],
}

impl Seen<'_> {
    /// What is new in it, of `page`.
    fn more(&mut self, page: &str) -> Result<Vec<Trouble>, TrialError> {
        let text = match fs_err::read_to_string(self.record) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => {
                return Err(TrialError::Place { path: self.record.to_owned(), source });
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
        let mut seen = Seen { record: &record, lines: 0, places };
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
