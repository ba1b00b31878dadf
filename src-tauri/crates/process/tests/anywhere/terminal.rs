//! A program in a terminal: what it sees, what it prints, how it ends.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;
use waterskin_process::{Child, Command, ExitStatus, Size, SpawnError, TerminalOutput};

use crate::common::{LIMIT, Lifeline, actor, folder, plain, read_to_end};

const NOTHING: [&str; 0] = [];

fn start(folder: &Path, steps: &[&str]) -> (Child, TerminalOutput) {
    actor(folder, "", steps).spawn().unwrap()
}

async fn printed(folder: &Path, steps: &[&str]) -> Vec<String> {
    let (_child, mut output) = start(folder, steps);
    plain(&read_to_end(&mut output).await).lines().map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn the_program_has_a_terminal_and_its_folder() {
    let folder = folder();
    let place = std::fs::canonicalize(folder.path()).unwrap();
    let lines = printed(folder.path(), &["terminals", "place", "cry é on the other"]).await;
    // Windows writes a canonical path in a longer form.
    let place = place.to_string_lossy().trim_start_matches(r"\\?\").to_owned();
    assert_eq!(lines, ["true true true", &place, "é on the other"]);
}

#[tokio::test]
async fn arguments_and_environment_are_what_was_given() {
    let folder = folder();
    let given = ["variables", "arguments", "a b", "\"'\\", "", "\\\\\" %PATH% ^", "é\n*"];
    let mut command = actor(folder.path(), "", &given);
    command.environment = vec![("KEY".into(), "välue with spaces".into())];
    let (_child, mut output) = command.spawn().unwrap();
    let text = plain(&read_to_end(&mut output).await);
    let (arguments, mut variables): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.starts_with('<'));
    let expected: Vec<String> = given[2..].iter().map(|it| format!("<{it:?}>")).collect();
    assert_eq!(arguments, expected);
    // The first is added by portable-pty on Unix, the others by Wine.
    let added = ["SHELL=", "SystemRoot=", "SystemDrive=", "WINE"];
    variables.retain(|line| !added.iter().any(|added| line.starts_with(added)));
    assert_eq!(variables, ["KEY=välue with spaces"]);
}

#[tokio::test]
async fn says_how_the_program_ended() {
    let folder = folder();
    for code in [0, 3, 120] {
        let (child, _output) = start(folder.path(), &[&format!("exit {code}")]);
        assert_eq!(timeout(LIMIT, child.wait()).await.unwrap(), ExitStatus::exited(code));
        assert_eq!(child.wait().await, ExitStatus::exited(code), "asked again, it says the same");
    }
}

/// The last lines are those with the reason.
#[tokio::test]
async fn nothing_is_lost_when_the_program_ends_at_once() {
    let folder = folder();
    for round in 0..5 {
        let lines = printed(folder.path(), &["lines 3000", "exit 1"]).await;
        assert_eq!(lines.len(), 3000, "round {round}: {:?}", lines.last());
        assert_eq!(lines.last().unwrap(), "002999", "round {round}");
    }
}

#[tokio::test]
async fn a_flood_that_nobody_reads_holds_no_end_up() {
    for output_first in [true, false] {
        let folder = folder();
        let lifeline = Lifeline::new();
        let steps = ["hold flood", "flood"];
        let (child, mut output) = actor(folder.path(), &lifeline.address, &steps).spawn().unwrap();
        lifeline.wait_for(&["flood"]);
        let mut read = 0;
        while read < 50_000 {
            read += timeout(LIMIT, output.recv()).await.unwrap().unwrap().len();
        }
        // Meanwhile the terminal and the queue after it become full.
        let early = timeout(Duration::from_millis(500), child.wait()).await;
        assert!(early.is_err(), "nobody reads, so it must wait");
        let output = if output_first { None } else { Some(output) };
        let dropped = tokio::task::spawn_blocking(move || drop(child));
        timeout(LIMIT, dropped).await.expect("the end waits for a reader").unwrap();
        lifeline.wait_for_end();
        if let Some(mut output) = output {
            read_to_end(&mut output).await;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_started_is_said() {
    let folder = folder();
    let text = folder.path().join("no program.exe");
    // With no right to be executed.
    std::fs::write(&text, "text").unwrap();
    let missing = folder.path().join("missing");
    let program = actor(folder.path(), "", &NOTHING).program;
    for (program, directory, expected) in [
        (&missing, folder.path(), ErrorKind::NotFound),
        (&folder.path().to_owned(), folder.path(), ErrorKind::IsADirectory),
        (&program, missing.as_path(), ErrorKind::NotFound),
        (&program, text.as_path(), ErrorKind::NotADirectory),
        // Only starting it tells on Windows.
        (&text, folder.path(), ErrorKind::PermissionDenied),
    ] {
        let command = Command {
            program: program.clone(),
            arguments: vec![],
            environment: vec![],
            directory: directory.to_owned(),
            size: Size::default(),
        };
        let error = command.spawn().unwrap_err();
        let words = error.to_string();
        assert!(words.contains(&*program.to_string_lossy()), "{words}");
        match error {
            SpawnError::Program { source, .. } | SpawnError::Directory { source, .. } => {
                assert_eq!(source.kind(), expected, "{words}");
            }
            SpawnError::Terminal { .. } => assert!(cfg!(windows) && *program == text, "{error:?}"),
        }
    }
}
