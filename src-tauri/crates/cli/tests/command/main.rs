//! The command as an author meets it: what it prints and how it ends, as whole texts.
//!
//! Each test has a folder of its own with everything that the command may touch. Parts that need
//! packages share a cache in Cargo's target folder; the first run downloads and takes minutes.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod bad_places;
mod bad_projects;
mod bad_requirements;
mod build;
mod cache;
mod colour;
mod context;
mod doctor_machine;
mod documents;
mod export;
mod foreign;
mod help;
mod interrupt;
mod machine;
mod plan;
mod process;
mod run;
mod trial;
mod verify;
