use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use crate::Tree;

/// Ends the tools that were given a clone of it, from any thread.
#[derive(Clone, Debug, Default)]
pub struct Canceller(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    running: Vec<Tree>,
}

/// The canceller of every tool of this process.
static ALL: LazyLock<Canceller> = LazyLock::new(Canceller::default);

/// Kills every [`Tool`](crate::Tool) of this process; what would start later fails at once. It is
/// for a program that is to end, and can't be taken back.
pub fn cancel_all() {
    ALL.cancel();
}

impl Canceller {
    /// The one that [`cancel_all`] speaks to.
    pub(crate) fn all() -> &'static Self {
        &ALL
    }

    /// Kills what runs now; what would start later fails at once.
    pub fn cancel(&self) {
        let running = {
            let mut state = self.lock();
            state.cancelled = true;
            std::mem::take(&mut state.running)
        };
        for tree in running {
            tree.kill();
        }
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Kills `tree` on [`cancel`](Self::cancel) for as long as the result lives.
    pub(crate) fn watch(&self, tree: &Tree) -> Watched {
        let cancelled = {
            let mut state = self.lock();
            if !state.cancelled {
                state.running.push(tree.clone());
            }
            state.cancelled
        };
        if cancelled {
            tree.kill();
        }
        Watched { canceller: self.clone(), tree: tree.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tree under the watch of a [`Canceller`].
pub(crate) struct Watched {
    canceller: Canceller,
    tree: Tree,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.canceller.lock().running.retain(|tree| tree.id() != self.tree.id());
    }
}
