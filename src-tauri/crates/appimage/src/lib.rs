//! What an AppImage begins with.
//!
//! An AppImage is one file: this program, then the app as a SquashFS, then a [`Note`] on both. Opened,
//! it unpacks the app into the user's cache folder, under the digest of what it unpacks, and goes on
//! as the app's own program. It mounts nothing, so that it needs no FUSE.
//!
//! It is linked without any library of the system's, and starts where the app can't: then it says
//! what is missing, on the terminal and in a window.

mod advice;
mod elf;
mod error;
mod image;
mod kept;
mod note;
mod request;
mod run;
mod show;
mod system;
mod unpack;

pub use elf::{Elf, ElfError};
pub use note::{Digest, Note};
pub use run::run;
