//! What is left when the program that uses this crate is killed: nothing.

use tokio::time::timeout;
use waterskin_process::Command;

use crate::common::{LIMIT, Lifeline, actor, example, folder, kill_9};

async fn is_gone_with_its_host(kind: &str) {
    let (folder, lifeline) = (folder(), Lifeline::new());
    let inner = actor(folder.path(), &lifeline.address, &["hold inner", "forever"]);
    let command = Command {
        program: example("host"),
        arguments: [kind.into(), inner.program.into(), folder.path().into()]
            .into_iter()
            .chain(inner.arguments)
            .collect(),
        ..inner
    };
    let (child, _output) = command.spawn().unwrap();
    lifeline.wait_for(&["inner"]);
    kill_9(child.id());
    timeout(LIMIT, child.wait()).await.unwrap();
    // Our own child is not dropped before this: it would end the inner program too.
    lifeline.wait_for_end();
    drop(child);
}

#[tokio::test]
async fn a_child_in_a_terminal_is_ended() {
    is_gone_with_its_host("terminal").await;
}

#[cfg(not(target_os = "macos"))]
#[tokio::test]
async fn a_tool_is_ended() {
    is_gone_with_its_host("tool").await;
}
