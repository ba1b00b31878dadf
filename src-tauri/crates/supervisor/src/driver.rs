use std::collections::VecDeque;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::task::TaskTracker;
use waterskin_process::{Child, ExitStatus, TerminalOutput, Tree};

use crate::exit::chain;
use crate::machine::{Effect, Epoch, Event, Machine};
use crate::{OutputLog, Policy, Program, Readiness, Status};

/// What the handle asks of the driver.
#[derive(Debug)]
pub(crate) enum Request {
    Healthy,
    Restart,
    Stop { budget: Duration },
}

/// How long the last output of a dead program is waited for. Only a process that has left the
/// program's tree holds the terminal longer.
const LAST_OUTPUT: Duration = Duration::from_millis(250);

/// Does what the machine decides.
pub(crate) struct Driver {
    program: Arc<dyn Program>,
    log: Arc<OutputLog>,
    tasks: TaskTracker,
    machine: Machine,
    first: Vec<Effect>,
    status: watch::Sender<Status>,
    child: Option<Running>,
    timer: Option<(Epoch, Instant)>,
    /// For the handle: the tree of `child`.
    tree: Arc<Mutex<Option<Tree>>>,
}

/// A child and what is awaited of it.
struct Running {
    attempt: u32,
    child: Child,
    exit: Pin<Box<dyn Future<Output = ExitStatus> + Send>>,
    ready: Option<Readiness>,
    /// Carries the output to the log.
    pump: JoinHandle<()>,
}

impl Driver {
    pub(crate) fn new(
        program: Arc<dyn Program>,
        policy: Policy,
        log: Arc<OutputLog>,
        tasks: TaskTracker,
        tree: Arc<Mutex<Option<Tree>>>,
    ) -> (Self, watch::Receiver<Status>) {
        let (machine, first) = Machine::new(policy);
        let (status, receiver) = watch::channel(machine.status());
        let driver =
            Self { program, log, tasks, machine, first, status, child: None, timer: None, tree };
        (driver, receiver)
    }

    /// Runs until the machine has stopped.
    pub(crate) async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Request>) {
        let first = std::mem::take(&mut self.first);
        self.settle(first);
        while self.machine.status() != Status::Stopped {
            let event = self.next(&mut inbox).await;
            tracing::debug!(?event, "event");
            let effects = self.machine.handle(event);
            self.settle(effects);
        }
    }

    /// Does `effects` and whatever follows from them at once, and publishes the outcome.
    fn settle(&mut self, effects: Vec<Effect>) {
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            tracing::debug!(?effect, "effect");
            if let Some(event) = self.perform(effect) {
                effects.extend(self.machine.handle(event));
            }
        }
        let status = self.machine.status();
        self.status.send_if_modified(|seen| {
            let changed = *seen != status;
            *seen = status;
            changed
        });
    }

    fn perform(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Start { attempt } => {
                let reason = self.start(attempt).err()?;
                self.log.note(&format!("could not be started: {reason}"));
                self.program.ended(attempt);
                return Some(Event::NotStarted { reason });
            }
            Effect::Terminate => {
                if let Some(running) = &self.child {
                    running.child.tree().terminate();
                }
            }
            Effect::Kill => {
                if let Some(running) = &self.child {
                    running.child.tree().kill();
                }
            }
            Effect::Abandon => {
                if let Some(running) = self.take_child() {
                    self.log.note("does not end, even though it was killed");
                    self.program.ended(running.attempt);
                    // Dropping a child waits for its end a little.
                    self.tasks.spawn_blocking(move || drop(running));
                }
            }
            Effect::Arm(epoch, delay) => self.timer = Some((epoch, Instant::now() + delay)),
        }
        None
    }

    fn start(&mut self, attempt: u32) -> Result<(), String> {
        let command = self.program.command(attempt).map_err(|error| chain(&*error))?;
        self.log.note(&format!("start {attempt}: {}", command.program.display()));
        let (child, output) = command.spawn().map_err(|error| chain(&error))?;
        *self.tree.lock().unwrap_or_else(PoisonError::into_inner) = Some(child.tree());
        self.child = Some(Running {
            attempt,
            exit: Box::pin(child.wait()),
            ready: Some(self.program.ready(attempt)),
            pump: self.pump(output),
            child,
        });
        Ok(())
    }

    /// Writes to the log on a thread that may block, so that a slow disk holds nothing else up.
    fn pump(&self, mut output: TerminalOutput) -> JoinHandle<()> {
        let log = Arc::clone(&self.log);
        self.tasks.spawn_blocking(move || {
            while let Some(piece) = output.blocking_recv() {
                log.write(&piece);
            }
            log.finish();
        })
    }

    /// Waits for whatever happens first.
    async fn next(&mut self, inbox: &mut mpsc::UnboundedReceiver<Request>) -> Event {
        tokio::select! {
            biased;
            Some(request) = inbox.recv() => match request {
                Request::Healthy => Event::Healthy,
                Request::Restart => Event::Restart,
                Request::Stop { budget } => Event::Stop { budget },
            },
            news = news(self.child.as_mut()) => match news {
                News::Exited(status) => {
                    self.clean_up(status).await;
                    Event::Exited(status)
                }
                News::Ready => Event::Ready,
                News::NotReady { reason } => Event::NotReady { reason },
            },
            epoch = fired(self.timer) => {
                self.timer = None;
                Event::Timer(epoch)
            }
        }
    }

    /// Ends what the child has left behind.
    async fn clean_up(&mut self, status: ExitStatus) {
        let Some(mut running) = self.take_child() else { return };
        running.child.tree().kill();
        if timeout(LAST_OUTPUT, &mut running.pump).await.is_err() {
            tracing::debug!("a process outside the program's tree holds its terminal");
        }
        self.log.note(&status.to_string());
        self.program.ended(running.attempt);
    }

    fn take_child(&mut self) -> Option<Running> {
        *self.tree.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.child.take()
    }
}

/// What a child lets us know.
enum News {
    Exited(ExitStatus),
    Ready,
    NotReady { reason: String },
}

async fn news(running: Option<&mut Running>) -> News {
    let Some(running) = running else { return pending().await };
    let Some(ready) = &mut running.ready else {
        return News::Exited(running.exit.as_mut().await);
    };
    let result = tokio::select! {
        biased;
        // First, so that a check that fails because the child has ended is not the reason given.
        status = running.exit.as_mut() => return News::Exited(status),
        result = ready.as_mut() => result,
    };
    running.ready = None;
    match result {
        Ok(()) => News::Ready,
        Err(error) => News::NotReady { reason: chain(&*error) },
    }
}

async fn fired(timer: Option<(Epoch, Instant)>) -> Epoch {
    match timer {
        Some((epoch, at)) => {
            sleep_until(at).await;
            epoch
        }
        None => pending().await,
    }
}
