use std::sync::{Arc, Mutex};

use tokio::runtime::{Handle, RuntimeFlavor};
use waterskin_bundle::{AppCopy, AppCopyError, Brought};
use waterskin_supervisor::OutputLog;

use crate::{Failure, failure};

/// The copy that an app runs in, and how bringing it up to date went the last time.
#[derive(Debug)]
pub struct Copying {
    /// None where the app runs where it is.
    copy: Option<AppCopy>,
    log: Arc<OutputLog>,
    failure: Mutex<Option<Failure>>,
}

impl Copying {
    /// Nothing was brought yet.
    pub fn new(copy: Option<AppCopy>, log: Arc<OutputLog>) -> Self {
        Self { copy, log, failure: Mutex::new(None) }
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
        for remark in remarks(&brought?) {
            self.log.note(&remark);
        }
        Ok(())
    }

    /// Why that failed.
    pub fn failure(&self) -> Option<Failure> {
        self.failure.lock().ok()?.clone()
    }
}

/// What the app's log says of a copy that is not simply what the author ships.
fn remarks(brought: &Brought) -> Vec<String> {
    let kept = brought.kept.iter().map(|kept| {
        format!(
            "`{}` was changed here and by the author: it stays, and the author's is `{}` beside it",
            kept.file, kept.beside
        )
    });
    let late = brought.late.iter().map(|late| {
        format!(
            "`{}` could not be brought up to date ({}): it stays as it is, and the next start tries again",
            late.file, late.why
        )
    });
    kept.chain(late).collect()
}

#[cfg(test)]
mod tests {
    use waterskin_bundle::{Kept, Late};

    use super::*;

    #[test]
    fn what_is_not_as_the_author_ships_it_is_said() {
        let kept = Kept { file: "é.csv".into(), beside: "é.csv.new-2".into() };
        let late = Late { file: "stock.db".into(), why: "it is open".to_owned() };
        let said = remarks(&Brought { kept: vec![kept], late: vec![late] });
        assert_eq!(
            said,
            [
                "`é.csv` was changed here and by the author: it stays, and the author's is `é.csv.new-2` beside it",
                "`stock.db` could not be brought up to date (it is open): it stays as it is, and the next start tries again",
            ]
        );
        assert_eq!(remarks(&Brought::default()), [""; 0]);
    }
}
