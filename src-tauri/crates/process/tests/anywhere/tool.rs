//! Helper programs: what they get, what comes back, how they are ended.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use waterskin_process::{Canceller, ExitStatus, Stream, Tool, ToolError};

use crate::common::{Lifeline, actor, folder, run};

const NOTHING: [&str; 0] = [];

fn tool(folder: &Path, lifeline: &str, steps: &[&str]) -> Tool {
    let command = actor(folder, lifeline, steps);
    let tool = Tool::new(command.program).args(command.arguments);
    command.environment.into_iter().fold(tool, |tool, (name, value)| tool.env(name, value))
}

fn chain(error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts
}

#[test]
fn lines_come_with_their_stream_and_everything_comes_back() {
    let folder = folder();
    let steps = ["say out 1", "cry err é", "bytes 63 61 66 e9 0d 0a 6c 61 73 74"];
    let mut seen = Vec::new();
    let output = tool(folder.path(), "", &steps)
        .run(&mut |stream, line| seen.push((stream, line.to_owned())))
        .unwrap();
    let of = |wanted| {
        let lines = seen.iter().filter(move |(stream, _)| *stream == wanted);
        lines.map(|(_, line)| line.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of(Stream::Stdout), ["out 1", "caf\u{FFFD}", "last"]);
    assert_eq!(of(Stream::Stderr), ["err é"]);
    assert_eq!(output.stdout, "out 1\ncaf\u{FFFD}\r\nlast");
    assert_eq!(output.stderr, "err é\n");
    assert_eq!(output.status, ExitStatus::exited(0));
}

#[test]
fn folder_environment_and_input_are_as_said() {
    let folder = folder();
    let steps = ["place", "terminals", "input", "variables"];
    let tool = tool(folder.path(), "", &steps).env_clear();
    let printed = run(tool.env("KEY", "välue").directory(folder.path())).unwrap().stdout;
    let mut lines = printed.lines();
    let place = std::fs::canonicalize(folder.path()).unwrap();
    let place = place.to_string_lossy().trim_start_matches(r"\\?\").to_owned();
    assert_eq!(lines.next(), Some(&*place));
    assert_eq!(lines.next(), Some("false false false"));
    assert_eq!(lines.next(), Some("0 bytes"));
    let variables: Vec<&str> = lines.collect();
    assert!(variables.contains(&"KEY=välue"), "{variables:?}");
    assert!(!variables.iter().any(|it| it.starts_with("CARGO")), "{variables:?}");
}

#[test]
fn a_failure_names_the_program_its_code_and_its_last_words() {
    let folder = folder();
    let run = |steps: &[&str]| run(tool(folder.path(), "", steps)).unwrap_err();
    let error = run(&["say data", "cry no such thing", "exit 1"]);
    let ToolError::Failed { program, status, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*status, ExitStatus::exited(1));
    assert_eq!(chain(&error), [format!("`{program}` exited with code 1"), "no such thing".into()]);
    let error = run(&["say only this", "exit 2"]);
    assert_eq!(chain(&error)[1..], ["only this"], "without an error text, what there is");
    let error = run(&["exit 3"]);
    assert_eq!(chain(&error).len(), 1, "silence has no words: {error:?}");
}

#[test]
fn what_cannot_be_started_is_named() {
    let folder = folder();
    let error = run(Tool::new("no such program é")).unwrap_err();
    assert_eq!(error.to_string(), "could not start `no such program é`");
    let ToolError::Start { source, .. } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);

    let missing = folder.path().join("missing");
    let error = run(tool(folder.path(), "", &NOTHING).directory(&missing)).unwrap_err();
    assert!(matches!(error, ToolError::Directory { .. }), "{error:?}");
    assert!(error.to_string().contains(&*missing.to_string_lossy()), "{error}");
}

#[test]
fn cancelling_ends_the_whole_tree() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    let steps = [
        "stubborn",
        "start stubborn|hold child|forever",
        "orphan stubborn|hold orphan|forever",
        "hold tool",
        "forever",
    ];
    let canceller = Canceller::default();
    let running = tool(folder.path(), &lifeline.address, &steps).canceller(&canceller);
    let thread = thread::spawn(move || run(running));
    lifeline.wait_for(&["tool", "child", "orphan"]);
    assert!(!canceller.is_cancelled());
    canceller.cancel();
    lifeline.wait_for_end();
    let error = thread.join().unwrap().unwrap_err();
    assert!(matches!(error, ToolError::Cancelled { .. }), "{error:?}");

    let late = run(tool(folder.path(), "", &NOTHING).canceller(&canceller)).unwrap_err();
    assert!(matches!(late, ToolError::Cancelled { .. }), "{late:?}");
}

#[test]
fn a_panic_of_the_caller_ends_the_tool() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    // It prints on, so that its pipes are full when nobody reads them any more.
    let tool = tool(folder.path(), &lifeline.address, &["hold tool", "flood"]);
    let before = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| tool.run(&mut |_, _| panic!("on purpose"))));
    assert!(result.is_err());
    assert!(before.elapsed() < Duration::from_secs(10), "it must not wait for its own threads");
    lifeline.wait_for(&["tool"]);
    lifeline.wait_for_end();
}

#[test]
fn what_a_tool_leaves_behind_is_ended_and_not_waited_for() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    // The tool may end before the child is there: it is ended either way.
    let steps = ["start hold |forever", "say done"];
    for _ in 0..3 {
        assert_eq!(run(tool(folder.path(), &lifeline.address, &steps)).unwrap().stdout, "done\n");
    }
    lifeline.wait_for_end();
}
