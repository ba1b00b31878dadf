//! `waterskin doctor` without an address: this machine and this project.

use std::net::TcpListener;

use serde_json::Value;

use crate::context::Context;
use crate::machine;
use crate::process::Finished;

/// The rows of a part with this name.
fn rows<'a>(report: &'a Value, part: &str, name: &str) -> Vec<&'a Value> {
    let rows = report.pointer(part).and_then(Value::as_array);
    let rows = rows.unwrap_or_else(|| panic!("no {part} in {report:#}"));
    rows.iter().filter(|row| row["name"] == name).collect()
}

fn row<'a>(report: &'a Value, part: &str, name: &str) -> &'a Value {
    rows(report, part, name).first().copied().unwrap_or_else(|| panic!("no {name} in {report:#}"))
}

fn report(finished: &Finished) -> Value {
    let report: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!((&report["document"], &report["version"]), (&"waterskin machine".into(), &1.into()));
    assert_eq!(finished.code, Some(i32::from(report["whole"] != true)), "{finished}");
    report
}

/// A shell that says of itself what the real one says.
fn with_shell(context: &Context) {
    let shell = context.root.join("bin/waterskin-shell");
    fs_err::remove_file(&shell).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    fs_err::write(&shell, format!("#!/bin/sh\necho waterskin-shell {version}\n")).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(&shell, executable).unwrap();
}

#[test]
fn the_machine_is_told_with_what_to_do() {
    let context = Context::new();
    with_shell(&context);
    let taken = TcpListener::bind(("127.0.0.1", 8501));
    let finished = context
        .command(["doctor", "--json"])
        .env("HTTPS_PROXY", "http://me:geheim@proxy.example:3128")
        .env("DISPLAY", ":12345")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        .finish();
    let report = report(&finished);
    assert_eq!(report["whole"], true, "nothing here keeps a build from coming: {report:#}");
    assert_eq!(report["project"], Value::Null);
    for (name, state, said) in [
        ("uv", "good", "uv "),
        ("shell", "good", "waterskin-shell "),
        ("cache", "good", "[DIR]"),
        ("makensis", "lacking", "not there"),
        ("python", "lacking", "there is no Python"),
        ("port", "lacking", "has port 8501"),
        ("proxies", "lacking", "HTTPS_PROXY"),
        ("keychain", "lacking", "no session bus"),
        ("portal", "lacking", "no session bus"),
        ("display", "lacking", "X11's `:12345` does not answer"),
    ] {
        let row = row(&report, "/machine", name);
        let text = row["said"].as_str().unwrap().replace(context.root.as_str(), "[DIR]");
        assert!(row["state"] == state && text.contains(said), "{name}: {row:#}");
    }
    assert!(!finished.stdout.contains("geheim"), "a password of a proxy");
    // Either it is this test that has the port, or somebody else.
    drop(taken);

    let text = context.command(["doctor"]).finish().success();
    assert!(text.starts_with("Nothing is missing that a build or a run needs"), "{text}");
    assert!(text.contains("  ✓ uv ") && text.contains("  ! makensis "), "{text}");
    assert!(text.contains("There is no app in this folder"), "{text}");

    context.without("waterskin-shell");
    let finished = context.command(["doctor"]).finish();
    assert_eq!(finished.code, Some(1), "{finished}");
    assert!(finished.stdout.contains("  ✗ shell "), "{finished}");
    assert_eq!(finished.stderr, "");
}

#[test]
fn a_project_is_told_what_a_build_and_a_run_would_miss() {
    let context = Context::new();
    with_shell(&context);
    let app = "import streamlit\nimport nobody_knows_this\nimport numpy\nopen('log.txt', 'w')\n";
    context.write(&[("ä b/app.py", app), ("ä b/waterskin.toml", "port = 8642\n")]);
    let looked = |arguments: &[&str]| {
        let arguments = ["doctor", "--json", "--project", "ä b"].iter().chain(arguments);
        context.command(arguments.copied()).finish()
    };
    let finished = looked(&[]);
    let found = report(&finished);
    let of = |name: &str| row(&found, "/project/rows", name);
    assert_eq!(found["whole"], false, "nobody knows a module that is always imported");
    assert!(of("package")["said"].as_str().unwrap().contains("nobody_knows_this"), "{found:#}");
    assert_eq!(
        (&of("package")["state"], &of("packages")["state"]),
        (&"missing".into(), &"lacking".into())
    );
    assert!(of("script")["said"].as_str().unwrap().starts_with("`app.py`"), "{found:#}");
    assert!(of("run")["said"].as_str().unwrap().contains("there is no Python"), "{found:#}");
    assert_eq!(of("its port")["state"], "good", "{found:#}");

    // On an interpreter that has Streamlit, and lacks what the code imports.
    context.write(&[
        ("ä b/app.py", "import streamlit\nimport numpy\nimport xlsxwriter.format\n"),
        ("ä b/requirements.txt", "streamlit==[STREAMLIT]\nnumpy\nxlsxwriter\n"),
    ]);
    let environment = machine::streamlit().parent().unwrap().parent().unwrap().to_owned();
    let finished = context
        .command(["doctor", "--json", "--project", "ä b"])
        .env("VIRTUAL_ENV", environment)
        .finish();
    let found = report(&finished);
    assert_eq!(found["whole"], true, "{found:#}");
    let run = row(&found, "/project/rows", "run");
    assert!(
        run["said"].as_str().unwrap().ends_with("has no `xlsxwriter`, which the code imports"),
        "{run}"
    );
    assert!(run["hint"].as_str().unwrap().starts_with("uv pip install --python "), "{run}");
    assert_eq!(row(&found, "/project/rows", "packages")["said"], "3 in `requirements.txt`");

    // A key stops a build, and is not shown.
    let key = format!("ghp_{}", "a1B2".repeat(9));
    context.write(&[("ä b/app.py", &*format!("import streamlit\nkey = '{key}'\n"))]);
    let finished = looked(&[]);
    let found = report(&finished);
    let project = row(&found, "/project/rows", "project");
    assert!(project["state"] == "missing" && !finished.stdout.contains(&key), "{project}");

    let none = context.command(["doctor", "--project", "nowhere"]).finish();
    assert_eq!(none.code, Some(1), "{none}");
    assert!(
        none.stdout.contains("✗ project") && none.stdout.contains("nothing at `nowhere`"),
        "{none}"
    );
}
