//! Memory and processor at rest, beside `streamlit run` with the page in Chromium.
//!
//! Memory is the proportional set size: what processes share is divided between them, among all of
//! the machine's. Other Pythons and browsers that run meanwhile make it less.

use std::time::Duration;

use anyhow::Context;
use rustix::process::Signal;
use tokio::time::{Instant, sleep};
use waterskin_tests::{Desktop, PATIENCE, Result, Sandbox};

use crate::figures::{PACKAGED, PEER, Table};
use crate::machine;
use crate::packaged::{Packaged, project};
use crate::peer::Peer;
use crate::tree::{Member, TICKS, Tree};

const ALL: &str = "all";

/// How long after the end of the script memory is looked at, at the least.
const REST: Duration = Duration::from_secs(10);

/// The stretch of time in which a tree at rest has used little.
const STRETCH: Duration = Duration::from_secs(5);

/// What little is, as a part of one core: Streamlit's own clocks take half a percent.
const LITTLE: f64 = 0.05;

/// How long a tree may take to come to rest.
const LIMIT: Duration = Duration::from_secs(120);

/// How long the processor at rest is measured.
const IDLE: Duration = Duration::from_secs(30);

/// A tree at rest.
struct Rest {
    members: Vec<Member>,
    /// Of one core, in percent.
    processor: f64,
}

/// Measures each side `runs` times, after one start of each to warm up, and prints the figures.
pub async fn run(runs: u32, app: &str) -> Result<()> {
    let project = project(app);
    let packaged = Packaged::unpack(&project, None).await?;
    let peer = Peer::of(&project, &packaged.payload).await?;
    let screen = Sandbox::new()?;
    let desktop = Desktop::start(&screen, None).await?;
    let before = machine::load()?;
    let mut memory = Table::new("proportional set size, MB");
    let mut processor = Table::new("processor at rest, % of one core");
    for round in 0..=runs {
        // The first round fills the profiles, and the page cache.
        let measured = round > 0;
        let rest = rest_of_packaged(&packaged, &desktop, measured).await;
        if let Some(rest) = rest.with_context(|| format!("{PACKAGED}, round {round}"))? {
            let parts = ["shell", "WebKit", "Python", "watchdog"];
            let part = |member: &Member| part_of_packaged(member, &packaged);
            add(&mut memory, PACKAGED, &parts, &rest, part);
            processor.add(PACKAGED, ALL, rest.processor);
        }
        let rest = rest_of_peer(&peer, measured).await;
        if let Some(rest) = rest.with_context(|| format!("{PEER}, round {round}"))? {
            add(&mut memory, PEER, &["Python", "Chromium"], &rest, part_of_peer);
            processor.add(PEER, ALL, rest.processor);
        }
        eprintln!("round {round} of {runs}");
    }
    let manifest = &packaged.payload.manifest;
    println!("{} {}", manifest.app.name, manifest.app.version);
    let (streamlit, python) = (&manifest.streamlit.version, &manifest.python.version);
    println!("Streamlit {streamlit}; Python {python}, peer {}", peer.python);
    println!("{runs} runs, in turn, after one to warm up");
    println!("before: {before}\nafter:  {}\n\n{memory}\n\n{processor}\n", machine::load()?);
    println!("ratio memory {:.2}", memory.ratio(ALL).context("nothing to compare")?);
    Ok(())
}

async fn rest_of_packaged(
    packaged: &Packaged,
    desktop: &Desktop,
    measured: bool,
) -> Result<Option<Rest>> {
    let open = packaged.open(desktop)?;
    open.passed(&["Rendered", "Finished"]).await?;
    let rest = if measured { Some(at_rest(&packaged.tree()).await?) } else { None };
    open.close(desktop).await?;
    Ok(rest)
}

async fn rest_of_peer(peer: &Peer, measured: bool) -> Result<Option<Rest>> {
    let mut serving = peer.serve().await?;
    let mut browser = serving.in_chromium().await?;
    let rest = if measured { Some(at_rest(&peer.tree()).await?) } else { None };
    browser.signal(Signal::TERM)?;
    browser.ended(PATIENCE).await?;
    serving.end().await?;
    Ok(rest)
}

/// Waits until `tree`, whose script is done, has come to rest, and looks at it.
async fn at_rest(tree: &Tree) -> Result<Rest> {
    let done = Instant::now();
    loop {
        let part = processor(tree, STRETCH).await;
        if part < LITTLE && done.elapsed() >= REST {
            break;
        }
        anyhow::ensure!(done.elapsed() < LIMIT, "no rest after {LIMIT:?}: {part:.2} of a core");
    }
    Ok(Rest { members: tree.members(), processor: processor(tree, IDLE).await * 100.0 })
}

/// What `tree` uses of one core in the coming `stretch`, which is measured, not waited for.
async fn processor(tree: &Tree, stretch: Duration) -> f64 {
    let (before, began) = (tree.ticks(), Instant::now());
    sleep(stretch).await;
    // A process that has ended takes its ticks along; then this is too little, at worst none.
    let ticks = tree.ticks().saturating_sub(before);
    ticks as f64 / TICKS / began.elapsed().as_secs_f64()
}

/// Adds the memory of each part and of all. A part that is in `parts` has a row, even with nothing.
fn add(
    table: &mut Table,
    side: &'static str,
    parts: &[&'static str],
    rest: &Rest,
    part_of: impl Fn(&Member) -> Option<&'static str>,
) {
    let megabytes = |part: Option<&str>| {
        let members = rest.members.iter().filter(|member| part_of(member) == part);
        members.map(|member| member.pss as f64 * 1024.0 / 1e6).sum::<f64>()
    };
    for part in parts {
        table.add(side, part, megabytes(Some(part)));
    }
    let other = megabytes(None);
    if other > 0.0 {
        table.add(side, "other", other);
    }
    let all = rest.members.iter().map(|member| member.pss).sum::<u64>();
    table.add(side, ALL, all as f64 * 1024.0 / 1e6);
}

/// What a process of ours is for. The watchdog is a copy of Python that left its parent.
fn part_of_packaged(member: &Member, packaged: &Packaged) -> Option<&'static str> {
    if member.executable == packaged.program {
        return Some("shell");
    }
    if member.executable.starts_with(packaged.payload.layout.python()) {
        let left = !member.has_parent && member.session != member.id;
        return Some(if left { "watchdog" } else { "Python" });
    }
    member.executable.file_name()?.to_str()?.starts_with("WebKit").then_some("WebKit")
}

fn part_of_peer(member: &Member) -> Option<&'static str> {
    let name = member.executable.file_name()?.to_str()?;
    let parts = [("python", "Python"), ("chrom", "Chromium")];
    parts.into_iter().find_map(|(start, part)| name.starts_with(start).then_some(part))
}
