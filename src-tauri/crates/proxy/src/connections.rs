use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OnceCell, OwnedSemaphorePermit, Semaphore};

/// How many connections there may be, and how long they may take.
///
/// A connection is a *stranger* until one of its requests has passed the gate. Strangers have
/// numbers and times of their own, so that none can keep the window out. Connections that were
/// upgraded count no longer and have no limit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many connections that passed the gate are served at once; the requests of more of them
    /// wait. 512 by default.
    pub connections: usize,
    /// How many strangers there are at once: when another one comes, the oldest is cut. 512 by
    /// default, since a page may open many connections at the same moment.
    pub strangers: usize,
    /// How long a stranger may take to pass the gate. 10 s by default.
    pub stranger_timeout: Duration,
    /// How long the head of a request may take. An idle connection is closed after this time too.
    /// 30 s by default.
    pub head_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            strangers: 512,
            stranger_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(30),
        }
    }
}

/// The open connections of a proxy.
#[derive(Debug)]
pub(crate) struct Connections {
    limits: Limits,
    slots: Arc<Semaphore>,
    /// How to cut each stranger, the oldest first.
    strangers: Mutex<VecDeque<Arc<Notify>>>,
}

/// One connection among the others.
#[derive(Debug)]
pub(crate) struct Visitor {
    connections: Arc<Connections>,
    cut: Arc<Notify>,
    slot: OnceCell<Option<OwnedSemaphorePermit>>,
    is_foreign: bool,
}

impl Connections {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        let slots = Arc::new(Semaphore::new(limits.connections));
        Arc::new(Self { limits, slots, strangers: Mutex::default() })
    }

    /// A new connection. The oldest stranger gives way when there are too many.
    pub(crate) fn meet(self: &Arc<Self>) -> Visitor {
        let cut = Arc::new(Notify::new());
        let mut strangers = self.strangers();
        while strangers.len() >= self.limits.strangers.max(1) {
            cut_first(&mut strangers);
        }
        strangers.push_back(Arc::clone(&cut));
        drop(strangers);
        let connections = Arc::clone(self);
        Visitor { connections, cut, slot: OnceCell::new(), is_foreign: false }
    }

    /// Makes room when the system has no more files.
    pub(crate) fn cut_oldest_stranger(&self) {
        cut_first(&mut self.strangers());
    }

    fn strangers(&self) -> MutexGuard<'_, VecDeque<Arc<Notify>>> {
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cut_first(strangers: &mut VecDeque<Arc<Notify>>) {
    if let Some(oldest) = strangers.pop_front() {
        oldest.notify_one();
    }
}

impl Visitor {
    /// The same, of another user of the machine or not.
    pub(crate) fn foreign(self, is_foreign: bool) -> Self {
        let mut visitor = self;
        visitor.is_foreign = is_foreign;
        visitor
    }

    /// Whether another user of the machine has come.
    pub(crate) fn is_foreign(&self) -> bool {
        self.is_foreign
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.connections.limits
    }

    /// A request of the connection passed the gate: it is no stranger any more. Waits until it has
    /// a place among those that are served.
    pub(crate) async fn admit(&self) {
        let admitted = self.slot.get_or_init(async || {
            self.leave_strangers();
            // The semaphore is never closed.
            Arc::clone(&self.connections.slots).acquire_owned().await.ok()
        });
        admitted.await;
    }

    /// Resolves when the connection is a stranger that has to go: it took too long, or others came.
    pub(crate) async fn outstayed(&self) {
        let timeout = self.connections.limits.stranger_timeout;
        // An error: the time is over.
        let was_cut = tokio::time::timeout(timeout, self.cut.notified()).await.is_ok();
        if !was_cut && !self.leave_strangers() {
            // It was admitted in time, and nobody can cut it any more.
            std::future::pending::<()>().await;
        }
    }

    /// Whether it was one.
    fn leave_strangers(&self) -> bool {
        let mut strangers = self.connections.strangers();
        let at = strangers.iter().position(|it| Arc::ptr_eq(it, &self.cut));
        at.and_then(|at| strangers.remove(at)).is_some()
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.leave_strangers();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::{Connections, Limits};

    const SOON: Duration = Duration::from_secs(10);

    fn two_of_each() -> Limits {
        Limits { connections: 2, strangers: 2, ..Limits::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_stranger_gives_way() {
        let connections = Connections::new(two_of_each());
        let [first, second, third] = std::array::from_fn(|_| connections.meet());
        assert!(first.outstayed().now_or_never().is_some());
        assert!(second.outstayed().now_or_never().is_none());
        connections.cut_oldest_stranger();
        assert!(second.outstayed().now_or_never().is_some());
        drop(first);
        drop(second);
        assert_eq!(connections.strangers().len(), 1, "the third one");
        third.admit().await;
        assert_eq!(connections.strangers().len(), 0);
        connections.cut_oldest_stranger();
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_admitted_is_never_cut() {
        let connections = Connections::new(two_of_each());
        let known = connections.meet();
        known.admit().await;
        known.admit().await;
        for _ in 0..10 {
            connections.meet();
        }
        let stranger = connections.meet();
        let outstayed = tokio::time::timeout(Duration::from_secs(3600), known.outstayed());
        assert!(outstayed.await.is_err());
        assert!(stranger.outstayed().now_or_never().is_none(), "its time begins when it is asked");
        tokio::time::timeout(SOON + SOON, stranger.outstayed()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn more_than_can_be_served_wait_for_a_place() {
        let connections = Connections::new(two_of_each());
        let [first, second, third] = std::array::from_fn(|_| connections.meet());
        first.admit().await;
        second.admit().await;
        assert!(third.admit().now_or_never().is_none());
        connections.cut_oldest_stranger();
        drop(first);
        tokio::time::timeout(SOON, third.admit()).await.unwrap();
    }
}
