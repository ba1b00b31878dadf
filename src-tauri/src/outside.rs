//! Links that the system opens: in its browser, or its mail program.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tauri::{AppHandle, Manager as _, Url};
use tauri_plugin_opener::OpenerExt as _;

/// How many links a page can open within [`WHILE`]. People click more slowly.
const MOST: usize = 4;

/// The time that [`MOST`] is about.
const WHILE: Duration = Duration::from_secs(10);

/// When links were opened, so that a page can't fill the desktop with browser windows.
#[derive(Default)]
pub struct Pace(Mutex<Vec<Instant>>);

impl Pace {
    /// Whether one more may be opened now.
    fn allows(&self, now: Instant) -> bool {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(|then| now.duration_since(*then) < WHILE);
        let allowed = opened.len() < MOST;
        if allowed {
            opened.push(now);
        }
        allowed
    }
}

/// Opens a link in the program that the system has for it.
pub fn open(app: &AppHandle, url: &Url) {
    if app.try_state::<Pace>().is_some_and(|pace| !pace.allows(Instant::now())) {
        tracing::warn!(scheme = url.scheme(), "a page opens too many links");
        return;
    }
    if let Err(error) = app.opener().open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "a link could not be opened");
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
