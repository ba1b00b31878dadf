use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;

use tokio::sync::watch;

use crate::leader::Leader;
use crate::terminal::Terminal;
use crate::{ExitStatus, TerminalOutput, Tree};

/// A program that runs in a terminal of its own. Dropping it kills its whole tree.
pub struct Child {
    leader: Leader,
    exit: watch::Receiver<Option<ExitStatus>>,
    terminal: Arc<Terminal>,
}

impl Child {
    /// Takes over a program that was started as the leader of `tree` in `terminal`.
    pub(crate) fn adopt(tree: Tree, terminal: Terminal) -> io::Result<(Self, TerminalOutput)> {
        let terminal = Arc::new(terminal);
        let (sender, exit) = watch::channel(None);
        let for_exit = Arc::clone(&terminal);
        let leader = Leader::start(tree, move |status| {
            // The receiver may be gone already, with the child.
            let _ = sender.send(Some(status));
            for_exit.leader_ended();
        })?;
        let output = TerminalOutput::start(Arc::clone(&terminal))?;
        Ok((Self { leader, exit, terminal }, output))
    }

    /// The process id of the program.
    pub fn id(&self) -> u32 {
        self.leader.tree().id()
    }

    /// The program and everything it started.
    pub fn tree(&self) -> Tree {
        self.leader.tree().clone()
    }

    /// Resolves when the program itself has ended; what it started may still run.
    pub fn wait(&self) -> impl Future<Output = ExitStatus> + Send + use<> {
        let mut exit = self.exit.clone();
        async move {
            match exit.wait_for(Option::is_some).await {
                Ok(status) => status.unwrap_or(ExitStatus::UNKNOWN),
                // The waiting thread is gone without a word: it panicked.
                Err(_) => ExitStatus::UNKNOWN,
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // The output ends here, even if someone who has left the tree holds the terminal. The
        // tree itself is killed by the leader, which is dropped next.
        self.terminal.close();
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child").field("id", &self.id()).finish_non_exhaustive()
    }
}
