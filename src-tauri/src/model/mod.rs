//! What decides, and the data that it decides about. Nothing here acts.

pub mod action;
pub mod choices;
pub mod devices;
pub mod downloads;
#[cfg(target_os = "linux")]
pub mod keys;
pub mod looks;
pub mod menu;
pub mod navigation;
#[cfg(target_os = "linux")]
pub mod network;
pub mod notice;
pub mod place;
pub mod screen;
pub mod title;
pub mod ui;
pub mod zoom;
