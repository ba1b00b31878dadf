use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The memory that compressors may take together, in bytes. Who needs some waits until it is free.
#[derive(Debug)]
pub(super) struct Memory {
    most: u64,
    free: Mutex<u64>,
    more: Condvar,
}

/// What was taken; it is free again when the value is dropped.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    of: &'a Memory,
    bytes: u64,
}

impl Memory {
    pub fn new(most: u64) -> Self {
        Self { most, free: Mutex::new(most), more: Condvar::new() }
    }

    /// Takes so much, or all there is where that is less. One thread takes once at a time.
    pub fn take(&self, bytes: u64) -> Taken<'_> {
        let bytes = bytes.min(self.most);
        let mut free = self.free();
        while *free < bytes {
            free = self.more.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Taken { of: self, bytes }
    }

    /// A number is whole after a panic too.
    fn free(&self) -> MutexGuard<'_, u64> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.of.free() += self.bytes;
        self.of.more.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn together_they_take_no_more_than_there_is() {
        let (memory, taken, most) = (Memory::new(10), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for bytes in [4, 3, 10, 100, 6, 5] {
                let (memory, taken, most) = (&memory, &taken, &most);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let held = memory.take(bytes);
                        most.fetch_max(
                            taken.fetch_add(held.bytes, Ordering::SeqCst) + held.bytes,
                            Ordering::SeqCst,
                        );
                        std::thread::yield_now();
                        taken.fetch_sub(held.bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 10);
        assert_eq!(*memory.free(), 10);
    }
}
