//! Project to plan to payload to installers: the author's side.
//!
//! [`plan`] finds out what a project is and what will be done with it, and changes nothing.
//! [`build`] carries a plan out. Settings come in as one struct, decisions are pure functions, and
//! every other program runs through the crate `waterskin-process`.

pub mod compile;
pub mod format;
pub mod runtime;

mod progress;
mod settings;

pub use progress::{Progress, Quiet, Step};
pub use settings::{Format, Overrides, Settings};
