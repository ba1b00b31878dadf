use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::Context;
use waterskin_tests::{Ask, PATIENCE, Page, Result, Running, Sandbox, Site, Venv, app, eventually};

use super::rounds::{Plan, kinds};
use super::sides::{Kind, Server, Side};
use super::small;
use super::table::Better::{Less, More};
use super::table::Table;

/// How often the script runs in a round.
const RUNS: usize = 20;

/// Measures what a real Streamlit gives through each side.
pub async fn run(sandbox: &Sandbox, venv: &Venv, plan: &Plan) -> Result<Table> {
    let (_streamlit, port) = serve(sandbox, venv).await?;
    let server = Server { port, socket: None, statics: venv.streamlit_static() };
    let mut kinds = kinds();
    kinds.retain(|kind| !matches!(kind, Kind::OursUnix | Kind::OursTraced));
    let mut table = Table::new(kinds.iter().map(|kind| kind.name()).collect());
    for round in 0..plan.rounds {
        for place in 0..kinds.len() {
            let kind = kinds[(place + round) % kinds.len()];
            let measured = measure(kind, &server, plan, &mut table).await;
            measured.with_context(|| format!("{}, round {round}", kind.name()))?;
            eprintln!("Streamlit, round {} of {}: {}", round + 1, plan.rounds, kind.name());
        }
    }
    Ok(table)
}

async fn measure(kind: Kind, server: &Server, plan: &Plan, table: &mut Table) -> Result<()> {
    let side = Side::start(kind, server).await?;
    for connections in [1, 32] {
        let asked = small::ask(&side, "/_stcore/health", connections, plan.time).await?;
        let what = format!("health, {connections} at once");
        table.add(&format!("{what}, per s"), More, kind.name(), asked.rate);
        table.add(&format!("{what}, p50 µs"), Less, kind.name(), asked.p50);
    }
    let mut page = Page::open(&side.site).await?;
    page.run().await?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        page.run().await?;
        times.push(began.elapsed());
    }
    times.sort();
    let middle: Duration = times[RUNS / 2];
    table.add("run of a script, p50 ms", Less, kind.name(), middle.as_secs_f64() * 1e3);
    Ok(())
}

/// Starts Streamlit as its own command does, and waits until it is healthy.
async fn serve(sandbox: &Sandbox, venv: &Venv) -> Result<(Running, u16)> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let launch = sandbox.launch(venv.python()).args(["-m", "streamlit", "run"]);
    let launch = launch.arg(app("stages").join("app.py")).arg(format!("--server.port={port}"));
    let options = ["headless=true", "address=127.0.0.1", "fileWatcherType=none"];
    let launch = launch.args(options.map(|option| format!("--server.{option}")));
    let running = launch.arg("--browser.gatherUsageStats=false").start()?;
    let site = Site::on(port);
    eventually("Streamlit to be healthy", PATIENCE, async || {
        let answer = site.ask(Ask::get("/_stcore/health")).await;
        Ok(answer.is_ok_and(|answer| answer.text() == "ok").then_some(()))
    })
    .await?;
    Ok((running, port))
}
