//! What differs between the systems.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod neighbours;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{UnixStream, connect_unix, is_shadowed, no_such_family};
#[cfg(windows)]
pub(crate) use windows::{UnixStream, connect_unix, is_shadowed, no_such_family};

#[cfg(target_os = "linux")]
pub(crate) use linux::in_memory;
#[cfg(target_os = "linux")]
pub(crate) use neighbours::Neighbours;

/// A small file that was read without waiting for a disk.
#[derive(Debug)]
pub(crate) struct InMemory {
    pub(crate) bytes: Vec<u8>,
    pub(crate) modified: std::time::SystemTime,
}

/// Only Linux tells whether reading would wait.
#[cfg(not(target_os = "linux"))]
pub(crate) fn in_memory(_path: &std::path::Path, _most: u64) -> Option<InMemory> {
    None
}

/// Only Linux is asked whose a connection is.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(crate) struct Neighbours;

#[cfg(not(target_os = "linux"))]
impl Neighbours {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn is_foreign(&mut self, _: std::net::SocketAddr, _: std::net::SocketAddr) -> bool {
        false
    }
}
