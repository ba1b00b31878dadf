//! What holds on every system, with programs that are the same on each (`common/actor.rs`).
#![expect(clippy::unwrap_used, reason = "a test fails so")]

#[path = "../common/mod.rs"]
mod common;

mod host;
mod terminal;
mod tool;
mod tree;
