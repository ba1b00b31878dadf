use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How many links a page can open within [`WHILE`]. People click more slowly.
const MOST: usize = 4;

/// The time that [`MOST`] is about.
const WHILE: Duration = Duration::from_secs(10);

/// When links were opened, so that a page can't fill the desktop with browser windows.
#[derive(Default)]
pub struct Pace(Mutex<Vec<Instant>>);

impl Pace {
    /// Whether one more may be opened now.
    pub fn allows(&self, now: Instant) -> bool {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(|then| now.duration_since(*then) < WHILE);
        let allowed = opened.len() < MOST;
        if allowed {
            opened.push(now);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_opens_many_links_has_to_wait() {
        let (pace, start) = (Pace::default(), Instant::now());
        let at = |seconds| pace.allows(start + Duration::from_secs(seconds));
        assert_eq!([at(0), at(0), at(1), at(2), at(3)], [true, true, true, true, false]);
        assert_eq!([at(10), at(10), at(10)], [true, true, false], "the first two are long ago");
    }
}
