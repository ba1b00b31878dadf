//! Our proxy beside no proxy, nginx, HAProxy and Caddy, in turn, in front of the same server.

mod bulk;
mod crowd;
mod inspector;
mod ours;
mod rivals;
mod rounds;
mod sides;
mod small;
mod streamlit;
mod table;
mod upstream;
mod usage;

use anyhow::Context;
use waterskin_tests::{NEWEST, PATIENCE, Result, Running, Sandbox, Venv};

pub use inspector::run as run_inspector;
pub use ours::{OursArguments, serve as serve_ours};
pub use upstream::serve as serve_upstream;

use crate::machine;
use rounds::{Plan, kinds};
use sides::{Kind, Server, whole_line};
use table::Table;

/// The newest version that is tested.
const STREAMLIT: &str = NEWEST;

/// Starts the minimal server.
async fn minimal(sandbox: &Sandbox, venv: &Venv) -> Result<(Server, Running)> {
    let socket = sandbox.path().join("upstream");
    let server = sandbox.launch(std::env::current_exe()?).arg("upstream").arg(&socket);
    let mut running = server.start()?;
    let line = running.stdout.wait_for("the server's port", PATIENCE, whole_line).await?;
    let port = line.rsplit(' ').next().and_then(|port| port.parse().ok());
    let port = port.context("the server named no port")?;
    Ok((Server { port, socket: Some(socket), statics: venv.streamlit_static() }, running))
}

/// Measures every side and prints the figures.
pub async fn run(quick: bool) -> Result<()> {
    let plan = if quick { Plan::QUICK } else { Plan::WHOLE };
    let before = machine::load()?;
    let venv = Venv::with_streamlit(STREAMLIT).await?;
    let sandbox = Sandbox::new()?;
    let (server, running) = minimal(&sandbox, &venv).await?;
    let minimal = rounds::run(&server, &plan, &kinds()).await?;
    drop(running);

    let streamlit = streamlit::run(&sandbox, &venv, &plan).await?;

    println!("{} rounds, each side in turn", plan.rounds);
    println!("before: {before}\nafter:  {}", machine::load()?);
    println!("\nA minimal server\n\n{minimal}\n\n{}", ratios(&minimal));
    println!("\nStreamlit {STREAMLIT}\n\n{streamlit}\n\n{}", ratios(&streamlit));
    Ok(())
}

/// Ours beside each other side, where ours has the same server's port.
fn ratios(table: &Table) -> String {
    let ours = Kind::Ours.name();
    let rivals: Vec<_> = rivals::Rival::ALL.map(|rival| rival.name()).into();
    let mut columns = vec![("direct", table.ratios(ours, &[Kind::Direct.name()]))];
    for rival in &rivals {
        columns.push((rival, table.ratios(ours, &[rival])));
    }
    columns.push(("best of 3", table.ratios(ours, &rivals)));
    let mut text = format!("{:<48}", "ours to ... (above 1: ours is better)");
    columns.iter().for_each(|(name, _)| text += &format!("{name:>12}"));
    for (row, (what, _)) in columns[0].1.iter().enumerate() {
        text += &format!("\n{what:<48}");
        for (_, ratios) in &columns {
            text +=
                &ratios[row].1.map_or_else(|| format!("{:>12}", "-"), |it| format!("{it:>12.2}"));
        }
    }
    text
}
