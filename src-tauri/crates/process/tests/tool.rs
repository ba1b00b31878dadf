//! Helper programs: what they get, what comes back, how they are ended.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use common::{LIMIT, Lifeline, folder, python};
use waterskin_process::{Canceller, ExitStatus, Output, Stream, Tool, ToolError};

fn tool(folder: &Path, text: &str, arguments: &[&Path]) -> Tool {
    let command = python(folder, text, arguments);
    Tool::new(command.program).args(command.arguments)
}

/// Runs a tool on a thread, so that a hanging one fails the test.
fn run(tool: Tool) -> Result<Output, ToolError> {
    let (sender, result) = mpsc::channel();
    thread::spawn(move || sender.send(tool.run(&mut |_, _| {})));
    result.recv_timeout(LIMIT).expect("the tool did not return")
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
    let text = "print('out 1', flush=True); print('err é', file=sys.stderr, flush=True)\n\
                sys.stdout.buffer.write(b'caf\\xe9\\r\\nlast'); sys.exit(0)";
    let mut seen = Vec::new();
    let output = tool(folder.path(), text, &[])
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
fn folder_environment_and_terminal_are_as_said() {
    let folder = folder();
    let text = "print(os.getcwd())\nprint(os.environ.get('KEY'), os.environ.get('HOME'))\n\
                print(repr(sys.stdin.read()), os.getsid(0) == os.getpid())\n\
                try: os.open('/dev/tty', os.O_RDWR)\nexcept OSError: print('no terminal')";
    let tool =
        tool(folder.path(), text, &[]).env("KEY", "välue").env_clear().directory(folder.path());
    let printed = run(tool).unwrap().stdout;
    let place = std::fs::canonicalize(folder.path()).unwrap();
    let place = place.to_string_lossy();
    let expected = [&*place, "välue None", "'' True", "no terminal"];
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_flood_on_both_pipes_comes_whole() {
    let folder = folder();
    let text = "line = b'x' * 99 + b'\\n'\n\
                for n in range(300): os.write(1, line * 1000); os.write(2, line * 1000)";
    let mut lines = 0_u32;
    let output = tool(folder.path(), text, &[]).run(&mut |_, _| lines += 1).unwrap();
    assert_eq!((output.stdout.len(), output.stderr.len()), (30_000_000, 30_000_000));
    assert_eq!(lines, 600_000);
}

#[test]
fn a_failure_names_the_program_its_code_and_its_last_words() {
    let folder = folder();
    let failing = tool(folder.path(), "print('data')\nraise SystemExit('no such thing')", &[]);
    let error = run(failing).unwrap_err();
    let ToolError::Failed { program, status, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*status, ExitStatus::exited(1));
    assert_eq!(chain(&error), [format!("`{program}` exited with code 1"), "no such thing".into()]);

    let quiet = tool(folder.path(), "print('only this')\nos.kill(os.getpid(), 9)", &[]);
    let error = run(quiet).unwrap_err();
    assert!(error.to_string().ends_with("was ended by signal 9 (SIGKILL)"), "{error}");
    assert_eq!(chain(&error)[1..], ["only this"], "without an error text, what there is");

    let error = run(tool(folder.path(), "sys.exit(3)", &[])).unwrap_err();
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
    let error = run(Tool::new("true").directory(&missing)).unwrap_err();
    assert!(matches!(error, ToolError::Directory { .. }), "{error:?}");
    assert!(error.to_string().contains(&*missing.to_string_lossy()), "{error}");
}

#[test]
fn cancelling_ends_the_whole_tree() {
    let folder = folder();
    let lifeline = Lifeline::new(folder.path());
    let text = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
                fork('child'); fork('own session', os.setsid)\nhold('tool')\nforever()";
    let canceller = Canceller::default();
    let running = tool(folder.path(), text, &[&lifeline.path]).canceller(&canceller);
    let thread = thread::spawn(move || run(running));
    lifeline.wait_for(&["tool", "child", "own session"]);
    assert!(!canceller.is_cancelled());
    canceller.cancel();
    lifeline.wait_for_end();
    let error = thread.join().unwrap().unwrap_err();
    assert!(matches!(error, ToolError::Cancelled { .. }), "{error:?}");

    let late = run(Tool::new("true").canceller(&canceller)).unwrap_err();
    assert!(matches!(late, ToolError::Cancelled { .. }), "{late:?}");
}

#[test]
fn a_panic_of_the_caller_ends_the_tool() {
    let folder = folder();
    let lifeline = Lifeline::new(folder.path());
    // It prints on, so that its pipes are full when nobody reads them any more.
    let text = "hold('tool')\nwhile True: print('x' * 1000)";
    let tool = tool(folder.path(), text, &[&lifeline.path]);
    let before = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| tool.run(&mut |_, _| panic!("on purpose"))));
    assert!(result.is_err());
    assert!(before.elapsed() < Duration::from_secs(10), "it must not wait for its own threads");
    lifeline.wait_for(&["tool"]);
    lifeline.wait_for_end();
}

#[test]
fn what_a_tool_leaves_behind_is_ended_and_not_waited_for() {
    let folder = folder();
    let lifeline = Lifeline::new(folder.path());
    let text = "fork('left behind')\nprint('done')";
    // The tool may end before the child has a name: it is killed either way.
    let output = run(tool(folder.path(), text, &[&lifeline.path])).unwrap();
    assert_eq!(output.stdout, "done\n");
}

#[test]
fn a_process_that_left_the_tree_holds_nothing_up() {
    let folder = folder();
    // A daemon by the book, but for the pipes that it keeps. It ends by itself.
    let text = "read, write = os.pipe()\n\
                if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        \
                signal.alarm(60)\n        os.close(read)\n        os.write(write, b'x')\n        \
                forever()\n    os._exit(0)\n\
                os.wait(); os.read(read, 1); print('done')";
    let before = Instant::now();
    assert_eq!(run(tool(folder.path(), text, &[])).unwrap().stdout, "done\n");
    assert!(before.elapsed() < Duration::from_secs(15));
}
