use std::time::{Duration, Instant};

use tokio::sync::watch;

/// What a start passes on its way, in this order unless something is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Milestone {
    /// The proxy listens.
    Listening,
    /// Python was started.
    Spawned,
    /// The window asked for the page.
    Contact,
    /// Python answers.
    Ready,
    /// The switch to WebSocket was answered with 101.
    Upgraded,
    /// The page put its splash over itself. It is painted some time later.
    Splash,
    /// The first thing to draw came from the script.
    FirstDelta,
    /// The page says that it shows the app.
    Rendered,
    /// The script came to its end.
    Finished,
}

/// When a session passed what, for the log and the benchmarks. Each counts once.
#[derive(Debug)]
pub struct Milestones {
    start: Instant,
    passed: watch::Sender<Vec<(Milestone, Duration)>>,
}

impl Milestones {
    /// Begins to count at `start`: the process's own beginning, as far as the host knows it.
    pub fn since(start: Instant) -> Self {
        Self { start, passed: watch::Sender::default() }
    }

    /// From when they are counted.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// Notes that `milestone` was passed, and says so in the log, the first time.
    pub fn pass(&self, milestone: Milestone) {
        let after = self.start.elapsed();
        let first = self.passed.send_if_modified(|passed| {
            let first = !contains(passed, milestone);
            if first {
                passed.push((milestone, after));
            }
            first
        });
        if first {
            tracing::info!(target: "milestone", ?milestone, ms = after.as_secs_f64() * 1e3);
        }
    }

    /// Whether `milestone` was passed.
    pub fn has(&self, milestone: Milestone) -> bool {
        contains(&self.passed.borrow(), milestone)
    }

    /// Waits until `milestone` is passed.
    pub async fn reach(&self, milestone: Milestone) {
        // The sender lives as long as this does, so that there is always an end to the wait.
        let mut passed = self.passed.subscribe();
        let _ = passed.wait_for(|passed| contains(passed, milestone)).await;
    }

    /// What was passed so far, in order of time.
    pub fn passed(&self) -> Vec<(Milestone, Duration)> {
        self.passed.borrow().clone()
    }
}

fn contains(passed: &[(Milestone, Duration)], milestone: Milestone) -> bool {
    passed.iter().any(|(known, _)| *known == milestone)
}
