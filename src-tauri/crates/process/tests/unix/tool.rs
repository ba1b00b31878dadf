//! Helper programs: what they get, what comes back, how they are ended.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{Lifeline, folder, python, run};
use waterskin_process::{Canceller, Tool, ToolError};

fn tool(folder: &Path, text: &str, arguments: &[&str]) -> Tool {
    let command = python(folder, text, arguments);
    Tool::new(command.program).args(command.arguments)
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
fn a_failure_names_the_signal() {
    let folder = folder();
    let quiet = tool(folder.path(), "print('only this')\nos.kill(os.getpid(), 9)", &[]);
    let error = run(quiet).unwrap_err();
    assert!(error.to_string().ends_with("was ended by signal 9 (SIGKILL)"), "{error}");
}

#[test]
fn cancelling_ends_the_whole_tree() {
    let folder = folder();
    let lifeline = Lifeline::new();
    let text = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
                fork('child'); fork('own session', os.setsid)\nhold('tool')\nforever()";
    let canceller = Canceller::default();
    let running = tool(folder.path(), text, &[&lifeline.address]).canceller(&canceller);
    let thread = thread::spawn(move || run(running));
    lifeline.wait_for(&["tool", "child", "own session"]);
    assert!(!canceller.is_cancelled());
    canceller.cancel();
    lifeline.wait_for_end();
    let error = thread.join().unwrap().unwrap_err();
    assert!(matches!(error, ToolError::Cancelled { .. }), "{error:?}");

    let late = run(tool(folder.path(), "", &[]).canceller(&canceller)).unwrap_err();
    assert!(matches!(late, ToolError::Cancelled { .. }), "{late:?}");
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
