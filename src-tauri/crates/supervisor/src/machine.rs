use std::time::Duration;

use waterskin_process::ExitStatus;

use crate::{Exit, Policy, Status};

/// The number of a timer. Only the one that was armed last counts; an earlier one is stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Epoch(pub(crate) u64);

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// [`Effect::Start`] failed: there is no child.
    NotStarted { reason: String },
    /// The child answers.
    Ready,
    /// The check for readiness failed; the child may still run.
    NotReady { reason: String },
    /// The child and its tree are gone.
    Exited(ExitStatus),
    /// The child did real work.
    Healthy,
    /// Somebody wants a fresh child.
    Restart,
    /// Everything is to be over after `budget`.
    Stop { budget: Duration },
    /// A timer fired.
    Timer(Epoch),
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Start a child. There is none.
    Start { attempt: u32 },
    /// Ask the child to end.
    Terminate,
    /// End the child's tree.
    Kill,
    /// Forget the child, which does not even end when it is killed.
    Abandon,
    /// Send [`Event::Timer`] after a while, and forget the timer before it.
    Arm(Epoch, Duration),
}

/// Decides when a child is started, ended, started again and given up. It reads no clock.
#[derive(Debug)]
pub(crate) struct Machine {
    policy: Policy,
    state: State,
    /// The number of starts so far.
    attempt: u32,
    /// Ends without having been healthy, since it was last healthy.
    failures: u32,
    /// The child that runs was healthy.
    healthy: bool,
    epoch: Epoch,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// A child runs and does not answer yet. Timer: it takes too long.
    Starting,
    /// A child runs and answers. Timer: it has settled.
    Ready,
    /// A child runs that is being ended. Timer: it takes too long.
    Ending { cause: Cause, killed: bool },
    /// No child. Timer: start one.
    Waiting { delay: Duration, last: Exit },
    /// No child.
    GaveUp { last: Exit },
    /// A child runs that is being ended for good. Timer: it takes too long.
    Stopping { killed: bool },
    /// No child.
    Stopped,
}

/// Why a child is being ended, other than for good.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    Restart,
    Failed(Exit),
}

impl Machine {
    /// A machine that starts its first child: do the effects.
    pub(crate) fn new(policy: Policy) -> (Self, Vec<Effect>) {
        let mut machine = Self {
            policy,
            state: State::Stopped,
            attempt: 0,
            failures: 0,
            healthy: false,
            epoch: Epoch::default(),
        };
        let effects = machine.start();
        (machine, effects)
    }

    /// What to tell the world.
    pub(crate) fn status(&self) -> Status {
        let (attempt, failures) = (self.attempt, self.failures);
        match &self.state {
            State::Starting | State::Ending { cause: Cause::Failed(_), .. } => {
                Status::Starting { attempt }
            }
            State::Ending { cause: Cause::Restart, .. } => {
                Status::Starting { attempt: attempt + 1 }
            }
            State::Ready => Status::Ready { attempt },
            State::Waiting { delay, last } => {
                Status::Waiting { failures, delay: *delay, last: last.clone() }
            }
            State::GaveUp { last } => Status::GaveUp { failures, last: last.clone() },
            State::Stopping { .. } => Status::Stopping,
            State::Stopped => Status::Stopped,
        }
    }

    /// Takes an event and says what to do. What matters to no state is ignored.
    pub(crate) fn handle(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Timer(epoch) if epoch != self.epoch => Vec::new(),
            Event::Timer(_) => self.timer(),
            Event::Stop { budget } => self.stop(budget),
            Event::Restart => self.restart(),
            Event::Healthy => self.healthy(),
            Event::Ready => self.ready(),
            Event::NotReady { reason } => match self.state {
                State::Starting => self.end(Cause::Failed(Exit::NotReady { reason })),
                _ => Vec::new(),
            },
            Event::NotStarted { reason } => self.child_gone(Exit::NotStarted { reason }),
            // It had all that it needs, and nobody asked it: it ended itself, as a program may.
            Event::Exited(status) if status.success() && self.state == State::Ready => {
                self.disarm();
                self.state = State::Stopped;
                Vec::new()
            }
            Event::Exited(status) => {
                let ready = self.state == State::Ready;
                self.child_gone(Exit::Ended { status, ready })
            }
        }
    }

    fn timer(&mut self) -> Vec<Effect> {
        match self.state.clone() {
            State::Starting => {
                let waited = self.policy.ready_timeout;
                self.end(Cause::Failed(Exit::Unresponsive { waited }))
            }
            State::Ready => self.healthy(),
            State::Waiting { .. } => self.start(),
            State::Ending { cause, killed: false } => {
                self.kill(State::Ending { cause, killed: true })
            }
            State::Stopping { killed: false } => self.kill(State::Stopping { killed: true }),
            State::Ending { killed: true, .. } | State::Stopping { killed: true } => {
                let mut effects = vec![Effect::Abandon];
                effects.extend(
                    self.child_gone(Exit::Ended { status: ExitStatus::UNKNOWN, ready: false }),
                );
                effects
            }
            // These arm no timer.
            State::GaveUp { .. } | State::Stopped => Vec::new(),
        }
    }

    fn stop(&mut self, budget: Duration) -> Vec<Effect> {
        let grace = self.policy.grace_within(budget);
        match self.state {
            State::Starting | State::Ready | State::Ending { killed: false, .. } => {
                if grace.is_zero() {
                    return self.kill(State::Stopping { killed: true });
                }
                self.state = State::Stopping { killed: false };
                vec![Effect::Terminate, self.arm(grace)]
            }
            State::Stopping { killed: false } | State::Ending { killed: true, .. } => {
                self.kill(State::Stopping { killed: true })
            }
            State::Waiting { .. } | State::GaveUp { .. } => {
                self.disarm();
                self.state = State::Stopped;
                Vec::new()
            }
            State::Stopping { killed: true } | State::Stopped => Vec::new(),
        }
    }

    fn restart(&mut self) -> Vec<Effect> {
        match &mut self.state {
            State::Starting | State::Ready => self.end(Cause::Restart),
            State::Ending { cause, .. } => {
                *cause = Cause::Restart;
                Vec::new()
            }
            State::Waiting { .. } | State::GaveUp { .. } => {
                self.failures = 0;
                self.start()
            }
            State::Stopping { .. } | State::Stopped => Vec::new(),
        }
    }

    fn healthy(&mut self) -> Vec<Effect> {
        // From a child that is gone already it says nothing about the next one.
        if matches!(self.state, State::Starting | State::Ready) {
            self.healthy = true;
            self.failures = 0;
        }
        Vec::new()
    }

    fn ready(&mut self) -> Vec<Effect> {
        if self.state != State::Starting {
            return Vec::new();
        }
        self.state = State::Ready;
        vec![self.arm(self.policy.settled)]
    }

    fn child_gone(&mut self, exit: Exit) -> Vec<Effect> {
        match std::mem::replace(&mut self.state, State::Stopped) {
            State::Starting | State::Ready => self.wait_or_give_up(exit),
            State::Ending { cause: Cause::Failed(cause), .. } => self.wait_or_give_up(cause),
            State::Ending { cause: Cause::Restart, .. } => {
                self.failures = 0;
                self.start()
            }
            State::Stopping { .. } => {
                self.disarm();
                Vec::new()
            }
            // There was no child.
            state @ (State::Waiting { .. } | State::GaveUp { .. } | State::Stopped) => {
                self.state = state;
                Vec::new()
            }
        }
    }

    fn wait_or_give_up(&mut self, last: Exit) -> Vec<Effect> {
        if !self.healthy {
            self.failures += 1;
        }
        if self.failures >= self.policy.give_up_after {
            self.disarm();
            self.state = State::GaveUp { last };
            return Vec::new();
        }
        let delay = self.policy.delay(self.failures);
        self.state = State::Waiting { delay, last };
        vec![self.arm(delay)]
    }

    fn start(&mut self) -> Vec<Effect> {
        self.attempt += 1;
        self.healthy = false;
        self.state = State::Starting;
        vec![Effect::Start { attempt: self.attempt }, self.arm(self.policy.ready_timeout)]
    }

    fn end(&mut self, cause: Cause) -> Vec<Effect> {
        self.state = State::Ending { cause, killed: false };
        vec![Effect::Terminate, self.arm(self.policy.grace)]
    }

    fn kill(&mut self, state: State) -> Vec<Effect> {
        self.state = state;
        vec![Effect::Kill, self.arm(self.policy.kill_grace)]
    }

    fn arm(&mut self, delay: Duration) -> Effect {
        self.disarm();
        Effect::Arm(self.epoch, delay)
    }

    fn disarm(&mut self) {
        self.epoch.0 += 1;
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
