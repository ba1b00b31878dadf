//! When to start, restart, give up and stop a child process.
//!
//! [`Supervisor`] keeps one [`Program`] running. The deciding part, the machine, is pure: it takes
//! events and returns effects, with timers as data. The driver turns these into processes, timers
//! and log lines. What the program prints goes to an [`OutputLog`].

mod driver;
mod exit;
mod file;
mod log;
mod machine;
mod policy;
mod program;
mod ring;
mod status;
mod stream;
mod supervisor;

pub use exit::Exit;
pub use log::OutputLog;
pub use policy::Policy;
pub use program::{BoxError, Program, Readiness};
pub use ring::{Line, Source};
pub use status::Status;
pub use stream::Output;
pub use supervisor::Supervisor;
