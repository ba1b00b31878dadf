use super::*;

const READY: Duration = Duration::from_secs(60);
const SETTLED: Duration = Duration::from_secs(10);
const GRACE: Duration = Duration::from_secs(2);
const KILL_GRACE: Duration = Duration::from_millis(500);
const STOP: Event = Event::Stop { budget: Duration::from_secs(3) };

fn code(code: u32) -> Event {
    Event::Exited(ExitStatus::exited(code))
}

fn ended(code: u32, ready: bool) -> Exit {
    Exit::Ended { status: ExitStatus::exited(code), ready }
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn starting() -> Machine {
    let (machine, effects) = Machine::new(Policy::default());
    assert_eq!(effects, [Effect::Start { attempt: 1 }, Effect::Arm(Epoch(1), READY)]);
    machine
}

fn ready() -> Machine {
    let mut machine = starting();
    assert_eq!(machine.handle(Event::Ready), [Effect::Arm(Epoch(2), SETTLED)]);
    assert_eq!(machine.status(), Status::Ready { attempt: 1 });
    machine
}

fn waiting() -> Machine {
    let mut machine = starting();
    assert_eq!(machine.handle(code(1)), [Effect::Arm(Epoch(2), millis(100))]);
    machine
}

fn ending() -> Machine {
    let mut machine = ready();
    assert_eq!(machine.handle(Event::Restart), [Effect::Terminate, Effect::Arm(Epoch(3), GRACE)]);
    machine
}

fn stopping() -> Machine {
    let mut machine = ready();
    assert_eq!(machine.handle(STOP), [Effect::Terminate, Effect::Arm(Epoch(3), GRACE)]);
    assert_eq!(machine.status(), Status::Stopping);
    machine
}

fn gave_up() -> Machine {
    let mut machine = starting();
    for _ in 1..5 {
        machine.handle(code(1));
        fire(&mut machine);
    }
    assert_eq!(machine.handle(code(1)), []);
    assert_eq!(machine.status(), Status::GaveUp { failures: 5, last: ended(1, false) });
    machine
}

/// Lets the timer that was armed last fire.
fn fire(machine: &mut Machine) -> Vec<Effect> {
    machine.handle(Event::Timer(machine.epoch))
}

#[test]
fn a_child_that_ends_itself_well_is_not_started_again() {
    let mut machine = ready();
    assert_eq!(machine.handle(code(0)), []);
    assert_eq!(machine.status(), Status::Stopped);
    assert_eq!(machine.handle(Event::Restart), [], "it is over");

    let mut machine = starting();
    assert_ne!(machine.handle(code(0)), [], "before it was ready, that is a failure");
    let mut machine = ready();
    assert_ne!(machine.handle(code(1)), []);
    let mut machine = ending();
    assert!(matches!(machine.handle(code(0))[..], [Effect::Start { attempt: 2 }, _]), "asked to");
}

#[test]
fn a_failure_waits_longer_each_time_and_the_fifth_is_the_last() {
    let mut machine = starting();
    for (failures, delay) in [(1, 100), (2, 200), (3, 400), (4, 800)] {
        let effects = machine.handle(code(1));
        assert_eq!(effects, [Effect::Arm(machine.epoch, millis(delay))]);
        let delay = millis(delay);
        let last = ended(1, false);
        assert_eq!(machine.status(), Status::Waiting { failures, delay, last });
        let effects = fire(&mut machine);
        assert_eq!(effects[0], Effect::Start { attempt: failures + 1 });
        assert_eq!(machine.status(), Status::Starting { attempt: failures + 1 });
    }
    assert_eq!(machine.handle(code(1)), []);
    assert_eq!(machine.status(), Status::GaveUp { failures: 5, last: ended(1, false) });
}

#[test]
fn being_ready_alone_is_not_healthy() {
    let mut machine = starting();
    for _ in 1..5 {
        machine.handle(Event::Ready);
        machine.handle(code(1));
        fire(&mut machine);
    }
    machine.handle(Event::Ready);
    machine.handle(code(1));
    assert_eq!(machine.status(), Status::GaveUp { failures: 5, last: ended(1, true) });
}

#[test]
fn ends_after_real_work_never_add_up() {
    let mut machine = starting();
    for attempt in 1..=10 {
        machine.handle(Event::Ready);
        assert_eq!(machine.handle(Event::Healthy), []);
        let killed = ExitStatus::signalled(9);
        machine.handle(Event::Exited(killed));
        let last = Exit::Ended { status: killed, ready: true };
        assert_eq!(machine.status(), Status::Waiting { failures: 0, delay: millis(100), last });
        assert_eq!(fire(&mut machine)[0], Effect::Start { attempt: attempt + 1 });
    }
    for _ in 1..5 {
        machine.handle(code(1));
        fire(&mut machine);
    }
    machine.handle(code(1));
    assert!(matches!(machine.status(), Status::GaveUp { failures: 5, .. }), "quick deaths do");
}

#[test]
fn having_been_ready_for_long_is_healthy() {
    let mut machine = ready();
    machine.failures = 4;
    assert_eq!(fire(&mut machine), []);
    machine.handle(code(1));
    assert!(matches!(machine.status(), Status::Waiting { failures: 0, .. }));
}

#[test]
fn health_of_a_dead_child_is_not_that_of_the_next() {
    let mut machine = waiting();
    machine.handle(Event::Healthy);
    fire(&mut machine);
    machine.handle(code(1));
    assert!(matches!(machine.status(), Status::Waiting { failures: 2, .. }));
}

#[test]
fn a_child_that_never_answers_is_ended_and_counts_as_a_failure() {
    let mut machine = starting();
    let effects = fire(&mut machine);
    assert_eq!(effects, [Effect::Terminate, Effect::Arm(Epoch(2), GRACE)]);
    assert_eq!(machine.status(), Status::Starting { attempt: 1 });
    assert_eq!(machine.handle(Event::Ready), [], "too late");
    assert_eq!(fire(&mut machine), [Effect::Kill, Effect::Arm(Epoch(3), KILL_GRACE)]);
    machine.handle(Event::Exited(ExitStatus::signalled(9)));
    let last = Exit::Unresponsive { waited: READY };
    assert_eq!(machine.status(), Status::Waiting { failures: 1, delay: millis(100), last });
}

#[test]
fn a_failed_check_ends_the_child_and_is_the_reason() {
    let mut machine = starting();
    let effects = machine.handle(Event::NotReady { reason: "no".into() });
    assert_eq!(effects, [Effect::Terminate, Effect::Arm(Epoch(2), GRACE)]);
    machine.handle(code(0));
    let last = Exit::NotReady { reason: "no".into() };
    assert_eq!(machine.status(), Status::Waiting { failures: 1, delay: millis(100), last });
}

#[test]
fn a_start_that_fails_is_tried_again_and_given_up_like_any_other() {
    let mut machine = starting();
    let failed = Event::NotStarted { reason: "no program".into() };
    let last = Exit::NotStarted { reason: "no program".into() };
    machine.handle(failed.clone());
    assert!(matches!(machine.status(), Status::Waiting { failures: 1, .. }));
    for _ in 2..=5 {
        fire(&mut machine);
        machine.handle(failed.clone());
    }
    assert_eq!(machine.status(), Status::GaveUp { failures: 5, last });
}

#[test]
fn a_child_that_does_not_even_end_when_killed_is_abandoned() {
    let mut machine = ending();
    assert_eq!(fire(&mut machine), [Effect::Kill, Effect::Arm(Epoch(4), KILL_GRACE)]);
    assert_eq!(
        fire(&mut machine),
        [Effect::Abandon, Effect::Start { attempt: 2 }, Effect::Arm(Epoch(5), READY)]
    );
    let mut machine = stopping();
    fire(&mut machine);
    assert_eq!(fire(&mut machine), [Effect::Abandon]);
    assert_eq!(machine.status(), Status::Stopped);
}

#[test]
fn restart_ends_the_child_and_starts_at_once() {
    let mut machine = ending();
    machine.failures = 4;
    assert_eq!(machine.status(), Status::Starting { attempt: 2 });
    assert_eq!(machine.handle(Event::Restart), [], "it is on its way");
    assert_eq!(
        machine.handle(code(0)),
        [Effect::Start { attempt: 2 }, Effect::Arm(Epoch(4), READY)]
    );
    assert_eq!(machine.failures, 0, "a person asked for it");
}

#[test]
fn restart_needs_no_wait() {
    for mut machine in [waiting(), gave_up()] {
        let attempt = machine.attempt + 1;
        let stale = machine.epoch;
        assert_eq!(machine.handle(Event::Restart)[0], Effect::Start { attempt });
        assert_eq!(machine.status(), Status::Starting { attempt });
        assert_eq!(machine.handle(Event::Timer(stale)), [], "the wait before it is stale");
        machine.handle(code(1));
        assert!(matches!(machine.status(), Status::Waiting { failures: 1, .. }));
    }
}

#[test]
fn restart_takes_over_a_child_that_is_ended_for_its_failure() {
    let mut machine = starting();
    fire(&mut machine);
    assert_eq!(machine.handle(Event::Restart), []);
    assert_eq!(machine.handle(code(1))[0], Effect::Start { attempt: 2 });
}

#[test]
fn stop_is_gentle_first() {
    for machine in [starting, ready, ending] {
        let mut machine = machine();
        let effects = machine.handle(STOP);
        assert_eq!(effects, [Effect::Terminate, Effect::Arm(machine.epoch, GRACE)]);
        assert_eq!(machine.status(), Status::Stopping);
        assert_eq!(machine.handle(code(0)), []);
        assert_eq!(machine.status(), Status::Stopped);
    }
}

#[test]
fn stop_without_a_child_is_over_at_once() {
    for mut machine in [waiting(), gave_up()] {
        let stale = machine.epoch;
        assert_eq!(machine.handle(STOP), []);
        assert_eq!(machine.status(), Status::Stopped);
        assert_eq!(machine.handle(Event::Timer(stale)), [], "nothing starts any more");
        assert_eq!(machine.status(), Status::Stopped);
    }
}

#[test]
fn stop_with_little_time_is_less_gentle() {
    let mut machine = ready();
    let effects = machine.handle(Event::Stop { budget: millis(1500) });
    assert_eq!(effects, [Effect::Terminate, Effect::Arm(Epoch(3), millis(500))]);
    let mut machine = ready();
    let effects = machine.handle(Event::Stop { budget: Duration::ZERO });
    assert_eq!(effects, [Effect::Kill, Effect::Arm(Epoch(3), KILL_GRACE)]);
}

#[test]
fn second_stop_kills_without_waiting_for_the_grace_timer() {
    let mut machine = stopping();
    assert_eq!(machine.handle(STOP), [Effect::Kill, Effect::Arm(Epoch(4), KILL_GRACE)]);
    assert_eq!(machine.handle(Event::Timer(Epoch(3))), [], "the first grace timer is stale");
    assert_eq!(machine.handle(STOP), [], "more than killing cannot be done");
    assert_eq!(machine.handle(Event::Exited(ExitStatus::signalled(9))), []);
    assert_eq!(machine.status(), Status::Stopped);
}

#[test]
fn stop_kills_when_the_grace_is_over() {
    let mut machine = stopping();
    assert_eq!(fire(&mut machine), [Effect::Kill, Effect::Arm(Epoch(4), KILL_GRACE)]);
    assert_eq!(machine.status(), Status::Stopping);
}

#[test]
fn stop_after_a_kill_goes_on_killing() {
    let mut machine = ending();
    fire(&mut machine);
    assert_eq!(machine.handle(STOP), [Effect::Kill, Effect::Arm(Epoch(5), KILL_GRACE)]);
    assert_eq!(machine.status(), Status::Stopping);
}

type Make = fn() -> Machine;

/// What each state ignores: neither an effect nor another status follows.
#[test]
fn what_does_not_matter_changes_nothing() {
    let not_ready = || Event::NotReady { reason: "no".into() };
    let table: [(Make, Vec<Event>); 6] = [
        (ready, vec![Event::Ready, not_ready(), Event::Healthy]),
        (waiting, vec![Event::Ready, not_ready(), Event::Healthy, code(1)]),
        (ending, vec![Event::Ready, not_ready(), Event::Healthy]),
        (gave_up, vec![Event::Ready, not_ready(), Event::Healthy, code(1)]),
        (stopping, vec![Event::Ready, not_ready(), Event::Healthy, Event::Restart]),
        (
            || {
                let mut machine = stopping();
                machine.handle(code(0));
                machine
            },
            vec![Event::Ready, not_ready(), Event::Healthy, Event::Restart, STOP, code(0)],
        ),
    ];
    for (machine, events) in table {
        for event in events {
            let mut machine = machine();
            let before = (machine.state.clone(), machine.failures, machine.epoch);
            assert_eq!(machine.handle(event.clone()), [], "{event:?} in {before:?}");
            assert_eq!((machine.state.clone(), machine.failures, machine.epoch), before);
            let stale = Epoch(machine.epoch.0.wrapping_sub(1));
            assert_eq!(machine.handle(Event::Timer(stale)), [], "stale in {before:?}");
        }
    }
}

/// A stand-in for the driver that checks every effect against what there is.
struct World {
    machine: Machine,
    child: bool,
    timer: Option<Epoch>,
    starts: u32,
}

impl World {
    fn new() -> Self {
        let (machine, effects) = Machine::new(Policy::default());
        let mut world = Self { machine, child: false, timer: None, starts: 0 };
        world.perform(effects);
        world
    }

    fn handle(&mut self, event: Event) {
        if matches!(event, Event::Exited(_) | Event::NotStarted { .. }) {
            self.child = false;
        }
        let effects = self.machine.handle(event);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Start { attempt } => {
                    assert!(!self.child, "a second child");
                    self.child = true;
                    self.starts += 1;
                    assert_eq!(attempt, self.starts, "every start is counted");
                }
                Effect::Terminate | Effect::Kill => assert!(self.child, "nobody to end"),
                Effect::Abandon => {
                    assert!(self.child, "nobody to abandon");
                    self.child = false;
                }
                Effect::Arm(epoch, _) => self.timer = Some(epoch),
            }
        }
        let lives = match self.machine.state {
            State::Starting | State::Ready | State::Ending { .. } | State::Stopping { .. } => true,
            State::Waiting { .. } | State::GaveUp { .. } | State::Stopped => false,
        };
        assert_eq!(lives, self.child, "in {:?}", self.machine.state);
        let awaits = !matches!(self.machine.state, State::GaveUp { .. } | State::Stopped);
        assert!(!awaits || self.timer == Some(self.machine.epoch), "it would hang");
    }
}

/// A small generator of numbers (splitmix64), so that a failure can be repeated by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (number ^ (number >> 31)) % limit
    }
}

fn random_event(random: &mut Random, world: &World, with_stop: bool) -> Event {
    loop {
        let event = match random.below(10) {
            0 => Event::Ready,
            1 => Event::NotReady { reason: "no".into() },
            2 => Event::Healthy,
            3 => Event::Restart,
            4 if world.child => Event::Exited(ExitStatus::exited(u32::from(random.below(8) > 0))),
            5 if world.child => Event::Exited(ExitStatus::exited(1)),
            6 if world.child && world.machine.state == State::Starting => {
                Event::NotStarted { reason: "no".into() }
            }
            7 | 8 => match world.timer {
                Some(epoch) => Event::Timer(Epoch(epoch.0 - random.below(2))),
                None => continue,
            },
            9 if with_stop && random.below(10) == 0 => {
                Event::Stop { budget: millis(random.below(4000)) }
            }
            _ => continue,
        };
        return event;
    }
}

#[test]
fn no_sequence_of_events_starts_two_children_or_hangs() {
    for seed in 0..2000 {
        let mut random = Random(seed);
        let mut world = World::new();
        for _ in 0..200 {
            let event = random_event(&mut random, &world, true);
            world.handle(event);
        }
    }
}

#[test]
fn after_a_stop_everything_ends_by_timers_alone() {
    for seed in 0..2000 {
        let mut random = Random(seed);
        let mut world = World::new();
        for _ in 0..random.below(40) {
            let event = random_event(&mut random, &world, false);
            world.handle(event);
        }
        world.handle(STOP);
        let starts = world.starts;
        for _ in 0..3 {
            if world.machine.status() == Status::Stopped {
                break;
            }
            let epoch = world.machine.epoch;
            world.handle(Event::Timer(epoch));
        }
        assert_eq!(world.machine.status(), Status::Stopped, "seed {seed}");
        assert_eq!(world.starts, starts, "nothing starts after a stop, seed {seed}");
        for _ in 0..20 {
            let event = random_event(&mut random, &world, true);
            world.handle(event);
        }
        assert_eq!((world.machine.status(), world.starts), (Status::Stopped, starts));
    }
}
