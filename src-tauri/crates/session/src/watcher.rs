use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde::Deserialize;
use tokio::sync::{Notify, mpsc::UnboundedSender};
use waterskin_proxy::{Direction, Event, FrameHead, Observer};
use waterskin_streamlit::Forward;

use crate::{
    LoginStep, Milestone, Milestones, Phase, PortInfo, Stage, course::Course,
    failure::old_web_view, shared::Shared,
};

/// Turns what passes the proxy into the stage of the load. It only reads, and never waits.
pub struct Watcher {
    shared: Arc<Shared>,
    milestones: Arc<Milestones>,
    /// Called when the script came to its end: the app did real work.
    healthy: Box<dyn Fn() + Send + Sync>,
    /// Told what a login asks of the host.
    logins: Option<(UnboundedSender<LoginStep>, PortInfo)>,
    /// When the load reached which stage.
    course: Arc<Course>,
    /// Told when a person wants to know more than the splash says.
    details: Arc<Notify>,
    streams: AtomicUsize,
    asked: AtomicBool,
    /// Whether this load has had anything drawn.
    drawn: AtomicBool,
}

/// What the splash in the page says of itself.
#[derive(Debug, Deserialize)]
struct PageReport {
    event: String,
    #[serde(default)]
    what: String,
}

impl Watcher {
    /// Watches for a session.
    pub fn new(
        shared: Arc<Shared>,
        milestones: Arc<Milestones>,
        healthy: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            course: Arc::new(Course::since(milestones.start())),
            details: Arc::default(),
            shared,
            milestones,
            healthy,
            logins: None,
            streams: AtomicUsize::new(0),
            asked: AtomicBool::new(false),
            drawn: AtomicBool::new(false),
        }
    }

    /// The stages of the current load.
    pub fn course(&self) -> Arc<Course> {
        Arc::clone(&self.course)
    }

    /// What is told each time when a person wants to know more than the splash says.
    pub fn details(&self) -> Arc<Notify> {
        Arc::clone(&self.details)
    }

    /// The same, and tells a host what logins ask of it.
    #[must_use]
    pub fn telling(self, logins: Option<UnboundedSender<LoginStep>>) -> Self {
        let ports = self.shared.get().port;
        Self { logins: logins.map(|logins| (logins, ports)), ..self }
    }

    fn page(&self, body: &[u8]) {
        let Ok(report) = serde_json::from_slice::<PageReport>(body) else { return };
        match report.event.as_str() {
            "splash" => self.milestones.pass(Milestone::Splash),
            "rendered" => self.milestones.pass(Milestone::Rendered),
            // The page could not even begin, so nothing that Python does will help. Once the app has
            // had anything drawn, this is no longer Streamlit's own page speaking.
            "unsupported" if !self.milestones.has(Milestone::FirstDelta) => {
                let missing: String = report.what.chars().take(200).collect();
                tracing::error!(%missing, "the web view is too old for the page");
                self.shared.set_phase(Phase::GaveUp { failure: old_web_view(&missing) });
            }
            // A page that shows the app has no splash with a button for it, and is to open no windows.
            "details" if self.is_covered() => self.details.notify_one(),
            "failed" => {
                let what: String = report.what.chars().take(200).collect();
                tracing::warn!(%what, "the page could not load a part of itself");
            }
            _ => {}
        }
    }

    /// Whether the splash covers the page.
    fn is_covered(&self) -> bool {
        self.shared.get().phase != Phase::Ready || !self.drawn.load(Ordering::Relaxed)
    }

    /// A stage counts only forwards within a load.
    fn reach(&self, stage: Stage) {
        // A look first: this comes with every frame, and a change copies the state.
        if self.shared.stage() < stage {
            self.shared.update(|state| state.stage = state.stage.max(stage));
            self.course.reach(stage);
        }
    }
}

impl Observer for Watcher {
    fn event(&self, event: Event) {
        if let Some((logins, ports)) = &self.logins
            && let Some(step) = LoginStep::after(&event, *ports)
        {
            // A host that is gone has nothing to do any more.
            let _ = logins.send(step);
        }
        match event {
            Event::Entered => {
                self.milestones.pass(Milestone::Contact);
                self.reach(Stage::Contact);
            }
            // The page itself is the beginning of a load, of which there can be many.
            Event::Page => {
                self.milestones.pass(Milestone::Contact);
                self.shared.update(|state| state.stage = Stage::Page);
                self.drawn.store(false, Ordering::Relaxed);
                self.course.page();
            }
            Event::Asset => self.reach(Stage::Page),
            Event::Upgraded { .. } => {
                self.streams.fetch_add(1, Ordering::Relaxed);
                self.asked.store(false, Ordering::Relaxed);
                self.milestones.pass(Milestone::Upgraded);
                self.reach(Stage::Upgrade);
            }
            Event::UpgradeClosed { .. } => {
                if self.streams.fetch_sub(1, Ordering::Relaxed) == 1 {
                    self.shared.update(|state| state.stage = state.stage.min(Stage::Page));
                    self.course.fall(Stage::Page);
                }
            }
            Event::UpgradeRefused { status } => {
                tracing::warn!(%status, "the switch to WebSocket was refused");
            }
            Event::UpstreamFailed { kind } => tracing::debug!(?kind, "Python did not answer"),
            Event::Report(body) => self.page(&body),
            Event::Leaves { .. } | Event::NoReturn { .. } | Event::Returned { .. } => {}
        }
    }

    fn frame(&self, _stream: u64, direction: Direction, frame: &FrameHead, prefix: &[u8]) {
        // Streamlit's messages are single binary frames (opcode 2).
        if frame.opcode != 2 {
            return;
        }
        match direction {
            Direction::ToApp => self.asked.store(true, Ordering::Relaxed),
            Direction::ToWindow => match Forward::of(prefix) {
                Some(Forward::ScriptFinished) => {
                    self.milestones.pass(Milestone::Finished);
                    self.reach(Stage::Finished);
                    (self.healthy)();
                }
                message => {
                    if message == Some(Forward::Delta) {
                        self.milestones.pass(Milestone::FirstDelta);
                        self.drawn.store(true, Ordering::Relaxed);
                    }
                    if self.asked.load(Ordering::Relaxed) {
                        self.reach(Stage::Messages);
                    }
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::{AppInfo, FailureCode, Phase, PortInfo};

    fn watched() -> (Watcher, Arc<Shared>) {
        let none = String::new;
        let app = AppInfo { id: none(), name: none(), version: none() };
        let shared = Arc::new(Shared::new(app, PortInfo { port: 1, preferred: 1 }));
        let milestones = Arc::new(Milestones::since(Instant::now()));
        (Watcher::new(Arc::clone(&shared), milestones, Box::new(|| {})), shared)
    }

    fn gave_up(shared: &Shared) -> Option<FailureCode> {
        match shared.get().phase {
            Phase::GaveUp { failure } => Some(failure.code),
            _ => None,
        }
    }

    const UNSUPPORTED: &[u8] = br#"{"event":"unsupported","what":"Object.hasOwn"}"#;

    #[test]
    fn a_web_view_that_is_too_old_stays_so() {
        let (watcher, shared) = watched();
        watcher.page(UNSUPPORTED);
        assert_eq!(gave_up(&shared), Some(FailureCode::OldWebView));
        shared.set_start(Phase::Ready, 1);
        assert_eq!(gave_up(&shared), Some(FailureCode::OldWebView), "Python is no help");
        shared.set_phase(Phase::Stopping);
        assert_eq!(gave_up(&shared), None, "everything ends all the same");
    }

    #[test]
    fn an_app_can_not_say_that_the_web_view_is_too_old() {
        let (watcher, shared) = watched();
        watcher.milestones.pass(Milestone::FirstDelta);
        watcher.page(UNSUPPORTED);
        assert_eq!(gave_up(&shared), None);
    }

    #[tokio::test]
    async fn a_page_asks_for_details_only_while_the_splash_covers_it() {
        let (watcher, shared) = watched();
        let asked = async |watcher: &Watcher| {
            watcher.page(br#"{"event":"details"}"#);
            let wait = std::time::Duration::ZERO;
            tokio::time::timeout(wait, watcher.details().notified()).await.is_ok()
        };
        let delta = |watcher: &Watcher| {
            let head = FrameHead { opcode: 2, fin: true, length: 2, masked: false, rsv: 0 };
            watcher.frame(1, Direction::ToWindow, &head, b"\x2a\x00");
        };
        assert!(asked(&watcher).await, "Python is starting");
        shared.set_start(Phase::Ready, 1);
        assert!(asked(&watcher).await, "nothing was drawn");
        delta(&watcher);
        assert!(!asked(&watcher).await, "the app has drawn");
        watcher.event(Event::Page);
        assert!(asked(&watcher).await, "another load");
        delta(&watcher);
        shared.set_start(Phase::Starting, 2);
        assert!(asked(&watcher).await, "Python is gone");
    }

    #[test]
    fn a_load_has_the_times_of_its_stages() {
        let (watcher, _) = watched();
        watcher.event(Event::Entered);
        watcher.event(Event::Page);
        watcher.event(Event::Upgraded { stream: 1 });
        let times = watcher.course().subscribe();
        let stages = || times.borrow().iter().map(|it| it.stage).collect::<Vec<_>>();
        assert_eq!(stages(), [Stage::Contact, Stage::Page, Stage::Upgrade]);
        watcher.event(Event::UpgradeClosed { stream: 1 });
        assert_eq!(stages(), [Stage::Contact, Stage::Page]);
    }
}
