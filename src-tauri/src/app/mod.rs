//! The program: from its arguments to its end.

pub mod arguments;
pub mod boot;
mod commands;
mod ipc;
pub mod lifecycle;
pub mod logging;
mod login;
mod open;
mod output;
mod present;
pub mod running;
