use std::time::Duration;

use crate::Exit;

/// What a supervisor does now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The program was started and does not answer yet, or is being ended for this start.
    Starting {
        /// Which start this is, from 1.
        attempt: u32,
    },
    /// The program answers.
    Ready {
        /// Which start this is, from 1.
        attempt: u32,
    },
    /// The program ended and is started again after a while.
    Waiting {
        /// How often it failed since it was last healthy; 0 when it was healthy this time.
        failures: u32,
        /// The whole wait.
        delay: Duration,
        /// Why it ended.
        last: Exit,
    },
    /// The program failed too often and is left alone until somebody restarts it.
    GaveUp {
        /// How often it failed since it was last healthy.
        failures: u32,
        /// Why it ended.
        last: Exit,
    },
    /// The program is being ended for good.
    Stopping,
    /// Nothing runs, and nothing is started any more: somebody ended the program for good, or it
    /// ended itself with code 0 after it was ready.
    Stopped,
}
