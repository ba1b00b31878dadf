use std::path::Path;
use std::process::{Child, Command};

use super::*;
use common::{Lifeline, actor};

#[path = "../../../tests/common/mod.rs"]
mod common;

/// A program that no job has, with what an actor does.
#[expect(clippy::disallowed_methods, reason = "what is started here is in no job yet")]
fn started(lifeline: &Lifeline, steps: &[&str]) -> Child {
    let command = actor(Path::new("."), &lifeline.address, steps);
    Command::new(command.program).args(command.arguments).envs(command.environment).spawn().unwrap()
}

fn handle(child: &Child) -> OwnedHandle {
    child.as_handle().try_clone_to_owned().unwrap()
}

#[test]
fn what_a_leader_started_before_it_came_in_is_of_its_tree() {
    let lifeline = Lifeline::new();
    let steps =
        ["nest hold grandchild|forever", "start hold child|forever", "hold leader", "forever"];
    let mut child = started(&lifeline, &steps);
    lifeline.wait_for(&["leader", "child", "grandchild"]);
    let tree = Tree::of(handle(&child), None).unwrap();
    tree.kill();
    lifeline.wait_for_end();
    assert_eq!(tree.wait(), ExitStatus::exited(KILLED));
    child.wait().unwrap();
}

#[test]
fn a_leader_that_has_ended_led_a_tree_all_the_same() {
    let lifeline = Lifeline::new();
    let mut child = started(&lifeline, &["start hold left|forever", "exit 7"]);
    lifeline.wait_for(&["left"]);
    child.wait().unwrap();
    let tree = Tree::of(handle(&child), None).unwrap();
    assert_eq!(tree.wait(), ExitStatus::exited(7));
    tree.kill();
    lifeline.wait_for_end();
}

#[test]
fn nobody_else_is_taken_in() {
    let (lifeline, others) = (Lifeline::new(), Lifeline::new());
    let mut other = started(&others, &["hold other", "forever"]);
    others.wait_for(&["other"]);
    let mut child = started(&lifeline, &["hold leader", "forever"]);
    lifeline.wait_for(&["leader"]);
    let tree = Tree::of(handle(&child), None).unwrap();
    tree.kill();
    lifeline.wait_for_end();
    child.wait().unwrap();
    assert!(other.try_wait().unwrap().is_none(), "it runs on");
    other.kill().unwrap();
    other.wait().unwrap();
    others.wait_for_end();
}
