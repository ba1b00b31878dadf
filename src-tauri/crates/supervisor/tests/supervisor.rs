//! A supervisor with real programs: starts, deaths, restarts and stops.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

#[path = "../../process/tests/common/mod.rs"]
mod common;

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{LIMIT, Lifeline, actor, folder, kill_9, plain};
use tempfile::TempDir;
use tokio::time::timeout;
use waterskin_process::{Command, ExitStatus};
use waterskin_supervisor::{
    BoxError, Exit, OutputLog, Policy, Program, Readiness, Source, Status, Supervisor,
};

/// Makes the command of an attempt, in a folder, with the address of the lifeline.
type Make = Box<dyn Fn(&Path, &str, u32) -> Command + Send + Sync>;

/// A program that is ready when it prints `ready` and the number of the attempt.
struct Script {
    folder: TempDir,
    lifeline: String,
    make: Make,
    log: Arc<OutputLog>,
    commands: AtomicU32,
    ended: Mutex<Vec<u32>>,
}

impl Program for Script {
    fn command(&self, attempt: u32) -> Result<Command, BoxError> {
        self.commands.fetch_add(1, Ordering::SeqCst);
        Ok((self.make)(self.folder.path(), &self.lifeline, attempt))
    }

    fn ready(&self, attempt: u32) -> Readiness {
        let log = Arc::clone(&self.log);
        Box::pin(async move { line(&log, &format!("ready {attempt}")).await })
    }

    fn ended(&self, attempt: u32) {
        self.ended.lock().unwrap().push(attempt);
    }
}

/// Waits for a line of the program.
async fn line(log: &OutputLog, wanted: &str) -> Result<(), BoxError> {
    let mut changes = log.subscribe();
    let mut next = 0;
    loop {
        let (lines, after) = log.lines_from(next);
        let mut lines = lines.iter().filter(|line| line.source == Source::Program);
        if lines.any(|line| plain(line.text.as_bytes()) == wanted) {
            return Ok(());
        }
        next = after;
        changes.wait_for(|seen| *seen > after).await?;
    }
}

struct World {
    script: Arc<Script>,
    log: Arc<OutputLog>,
    supervisor: Supervisor,
    status: tokio::sync::watch::Receiver<Status>,
    lifeline: Lifeline,
}

/// Supervises an actor that takes these steps. `{attempt}` stands for the number of the attempt.
fn start(steps: &'static [&'static str], policy: Policy) -> World {
    let make = move |folder: &Path, lifeline: &str, attempt: u32| {
        let attempt = attempt.to_string();
        let steps: Vec<_> = steps.iter().map(|it| it.replace("{attempt}", &attempt)).collect();
        actor(folder, lifeline, &steps)
    };
    start_with(Box::new(make), policy)
}

/// Supervises a Python program. `attempt` is the number of the attempt.
#[cfg(unix)]
fn start_python(text: &'static str, policy: Policy) -> World {
    let make = move |folder: &Path, lifeline: &str, attempt: u32| {
        let text = format!("attempt = int(sys.argv[2])\n{text}");
        common::python(folder, &text, &[lifeline, &attempt.to_string()])
    };
    start_with(Box::new(make), policy)
}

fn start_with(make: Make, policy: Policy) -> World {
    let folder = folder();
    let lifeline = Lifeline::new();
    let log = Arc::new(OutputLog::open(Some(folder.path())));
    let script = Arc::new(Script {
        folder,
        lifeline: lifeline.address.clone(),
        make,
        log: Arc::clone(&log),
        commands: AtomicU32::new(0),
        ended: Mutex::default(),
    });
    let supervisor =
        Supervisor::start(Arc::clone(&script) as Arc<dyn Program>, policy, Arc::clone(&log));
    let status = supervisor.subscribe();
    World { script, log, supervisor, status, lifeline }
}

impl World {
    async fn wait_for(&self, wanted: impl Fn(&Status) -> bool) -> Status {
        let mut status = self.status.clone();
        match timeout(LIMIT, status.wait_for(|status| wanted(status))).await {
            Ok(status) => status.unwrap().clone(),
            Err(_) => panic!("still {:?}; log: {:#?}", self.status.borrow(), self.log.tail(50)),
        }
    }

    async fn wait_ready(&self, attempt: u32) {
        self.wait_for(|status| *status == Status::Ready { attempt }).await;
    }

    /// Stops, and tells how long it took.
    async fn stop(&self) -> Duration {
        let before = Instant::now();
        self.supervisor.stop(Duration::from_secs(3)).await;
        let took = before.elapsed();
        assert_eq!(*self.status.borrow(), Status::Stopped);
        let commands = self.script.commands.load(Ordering::SeqCst);
        let all: Vec<u32> = (1..=commands).collect();
        assert_eq!(*self.script.ended.lock().unwrap(), all, "each start was cleaned up once");
        took
    }

    fn text(&self) -> String {
        let lines = self.log.tail(1000);
        lines.iter().map(|line| plain(line.text.as_bytes()) + "\n").collect()
    }
}

const SERVE: &[&str] = &["process", "hold main", "say ready {attempt}", "forever"];

#[tokio::test(flavor = "multi_thread")]
async fn ten_deaths_after_real_work_are_no_reason_to_give_up() {
    let world = start(SERVE, Policy::default());
    for attempt in 1..=10 {
        world.wait_ready(attempt).await;
        world.supervisor.healthy();
        let id =
            world.text().lines().rev().find_map(|line| line.strip_prefix("process ")?.parse().ok());
        // The next start is waited for above: that it begins may be over before anyone looks.
        kill_9(id.unwrap());
    }
    world.wait_ready(11).await;
    let ended = if cfg!(windows) { "exited with code" } else { "was ended by signal 9 (SIGKILL)" };
    assert!(world.text().contains(ended));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_quick_deaths_end_with_the_reason_in_the_log_until_somebody_restarts() {
    let make = |folder: &Path, lifeline: &str, attempt: u32| match attempt {
        ..=5 => {
            let last = ["cry Traceback:", "cry ModuleNotFoundError: pändas", "exit 1"];
            actor(folder, lifeline, &last)
        }
        _ => actor(folder, lifeline, &[&format!("say ready {attempt}"), "forever"]),
    };
    let world = start_with(Box::new(make), Policy::default());
    let status = world.wait_for(|status| matches!(status, Status::GaveUp { .. })).await;
    let last = Exit::Ended { status: ExitStatus::exited(1), ready: false };
    assert_eq!(status, Status::GaveUp { failures: 5, last });
    let text = world.text();
    assert_eq!(text.matches("ModuleNotFoundError: pändas").count(), 5, "{text}");
    assert_eq!(text.matches("Traceback:").count(), 5, "{text}");
    assert!(text.ends_with("exited with code 1\n"), "the last words come before the end: {text}");
    world.supervisor.restart();
    world.wait_ready(6).await;
    world.stop().await;
    let file = std::fs::read_to_string(world.log.path().unwrap()).unwrap();
    assert_eq!(file.matches("ModuleNotFoundError: pändas").count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_keeps_its_budget_with_a_program_that_does_not_want_to() {
    const STEPS: &[&str] = &[
        "stubborn",
        "start stubborn|hold child|forever",
        "hold main",
        "say ready {attempt}",
        "forever",
    ];
    let world = start(STEPS, Policy::default());
    world.wait_ready(1).await;
    world.lifeline.wait_for(&["child", "main"]);
    let took = world.stop().await;
    assert!(took <= Duration::from_secs(3), "{took:?}");
    assert!(took >= Duration::from_secs(2), "the grace is given: {took:?}");
    world.lifeline.wait_for_end();
}

/// Nobody of this family ends when asked to, and one of them is stopped.
#[cfg(unix)]
const STUBBORN: &str = "for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):\n    \
    signal.signal(each, signal.SIG_IGN)\n\
    fork('child'); fork('own group', lambda: os.setpgid(0, 0)); fork('own session', os.setsid)\n\
    fork('', lambda: (hold('stopped'), os.kill(os.getpid(), signal.SIGSTOP), forever()))\n\
    hold('main')\nprint(f'ready {attempt}', flush=True)\nforever()";

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn stop_keeps_its_budget_with_a_family_that_does_not_want_to() {
    let world = start_python(STUBBORN, Policy::default());
    world.wait_ready(1).await;
    world.lifeline.wait_for(&["child", "own group", "own session", "stopped", "main"]);
    let took = world.stop().await;
    assert!(took <= Duration::from_secs(3), "{took:?}");
    assert!(took >= Duration::from_secs(2), "the grace is given: {took:?}");
    world.lifeline.wait_for_end();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn stop_keeps_its_budget_with_a_stopped_program() {
    let text = "hold('main')\nprint(f'ready {attempt}', flush=True)\n\
                signal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
                os.kill(os.getpid(), signal.SIGSTOP)\nforever()";
    let world = start_python(text, Policy::default());
    world.wait_ready(1).await;
    world.lifeline.wait_for(&["main"]);
    let took = world.stop().await;
    assert!(took <= Duration::from_secs(3), "{took:?}");
    world.lifeline.wait_for_end();
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_is_quick_with_a_program_that_obeys() {
    let world = start(SERVE, Policy::default());
    world.wait_ready(1).await;
    world.lifeline.wait_for(&["main"]);
    let took = world.stop().await;
    assert!(took < Duration::from_millis(1500), "{took:?}");
    world.lifeline.wait_for_end();
    world.supervisor.restart();
    world.supervisor.stop(Duration::from_secs(3)).await;
    assert_eq!(world.script.commands.load(Ordering::SeqCst), 1, "nothing starts after a stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_stop_kills_at_once() {
    const STEPS: &[&str] = &["hear asked", "hold main", "say ready {attempt}", "forever"];
    let policy = Policy { grace: Duration::from_secs(300), ..Policy::default() };
    let world = start(STEPS, policy);
    world.wait_ready(1).await;
    world.lifeline.wait_for(&["main"]);
    let long = Duration::from_secs(600);
    let first = world.supervisor.stop(long);
    let second = async {
        timeout(LIMIT, line(&world.log, "asked")).await.unwrap().unwrap();
        world.supervisor.stop(long).await;
    };
    timeout(LIMIT, async { tokio::join!(first, second) }).await.expect("neither waits the grace");
    assert_eq!(*world.status.borrow(), Status::Stopped);
    world.lifeline.wait_for_end();
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_a_start_and_a_wait() {
    let world = start(&["hold main", "forever"], Policy::default());
    world.lifeline.wait_for(&["main"]);
    assert_eq!(*world.status.borrow(), Status::Starting { attempt: 1 });
    world.stop().await;
    world.lifeline.wait_for_end();

    let policy = Policy {
        first_delay: Duration::from_secs(600),
        longest_delay: Duration::from_secs(600),
        ..Policy::default()
    };
    let world = start(&["exit 2"], policy);
    world.wait_for(|status| matches!(status, Status::Waiting { failures: 1, .. })).await;
    let took = world.stop().await;
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_never_answers_is_ended() {
    let policy =
        Policy { ready_timeout: Duration::from_millis(200), give_up_after: 2, ..Policy::default() };
    let waited = policy.ready_timeout;
    let world = start(&["forever"], policy);
    let status = world.wait_for(|status| matches!(status, Status::GaveUp { .. })).await;
    assert_eq!(status, Status::GaveUp { failures: 2, last: Exit::Unresponsive { waited } });
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restart_replaces_the_program() {
    let world = start(SERVE, Policy::default());
    world.wait_ready(1).await;
    world.supervisor.restart();
    world.wait_ready(2).await;
    assert_eq!(*world.script.ended.lock().unwrap(), [1], "the first was cleaned up before");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_output_holds_nothing_up() {
    let world = start(&["hold main", "say ready {attempt}", "flood"], Policy::default());
    world.wait_ready(1).await;
    let mut lines = world.log.subscribe();
    // The pseudo-console of Windows draws a screen for each line.
    let many = if cfg!(windows) { 500 } else { 50_000 };
    timeout(LIMIT, lines.wait_for(|seen| *seen > many)).await.unwrap().unwrap();
    let (kept, _) = world.log.lines_from(0);
    let bytes: usize = kept.iter().map(|line| line.text.len()).sum();
    assert!(bytes <= 1024 * 1024, "{bytes}");
    let took = world.stop().await;
    assert!(took < Duration::from_secs(2), "{took:?}");
    world.lifeline.wait_for(&["main"]);
    world.lifeline.wait_for_end();
    let folder = world.log.path().unwrap().parent().unwrap().to_owned();
    let sizes: Vec<u64> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("app.log"))
        .map(|entry| entry.metadata().unwrap().len())
        .collect();
    assert!(sizes.len() <= 3 && sizes.iter().all(|size| *size <= 2 * 1024 * 1024), "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_supervisor_ends_the_program() {
    let world = start(SERVE, Policy::default());
    world.wait_ready(1).await;
    let World { supervisor, lifeline, script, .. } = world;
    lifeline.wait_for(&["main"]);
    drop(supervisor);
    lifeline.wait_for_end();
    drop(script);
}

#[test]
fn the_end_of_the_runtime_ends_the_program() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(async {
        let world = start(SERVE, Policy::default());
        world.wait_ready(1).await;
        world
    });
    world.lifeline.wait_for(&["main"]);
    runtime.shutdown_timeout(LIMIT);
    world.lifeline.wait_for_end();
}

/// A program that is not there, and one that cannot say what to start.
struct Missing(fn() -> Result<Command, BoxError>, AtomicU32);

impl Program for Missing {
    fn command(&self, _attempt: u32) -> Result<Command, BoxError> {
        (self.0)()
    }

    fn ready(&self, _attempt: u32) -> Readiness {
        Box::pin(std::future::pending())
    }

    fn ended(&self, _attempt: u32) {
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_cannot_be_started_is_given_up_with_the_reason() {
    let nowhere: fn() -> Result<Command, BoxError> = || {
        Ok(Command {
            program: "/no such/pythön".into(),
            arguments: vec![],
            environment: vec![],
            directory: "/".into(),
            size: waterskin_process::Size::default(),
        })
    };
    for (command, expected) in [
        (nowhere, "cannot start `/no such/pythön`: "),
        (|| Err("no folder for the socket".into()), "no folder for the socket"),
    ] {
        let program = Arc::new(Missing(command, AtomicU32::new(0)));
        let log = Arc::new(OutputLog::open(None));
        let policy = Policy { give_up_after: 2, ..Policy::default() };
        let supervisor =
            Supervisor::start(Arc::clone(&program) as Arc<dyn Program>, policy, Arc::clone(&log));
        let mut status = supervisor.subscribe();
        let gave_up = status.wait_for(|status| matches!(status, Status::GaveUp { .. }));
        let status = timeout(LIMIT, gave_up).await.unwrap().unwrap().clone();
        let Status::GaveUp { last: Exit::NotStarted { reason }, failures: 2 } = status else {
            panic!("{status:?}");
        };
        assert!(reason.starts_with(expected), "{reason}");
        assert_eq!(program.1.load(Ordering::SeqCst), 2, "cleaned up after each");
        supervisor.stop(Duration::from_secs(3)).await;
    }
}
