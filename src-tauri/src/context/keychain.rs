//! Asks the keychain for an app's secrets, while its window is there already.

use std::{sync::Arc, time::Instant};

use tauri::async_runtime;
use tokio::{sync::mpsc, task::JoinSet, time::sleep_until};
use waterskin_session::{SecretValues, Session, Vault, Wait};

/// Has the keychain asked once more.
pub struct AskAgain(mpsc::UnboundedSender<()>);

impl AskAgain {
    /// Does it, as long as the app waits for its secrets.
    pub fn ask(&self) {
        // Otherwise nobody listens.
        let _ = self.0.send(());
    }
}

/// A keychain that was asked, each time on a thread of its own: a call to it has no end of its own.
pub struct Asking {
    vault: Vault,
    answers: JoinSet<SecretValues>,
    since: Instant,
    wait: Wait,
    again: mpsc::UnboundedReceiver<()>,
}

impl Asking {
    /// Asks the keychain for what is in the vault; gives also what has it asked once more.
    pub fn begin(vault: Vault) -> (Self, AskAgain) {
        let (sender, again) = mpsc::unbounded_channel();
        let (answers, since, wait) = (JoinSet::new(), Instant::now(), Wait::Quietly);
        let mut asking = Self { vault, answers, since, wait, again };
        asking.ask();
        (asking, AskAgain(sender))
    }

    fn ask(&mut self) {
        self.since = Instant::now();
        let vault = self.vault.clone();
        self.answers.spawn_blocking_on(move || vault.values(), async_runtime::handle().inner());
    }

    /// Goes by an answer that is there already, if there is one.
    pub fn look(&mut self, session: &Session) {
        let answer = self.answers.try_join_next();
        self.tell(session, answer.and_then(Result::ok));
    }

    /// Goes by each answer, and tells the person how long there has been none, until the app has its
    /// secrets.
    pub async fn follow(mut self, session: Arc<Session>) {
        let mut states = session.subscribe();
        while self.wait != Wait::Over {
            let end = self.wait.ends().map(|asked| self.since + asked);
            let answer = tokio::select! {
                Some(answer) = self.answers.join_next() => answer.ok(),
                Some(()) = self.again.recv() => {
                    self.ask();
                    None
                }
                () = passed(end) => None,
                // Somebody entered them.
                _ = states.wait_for(|state| state.generation > 0) => return,
            };
            self.tell(&session, answer);
        }
    }

    fn tell(&mut self, session: &Session, answer: Option<SecretValues>) {
        let complete = answer.as_ref().map(|values| !self.vault.lacks(values));
        self.wait = Wait::of(self.since.elapsed(), complete);
        match (self.wait, answer) {
            (Wait::Over, Some(values)) => drop(session.begin(values, true)),
            (wait, _) => session.wait(wait),
        }
    }
}

/// Waits for a moment; for ever where there is none.
async fn passed(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
