use std::fmt;
use std::sync::Arc;

use crate::ExitStatus;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(unix)]
mod members;
#[cfg(unix)]
pub(crate) mod unix;
#[cfg(windows)]
pub(crate) mod windows;

#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

/// A process and everything it started.
///
/// On Unix these are the members of its session and group, and their descendants as far as the
/// chain of parents still leads to them: a program that made a session of its own and whose parent
/// has ended is on its own on purpose, and is left alone. On Windows it is a job.
#[derive(Clone)]
pub struct Tree(Arc<platform::Tree>);

impl Tree {
    pub(crate) fn new(tree: platform::Tree) -> Self {
        Self(Arc::new(tree))
    }

    /// The process id of the leader.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Asks the processes to end: SIGTERM to the leader's group, Ctrl+C and a closed input on
    /// Windows. Processes that are stopped are continued, so that they hear it.
    pub fn terminate(&self) {
        self.0.terminate();
    }

    /// Ends every process of the tree, now. It returns when all of them have been told.
    pub fn kill(&self) {
        self.0.kill();
    }

    /// Blocks until the leader has ended, and leaves it uncollected.
    pub(crate) fn wait(&self) -> ExitStatus {
        self.0.wait()
    }

    /// Collects the leader, which has ended. The tree is not signalled from here on.
    pub(crate) fn collect(&self) {
        self.0.collect();
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tree").field(&self.id()).finish()
    }
}
