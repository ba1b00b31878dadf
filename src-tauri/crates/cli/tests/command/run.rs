use std::net::TcpListener;

use crate::{
    context::{Context, Filter, is_clear},
    fails, machine,
    process::Run,
    snapshot,
};

fn project() -> Context {
    let context = Context::new();
    context.write(&[("p é/app.py", "import streamlit as st\n\nst.title('Été')\n")]);
    context
}

#[test]
fn no_python() {
    let context = project();
    fails!(context, context.command(["run", "p é"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no Python to run the project on
    hint: name one with `--python FILE`, or make a virtual environment in the project's folder with `uv venv`
    "#);
}

#[test]
fn a_python_that_is_none() {
    let context = project();
    fails!(context, context.command(["run", "p é", "--python", "p é/app.py"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not ask `[DIR]/work/p é/app.py` about itself
      caused by: could not start `[DIR]/work/p é/app.py`
      caused by: Permission denied (os error 13)
    hint: name one with `--python FILE`, or make a virtual environment in the project's folder with `uv venv`
    "#);
}

#[test]
fn no_streamlit() {
    let context = project();
    let venv = context.work().join("p é/.venv");
    Run::new(machine::uv())
        .args(["venv", "--python", machine::python().as_str(), venv.as_str()])
        .envs(machine::settings())
        .finish()
        .success();
    fails!(context, context.command(["run", "p é"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Streamlit is not installed for `[PYTHON]` (Python [PYTHON VERSION])
    hint: install it with `uv pip install --python "[DIR]/work/p é/.venv/bin/python" streamlit`, or name another interpreter with `--python FILE`
    "#);
}

#[test]
fn no_project() {
    let context = project();
    fails!(context, context.command(["run", "nowhere"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is nothing at `nowhere`
      caused by: No such file or directory (os error 2)
    hint: give the app's folder, or its script such as `app.py`
    "#);
}

#[test]
fn no_shell() {
    let context = project();
    context.without("waterskin-shell");
    let python = machine::streamlit();
    fails!(context, context.command(["run", "p é", "--python", python.as_str()]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not find the prebuilt shell `waterskin-shell`
    hint: `waterskin-shell` comes with Waterskin and stands beside it; give its path with `--shell`
    "#);
}

#[test]
fn json_needs_no_window() {
    let context = project();
    snapshot!(context.filters(), context.command(["run", "p é", "--json"]).finish(), @r#"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the following required arguments were not provided:
      --no-window

    Usage: waterskin run --no-window --json <PATH> [-- <ARGUMENTS>...]

    For more information, try '--help'.
    "#);
}

#[test]
fn a_python_named_by_a_relative_path() {
    let context = project();
    let python = machine::streamlit();
    fs_err::os::unix::fs::symlink(python.ancestors().nth(2).unwrap(), context.work().join("venv"))
        .unwrap();
    let arguments = "run,p é,--no-window,--port,0,--python,venv/bin/python";
    let mut running = context.command(arguments.split(',')).start();
    assert!(running.line().starts_with("open http://localhost:"));
    running.interrupt();
    assert_eq!(running.finish().code, Some(0));
}

/// A port that is taken.
fn taken() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

#[test]
fn a_port_that_is_taken() {
    let context = project();
    let (_held, port) = taken();
    let python = machine::streamlit();
    let run = context.command(["run", "p é", "--no-window", "--port", &port]);
    let mut running = run.args(["--python", python.as_str()]).start();
    let printed = running.line() + &running.await_stderr("Ctrl+C");
    running.interrupt();
    assert_eq!(running.finish().code, Some(0));
    let filters = [context.filters(), with_ports(&port)].concat();
    snapshot!(filters, printed, @r#"
    open http://localhost:[PORT]/_waterskin/enter?token=[TOKEN]
    the app's data is in `[DIR]/home/.local/share/local.waterskin.p-e.run/data`, apart from an installed one's
    port [TAKEN] is taken, so the page is on [PORT]
    the address works once, within ten minutes; press Ctrl+C to end
    "#);
}

#[test]
fn a_port_that_is_taken_as_json() {
    let context = project();
    let (_held, port) = taken();
    let python = machine::streamlit();
    let run = context.command(["run", "p é", "--no-window", "--json", "--port", &port]);
    let mut running = run.args(["--python", python.as_str()]).start();
    let line = running.line();
    running.interrupt();
    let finished = running.finish();
    assert_eq!(finished.code, Some(0), "{finished}");
    for line in finished.stdout.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(["log", "state"].contains(&event["event"].as_str().unwrap()), "{line}");
    }
    snapshot!(with_ports(&port), line, @r#"{"event":"listening","url":"http://localhost:[PORT]/_waterskin/enter?token=[TOKEN]","port": [PORT],"preferred":[TAKEN]}"#);
}

#[test]
fn an_app_without_a_usual_name_needs_a_choice() {
    let context = Context::new();
    context.write(&[("p/a.py", "import streamlit"), ("p/b.py", "import streamlit")]);
    let finished = context.command(["run", "p"]).finish();
    is_clear(&finished);
    assert!(finished.stderr.contains("`a.py`, `b.py`"), "{finished}");
}

fn with_ports(taken: &str) -> Vec<Filter> {
    vec![
        (format!(r"\b{taken}\b"), "[TAKEN]"),
        (r"token=[A-Za-z0-9_-]+".to_owned(), "token=[TOKEN]"),
        (r"localhost:\d+".to_owned(), "localhost:[PORT]"),
        (r#"(on|"port":) ?\d+"#.to_owned(), "$1 [PORT]"),
    ]
}
