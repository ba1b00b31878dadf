use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use http::StatusCode;
use rustix::process::Signal;
use tokio::time::{MissedTickBehavior, interval};
use waterskin_bundle::Payload;
use waterskin_tests::{
    Ask, Desktop, Launch, PATIENCE, Result, Running, Sandbox, Site, Venv, is_root,
};

use crate::forwarder::{Forwarder, Seen, Watching};
use crate::packaged::{close_windows, forget};
use crate::tree::Tree;

/// How often Streamlit is asked whether it is healthy.
const POLL: Duration = Duration::from_millis(20);

/// Width and height of MiniBrowser's window, bar included. Its option `--geometry` changes nothing
/// (seen in WebKitGTK 2.50.6), so that our window gets this size.
pub const WINDOW: (u32, u32) = (1024, 768);

/// The same app as people run it without us: `streamlit run`, and a browser on its page when it is
/// healthy. Its home with the browser's profile is kept from run to run.
///
/// Of Streamlit's options only those are set that keep it from asking questions and from the
/// network; both make it faster.
#[derive(Debug)]
pub struct Peer {
    /// The version of its Python.
    pub python: String,
    venv: Venv,
    project: PathBuf,
    entry: String,
    size: (u32, u32),
    forwarder: Forwarder,
    sandbox: Sandbox,
}

/// `streamlit run`, healthy.
#[derive(Debug)]
pub struct Serving<'a> {
    peer: &'a Peer,
    streamlit: Running,
    watching: Watching,
    /// The moment before it was started.
    pub began: SystemTime,
    /// When it was healthy.
    pub healthy: SystemTime,
}

impl Peer {
    /// The peer of `payload`, which was made of `project`: of the same versions.
    pub async fn of(project: &Path, payload: &Payload) -> Result<Self> {
        let manifest = &payload.manifest;
        let name = format!("peer-{}", manifest.app.package);
        let venv = Venv::with(&name, &pins(payload)?).await?;
        let python = version(&venv)?;
        anyhow::ensure!(
            minor(&python) == minor(&manifest.python.version),
            "the payload has Python {} and its peer {python}: no fair comparison",
            manifest.python.version
        );
        Ok(Self {
            python,
            venv,
            project: project.canonicalize()?,
            entry: manifest.entry.to_string(),
            size: (manifest.window.width, manifest.window.height),
            forwarder: Forwarder::listen().await?,
            sandbox: Sandbox::new()?,
        })
    }

    /// Takes its Python, the packages and the app out of the page cache.
    pub fn forget(&self) -> Result<()> {
        let python = self.venv.python().canonicalize()?;
        let python = python.ancestors().nth(2).context("a Python in no folder")?;
        [python, self.venv.root(), &self.project].into_iter().try_for_each(forget)
    }

    /// Starts Streamlit and waits until it is healthy.
    pub async fn serve(&self) -> Result<Serving<'_>> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let launch = self.sandbox.launch(self.venv.root().join("bin/streamlit"));
        let launch = launch.directory(&self.project).arg("run").arg(&self.entry);
        let launch = launch.args(["--server.headless=true", "--server.address=127.0.0.1"]);
        let launch = launch.arg(format!("--server.port={port}"));
        let launch = launch.arg("--browser.gatherUsageStats=false");
        let watching = self.forwarder.to(port);
        let began = SystemTime::now();
        let streamlit = launch.start()?;
        let healthy = tokio::time::timeout(PATIENCE, healthy(port)).await;
        let healthy =
            healthy.with_context(|| format!("not healthy:\n{}", streamlit.stderr.text()))?;
        Ok(Serving { peer: self, streamlit, watching, began, healthy })
    }

    /// Its processes.
    pub fn tree(&self) -> Tree {
        Tree::of(self.sandbox.ours())
    }
}

impl Serving<'_> {
    /// Opens the page in WebKitGTK's own small browser, waits until the script is done, and ends
    /// both.
    pub async fn in_window(mut self, desktop: &Desktop) -> Result<Seen> {
        let program =
            format!("/usr/lib/{}-linux-gnu/webkit2gtk-4.1/MiniBrowser", std::env::consts::ARCH);
        anyhow::ensure!(Path::new(&program).is_file(), "there is no `{program}`");
        let browser = self.peer.sandbox.launch(program).envs(desktop.environment());
        let mut browser = browser.arg(self.peer.forwarder.url()).start()?;
        let seen = self.watching.finished(PATIENCE).await;
        let seen = seen.with_context(|| format!("browser:\n{}", browser.stderr.text()))?;
        close_windows(desktop)?;
        browser.ended(PATIENCE).await?;
        self.end().await?;
        Ok(seen)
    }

    /// Opens the page in Chromium without a window, and waits until the script is done.
    pub async fn in_chromium(&mut self) -> Result<Running> {
        let browser = self.chromium()?.start()?;
        let seen = self.watching.finished(PATIENCE).await;
        seen.with_context(|| format!("browser:\n{}", browser.stderr.text()))?;
        Ok(browser)
    }

    /// Ends Streamlit, and waits until nothing of this side is left.
    pub async fn end(mut self) -> Result<()> {
        self.streamlit.signal(Signal::TERM)?;
        self.streamlit.ended(PATIENCE).await?;
        self.peer.sandbox.ours().gone(PATIENCE).await
    }

    fn chromium(&self) -> Result<Launch> {
        let names = ["chromium", "google-chrome", "chromium-browser"];
        let program = names.iter().find_map(|name| which::which(name).ok());
        let (width, height) = self.peer.size;
        let launch = self.peer.sandbox.launch(program.context("there is no Chromium")?);
        let launch = launch.arg("--headless=new").arg(format!("--window-size={width},{height}"));
        // Whatever would go on in the background of a new profile, and over the network.
        let quiet = ["no-first-run", "disable-background-networking", "disable-component-update"];
        let launch = launch.args(quiet.map(|flag| format!("--{flag}")));
        let mut profile = std::ffi::OsString::from("--user-data-dir=");
        profile.push(self.peer.sandbox.home().join("chromium"));
        // Chromium's own sandbox refuses root.
        let launch = if is_root() { launch.arg("--no-sandbox") } else { launch };
        Ok(launch.arg(profile).arg(self.peer.forwarder.url()))
    }
}

/// The distributions of `payload`, each as `name==version`.
pub fn pins(payload: &Payload) -> Result<Vec<String>> {
    let resolved = fs_err::read_to_string(payload.layout.resolved())?;
    let pins = resolved.lines().filter(|line| line.starts_with(char::is_alphanumeric));
    Ok(pins.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

async fn healthy(port: u16) -> SystemTime {
    let mut ticks = interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let site = Site::on(port);
    loop {
        ticks.tick().await;
        let answer = site.ask(Ask::get("/_stcore/health")).await;
        if answer.is_ok_and(|answer| answer.status == StatusCode::OK && answer.text() == "ok") {
            return SystemTime::now();
        }
    }
}

/// The version that uv wrote into the environment's settings.
fn version(venv: &Venv) -> Result<String> {
    let settings = fs_err::read_to_string(venv.root().join("pyvenv.cfg"))?;
    let version = settings.lines().find_map(|line| line.strip_prefix("version_info = "));
    Ok(version.context("no version of Python in `pyvenv.cfg`")?.trim().to_owned())
}

/// `3.11` of `3.11.7`.
fn minor(version: &str) -> Vec<&str> {
    version.split('.').take(2).collect()
}
