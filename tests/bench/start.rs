//! From the start of the program to the page, beside `streamlit run` with a page that is opened when
//! Streamlit is healthy, beside a program that PyInstaller made (streamlit-desktop-app), and beside
//! what Python alone needs to import Streamlit and to run the script once: the floor.
//!
//! The sides take turns, so that whatever else the machine does meets all of them. Every start is
//! of a new process with a profile that was used before. Files are in the page cache, or, when cold,
//! those of Python, its packages and the app are not; WebKitGTK's own always are.

use std::time::{Duration, SystemTime};

use anyhow::Context;
use waterskin_tests::{Desktop, Result, Sandbox};

use crate::figures::{PACKAGED, PEER, Table};
use crate::machine;
use crate::packaged::{Packaged, project};
use crate::peer::{Peer, WINDOW};
use crate::pyinstaller::{Frozen, PYINSTALLER, Pyinstaller};

const FLOOR: &str = "floor";
/// The first element of the page.
pub const FIRST_DELTA: &str = "first delta";
const FINISHED: &str = "script finished";

/// The shell's milestones and what they are called here.
const MILESTONES: [(&str, &str); 8] = [
    ("Listening", "proxy listens"),
    ("Spawned", "Python started"),
    ("Contact", "page asked for"),
    ("Ready", "Python ready"),
    ("Upgraded", "WebSocket open"),
    ("FirstDelta", FIRST_DELTA),
    ("Rendered", "rendered"),
    ("Finished", FINISHED),
];

/// What came when, since the start.
pub type Moments = Vec<(&'static str, Duration)>;

#[derive(Clone, Copy, Debug)]
enum Side {
    Packaged,
    Peer,
    Pyinstaller,
    Floor,
}

/// Measures each side `runs` times, after one start of each to warm up, and prints the figures.
pub async fn run(runs: u32, app: &str, cold: bool) -> Result<()> {
    let project = project(app);
    let packaged = Packaged::unpack(&project, Some(WINDOW)).await?;
    let peer = Peer::of(&project, &packaged.payload).await?;
    let pyinstaller = Pyinstaller::with_window(&packaged.payload).await?;
    eprintln!("PyInstaller builds");
    let entry = packaged.payload.manifest.entry.as_str();
    let frozen = Frozen::build(&pyinstaller, &project, entry).await?;
    let screen = Sandbox::new()?;
    let desktop = Desktop::start(&screen, None).await?;
    let before = machine::load()?;
    let mut table = Table::new("ms from exec");
    for round in 0..=runs {
        for side in order(round) {
            if cold {
                packaged.forget()?;
                peer.forget()?;
                frozen.forget()?;
            }
            let moments = match side {
                Side::Packaged => start_packaged(&packaged, &desktop).await,
                Side::Peer => start_peer(&peer, &desktop).await,
                Side::Pyinstaller => start_frozen(&frozen, &desktop).await,
                Side::Floor => floor(&packaged).await,
            };
            let moments = moments.with_context(|| format!("{side:?}, round {round}"))?;
            report(round, side, &moments);
            // The first start fills the page cache, the profiles and Python's bytecode.
            if round > 0 {
                for (what, after) in moments {
                    table.add(side.name(), what, after.as_secs_f64() * 1e3);
                }
            }
        }
    }
    let manifest = &packaged.payload.manifest;
    let (size, python) = (&manifest.window, &manifest.python.version);
    println!("{} {}", manifest.app.name, manifest.app.version);
    println!("Streamlit {}; Python {python}, peer {}", manifest.streamlit.version, peer.python);
    println!(
        "window of {}x{}; {runs} runs, in turn, after one to warm up; {} page cache",
        size.width,
        size.height,
        if cold { "cold" } else { "warm" }
    );
    println!("before: {before}\nafter:  {}\n\n{table}\n", machine::load()?);
    for (name, what) in [("first-delta", FIRST_DELTA), ("finished", FINISHED)] {
        println!("ratio {name} {:.2}", table.ratio(what).context("nothing to compare")?);
        let ratio = table.ratio_of((PACKAGED, what), (PYINSTALLER, what));
        println!("ratio {name}-to-pyinstaller {:.2}", ratio.context("nothing to compare")?);
    }
    let floor = table.ratio_of((PACKAGED, FINISHED), (FLOOR, FINISHED));
    println!("ratio finished-to-floor {:.2}", floor.context("nothing to compare")?);
    Ok(())
}

/// Back and forth, so that none is always the one after a certain other.
fn order(round: u32) -> [Side; 4] {
    let mut order = [Side::Packaged, Side::Peer, Side::Pyinstaller, Side::Floor];
    if !round.is_multiple_of(2) {
        order.reverse();
    }
    order
}

/// What no start can be below: the same Python imports Streamlit, and runs the script without a page.
async fn floor(packaged: &Packaged) -> Result<Moments> {
    let streamlit = packaged.python("import streamlit").await?;
    let finished = packaged.python("import streamlit, runpy; runpy.run_path(sys.argv[2])").await?;
    Ok(vec![("import streamlit", streamlit), (FINISHED, finished)])
}

/// Starts the app, waits until its script has run, and gives what came when.
pub async fn start_packaged(packaged: &Packaged, desktop: &Desktop) -> Result<Moments> {
    let open = packaged.open(desktop)?;
    let passed = open.passed(&MILESTONES.map(|(milestone, _)| milestone)).await?;
    let (port, usual) = (open.port()?, packaged.payload.manifest.port);
    if port != Some(usual) {
        eprintln!("note: the page was on port {port:?} in place of {usual}, with a cold cache");
    }
    let moments = MILESTONES.iter().zip(passed);
    let moments = moments.map(|((_, what), at)| Ok((*what, since(open.began, at)?)));
    let moments = moments.collect::<Result<Moments>>()?;
    open.close(desktop).await?;
    Ok(moments)
}

async fn start_peer(peer: &Peer, desktop: &Desktop) -> Result<Moments> {
    let serving = peer.serve().await?;
    let (began, healthy) = (serving.began, serving.healthy);
    let seen = serving.in_window(desktop).await?;
    let moment = |at: Option<SystemTime>| since(began, at.context("it was not seen")?);
    Ok(vec![
        ("Streamlit healthy", since(began, healthy)?),
        ("page asked for", moment(seen.contact)?),
        (FIRST_DELTA, moment(seen.first_delta)?),
        (FINISHED, moment(seen.finished)?),
    ])
}

async fn start_frozen(frozen: &Frozen, desktop: &Desktop) -> Result<Moments> {
    let (began, seen) = frozen.start(desktop).await?;
    let moment = |at: Option<SystemTime>| since(began, at.context("it was not seen")?);
    Ok(vec![(FIRST_DELTA, moment(seen.first_delta)?), (FINISHED, moment(seen.finished)?)])
}

fn since(began: SystemTime, at: SystemTime) -> Result<Duration> {
    at.duration_since(began).context("the clock was set back")
}

fn report(round: u32, side: Side, moments: &Moments) {
    let last = moments.last().map_or(0, |(_, after)| after.as_millis());
    eprintln!("round {round}: {}, {last} ms", side.name());
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Packaged => PACKAGED,
            Self::Peer => PEER,
            Self::Pyinstaller => PYINSTALLER,
            Self::Floor => FLOOR,
        }
    }
}
