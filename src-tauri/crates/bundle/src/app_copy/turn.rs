use std::fs::{File, TryLockError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use camino::Utf8Path;

use super::AppCopyError;

/// How long another start may work at the copy before this one gives up. The supervisor tries again.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked.
const SOON: Duration = Duration::from_millis(50);

/// Waits until no other start works at a copy. Where the file system has no locks, the single instance
/// of an app has to do.
#[expect(
    clippy::disallowed_methods,
    reason = "no system tells when another gives up a file's lock"
)]
pub(super) fn wait(copy: &Utf8Path, patience: Duration) -> Result<Option<File>, AppCopyError> {
    let path = copy.with_file_name("copy.lock");
    let Ok(file) = File::options().create(true).append(true).open(path) else { return Ok(None) };
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if begun.elapsed() < patience => sleep(SOON),
            Err(TryLockError::WouldBlock) => {
                return Err(AppCopyError::Busy { folder: copy.to_owned() });
            }
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
}

/// [`wait`] for as long as a person waits.
pub(super) fn wait_for_turn(copy: &Utf8Path) -> Result<Option<File>, AppCopyError> {
    wait(copy, PATIENCE)
}
