use std::{sync::Arc, time::Duration};

use waterskin_session::{
    About, AppInfo, Failure, Phase, PortInfo, Report, Session, SessionState, Stage, Vault,
};

use crate::platform::versions::versions;

/// How long an app may take to end, whatever it is doing.
const STOP_BUDGET: Duration = Duration::from_secs(3);

/// What the window shows: a session, or why there is none.
pub enum Host {
    /// A running app.
    Running(Arc<Session>),
    /// No app; the state says why. With the secrets that it had, as far as it is known which.
    Broken(Box<SessionState>, Vault),
}

impl Host {
    /// The state of an app that has no session.
    pub fn gave_up(app: AppInfo, failure: Failure) -> SessionState {
        SessionState {
            revision: 1,
            app,
            phase: Phase::GaveUp { failure },
            stage: Stage::None,
            port: PortInfo { port: 0, preferred: 0 },
            generation: 0,
        }
    }

    /// The state to show.
    pub fn state(&self) -> SessionState {
        match self {
            Self::Running(session) => session.state(),
            Self::Broken(state, _) => (**state).clone(),
        }
    }

    /// The session, if there is one.
    pub fn session(&self) -> Option<&Arc<Session>> {
        match self {
            Self::Running(session) => Some(session),
            Self::Broken(..) => None,
        }
    }

    /// What a person can send to the app's author. May wait for the keychain, where there is no
    /// session.
    pub fn report(&self) -> Report {
        match self {
            Self::Running(session) => session.report(&versions()),
            Self::Broken(state, vault) => {
                Report::of_failure(state, &versions(), vault.known().as_ref())
            }
        }
    }

    /// What the window about the app shows.
    pub fn about(&self) -> About {
        match self {
            Self::Running(session) => session.about(&versions()),
            Self::Broken(state, _) => About {
                name: state.app.name.clone(),
                version: state.app.version.clone(),
                waterskin: env!("CARGO_PKG_VERSION").to_owned(),
                versions: versions(),
                ..About::default()
            },
        }
    }

    /// Ends the session, if there is one, in the time that an app may take to end.
    pub fn stop(&self) {
        if let Self::Running(session) = self {
            tauri::async_runtime::block_on(session.stop(STOP_BUDGET));
        }
    }
}
