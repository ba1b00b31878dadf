//! What differs between the systems.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{UnixStream, connect_unix, is_shadowed, no_such_family};
#[cfg(windows)]
pub(crate) use windows::{UnixStream, connect_unix, is_shadowed, no_such_family};
