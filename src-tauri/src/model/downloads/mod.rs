//! What happens with the page's downloads, apart from how a system shows it.

#[cfg(target_os = "linux")]
mod course;
mod name;
mod transfer;

#[cfg(target_os = "linux")]
pub use course::{Course, Effect, Event};
pub use name::{clean, free};
#[cfg(target_os = "linux")]
pub use transfer::{Cause, size};
pub use transfer::{Facts, State, Transfer, cause};
