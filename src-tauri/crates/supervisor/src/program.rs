use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use waterskin_process::Command;

/// Any error, to be shown with its causes.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Resolves when a program answers, or knows that it never will.
pub type Readiness = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

/// What a supervisor keeps running.
pub trait Program: Send + Sync + 'static {
    /// What to start. `attempt` counts every start from 1.
    ///
    /// It is called on a thread of the runtime and must not block for long.
    fn command(&self, attempt: u32) -> Result<Command, BoxError>;

    /// Resolves when the program that was started answers. It is dropped when the program ends
    /// first.
    fn ready(&self, attempt: u32) -> Readiness;

    /// The program and its tree are gone, or were never there: clean up after them. It is called
    /// once for each [`command`](Self::command), before the next one.
    fn ended(&self, attempt: u32);
}
