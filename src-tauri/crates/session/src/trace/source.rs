use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio::sync::mpsc;
use waterskin_proxy::{Direction, Event, Exchange, FrameHead, Observer};
use waterskin_streamlit::without_session;

use super::passed::{Frame, Passed};

/// How much may wait for one who follows. More is counted as lost rather than kept in memory.
pub const WAITING: usize = 16 * 1024;

/// An observer that hands on to another one, and tells whoever follows what it sees. It never waits;
/// while nobody follows it only sees that nobody does.
pub struct Source {
    inner: Arc<dyn Observer>,
    followers: Arc<Followers>,
}

/// Those who follow what passes.
#[derive(Debug, Default)]
pub struct Followers {
    /// Whether there are any: this alone is looked at for every frame and every request.
    any: AtomicBool,
    all: RwLock<Vec<Follower>>,
}

#[derive(Debug)]
struct Follower {
    passed: mpsc::Sender<Passed>,
    lost: Arc<AtomicU64>,
}

/// What one who follows gets. Dropped, it is told no more.
#[derive(Debug)]
pub struct Following {
    passed: mpsc::Receiver<Passed>,
    lost: Arc<AtomicU64>,
    followers: Arc<Followers>,
}

impl Source {
    /// Tells `followers` what `inner` observes.
    pub fn new(inner: Arc<dyn Observer>, followers: Arc<Followers>) -> Self {
        Self { inner, followers }
    }
}

impl Followers {
    /// Follows from now on.
    pub fn follow(self: &Arc<Self>) -> Following {
        let (sender, passed) = mpsc::channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let follower = Follower { passed: sender, lost: Arc::clone(&lost) };
        self.change(|all| all.push(follower));
        Following { passed, lost, followers: Arc::clone(self) }
    }

    /// Whether somebody follows.
    pub fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    fn tell(&self, passed: &Passed) {
        for follower in self.all.read().unwrap_or_else(PoisonError::into_inner).iter() {
            let sent = follower.passed.try_send(passed.clone());
            if let Err(mpsc::error::TrySendError::Full(_)) = sent {
                follower.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Follower>)) {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut all);
        self.any.store(!all.is_empty(), Ordering::Relaxed);
    }
}

impl Following {
    /// Waits for what passes, and puts all that is there into `batch`. Gives how much that is: nothing
    /// only after [`Following::close`].
    pub async fn take(&mut self, batch: &mut Vec<Passed>) -> usize {
        self.passed.recv_many(batch, WAITING).await
    }

    /// The same without waiting.
    pub fn take_more(&mut self, batch: &mut Vec<Passed>) {
        while let Ok(passed) = self.passed.try_recv() {
            batch.push(passed);
        }
    }

    /// How much was lost since this was asked last.
    pub fn lost(&self) -> u64 {
        self.lost.swap(0, Ordering::Relaxed)
    }

    /// Lets nothing more come; what waits can still be taken.
    pub fn close(&mut self) {
        self.passed.close();
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.passed.close();
        self.followers.change(|all| all.retain(|follower| !follower.passed.is_closed()));
    }
}

impl Observer for Source {
    fn event(&self, event: Event) {
        if let Event::UpgradeClosed { stream } = event
            && self.followers.any()
        {
            let (at, totals) = (Instant::now(), Default::default());
            self.followers.tell(&Passed::Closed { stream, at, totals });
        }
        self.inner.event(event);
    }

    fn frame(&self, stream: u64, direction: Direction, head: &FrameHead, prefix: &[u8]) {
        if self.followers.any() {
            self.followers.tell(&Passed::Frame(Frame::new(stream, direction, *head, prefix)));
        }
        self.inner.frame(stream, direction, head, prefix);
    }

    fn wants_exchanges(&self) -> bool {
        self.followers.any()
    }

    fn asked(&self, exchange: &Exchange) {
        self.followers.tell(&Passed::Asked(Arc::new(written(exchange))));
        self.inner.asked(exchange);
    }

    fn exchange(&self, exchange: &Exchange) {
        self.followers.tell(&Passed::Exchange(Arc::new(written(exchange))));
        self.inner.exchange(exchange);
    }
}

/// An exchange as it may be shown and written down.
fn written(exchange: &Exchange) -> Exchange {
    let path = without_session(&exchange.path).into_owned();
    Exchange { path, ..exchange.clone() }
}
