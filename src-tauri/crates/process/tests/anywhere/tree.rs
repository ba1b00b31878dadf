//! Ending a program and everything that it started.

use std::path::Path;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use waterskin_process::{Child, ExitStatus, TerminalOutput};

use crate::common::{LIMIT, Lifeline, actor, folder, kill_9, killed, plain, read_to_end};

/// A leader that nobody ends by asking, and others of that kind around it.
const FAMILY: [&str; 5] = [
    "stubborn",
    "start stubborn|hold child|forever",
    "orphan stubborn|hold orphan|forever",
    "hold leader",
    "forever",
];
const NAMES: [&str; 3] = ["leader", "child", "orphan"];

fn start(folder: &Path, lifeline: &str, steps: &[&str]) -> (Child, TerminalOutput) {
    actor(folder, lifeline, steps).spawn().unwrap()
}

#[tokio::test]
async fn kill_ends_all_of_them() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    let (child, mut output) = start(folder.path(), &lifeline.address, &FAMILY);
    lifeline.wait_for(&NAMES);
    child.tree().kill();
    lifeline.wait_for_end();
    assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), killed());
    read_to_end(&mut output).await;
}

#[tokio::test]
async fn dropping_the_child_ends_all_of_them() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    let (child, mut output) = start(folder.path(), &lifeline.address, &FAMILY);
    let tree = child.tree();
    lifeline.wait_for(&NAMES);
    drop(child);
    lifeline.wait_for_end();
    read_to_end(&mut output).await;
    tree.kill(); // The number may be a stranger's by now: this must do nothing.
}

#[tokio::test]
async fn those_who_stay_after_the_leader_are_ended() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    let (child, _output) = start(folder.path(), &lifeline.address, &FAMILY);
    lifeline.wait_for(&NAMES);
    kill_9(child.id());
    timeout(LIMIT, child.wait()).await.unwrap();
    child.tree().kill();
    lifeline.wait_for_end();
}

#[tokio::test]
async fn terminate_lets_the_program_end_in_its_own_way() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    let steps = ["obey bye", "hold leader", "forever"];
    let (child, mut output) = start(folder.path(), &lifeline.address, &steps);
    lifeline.wait_for(&["leader"]);
    child.tree().terminate();
    assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), ExitStatus::exited(7));
    let printed = plain(&read_to_end(&mut output).await);
    assert_eq!(printed.trim_end().lines().last(), Some("bye"), "{printed:?}");
}

#[tokio::test]
async fn terminate_ends_a_program_that_says_nothing_about_it() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    let (child, _output) = start(folder.path(), &lifeline.address, &["hold leader", "forever"]);
    lifeline.wait_for(&["leader"]);
    child.tree().terminate();
    let status = timeout(LIMIT, child.wait()).await.unwrap();
    assert!(!status.success(), "{status:?}");
    lifeline.wait_for_end();
}

#[tokio::test]
async fn kill_keeps_up_with_a_program_that_starts_others_all_the_time() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    let steps = ["hold leader", "storm hold |exit 0"];
    let (child, _output) = start(folder.path(), &lifeline.address, &steps);
    lifeline.wait_for(&["leader"]);
    let before = Instant::now();
    child.tree().kill();
    assert!(before.elapsed() < Duration::from_secs(2), "the looks are bounded");
    timeout(LIMIT, child.wait()).await.unwrap();
    lifeline.wait_for_end();
}
