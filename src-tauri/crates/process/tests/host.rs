//! What is left when the program that uses this crate is killed: nothing.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::path::PathBuf;

use common::{LIMIT, Lifeline, folder, kill_9, python};
use tokio::time::timeout;
use waterskin_process::{Command, ExitStatus};

/// The example `host`, which is built beside the tests.
fn host() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let host = test.parent().unwrap().parent().unwrap().join("examples/host");
    assert!(host.is_file(), "`cargo build --examples` makes `{}`", host.display());
    host
}

async fn is_gone_with_its_host(kind: &str, text: &str) {
    let folder = folder();
    let lifeline = Lifeline::new(folder.path());
    let inner = python(folder.path(), text, &[&lifeline.path]);
    let command = Command {
        program: host(),
        arguments: [kind.into(), inner.program.into(), folder.path().into()]
            .into_iter()
            .chain(inner.arguments)
            .collect(),
        environment: inner.environment,
        directory: "/".into(),
        size: inner.size,
    };
    let (child, _output) = command.spawn().unwrap();
    lifeline.wait_for(&["inner"]);
    kill_9(child.id());
    assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), ExitStatus::signalled(9));
    // Our own child is not dropped before this: it would end the inner program too.
    lifeline.wait_for_end();
    drop(child);
}

#[tokio::test]
async fn a_child_in_a_terminal_is_hung_up() {
    is_gone_with_its_host("terminal", "hold('inner')\nforever()").await;
}

#[tokio::test]
async fn a_child_that_holds_no_terminal_any_more_is_hung_up_too() {
    let text = "for n in (0, 1, 2): os.dup2(os.open(os.devnull, os.O_RDWR), n)\n\
                hold('inner')\nforever()";
    is_gone_with_its_host("terminal", text).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_tool_is_ended() {
    is_gone_with_its_host("tool", "hold('inner')\nforever()").await;
}
