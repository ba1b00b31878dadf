use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde::Deserialize;
use waterskin_proxy::{Direction, Event, FrameHead, Observer};

use crate::{
    Milestone, Milestones, Stage,
    shared::Shared,
    streamlit::{self, Message},
};

/// Turns what passes the proxy into the stage of the load. It only reads, and never waits.
pub struct Watcher {
    shared: Arc<Shared>,
    milestones: Arc<Milestones>,
    /// Called when the script came to its end: the app did real work.
    healthy: Box<dyn Fn() + Send + Sync>,
    streams: AtomicUsize,
    asked: AtomicBool,
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
            shared,
            milestones,
            healthy,
            streams: AtomicUsize::new(0),
            asked: AtomicBool::new(false),
        }
    }

    fn page(&self, body: &[u8]) {
        let Ok(report) = serde_json::from_slice::<PageReport>(body) else { return };
        match report.event.as_str() {
            "rendered" => self.milestones.pass(Milestone::Rendered),
            "failed" => {
                let what: String = report.what.chars().take(200).collect();
                tracing::warn!(%what, "the page could not load a part of itself");
            }
            _ => {}
        }
    }

    /// A stage counts only forwards within a load.
    fn reach(&self, stage: Stage) {
        // A look first: this comes with every frame, and a change copies the state.
        if self.shared.stage() < stage {
            self.shared.update(|state| state.stage = state.stage.max(stage));
        }
    }
}

impl Observer for Watcher {
    fn event(&self, event: Event) {
        match event {
            Event::Entered => {
                self.milestones.pass(Milestone::Contact);
                self.reach(Stage::Contact);
            }
            // The page itself is the beginning of a load, of which there can be many.
            Event::Page => {
                self.milestones.pass(Milestone::Contact);
                self.shared.update(|state| state.stage = Stage::Page);
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
                }
            }
            Event::UpgradeRefused { status } => {
                tracing::warn!(%status, "the switch to WebSocket was refused");
            }
            Event::UpstreamFailed { kind } => tracing::debug!(?kind, "Python did not answer"),
            Event::Report(body) => self.page(&body),
        }
    }

    fn frame(&self, _stream: u64, direction: Direction, frame: &FrameHead, prefix: &[u8]) {
        // Streamlit's messages are single binary frames (opcode 2).
        if frame.opcode != 2 {
            return;
        }
        match direction {
            Direction::ToApp => self.asked.store(true, Ordering::Relaxed),
            Direction::ToWindow => match streamlit::message(prefix) {
                Some(Message::ScriptFinished) => {
                    self.milestones.pass(Milestone::Finished);
                    self.reach(Stage::Finished);
                    (self.healthy)();
                }
                message => {
                    if message == Some(Message::Delta) {
                        self.milestones.pass(Milestone::FirstDelta);
                    }
                    if self.asked.load(Ordering::Relaxed) {
                        self.reach(Stage::Messages);
                    }
                }
            },
        }
    }
}
