use std::time::Duration;

/// A keychain that answers within this time is not spoken of.
const QUIET: Duration = Duration::from_secs(2);

/// How long a person is kept waiting for the keychain before they are told what they can do without
/// it. The desktop may be asking them to unlock it, which takes its time.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// What an app waits for that has not been given its secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The keychain, which may well answer in a moment.
    Quietly,
    /// The keychain, and the person is told so.
    ForKeychain,
    /// The keychain, and the person is asked what to do.
    InVain,
    /// The person, who has to enter what nobody has kept.
    ForPerson,
    /// Nothing.
    Over,
}

impl Wait {
    /// What is waited for once the keychain was `asked` for so long. `complete` says of its answer
    /// whether the app can work with it; `None` as long as there is no answer.
    pub fn of(asked: Duration, complete: Option<bool>) -> Self {
        match complete {
            Some(true) => Self::Over,
            Some(false) => Self::ForPerson,
            None if asked < QUIET => Self::Quietly,
            None if asked < PATIENCE => Self::ForKeychain,
            None => Self::InVain,
        }
    }

    /// For how long the keychain has been asked when it changes without an answer; `None` where it
    /// does not.
    pub fn ends(self) -> Option<Duration> {
        match self {
            Self::Quietly => Some(QUIET),
            Self::ForKeychain => Some(PATIENCE),
            Self::InVain | Self::ForPerson | Self::Over => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_of_a_keychain_that_does_not_answer_and_then_asked() {
        let seconds = Duration::from_secs;
        for (asked, complete, wait) in [
            (seconds(0), None, Wait::Quietly),
            (QUIET - Duration::from_millis(1), None, Wait::Quietly),
            (seconds(2), None, Wait::ForKeychain),
            (PATIENCE - Duration::from_millis(1), None, Wait::ForKeychain),
            (seconds(15), None, Wait::InVain),
            (seconds(3600), None, Wait::InVain),
            (seconds(0), Some(true), Wait::Over),
            (seconds(3600), Some(true), Wait::Over),
            (seconds(0), Some(false), Wait::ForPerson),
            (seconds(3600), Some(false), Wait::ForPerson),
        ] {
            assert_eq!(Wait::of(asked, complete), wait, "{asked:?}, {complete:?}");
        }
    }

    #[test]
    fn each_wait_ends_where_the_next_one_begins() {
        for (wait, next) in [(Wait::Quietly, Wait::ForKeychain), (Wait::ForKeychain, Wait::InVain)]
        {
            let end = wait.ends().unwrap();
            assert_eq!(Wait::of(end - Duration::from_millis(1), None), wait);
            assert_eq!(Wait::of(end, None), next);
        }
        assert_eq!(Wait::InVain.ends(), None, "the keychain may still answer");
    }
}
