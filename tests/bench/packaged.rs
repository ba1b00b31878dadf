use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use camino::Utf8Path;
use rustix::fs::{Advice, fadvise};
use walkdir::WalkDir;
use waterskin_bundle::{Layout, Payload};
use waterskin_tests::{
    Desktop, PATIENCE, Result, Running, Sandbox, app, built, eventually, example,
};

use crate::milestones::{Passed, passed};
use crate::tree::Tree;

/// A project's Debian package, unpacked into a folder, with a home that it keeps from run to run.
#[derive(Debug)]
pub struct Packaged {
    /// What is in it.
    pub payload: Payload,
    /// The shell's executable.
    pub program: PathBuf,
    logs: PathBuf,
    sandbox: Sandbox,
}

/// The program of a [`Packaged`], running.
#[derive(Debug)]
pub struct Open<'a> {
    packaged: &'a Packaged,
    shell: Running,
    /// The moment before it was started.
    pub began: SystemTime,
}

impl Packaged {
    /// Builds `project`, unless that was done before, and unpacks its package. With `size`, its
    /// window gets this width and height.
    pub async fn unpack(project: &Path, size: Option<(u32, u32)>) -> Result<Self> {
        Self::from_package(&built::package(project).await?, size).await
    }

    /// Unpacks a Debian package. With `size`, its window gets this width and height.
    pub async fn from_package(package: &Path, size: Option<(u32, u32)>) -> Result<Self> {
        let sandbox = Sandbox::new()?;
        let ask = sandbox.launch("/usr/bin/dpkg-deb").arg("--field").arg(package).arg("Package");
        let name = ask.finish(PATIENCE).await?.success()?.stdout.trim().to_owned();
        let folder = sandbox.path().join("unpacked");
        let unpack = sandbox.launch("/usr/bin/dpkg-deb").arg("-x").arg(package).arg(&folder);
        unpack.finish(Duration::from_secs(300)).await?.success()?;
        let folder = folder.join("usr/lib").join(&name);
        let payload = folder.join(Layout::PAYLOAD);
        let mut payload = Payload::open(Utf8Path::from_path(&payload).context("not UTF-8")?)?;
        if let Some((width, height)) = size {
            let window = &mut payload.manifest.window;
            (window.width, window.height) = (width, height);
            let text = serde_json::to_string_pretty(&payload.manifest)?;
            fs_err::write(payload.layout.manifest(), text)?;
        }
        let logs = sandbox.home().join(".local/state").join(payload.manifest.app.id.as_str());
        Ok(Self { payload, program: folder.join(name), logs: logs.join("logs"), sandbox })
    }

    /// Starts its program.
    pub fn open(&self, desktop: &Desktop) -> Result<Open<'_>> {
        let launch = self.sandbox.launch(&self.program).envs(desktop.environment());
        let began = SystemTime::now();
        Ok(Open { packaged: self, shell: launch.start()?, began })
    }

    /// Its processes.
    pub fn tree(&self) -> Tree {
        Tree::of(self.sandbox.ours())
    }

    /// How long its own Python takes to run `code`, from exec to its end. `sys.argv` has its packages
    /// and the app's script.
    pub async fn python(&self, code: &str) -> Result<Duration> {
        let layout = &self.payload.layout;
        let code = format!("import sys; sys.path[:0] = [sys.argv[1], sys.argv[3]]; {code}");
        let python = self.sandbox.launch(self.payload.python()).args(["-I", "-X", "utf8", "-c"]);
        let python = python.arg(code).arg(layout.site_packages());
        let python = python.arg(self.payload.script()).arg(layout.app());
        let began = SystemTime::now();
        python.finish(PATIENCE).await?.success()?;
        Ok(began.elapsed()?)
    }

    /// Takes its payload out of the page cache.
    pub fn forget(&self) -> Result<()> {
        forget(self.payload.layout.root().as_std_path())
    }
}

/// A project of `examples/`, or else one of `tests/apps/`.
pub fn project(name: &str) -> PathBuf {
    let found = example(name);
    if found.is_dir() { found } else { app(name) }
}

/// Takes all files below `folder` out of the page cache, but for those that a process has mapped.
pub fn forget(folder: &Path) -> Result<()> {
    for entry in WalkDir::new(folder).follow_links(true) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let file = fs_err::File::open(entry.path())?;
            // What was written and is not on the disk yet stays in the cache.
            file.sync_data()?;
            fadvise(file.file(), 0, None, Advice::DontNeed)?;
        }
    }
    Ok(())
}

impl Open<'_> {
    /// Waits until every one of `milestones` is passed and gives when, in that order.
    pub async fn passed(&self, milestones: &[&str]) -> Result<Vec<SystemTime>> {
        let mut last: Vec<Passed> = Vec::new();
        let all = eventually("the milestones of a start", PATIENCE, async || {
            last = passed(&self.packaged.logs, self.began)?;
            let when =
                |name: &&str| last.iter().find(|one| one.milestone == **name).map(|one| one.at);
            Ok(milestones.iter().map(when).collect::<Option<Vec<_>>>())
        });
        let all = all.await;
        all.with_context(|| format!("passed: {last:?}; stderr:\n{}", self.shell.stderr.text()))
    }

    /// The port that its page is on. On another than the usual one, the web view's cache is of no
    /// use.
    pub fn port(&self) -> Result<Option<u16>> {
        let all = self.packaged.sandbox.ours().alive();
        let shell = all.iter().find(|process| process.id == self.shell.id());
        Ok(shell.context("the shell has ended")?.listening_ports()?.first().copied())
    }

    /// Closes its window, and waits until nothing of it is left.
    pub async fn close(mut self, desktop: &Desktop) -> Result<()> {
        close_windows(desktop)?;
        self.shell.ended(PATIENCE).await?;
        self.packaged.sandbox.ours().gone(PATIENCE).await
    }
}

/// Asks every window on `desktop` to close: at any time, all of them are of one side.
pub fn close_windows(desktop: &Desktop) -> Result<()> {
    let windows = desktop.windows()?;
    anyhow::ensure!(!windows.is_empty(), "there is no window to close");
    windows.iter().try_for_each(|window| desktop.close(window))
}
