use std::sync::Mutex;

use tokio::runtime::{Handle, RuntimeFlavor};
use waterskin_bundle::{AppCopy, AppCopyError};

use crate::{Failure, failure};

/// The copy that an app runs in, and how bringing it up to date went the last time.
#[derive(Debug)]
pub struct Copying {
    /// None where the app runs where it is.
    copy: Option<AppCopy>,
    failure: Mutex<Option<Failure>>,
}

impl Copying {
    /// Nothing was brought yet.
    pub fn new(copy: Option<AppCopy>) -> Self {
        Self { copy, failure: Mutex::new(None) }
    }

    /// Brings the copy up to date. A large one takes its time, which no other task may spend
    /// waiting.
    pub fn bring(&self) -> Result<(), AppCopyError> {
        let Some(copy) = &self.copy else { return Ok(()) };
        let brought = match Handle::try_current().map(|here| here.runtime_flavor()) {
            Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(|| copy.bring()),
            _ => copy.bring(),
        };
        if let Ok(mut failure) = self.failure.lock() {
            *failure = brought.as_ref().err().map(failure::not_copied);
        }
        for kept in brought? {
            tracing::info!(file = %kept.file, new = %kept.beside, "changed here and by the author");
        }
        Ok(())
    }

    /// Why that failed.
    pub fn failure(&self) -> Option<Failure> {
        self.failure.lock().ok()?.clone()
    }
}
