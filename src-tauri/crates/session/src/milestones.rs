use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

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
    passed: Mutex<Vec<(Milestone, Duration)>>,
}

impl Milestones {
    /// Begins to count at `start`: the process's own beginning, as far as the host knows it.
    pub fn since(start: Instant) -> Self {
        Self { start, passed: Mutex::new(Vec::new()) }
    }

    /// Notes that `milestone` was passed, and says so in the log, the first time.
    pub fn pass(&self, milestone: Milestone) {
        let Ok(mut passed) = self.passed.lock() else { return };
        if passed.iter().any(|(known, _)| *known == milestone) {
            return;
        }
        let after = self.start.elapsed();
        passed.push((milestone, after));
        tracing::info!(target: "milestone", ?milestone, ms = after.as_secs_f64() * 1e3);
    }

    /// Whether `milestone` was passed.
    pub fn has(&self, milestone: Milestone) -> bool {
        self.passed().iter().any(|(known, _)| *known == milestone)
    }

    /// What was passed so far, in order of time.
    pub fn passed(&self) -> Vec<(Milestone, Duration)> {
        self.passed.lock().map(|passed| passed.clone()).unwrap_or_default()
    }
}
