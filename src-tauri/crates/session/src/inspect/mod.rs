//! What passes the proxy, for whoever looks at it now: the same lines as a trace's, in batches, and a
//! few more of them kept to be saved.

mod har;
mod kept;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use serde::Serialize;
use tokio::sync::watch;
use ts_rs::TS;

use crate::{
    StageTime,
    course::Course,
    trace::{Followers, Following, Line, Totals},
};

pub use kept::{Kept, Saved};

/// How long what passes is gathered, at the least, before it is told.
const GATHER: Duration = Duration::from_millis(80);

/// What passes, from its beginning on. While there is none, nothing is measured; once it is dropped,
/// nothing is any more.
#[derive(Debug)]
pub struct Inspection {
    following: Following,
    totals: Totals,
    stages: watch::Receiver<Vec<StageTime>>,
    /// The stages that were told last.
    told: Vec<StageTime>,
    begin: Instant,
    kept: Arc<Mutex<Kept>>,
    is_first: bool,
}

/// What passed since the batch before.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export)]
pub struct Batch<'a> {
    /// When the current load of the page reached its stages; nothing where that is as it was.
    pub stages: Option<Vec<StageTime>>,
    /// The lines, as a trace has them. Those of the first batch begin with `begin`.
    pub lines: Vec<Line<'a>>,
}

impl Inspection {
    /// Begins, with times from `start` on, a moment of this program's life.
    pub(crate) fn begin(followers: &Arc<Followers>, course: &Course) -> Self {
        let begin = course.start();
        // As long ago by the other clock.
        let time = SystemTime::now().checked_sub(begin.elapsed()).unwrap_or(SystemTime::UNIX_EPOCH);
        tracing::info!("the traffic is being inspected");
        Self {
            following: followers.follow(),
            totals: Totals::default(),
            stages: course.subscribe(),
            told: Vec::new(),
            begin,
            kept: Arc::new(Mutex::new(Kept::new(begin, time))),
            is_first: true,
        }
    }

    /// What is kept of it, to be saved.
    pub fn kept(&self) -> Arc<Mutex<Kept>> {
        Arc::clone(&self.kept)
    }

    /// Waits until something has passed, and gives it as the JSON of a [`Batch`], some time after the
    /// batch before. The first comes at once. `None` when nothing will come any more.
    pub async fn next(&mut self) -> Option<String> {
        let mut passed = Vec::new();
        let is_first = std::mem::take(&mut self.is_first);
        if !is_first {
            tokio::select! {
                count = self.following.take(&mut passed) => if count == 0 { return None },
                changed = self.stages.changed() => changed.ok()?,
            }
            tokio::time::sleep(GATHER).await;
        }
        self.following.take_more(&mut passed);
        passed.iter_mut().for_each(|passed| self.totals.count(passed));
        let now = self.stages.borrow_and_update().clone();
        let is_other = is_first || now != self.told;
        self.told.clone_from(&now);

        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<Line<'_>> = Vec::new();
        if is_first {
            lines.push(kept.begin());
        }
        lines.extend(passed.iter().map(|passed| Line::of(passed, self.begin)));
        let lost = self.following.lost();
        if lost > 0 {
            lines.push(Line::Lost { lines: lost });
        }
        // Numbers and text can't fail.
        let batch = serde_json::to_string(&Batch { stages: is_other.then_some(now), lines });
        kept.keep(passed, lost);
        batch.ok()
    }
}

impl Drop for Inspection {
    fn drop(&mut self) {
        tracing::info!("the traffic is no longer being inspected");
    }
}

#[cfg(test)]
mod tests;
