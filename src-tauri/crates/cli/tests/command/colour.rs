use std::ffi::OsString;

use waterskin_process::{Command, Size};

use crate::context::Context;

/// What the command writes to a terminal.
fn on_terminal(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let context = Context::new();
    let own = context.environment().into_iter().map(|(name, value)| (name.into(), value.into()));
    let given = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let environment: Vec<(OsString, OsString)> =
        own.chain([("TERM".into(), "xterm-256color".into())]).chain(given).collect();
    let command = Command {
        program: context.root.join("bin/waterskin").into(),
        arguments: arguments.iter().map(OsString::from).collect(),
        environment,
        directory: context.work().into(),
        size: Size { columns: 100, rows: 30 },
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (child, mut output) = command.spawn().unwrap();
        let mut bytes = Vec::new();
        while let Some(piece) = output.recv().await {
            bytes.extend_from_slice(&piece);
        }
        child.wait().await;
        String::from_utf8(bytes).unwrap()
    })
}

const ERROR: &[&str] = &["build", "nowhere"];

#[test]
fn a_terminal_gets_colour() {
    let text = on_terminal(ERROR, &[]);
    assert!(text.contains("\u{1b}[1m\u{1b}[31merror\u{1b}[0m: "), "{text:?}");
    assert!(on_terminal(&["--help"], &[]).contains('\u{1b}'));
}

#[test]
fn no_color_is_honoured() {
    for arguments in [ERROR, &["--help"], &["biuld"]] {
        let text = on_terminal(arguments, &[("NO_COLOR", "1")]);
        assert!(text.len() > 50 && !text.contains('\u{1b}'), "{text:?}");
    }
}

#[test]
fn a_file_gets_none() {
    let context = Context::new();
    let finished = context.command(ERROR.iter().copied()).env("TERM", "xterm-256color").finish();
    assert!(finished.stderr.starts_with("error: "), "{finished}");
}

#[test]
fn a_person_may_want_it_in_a_file() {
    let context = Context::new();
    let finished = context.command(ERROR.iter().copied()).env("CLICOLOR_FORCE", "1").finish();
    assert!(finished.stderr.starts_with("\u{1b}["), "{finished}");
}
