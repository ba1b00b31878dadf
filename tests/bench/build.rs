//! How long a build takes, beside PyInstaller's: the first of all; one with the interpreter at hand;
//! one of an app whose wheels another app had too; one with the trimmed packages at hand; and one
//! after a changed line.
//!
//! The sides take turns. Wheels are in uv's cache throughout, for the peer they are installed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use waterskin_tests::{BUILD, Result, Sandbox, example};

use crate::figures::{PACKAGED, Table};
use crate::machine;
use crate::packaged::Packaged;
use crate::pyinstaller::{Form, PYINSTALLER, Pyinstaller};

const FIRST: &str = "empty cache";
const NEW: &str = "new wheels";
const WARM: &str = "warm cache";
const KNOWN: &str = "known packages";
const CHANGED: &str = "one line changed";

/// Builds `app` `runs` times with each side and prints the figures.
pub async fn run(runs: u32, app: &str) -> Result<()> {
    let packaged = Packaged::unpack(&example(app), None).await?;
    let peer = Pyinstaller::of(&packaged.payload).await?;
    let entry = packaged.payload.manifest.entry.to_string();
    let before = machine::load()?;
    let mut table = Table::new("s");
    for round in 1..=runs {
        let sandbox = Sandbox::new()?;
        let project = sandbox.copy(&example(app), app)?;
        let mut add = |side, what, took: Duration| {
            eprintln!("round {round}: {side}, {what}, {:.1} s", took.as_secs_f64());
            table.add(side, what, took.as_secs_f64());
        };
        let cache = sandbox.path().join("cache");
        add(PACKAGED, FIRST, build(&sandbox, &project, &cache).await?);
        forget(&cache, &["packages-", "layer-", "bytecode-", "content-"])?;
        add(PACKAGED, NEW, build(&sandbox, &project, &cache).await?);
        forget(&cache, &["packages-", "layer-"])?;
        add(PACKAGED, WARM, build(&sandbox, &project, &cache).await?);
        forget(&cache, &["layer-"])?;
        add(PACKAGED, KNOWN, build(&sandbox, &project, &cache).await?);
        change(&project.join(&entry))?;
        add(PACKAGED, CHANGED, build(&sandbox, &project, &cache).await?);

        let theirs = sandbox.copy(&example(app), "theirs")?;
        add(PYINSTALLER, WARM, peer.build(&sandbox, &theirs, &entry, Form::Folder).await?.0);
        change(&theirs.join(&entry))?;
        add(PYINSTALLER, CHANGED, peer.build(&sandbox, &theirs, &entry, Form::Folder).await?.0);
    }
    let manifest = &packaged.payload.manifest;
    println!("{} {}: {runs} builds, in turn", manifest.app.name, manifest.app.version);
    println!("before: {before}\nafter:  {}\n\n{table}\n", machine::load()?);
    for (name, what, theirs) in [
        ("new", NEW, WARM),
        ("warm", WARM, WARM),
        ("known", KNOWN, WARM),
        ("changed", CHANGED, CHANGED),
    ] {
        let ratio = table.ratio_of((PACKAGED, what), (PYINSTALLER, theirs));
        println!("ratio {name} {:.3}", ratio.context("nothing to compare")?);
    }
    Ok(())
}

async fn build(sandbox: &Sandbox, project: &Path, cache: &Path) -> Result<Duration> {
    let launch = sandbox.author()?.arg("build").arg(project).args(["--yes", "--format", "deb"]);
    let launch = launch.arg("--cache-dir").arg(cache).arg("--output").arg(output(sandbox));
    let began = Instant::now();
    launch.finish(BUILD).await?.success()?;
    Ok(began.elapsed())
}

fn output(sandbox: &Sandbox) -> PathBuf {
    sandbox.path().join("made")
}

/// Removes trees of these kinds from the cache. Without packages and layers it is what another app
/// with the same Python and these wheels among others leaves, and without bytecode and the contents
/// of large files one with other wheels; without layers alone, one with the same requirements: a
/// layer is of one app, whose name is in its paths.
fn forget(cache: &Path, kinds: &[&str]) -> Result<()> {
    for entry in fs_err::read_dir(cache.join("packager"))? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kinds.iter().any(|kind| name.starts_with(kind)) && entry.file_type()?.is_dir() {
            fs_err::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Changes a script.
pub fn change(script: &Path) -> Result<()> {
    let mut file = fs_err::OpenOptions::new().append(true).open(script)?;
    Ok(writeln!(file, "# changed")?)
}
