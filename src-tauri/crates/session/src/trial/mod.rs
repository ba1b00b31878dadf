//! A start of a payload as its recipients will have it, to see whether its pages open.

mod home;
mod trouble;
mod visit;

use std::{
    collections::BTreeSet,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use camino::{Utf8Path, Utf8PathBuf};
use tokio::sync::{oneshot, watch};
use waterskin_bundle::Payload;
use waterskin_process::confine;
use waterskin_supervisor::OutputLog;

use crate::{OpenError, Options, Phase, Session, SessionState, options::TrialPlace};
use home::Home;
use trouble::Record;
pub use trouble::{Trouble, TroubleKind};
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
    let mut record = Record::new(record, places);
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
        tried.troubles.extend(record.more(&page.name)?);
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
