use std::path::PathBuf;

use super::transfer::{Cause, State};

/// How far a download has come, as to what can still happen with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Course {
    /// It goes on, and its file is where it will stay.
    Running,
    /// It goes on while a dialog asks where to.
    Asked,
    /// It goes on, and its file goes there in the end.
    Answered(PathBuf),
    /// Its file is whole while the dialog still asks.
    Whole,
    /// Its whole file is on the way to its place.
    Moving,
    /// Nothing more happens. WebKit breaks down when such a download is cancelled (2.50).
    Over,
}

/// What happens with a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A dialog asks for the place.
    Asked,
    /// The dialog was answered with a place.
    Answered(PathBuf),
    /// The dialog was closed without one.
    Declined,
    /// There is more of it than before.
    Grew,
    /// It will not do, by what is known beforehand.
    Refused(Cause),
    /// Its sender, the network or the disk ended it, with this outcome.
    Lost(State),
    /// It came to its end.
    Finished,
    /// Taking the whole file to its place ended, with this outcome.
    Moved(State),
    /// Its notice was told to stop it.
    Stopped,
}

/// What is to be done about a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Have the web view end it.
    Cancel,
    /// Close the dialog.
    Dismiss,
    /// Take the whole file to its place.
    Move(PathBuf),
    /// Stop taking it there.
    Halt,
    /// Show that it stands so.
    Tell(State),
}

impl Course {
    /// What it is after an event, and what is to be done about that. Nothing is told while the
    /// dialog is open: a notice would be behind it.
    pub fn next(self, event: Event) -> (Self, Vec<Effect>) {
        use Effect::{Cancel, Dismiss, Halt, Move, Tell};
        match (self, event) {
            (Self::Running, Event::Asked) => (Self::Asked, vec![]),
            (Self::Running, Event::Refused(cause)) => {
                (Self::Over, vec![Cancel, Tell(State::Failed(cause))])
            }
            (Self::Running, Event::Finished) => (Self::Over, vec![Tell(State::Saved)]),

            (Self::Asked, Event::Answered(place)) => {
                (Self::Answered(place), vec![Tell(State::Running)])
            }
            (Self::Asked, Event::Declined) => (Self::Over, vec![Cancel]),
            (Self::Asked, Event::Finished) => (Self::Whole, vec![]),
            (Self::Asked, Event::Lost(outcome)) => (Self::Over, vec![Dismiss, Tell(outcome)]),

            (Self::Answered(place), Event::Finished) => (Self::Moving, vec![Move(place)]),

            (Self::Whole, Event::Answered(place)) => (Self::Moving, vec![Move(place)]),
            (Self::Whole, Event::Declined) => (Self::Over, vec![]),

            (Self::Moving, Event::Stopped) => (Self::Moving, vec![Halt]),
            (Self::Moving, Event::Moved(outcome)) => (Self::Over, vec![Tell(outcome)]),

            (Self::Running | Self::Answered(_), Event::Stopped) => {
                (Self::Over, vec![Cancel, Tell(State::Cancelled)])
            }
            (Self::Running | Self::Answered(_), Event::Lost(outcome)) => {
                (Self::Over, vec![Tell(outcome)])
            }
            (goes_on @ (Self::Running | Self::Answered(_) | Self::Moving), Event::Grew) => {
                (goes_on, vec![Tell(State::Running)])
            }
            // What comes too late, or twice.
            (course, _) => (course, vec![]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> PathBuf {
        "/home/a/é".into()
    }

    fn courses() -> [Course; 6] {
        use Course::{Answered, Asked, Moving, Over, Running, Whole};
        [Running, Asked, Answered(place()), Whole, Moving, Over]
    }

    fn events() -> [Event; 9] {
        use Event::{Answered, Asked, Declined, Finished, Grew, Lost, Moved, Refused, Stopped};
        let lost = Lost(State::Failed(Cause::Broken));
        let (answered, refused) = (Answered(place()), Refused(Cause::NoSpace));
        [Asked, answered, Declined, Grew, refused, lost, Finished, Moved(State::Saved), Stopped]
    }

    /// What all of these events lead to, one after the other.
    fn after(events: &[Event]) -> (Course, Vec<Effect>) {
        events.iter().fold((Course::Running, Vec::new()), |(course, mut effects), event| {
            let (next, more) = course.next(event.clone());
            effects.extend(more);
            (next, effects)
        })
    }

    #[test]
    fn a_download_takes_its_course() {
        use Effect::{Cancel, Dismiss, Halt, Move, Tell};
        use Event::{Answered, Asked, Declined, Finished, Grew, Lost, Moved, Refused, Stopped};
        let broken = State::Failed(Cause::Broken);
        let full = State::Failed(Cause::NoSpace);
        let (running, saved) = (Tell(State::Running), Tell(State::Saved));
        let stopped = Tell(State::Cancelled);
        let lost = Lost(broken);
        for (events, expected) in [
            // Where its file stays.
            (vec![Finished], vec![saved.clone()]),
            (vec![Grew, Finished], vec![running.clone(), saved.clone()]),
            (vec![Refused(Cause::NoSpace), Lost(broken), Finished], vec![Cancel, Tell(full)]),
            (vec![lost.clone(), Finished], vec![Tell(broken)]),
            // As WebKit tells of what it was told.
            (vec![Stopped, Lost(State::Cancelled), Finished], vec![Cancel, stopped.clone()]),
            // Where the dialog is answered before it ends.
            (
                vec![Asked, Grew, Answered(place()), Grew, Finished, Moved(State::Saved)],
                vec![running.clone(), running.clone(), Move(place()), saved.clone()],
            ),
            (vec![Asked, Declined, Lost(State::Cancelled), Finished], vec![Cancel]),
            (
                vec![Asked, Answered(place()), Stopped, Lost(State::Cancelled), Finished],
                vec![running.clone(), Cancel, stopped.clone()],
            ),
            (
                vec![Asked, Answered(place()), lost.clone(), Finished],
                vec![running.clone(), Tell(broken)],
            ),
            // Where it ends first.
            (
                vec![Asked, Grew, Finished, Answered(place()), Grew, Moved(State::Saved)],
                vec![Move(place()), running, saved],
            ),
            (vec![Asked, Grew, Finished, Declined], vec![]),
            (vec![Asked, lost, Finished, Declined], vec![Dismiss, Tell(broken)]),
            // On the way to another disk.
            (
                vec![Asked, Finished, Answered(place()), Stopped, Moved(State::Cancelled)],
                vec![Move(place()), Halt, stopped],
            ),
            (
                vec![Asked, Finished, Answered(place()), Moved(full)],
                vec![Move(place()), Tell(full)],
            ),
        ] {
            assert_eq!(after(&events), (Course::Over, expected), "{events:?}");
        }
    }

    #[test]
    fn a_download_is_cancelled_only_while_it_goes_on() {
        for course in courses() {
            for event in events() {
                let (_, effects) = course.clone().next(event.clone());
                let cancelled = effects.contains(&Effect::Cancel);
                let goes_on =
                    matches!(course, Course::Running | Course::Asked | Course::Answered(_));
                assert!(goes_on || !cancelled, "{course:?}, {event:?}");
                assert!(course != Course::Over || effects.is_empty(), "{event:?}");
            }
        }
    }

    #[test]
    fn nothing_is_told_behind_the_dialog() {
        for course in [Course::Asked, Course::Whole] {
            for event in events() {
                let (next, effects) = course.clone().next(event.clone());
                let told = effects.iter().any(|effect| matches!(effect, Effect::Tell(_)));
                let open = matches!(next, Course::Asked | Course::Whole);
                assert!(!(told && open), "{course:?}, {event:?}: {effects:?}");
            }
        }
    }
}
