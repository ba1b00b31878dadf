use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Agreed on by who works and who waits: only one of them can be first.
#[derive(Clone, Debug, Default)]
pub struct Deadline(Arc<AtomicBool>);

impl Deadline {
    /// Whether nobody has given up yet. From here on nobody does: the work counts.
    pub fn is_met(&self) -> bool {
        !self.0.swap(true, Ordering::SeqCst)
    }
}

/// What `work` gives within `limit`. It has a thread of its own, which is left alone where it takes
/// longer: a call to the keychain has no end of its own and can't be broken off. Work that changes
/// something asks the deadline before the change counts.
pub fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce(&Deadline) -> T + Send + 'static,
) -> Option<T> {
    let deadline = Deadline::default();
    let (tell, told) = mpsc::channel();
    let known = deadline.clone();
    let thread = thread::Builder::new().name("keychain".to_owned());
    // Nobody listens any more to what comes too late.
    let thread = thread.spawn(move || drop(tell.send(work(&known))));
    if let Err(error) = thread {
        tracing::warn!(%error, "there is no thread for the keychain");
        return None;
    }
    awaited(&told, limit, &deadline)
}

/// What is told within `limit`, or later where the work has come to count by then.
fn awaited<T>(told: &Receiver<T>, limit: Duration, deadline: &Deadline) -> Option<T> {
    match told.recv_timeout(limit) {
        Ok(done) => Some(done),
        Err(RecvTimeoutError::Timeout) if deadline.is_met() => None,
        // It came to count in this very moment.
        Err(RecvTimeoutError::Timeout) => told.recv().ok(),
        Err(RecvTimeoutError::Disconnected) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn work_in_time_counts_and_work_that_hangs_does_not() {
        assert_eq!(within(LONG, |_| 1), Some(1));
        let (go_on, wait) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        let given_up = within(Duration::ZERO, move |deadline| {
            let _ = wait.recv();
            tell.send(deadline.is_met()).unwrap();
        });
        assert_eq!(given_up, None);
        drop(go_on);
        assert!(!told.recv_timeout(LONG).unwrap(), "somebody has given up on it");
    }

    #[test]
    fn work_that_counts_already_is_waited_for() {
        let deadline = Deadline::default();
        assert!(deadline.is_met(), "nobody has given up");
        let (tell, told) = mpsc::channel();
        let waiting = thread::spawn(move || awaited(&told, Duration::ZERO, &deadline));
        tell.send(2).unwrap();
        assert_eq!(waiting.join().unwrap(), Some(2));
    }
}
