use waterskin_session::{Phase, SessionState};

/// What the main window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// The page, as a start of Python made it.
    Page { generation: u32 },
    /// The shell's own screen: something went wrong, or is wanted of the person.
    Own,
}

impl Screen {
    /// What a window shows as long as nothing is known.
    pub const FIRST: Self = Self::Page { generation: 1 };

    /// What to show in the given state. From the shell's own screen the window goes back as soon as
    /// Python starts, or waits for the keychain again, so that the page boots meanwhile.
    pub fn next(self, state: &SessionState) -> Self {
        // One that boots before the first start is a page of that one.
        let page = Self::Page { generation: state.generation.max(1) };
        match (self, &state.phase) {
            (_, Phase::GaveUp { .. } | Phase::Asking) => Self::Own,
            (Self::Page { .. }, Phase::Ready) => page,
            (Self::Own, Phase::Starting | Phase::Unlocking | Phase::Ready) => page,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use waterskin_session::{AppInfo, PortInfo, Stage, system as failure};

    use super::*;

    fn state(phase: Phase, generation: u32) -> SessionState {
        SessionState {
            revision: 1,
            app: AppInfo { id: "a.b".into(), name: "A".into(), version: "1".into() },
            phase,
            stage: Stage::None,
            port: PortInfo { port: 0, preferred: 0 },
            generation,
        }
    }

    #[test]
    fn the_window_goes_where_the_session_is() {
        let first = Screen::FIRST;
        let gave_up = Phase::GaveUp { failure: failure("x") };
        assert_eq!(first.next(&state(Phase::Ready, 1)), first, "nothing to load anew");
        assert_eq!(first.next(&state(Phase::Starting, 2)), first, "the splash covers it meanwhile");
        assert_eq!(first.next(&state(Phase::Ready, 2)), Screen::Page { generation: 2 });
        assert_eq!(first.next(&state(gave_up, 5)), Screen::Own);
        let back = Screen::Page { generation: 6 };
        assert_eq!(Screen::Own.next(&state(Phase::Starting, 6)), back);
        assert_eq!(back.next(&state(Phase::Ready, 6)), back, "it booted while Python started");
    }

    #[test]
    fn a_page_that_booted_while_the_keychain_was_asked_is_not_loaded_again() {
        let first = Screen::FIRST;
        assert_eq!(first.next(&state(Phase::Starting, 0)), first);
        assert_eq!(first.next(&state(Phase::Unlocking, 0)), first, "the splash says it");
        assert_eq!(first.next(&state(Phase::Asking, 0)), Screen::Own);
        assert_eq!(Screen::Own.next(&state(Phase::Starting, 0)), first, "asked again");
        assert_eq!(first.next(&state(Phase::Starting, 1)), first);
        assert_eq!(first.next(&state(Phase::Ready, 1)), first);
    }
}
