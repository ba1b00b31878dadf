//! A child that no hang-up of its terminal reaches ends with the program that uses this crate too.

use tokio::time::timeout;
use waterskin_process::{Command, ExitStatus};

use crate::common::{LIMIT, Lifeline, example, folder, kill_9, python};

#[tokio::test]
async fn a_child_that_holds_no_terminal_any_more_is_hung_up_too() {
    let (folder, lifeline) = (folder(), Lifeline::new());
    let text = "for n in (0, 1, 2): os.dup2(os.open(os.devnull, os.O_RDWR), n)\n\
                hold('inner')\nforever()";
    let inner = python(folder.path(), text, &[&lifeline.address]);
    let command = Command {
        program: example("host"),
        arguments: ["terminal".into(), inner.program.into(), folder.path().into()]
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
