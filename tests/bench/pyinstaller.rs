use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use walkdir::WalkDir;
use waterskin_bundle::Payload;
use waterskin_tests::{Desktop, PATIENCE, Result, Sandbox, Venv};

use crate::forwarder::Seen;
use crate::packaged::{close_windows, forget};
use crate::peer::pins;
use crate::probe::Probe;

/// The name of this side in every table.
pub const PYINSTALLER: &str = "PyInstaller";

/// What is compared with, as it is on PyPI.
const TOOLS: [&str; 2] = ["streamlit-desktop-app==0.3.4", "pyinstaller==6.22.3"];
/// What it needs besides to show a window on Linux, and doesn't ask for: Python's GTK, with which it
/// shows the page in the very WebKitGTK that ours does. The newest for the GObject of Debian 12.
const WINDOW: &str = "PyGObject==3.50.0";
/// How long one build may take.
const LIMIT: Duration = Duration::from_secs(1500);

/// streamlit-desktop-app, which packages a Streamlit app with PyInstaller, in an environment with
/// the very distributions of a payload of ours.
#[derive(Debug)]
pub struct Pyinstaller {
    venv: Venv,
}

/// What PyInstaller makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A program with its files in a folder.
    Folder,
    /// One program that unpacks itself at each start.
    SingleFile,
}

impl Pyinstaller {
    /// The peer of `payload`, as it is installed without more: on Linux its programs show no window.
    pub async fn of(payload: &Payload) -> Result<Self> {
        Self::with(payload, "pyinstaller", &TOOLS).await
    }

    /// The same with what its programs need for a window.
    pub async fn with_window(payload: &Payload) -> Result<Self> {
        Self::with(payload, "pyinstaller-window", &[&TOOLS[..], &[WINDOW]].concat()).await
    }

    async fn with(payload: &Payload, kind: &str, tools: &[&str]) -> Result<Self> {
        let tools = tools.iter().map(|tool| (*tool).to_owned());
        let all: Vec<String> = pins(payload)?.into_iter().chain(tools).collect();
        let name = format!("{kind}-{}", payload.manifest.app.package);
        Ok(Self { venv: Venv::with(&name, &all).await? })
    }

    /// Builds the script `entry` of the folder `project`, and gives how long that took and where
    /// the result is. What an earlier build left in the folder is used again.
    pub async fn build(
        &self,
        sandbox: &Sandbox,
        project: &Path,
        entry: &str,
        form: Form,
    ) -> Result<(Duration, PathBuf)> {
        let (name, option) = match form {
            Form::Folder => ("folder", "--onedir"),
            Form::SingleFile => ("single", "--onefile"),
        };
        let program = self.venv.root().join("bin/streamlit-desktop-app");
        let launch = sandbox.launch(program).directory(project);
        let launch = launch.args(["build", entry, "--name", name]);
        let launch = launch.args(["--pyinstaller-options", "--noconfirm", option]);
        // As for `streamlit run`: it keeps the page from the network.
        let launch = launch.args(["--streamlit-options", "--browser.gatherUsageStats=false"]);
        let began = Instant::now();
        let made = launch.finish(LIMIT).await?.success()?;
        let result = project.join("dist").join(name);
        anyhow::ensure!(result.exists(), "it made nothing:\n{}", made.stderr);
        Ok((began.elapsed(), result))
    }
}

/// A program that PyInstaller made, as a folder, with a home that it keeps from run to run.
#[derive(Debug)]
pub struct Frozen {
    folder: PathBuf,
    probe: Probe,
    sandbox: Sandbox,
}

/// How long the program may take to end. Now and then it says `Stopping...` and stays.
const GRACE: Duration = Duration::from_secs(10);

impl Frozen {
    /// Builds the script `entry` of the folder `project` by `peer`, which must have a window.
    pub async fn build(peer: &Pyinstaller, project: &Path, entry: &str) -> Result<Self> {
        let sandbox = Sandbox::new()?;
        let project = sandbox.copy(project, "theirs")?;
        let (_, folder) = peer.build(&sandbox, &project, entry, Form::Folder).await?;
        let probe = Probe::into_page(&folder.join("_internal/streamlit/static")).await?;
        Ok(Self { folder, probe, sandbox })
    }

    /// Takes its files out of the page cache.
    pub fn forget(&self) -> Result<()> {
        forget(&self.folder)
    }

    /// Starts it, waits until the script is done, and closes its window. Gives the moment before
    /// the start besides.
    pub async fn start(&self, desktop: &Desktop) -> Result<(SystemTime, Seen)> {
        let launch = self.sandbox.launch(self.folder.join("folder"));
        let launch = launch.envs(desktop.environment());
        let began = SystemTime::now();
        let mut program = launch.start()?;
        let seen = self.probe.finished(began).await;
        let seen = seen.with_context(|| format!("stderr:\n{}", program.stderr.text()))?;
        close_windows(desktop)?;
        if program.ended(GRACE).await.is_err() {
            eprintln!("note: PyInstaller's program did not end with its window, and was killed");
            self.sandbox.ours().kill();
            program.ended(PATIENCE).await?;
        }
        self.sandbox.ours().gone(PATIENCE).await?;
        Ok((began, seen))
    }
}

/// The length of a file, or of all files of a folder, in bytes. Links count nothing.
pub fn size(path: &Path) -> Result<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let mut seen = std::collections::BTreeSet::new();
    let mut bytes = 0;
    for entry in WalkDir::new(path) {
        let about = entry?.metadata().context("a file is gone")?;
        if about.is_file() && seen.insert(about.ino()) {
            bytes += about.len();
        }
    }
    Ok(bytes)
}
