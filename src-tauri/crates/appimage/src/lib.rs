//! What an AppImage begins with.
//!
//! An AppImage is one file: this program, then the app as a SquashFS, then a [`Note`] on both. Opened,
//! it unpacks the app into the user's cache folder, under the digest of what it unpacks, and goes on
//! as the app's own program. It mounts nothing, so that it needs no FUSE.
//!
//! It is linked without any library of the system's, and starts where the app can't: then it says
//! what is missing, on the terminal and in a window.

mod elf;
mod note;

pub use elf::{Elf, ElfError};
pub use note::{Digest, Note};

// One is made anywhere, and opened on Linux alone.
#[cfg(target_os = "linux")]
mod advice;
#[cfg(target_os = "linux")]
mod error;
#[cfg(target_os = "linux")]
mod image;
#[cfg(target_os = "linux")]
mod kept;
#[cfg(target_os = "linux")]
mod request;
#[cfg(target_os = "linux")]
mod run;
#[cfg(target_os = "linux")]
mod show;
#[cfg(target_os = "linux")]
mod system;
#[cfg(target_os = "linux")]
mod unpack;

#[cfg(target_os = "linux")]
pub use run::run;
