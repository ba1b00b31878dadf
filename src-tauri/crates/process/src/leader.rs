use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::{ExitStatus, Tree};

/// How long a drop waits for a killed process to be collected. Only one that hangs in the kernel,
/// on a dead network drive for example, needs longer; its thread is left to finish alone.
const COLLECTION: Duration = Duration::from_secs(1);

/// The thread that waits for the leader of a tree and collects it last.
///
/// The leader stays uncollected until this is dropped: while it is a zombie its number, and with
/// it the number of its group and session, cannot be given to a stranger, so signals to the tree
/// always meet the right processes.
pub(crate) struct Leader {
    tree: Tree,
    release: Option<mpsc::Sender<()>>,
    finished: mpsc::Receiver<()>,
}

impl Leader {
    /// Waits for the leader of `tree` on a thread of its own, where `on_exit` is called once.
    pub(crate) fn start(
        tree: Tree,
        on_exit: impl FnOnce(ExitStatus) + Send + 'static,
    ) -> io::Result<Self> {
        let (release, released) = mpsc::channel::<()>();
        let (finish, finished) = mpsc::channel::<()>();
        let waited = tree.clone();
        let thread = thread::Builder::new().name(format!("wait-{}", tree.id())).spawn(move || {
            on_exit(waited.wait());
            // Never sent to: it ends when the owner drops the other half.
            let _ = released.recv();
            waited.collect();
            drop(finish);
        });
        match thread {
            Ok(_) => Ok(Self { tree, release: Some(release), finished }),
            Err(source) => {
                tree.kill();
                Err(source)
            }
        }
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.tree.kill();
        self.release = None;
        if self.finished.recv_timeout(COLLECTION) == Err(mpsc::RecvTimeoutError::Timeout) {
            tracing::warn!(process = self.tree.id(), "a killed process does not end");
        }
    }
}
