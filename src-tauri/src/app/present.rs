//! Shows what becomes of the session.

use std::sync::Arc;

use tauri::{AppHandle, Emitter as _};
use tokio::sync::watch;
use waterskin_session::{Phase, Session, SessionState};

use crate::{
    model::screen::Screen,
    windows::{
        main_window::{show_page, show_screen},
        own,
        page::push_state,
        perform,
        registry::pages,
    },
};

/// The event that carries a whole [`SessionState`] to the screens.
pub(super) const STATE_EVENT: &str = "session-state";

/// Shows every state: to the splash, to the screens, and by what the window shows.
pub async fn follow(app: AppHandle, session: Arc<Session>, first: Screen) {
    let show = |state: &SessionState, before: Screen, now: Screen| {
        let _ = app.emit(STATE_EVENT, state);
        for page in pages(&app) {
            push_state(&page, state);
        }
        // The app ended itself. At any other end the window is going already.
        if state.phase == Phase::Stopped {
            app.exit(0);
        }
        match (before, now) {
            _ if before == now => {}
            (_, Screen::Own) => show_screen(&app),
            // A page of an earlier Python stays as it was until somebody touches it, so it is
            // loaded anew, where it stands.
            (Screen::Page { .. }, Screen::Page { .. }) => {
                for page in pages(&app) {
                    let _ = page.reload().inspect_err(|error| tracing::warn!(%error));
                }
            }
            (Screen::Own, Screen::Page { .. }) => {
                show_page(&app, &session.entry_url());
            }
        }
    };
    each_state(session.subscribe(), first, show).await;
}

/// Opens the inspector each time when a person asks the splash for details.
pub async fn details(app: AppHandle, session: Arc<Session>) {
    loop {
        session.details_asked().await;
        perform::apart(&app, own::show_inspector);
    }
}

/// Shows the state that there is and each later one, with what the main window showed before it and
/// shows in it. The session may have given up before anybody asks: the window takes its time.
async fn each_state(
    mut states: watch::Receiver<SessionState>,
    mut screen: Screen,
    mut show: impl FnMut(&SessionState, Screen, Screen),
) {
    loop {
        let state = states.borrow_and_update().clone();
        let next = screen.next(&state);
        show(&state, screen, next);
        screen = next;
        if states.changed().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use waterskin_session::{AppInfo, system as failure};

    use super::*;
    use crate::context::Host;

    #[tokio::test]
    async fn a_session_that_gave_up_before_anybody_asked_shows_its_failure() {
        let app = AppInfo { id: "a.b".into(), name: "A".into(), version: "1".into() };
        let (sender, states) = watch::channel(Host::gave_up(app, failure("x")));
        drop(sender);
        let mut shown = Vec::new();
        each_state(states, Screen::FIRST, |_, before, now| shown.push((before, now))).await;
        assert_eq!(shown, [(Screen::FIRST, Screen::Own)]);
    }
}
