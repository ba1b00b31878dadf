//! These programs beside those of another version, such as the one before a change: how long a build
//! takes, how large what it makes is, and how long that takes to start.
//!
//! The versions take turns, the first of them changing from round to round. Each has caches and
//! homes of its own; the files are in the page cache.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use waterskin_tests::{BUILD, Desktop, Result, Sandbox, built, example};

use crate::figures::Table;
use crate::machine;
use crate::packaged::Packaged;
use crate::pyinstaller::size;
use crate::start::{FIRST_DELTA, start_packaged};

const THIS: &str = "this";
const OTHER: &str = "other";

const COLD: &str = "build, empty cache";
const WARM: &str = "build, nothing changed";
const CHANGED: &str = "build, one line changed";
const PACKAGE: &str = "package";
const INSTALLED: &str = "installed";

/// One version of the programs, and what it made of the app.
struct Version {
    name: &'static str,
    cli: PathBuf,
    sandbox: Sandbox,
    project: PathBuf,
    packaged: Option<Packaged>,
}

/// Measures `app` with the programs in the folder `other`, and with these.
pub async fn run(runs: u32, app: &str, other: &Path) -> Result<()> {
    let other = std::path::absolute(other)?.join("waterskin");
    let mut versions =
        [Version::new(THIS, waterskin_tests::cli()?, app)?, Version::new(OTHER, other, app)?];
    let screen = Sandbox::new()?;
    let desktop = Desktop::start(&screen, None).await?;
    let before = machine::load()?;
    let (mut seconds, mut sizes, mut starts) =
        (Table::new("s"), Table::new("MB"), Table::new("ms from exec"));
    for round in 0..=runs {
        versions.reverse();
        for version in &mut versions {
            let mut add = |what, took: Duration| {
                eprintln!("round {round}: {}, {what}, {:.1} s", version.name, took.as_secs_f64());
                seconds.add(version.name, what, took.as_secs_f64());
            };
            if round == 0 {
                let (took, package) = version.build().await?;
                add(COLD, took);
                sizes.add(version.name, PACKAGE, size(&package)? as f64 / 1e6);
                let packaged = Packaged::from_package(&package, None).await?;
                let folder = packaged.program.parent().context("a program in no folder")?;
                sizes.add(version.name, INSTALLED, size(folder)? as f64 / 1e6);
                // The first start fills the page cache and the profile.
                start_packaged(&packaged, &desktop).await?;
                version.packaged = Some(packaged);
                continue;
            }
            add(WARM, version.build().await?.0);
            version.change()?;
            add(CHANGED, version.build().await?.0);
            let packaged = version.packaged.as_ref().context("nothing was packaged")?;
            for (what, after) in start_packaged(packaged, &desktop).await? {
                starts.add(version.name, what, after.as_secs_f64() * 1e3);
            }
        }
    }
    println!("{app}: {runs} rounds, in turn, after one to warm up");
    println!(
        "before: {before}\nafter:  {}\n\n{seconds}\n\n{sizes}\n\n{starts}\n",
        machine::load()?
    );
    for (table, what) in [
        (&seconds, COLD),
        (&seconds, WARM),
        (&seconds, CHANGED),
        (&sizes, PACKAGE),
        (&sizes, INSTALLED),
        (&starts, FIRST_DELTA),
    ] {
        let ratio = table.ratio_of((THIS, what), (OTHER, what)).context("nothing to compare")?;
        println!("ratio {what} {ratio:.3}");
    }
    Ok(())
}

impl Version {
    fn new(name: &'static str, cli: PathBuf, app: &str) -> Result<Self> {
        anyhow::ensure!(cli.is_file(), "there is no `{}`", cli.display());
        let sandbox = Sandbox::new()?;
        let project = sandbox.copy(&example(app), app)?;
        Ok(Self { name, cli, sandbox, project, packaged: None })
    }

    /// Builds the app, and gives how long it took and the package.
    async fn build(&self) -> Result<(Duration, PathBuf)> {
        let output = self.sandbox.path().join("made");
        let launch = self.sandbox.author_of(&self.cli)?.arg("build").arg(&self.project);
        let launch = launch.args(["--yes", "--format", "deb"]).arg("--output").arg(&output);
        let launch = launch.arg("--cache-dir").arg(self.sandbox.path().join("cache"));
        let began = Instant::now();
        launch.finish(BUILD).await?.success()?;
        Ok((began.elapsed(), built::file_in(&output, "deb")?))
    }

    fn change(&self) -> Result<()> {
        let scripts = ["app.py", "streamlit_app.py", "main.py"].map(|name| self.project.join(name));
        let script = scripts.iter().find(|script| script.is_file()).context("no script")?;
        crate::build::change(script)
    }
}
