use tokio::sync::watch;

use crate::{AppInfo, FailureCode, Phase, PortInfo, SessionState, Stage};

/// The state that everyone sees, and the one way to change it.
pub struct Shared {
    state: watch::Sender<SessionState>,
}

impl Shared {
    /// The state of a session that begins.
    pub fn new(app: AppInfo, port: PortInfo) -> Self {
        let (phase, stage) = (Phase::Starting, Stage::None);
        let (state, _) =
            watch::channel(SessionState { revision: 1, app, phase, stage, port, generation: 0 });
        Self { state }
    }

    /// The state now.
    pub fn get(&self) -> SessionState {
        self.state.borrow().clone()
    }

    /// How far the load has come, now.
    pub fn stage(&self) -> Stage {
        self.state.borrow().stage
    }

    /// The state and all that follow. A slow reader sees the newest one only.
    pub fn subscribe(&self) -> watch::Receiver<SessionState> {
        self.state.subscribe()
    }

    /// Changes what the session does now. A web view that is too old stays so, whatever Python
    /// does, until everything ends.
    pub fn set_phase(&self, phase: Phase) {
        self.update(|state| enter(state, phase));
    }

    /// The same for a start of Python, in one step with its number.
    pub fn set_start(&self, phase: Phase, generation: u32) {
        self.update(|state| {
            enter(state, phase);
            state.generation = generation;
        });
    }

    /// Changes what the session does before there is a start of Python.
    pub fn set_wait(&self, phase: Phase) {
        self.update(|state| {
            if state.generation == 0 {
                enter(state, phase);
            }
        });
    }

    /// Changes the state; nobody is woken when nothing changed.
    pub fn update(&self, change: impl FnOnce(&mut SessionState)) {
        self.state.send_if_modified(|state| {
            let before = state.clone();
            change(state);
            if *state == before {
                return false;
            }
            state.revision = before.revision + 1;
            true
        });
    }
}

fn enter(state: &mut SessionState, phase: Phase) {
    let hopeless = matches!(&state.phase, Phase::GaveUp { failure } if failure.code == FailureCode::OldWebView);
    if !hopeless || matches!(phase, Phase::Stopping | Phase::Stopped) {
        state.phase = phase;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_waited_for_once_python_has_begun() {
        let app = AppInfo { id: "a.b".into(), name: "A".into(), version: "1".into() };
        let shared = Shared::new(app, PortInfo { port: 8501, preferred: 8501 });
        shared.set_wait(Phase::Unlocking);
        assert_eq!(shared.get().phase, Phase::Unlocking);
        shared.set_start(Phase::Starting, 1);
        shared.set_wait(Phase::Asking);
        assert_eq!(shared.get().phase, Phase::Starting, "whoever was too late to know");
    }
}
