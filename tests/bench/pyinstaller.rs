use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use walkdir::WalkDir;
use waterskin_bundle::Payload;
use waterskin_tests::{Result, Sandbox, Venv};

use crate::peer::pins;

/// The name of this side in every table.
pub const PYINSTALLER: &str = "PyInstaller";

/// What is compared with, as it is on PyPI.
const TOOLS: [&str; 2] = ["streamlit-desktop-app==0.3.4", "pyinstaller==6.22.3"];
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
    /// The peer of `payload`.
    pub async fn of(payload: &Payload) -> Result<Self> {
        let tools = TOOLS.map(str::to_owned);
        let all: Vec<String> = pins(payload)?.into_iter().chain(tools).collect();
        let name = format!("pyinstaller-{}", payload.manifest.app.package);
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
        let began = Instant::now();
        let made = launch.finish(LIMIT).await?.success()?;
        let result = project.join("dist").join(name);
        anyhow::ensure!(result.exists(), "it made nothing:\n{}", made.stderr);
        Ok((began.elapsed(), result))
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
