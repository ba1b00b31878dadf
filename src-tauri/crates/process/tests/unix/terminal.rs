//! A program in a terminal: what it sees, what it prints, how it ends.

use std::time::Duration;

use crate::common::{LIMIT, Lifeline, folder, python, read_to_end};
use tokio::time::timeout;
use waterskin_process::ExitStatus;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn the_program_has_a_terminal_that_changes_nothing() {
    let folder = folder();
    let command = python(
        folder.path(),
        "print(os.isatty(0), os.isatty(1), os.isatty(2), *os.get_terminal_size())\n\
         print(os.getsid(0) == os.getpid() == os.getpgid(0), os.getcwd() == sys.argv[1])\n\
         print('tab\\tand\\nlines', file=sys.stderr)",
        &[std::fs::canonicalize(folder.path()).unwrap().to_str().unwrap()],
    );
    let (child, mut output) = command.spawn().unwrap();
    assert_eq!(
        text(&read_to_end(&mut output).await),
        "True True True 120 40\nTrue True\ntab\tand\nlines\n",
        "no echo, and no carriage returns"
    );
    assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), ExitStatus::exited(0));
}

#[tokio::test]
async fn says_how_the_program_ended() {
    let folder = folder();
    for (text, expected) in [
        ("sys.exit(3)", ExitStatus::exited(3)),
        ("os.kill(os.getpid(), signal.SIGKILL)", ExitStatus::signalled(9)),
        ("os._exit(0)", ExitStatus::exited(0)),
    ] {
        let (child, _output) = python(folder.path(), text, &[]).spawn().unwrap();
        assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), expected, "{text}");
        assert_eq!(child.wait().await, expected, "asked again, it says the same");
    }
}

/// The kernel hangs the terminal up when the leader ends, and throws away what is still on its way
/// through it. The last lines are those with the reason.
#[tokio::test]
async fn nothing_is_lost_when_the_program_ends_at_once() {
    let folder = folder();
    for round in 0..20 {
        let command = python(
            folder.path(),
            "os.write(1, b''.join(b'%06d\\n' % n for n in range(9000))); os._exit(1)",
            &[],
        );
        let (_child, mut output) = command.spawn().unwrap();
        let printed = text(&read_to_end(&mut output).await);
        assert_eq!(printed.lines().count(), 9000, "round {round}");
        assert!(printed.ends_with("008999\n"), "round {round}");
    }
}

/// The same with a reader that is late: the queue to it is full, and the rest lies in the kernel.
#[tokio::test]
async fn nothing_is_lost_when_the_reader_is_late() {
    let folder = folder();
    for size in [100_000, 200_000, 260_000, 300_000] {
        let text = format!("os.write(1, b'x' * {size}); os._exit(1)");
        let (child, mut output) = python(folder.path(), &text, &[]).spawn().unwrap();
        // The small ones end without a reader, the large ones cannot.
        let _ = timeout(Duration::from_millis(500), child.wait()).await;
        assert_eq!(read_to_end(&mut output).await.len(), size);
    }
}

#[tokio::test]
async fn a_flood_waits_for_its_reader_and_arrives_whole() {
    let folder = folder();
    let lifeline = Lifeline::new();
    let command = python(
        folder.path(),
        "hold('flood')\n\
         line = b'x' * 99 + b'\\n'\n\
         for _ in range(1000): os.write(1, line * 100)",
        &[&lifeline.address],
    );
    let (child, mut output) = command.spawn().unwrap();
    lifeline.wait_for(&["flood"]);
    let early = timeout(Duration::from_millis(300), child.wait()).await;
    assert!(early.is_err(), "nobody reads, so it must wait, and fill no memory");
    let printed = read_to_end(&mut output).await;
    assert_eq!(printed.len(), 10_000_000);
    assert!(printed.chunks(100).all(|line| line[..99].iter().all(|&byte| byte == b'x')));
    assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), ExitStatus::exited(0));
}
