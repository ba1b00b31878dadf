use std::time::Instant;

use serde::Serialize;
use tokio::sync::watch;
use ts_rs::TS;

use crate::Stage;

/// When a load of the page reached a stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct StageTime {
    /// The stage.
    pub stage: Stage,
    /// Milliseconds since the program began.
    pub at: f64,
}

/// The stages of the current load, with their times. A look at the state comes first, so that this is
/// asked a few times for each load, and not for each frame.
#[derive(Debug)]
pub struct Course {
    start: Instant,
    times: watch::Sender<Vec<StageTime>>,
}

impl Course {
    /// Begins to count at `start`.
    pub fn since(start: Instant) -> Self {
        Self { start, times: watch::Sender::default() }
    }

    /// From when its times are counted.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// The load reached `stage`.
    pub fn reach(&self, stage: Stage) {
        let at = self.now();
        self.times.send_if_modified(|times| {
            let is_new = times.iter().all(|known| known.stage < stage);
            if is_new {
                times.push(StageTime { stage, at });
            }
            is_new
        });
    }

    /// The page is asked for: a new load begins, unless this is the first page since the way in.
    pub fn page(&self) {
        let at = self.now();
        self.times.send_modify(|times| {
            if times.last().is_none_or(|last| last.stage != Stage::Contact) {
                *times = vec![StageTime { stage: Stage::Contact, at }];
            }
            times.push(StageTime { stage: Stage::Page, at });
        });
    }

    /// The load is back at `stage`: what came after it is over.
    pub fn fall(&self, stage: Stage) {
        self.times.send_if_modified(|times| {
            let before = times.len();
            times.retain(|known| known.stage <= stage);
            times.len() != before
        });
    }

    /// The times, and all that follow.
    pub fn subscribe(&self) -> watch::Receiver<Vec<StageTime>> {
        self.times.subscribe()
    }

    fn now(&self) -> f64 {
        self.start.elapsed().as_micros() as f64 / 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(course: &Course) -> Vec<Stage> {
        course.subscribe().borrow().iter().map(|known| known.stage).collect()
    }

    #[test]
    fn a_load_has_its_own_times() {
        let course = Course::since(Instant::now());
        course.reach(Stage::Contact);
        course.page();
        course.reach(Stage::Upgrade);
        course.reach(Stage::Messages);
        course.reach(Stage::Upgrade);
        course.reach(Stage::Finished);
        let whole = [Stage::Contact, Stage::Page, Stage::Upgrade, Stage::Messages, Stage::Finished];
        assert_eq!(stages(&course), whole);
        course.fall(Stage::Page);
        assert_eq!(stages(&course), whole[..2], "the connection ended");
        course.reach(Stage::Upgrade);
        course.page();
        assert_eq!(stages(&course), whole[..2], "another load");
        assert!(course.subscribe().borrow().iter().all(|known| known.at >= 0.0));
    }
}
