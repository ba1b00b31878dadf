//! What the command says of itself.

use crate::context::Context;
use crate::process::Run;

const PARTS: [&str; 10] = [
    "build",
    "export",
    "run",
    "try",
    "doctor",
    "verify",
    "cache",
    "self-check",
    "completions",
    "man",
];

#[test]
fn completions_are_scripts_that_know_every_subcommand() {
    let context = Context::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = context.command(["completions", shell]).finish().success();
        for part in PARTS {
            assert!(script.contains(part), "{shell} lacks {part}");
        }
        if shell == "bash" {
            context.write(&[("complete é.bash", &*script)]);
            let read = Run::new("/bin/bash").args(["-n", "complete é.bash"]);
            read.directory(&context.work()).finish().success();
        }
    }
}

#[test]
fn the_manual_page_has_every_subcommand() {
    let context = Context::new();
    let page = context.command(["man"]).finish().success();
    assert!(page.contains(".TH waterskin 1"), "{page}");
    for part in PARTS {
        assert!(page.contains(&format!(".SH \"WATERSKIN {}\"", part.to_uppercase())), "{part}");
    }
    assert!(page.contains("\\-\\-dry\\-run"), "{page}");
}

#[test]
fn what_is_missing_of_the_set_up_is_said() {
    let context = Context::new();
    context.without("waterskin-shell");
    let checked = context.command(["self-check"]).finish();
    assert_eq!(checked.code, Some(1), "{checked}");
    let said =
        |start: &str| checked.stdout.lines().any(|line| line.trim_start().starts_with(start));
    assert!(said("uv          uv "), "{checked}");
    assert!(said("shell       missing, and needed to open an app: could not find"), "{checked}");
    assert!(said("Xvfb        not there"), "{checked}");
    assert_eq!(said("appimage    "), cfg!(target_os = "linux"), "{checked}");
    let json = context.command(["self-check", "--json"]).finish();
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["rows"][1]["state"], "missing", "{report}");
}
