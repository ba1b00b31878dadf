//! What Unix alone has: sessions, groups, signals, stopped programs, terminals that change nothing.
#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;

mod host;
mod terminal;
mod tool;
mod tree;
