//! WebSocket conformance by a suite that is not ours: Autobahn's fuzzing client sends every kind of
//! frame, whole and broken, to an echo server, straight and through the proxy. It must find the
//! same both times. `scripts/setup --tests` installs it where there is a Python 2.7.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use tokio::sync::watch;
use waterskin_proxy::{Address, Gate, Listener, Options, Proxy, Upstream};
use waterskin_tests::{NEWEST, PATIENCE, Result, Sandbox, Site, Venv, skipped, sources, tool};

/// Every case about frames and closing, and of the many that send by the thousand some of each
/// kind: the others take minutes. 12 and 13 are about compression.
const CASES: [&str; 27] = [
    "1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*", "9.1.1", "9.1.2", "9.1.3", "9.2.1",
    "9.2.2", "9.2.3", "9.7.1", "9.8.1", "12.1.1", "12.1.2", "12.2.1", "12.3.1", "12.4.1", "12.5.1",
    "13.1.1", "13.2.1", "13.3.1", "13.5.1", "13.7.1",
];

/// How long the two runs may take together.
const LIMIT: Duration = Duration::from_secs(400);

mod long {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn autobahn_finds_the_same_through_the_proxy() -> Result<()> {
        assert_same(&CASES, 240, LIMIT).await
    }
}

/// The cases that send by the thousand too. `cargo test --release -p waterskin-tests --test
/// serve -- --ignored` runs it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes half an hour"]
async fn autobahn_finds_the_same_in_every_case() -> Result<()> {
    assert_same(&["*"], 510, Duration::from_secs(5400)).await
}

/// Runs `cases`, which must be more than `least`, straight and through the proxy.
async fn assert_same(cases: &[&str], least: usize, limit: Duration) -> Result<()> {
    let Some(suite) = tool("autobahn") else {
        skipped("Autobahn needs a Python 2.7, which is not on this machine");
        return Ok(());
    };
    let sandbox = Sandbox::new()?;
    let folder = sources().join("autobahn");
    let socket = sandbox.path().join("echo.sock");
    let venv = Venv::with_streamlit(NEWEST).await?;
    let echo = sandbox.launch(venv.python()).arg(folder.join("echo.py")).arg(&socket);
    let mut echo = echo.start()?;
    let port = echo.stdout.wait_for("the server's port", PATIENCE, port).await?;

    let listener = Listener::bind(0).await?;
    let proxied = listener.port();
    let gate = Gate::new(proxied)?;
    let (_state, upstream) = watch::channel(Upstream::Ready(Address::Unix(socket)));
    let _proxy = Proxy::serve(listener, Options::new(gate.clone(), upstream));
    let path = gate.entry_path().context("the token was used already")?;
    let entry = url::Url::parse(&format!("http://localhost:{proxied}{path}"))?;
    let cookie = Site::enter(&entry).await?.cookie.context("no cookie")?;

    let reports = sandbox.path().join("reports");
    let spec = json!({
        "outdir": reports,
        "servers": [
            { "agent": "direct", "url": format!("ws://127.0.0.1:{port}") },
            { "agent": "through", "url": format!("ws://127.0.0.1:{proxied}") },
        ],
        "cases": cases,
        "exclude-cases": [],
        "exclude-agent-cases": {},
    });
    let spec_file = sandbox.path().join("spec.json");
    fs_err::write(&spec_file, spec.to_string())?;
    let client = sandbox.launch(suite.join("python")).arg(folder.join("client.py"));
    let client = client.arg(suite.join("site")).arg(&spec_file).arg(&cookie);
    client.finish(limit).await?.success()?;

    let index: Value = serde_json::from_str(&fs_err::read_to_string(reports.join("index.json"))?)?;
    let verdicts = |agent: &str| -> Result<BTreeMap<String, String>> {
        let cases = index[agent].as_object().with_context(|| format!("nothing of `{agent}`"))?;
        let verdict = |case: &Value| {
            let of = |name: &str| case[name].as_str().unwrap_or("none").to_owned();
            format!(
                "{}, close {}, code {}",
                of("behavior"),
                of("behaviorClose"),
                case["remoteCloseCode"]
            )
        };
        Ok(cases.iter().map(|(name, case)| (name.clone(), verdict(case))).collect())
    };
    let (direct, through) = (verdicts("direct")?, verdicts("through")?);
    // Both are right. Which one it is tells whether a message was answered before a broken frame
    // behind it was read, and so how the bytes were cut on their way.
    let plain = |verdict: &str| verdict.replacen("NON-STRICT", "OK", 1);
    let mut counts = BTreeMap::<&str, usize>::new();
    for verdict in through.values() {
        *counts.entry(verdict.split(',').next().unwrap_or_default()).or_default() += 1;
    }
    println!("{} cases of Autobahn: {counts:?}", through.len());
    assert!(through.len() > least, "only {} cases were run", through.len());
    let differing: Vec<String> = direct
        .iter()
        .filter(|(name, verdict)| through.get(*name).map(|it| plain(it)) != Some(plain(verdict)))
        .map(|(name, verdict)| format!("{name}: {verdict}; through {:?}", through.get(name)))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
    Ok(())
}

fn port(output: &str) -> Option<u16> {
    output.lines().next()?.trim().parse().ok()
}
