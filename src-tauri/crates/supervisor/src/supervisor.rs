use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use waterskin_process::Tree;

use crate::driver::{Driver, Request};
use crate::{OutputLog, Policy, Program, Status};

/// Keeps a program running. Dropping it kills the program.
#[derive(Debug)]
pub struct Supervisor {
    requests: mpsc::UnboundedSender<Request>,
    status: watch::Receiver<Status>,
    tasks: TaskTracker,
    /// The tree that runs now, in case the driver does not answer.
    running: Arc<Mutex<Option<Tree>>>,
}

impl Supervisor {
    /// Starts `program` and keeps it running by `policy`; `log` gets what it prints.
    ///
    /// To be called within a tokio runtime.
    pub fn start(program: Arc<dyn Program>, policy: Policy, log: Arc<OutputLog>) -> Self {
        let (requests, inbox) = mpsc::unbounded_channel();
        let tasks = TaskTracker::new();
        let running = Arc::new(Mutex::new(None));
        let (driver, status) =
            Driver::new(program, policy, log, tasks.clone(), Arc::clone(&running));
        tasks.spawn(driver.run(inbox));
        Self { requests, status, tasks, running }
    }

    /// What happens now, and every change of it.
    pub fn subscribe(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Says that the program did real work, so that its failures so far are forgotten.
    pub fn healthy(&self) {
        self.request(Request::Healthy);
    }

    /// Ends the program, if it runs, and starts it at once, also after it was given up.
    pub fn restart(&self) {
        self.request(Request::Restart);
    }

    /// Ends the program for good. It returns when nothing of it is left, after `budget` at the
    /// latest. A second call, at the same time, kills at once.
    pub async fn stop(&self, budget: Duration) {
        self.request(Request::Stop { budget });
        self.tasks.close();
        // The driver ends when it has stopped, so this is a wait for both.
        if timeout(budget, self.tasks.wait()).await.is_err() {
            tracing::warn!(?budget, "the program did not stop in time");
            self.kill();
        }
    }

    fn request(&self, request: Request) {
        // After the stop nobody listens, and nothing is to be done.
        let _ = self.requests.send(request);
    }

    fn kill(&self) {
        let tree = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(tree) = tree {
            tree.kill();
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        // First, so that the driver takes the end that follows as wanted.
        self.request(Request::Stop { budget: Duration::ZERO });
        self.kill();
    }
}
