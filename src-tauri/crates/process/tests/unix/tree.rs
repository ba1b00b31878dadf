//! Ending a program and everything that it started.

use std::time::{Duration, Instant};

use crate::common::{LIMIT, Lifeline, folder, kill_9, python, read_to_end};
use tokio::time::timeout;
use waterskin_process::ExitStatus;

/// One of each kind of process that a program may leave behind.
const FAMILY: &str = r#"
def ignore():
    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)

def lose_parent():
    if os.fork():
        os._exit(0)

def quiet():
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)

def daemon_with_child():
    os.setsid()
    fork("child of own session", ignore)

fork("child", ignore)
fork("own group", ignore, lambda: os.setpgid(0, 0))
fork("orphan of own group", ignore, lambda: os.setpgid(0, 0), lose_parent)
fork("own session", ignore, quiet, daemon_with_child)
fork("", ignore, lambda: (hold("stopped"), os.kill(os.getpid(), signal.SIGSTOP), forever()))
hold("leader")
"#;

const NAMES: [&str; 7] = [
    "leader",
    "child",
    "own group",
    "orphan of own group",
    "own session",
    "child of own session",
    "stopped",
];

#[tokio::test]
async fn kill_ends_every_kind_of_descendant() {
    let folder = folder();
    let lifeline = Lifeline::new();
    let text = format!("{FAMILY}\nforever()");
    let (child, mut output) = python(folder.path(), &text, &[&lifeline.address]).spawn().unwrap();
    lifeline.wait_for(&NAMES);
    child.tree().kill();
    lifeline.wait_for_end();
    assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), ExitStatus::signalled(9));
    read_to_end(&mut output).await;
}

#[tokio::test]
async fn dropping_the_child_ends_everything_too() {
    let folder = folder();
    let lifeline = Lifeline::new();
    let text = format!("{FAMILY}\nforever()");
    let (child, mut output) = python(folder.path(), &text, &[&lifeline.address]).spawn().unwrap();
    let tree = child.tree();
    lifeline.wait_for(&NAMES);
    drop(child);
    lifeline.wait_for_end();
    read_to_end(&mut output).await;
    tree.kill(); // The number may be a stranger's by now: this must do nothing.
}

#[tokio::test]
async fn those_who_stay_after_the_leader_are_ended() {
    let folder = folder();
    let lifeline = Lifeline::new();
    // The leader ends by itself; only those of its session can be found then.
    let text = "fork('own group', lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN), \
                lambda: os.setpgid(0, 0))\nhold('leader')\nsys.stdin.readline()";
    let (child, _output) = python(folder.path(), text, &[&lifeline.address]).spawn().unwrap();
    lifeline.wait_for(&["leader", "own group"]);
    kill_9(child.id());
    timeout(LIMIT, child.wait()).await.unwrap();
    child.tree().kill();
    lifeline.wait_for_end();
}

#[tokio::test]
async fn a_session_of_its_own_is_remembered_over_a_gentle_end() {
    let folder = folder();
    let lifeline = Lifeline::new();
    let text = "fork('own session', os.setsid)\nhold('leader')\nforever()";
    let (child, _output) = python(folder.path(), text, &[&lifeline.address]).spawn().unwrap();
    lifeline.wait_for(&["leader", "own session"]);
    child.tree().terminate();
    assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), ExitStatus::signalled(15));
    child.tree().kill();
    lifeline.wait_for_end();
}

#[tokio::test]
async fn a_stopped_program_hears_terminate_and_feels_kill() {
    let folder = folder();
    for gentle in [true, false] {
        let folder = tempfile::tempdir_in(folder.path()).unwrap();
        let lifeline = Lifeline::new();
        let text = "hold('leader')\nos.kill(os.getpid(), signal.SIGSTOP)\nforever()";
        let (child, _output) = python(folder.path(), text, &[&lifeline.address]).spawn().unwrap();
        lifeline.wait_for(&["leader"]);
        let tree = child.tree();
        if gentle {
            tree.terminate();
        } else {
            tree.kill();
        }
        let expected = ExitStatus::signalled(if gentle { 15 } else { 9 });
        assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), expected);
        lifeline.wait_for_end();
    }
}

#[tokio::test]
async fn kill_keeps_up_with_a_program_that_starts_others_all_the_time() {
    let folder = folder();
    let lifeline = Lifeline::new();
    let text = "hold('leader')\n\
                while True:\n    if os.fork() == 0:\n        if os.fork() == 0:\n            \
                time.sleep(0.05)\n        os._exit(0)\n    os.waitpid(-1, 0)";
    let (child, _output) = python(folder.path(), text, &[&lifeline.address]).spawn().unwrap();
    lifeline.wait_for(&["leader"]);
    let before = Instant::now();
    child.tree().kill();
    assert!(before.elapsed() < Duration::from_secs(2), "the looks are bounded");
    timeout(LIMIT, child.wait()).await.unwrap();
    lifeline.wait_for_end();
}
