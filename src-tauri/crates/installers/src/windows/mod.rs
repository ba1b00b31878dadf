//! What is peculiar to a program and to files on Windows, whatever package brings them.

mod files;
mod icon;
mod names;
mod program;
#[cfg(test)]
#[cfg(target_os = "linux")]
pub(crate) mod stand_in;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
mod version;
pub(crate) mod webview2;

pub(crate) use files::{Files, InstalledFile};
pub(crate) use icon::ico;
pub(crate) use names::file_name;
pub(crate) use program::program;
pub(crate) use version::numbers;
