//! A child process in a pseudo-terminal and its whole tree.
//!
//! [`Command`] starts a program in a terminal of its own and gives back a [`Child`] and its
//! [`TerminalOutput`]. [`Tool`] runs a helper program to its end and returns what it printed.
//! Both lead a session of their own, so that [`Tree`] finds whatever they started.
//!
//! This is the only crate that starts processes and the only one with `unsafe`. It knows neither
//! Python nor Streamlit.

mod cancel;
mod child;
mod command;
mod confine;
mod exit;
mod find;
mod leader;
mod lines;
mod output;
mod replace;
mod terminal;
mod tool;
mod tree;

#[cfg(all(test, windows))]
extern crate self as waterskin_process;

pub use cancel::{Canceller, cancel_all};
pub use child::Child;
pub use command::{Command, Size, SpawnError};
pub use confine::{ConfineError, Confined, confine};
pub use exit::ExitStatus;
pub use find::find;
pub use lines::Lines;
pub use output::TerminalOutput;
pub use replace::replace;
pub use tool::{LastWords, Output, Stream, Tool, ToolError};
pub use tree::Tree;
