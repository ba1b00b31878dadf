use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use rustix::fs::{FlockOperation, flock};

use crate::sandbox::user_cache;
use crate::{Launch, Result};

/// The versions of Streamlit that the tests run on: the oldest, the last with Tornado, the newest.
pub const STREAMLITS: [&str; 3] = ["1.40.2", "1.52.2", "1.67.0"];

/// A virtual environment with one version of Streamlit, shared by all tests and kept.
#[derive(Clone, Debug)]
pub struct Venv {
    root: PathBuf,
}

impl Venv {
    /// The environment with Streamlit `version`, made by uv on Python 3.11 when it isn't there.
    pub async fn with_streamlit(version: &str) -> Result<Self> {
        let folder = user_cache()?.join("waterskin").join("venvs");
        fs_err::create_dir_all(&folder)?;
        let venv = Self { root: folder.join(format!("streamlit-{version}-py3.11")) };
        let lock = fs_err::File::create(folder.join(format!("streamlit-{version}-py3.11.lock")))?;
        // Several tests are several processes; blocking is right, for nothing else runs here.
        let locking = move || flock(lock.file(), FlockOperation::LockExclusive).map(|()| lock);
        let _held = tokio::task::spawn_blocking(locking)
            .await?
            .context("could not lock the virtual environment")?;
        if !venv.is_whole(version) {
            venv.make(version).await?;
        }
        Ok(venv)
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its interpreter.
    pub fn python(&self) -> PathBuf {
        self.root.join("bin/python")
    }

    /// Streamlit's own page, scripts and styles.
    pub fn streamlit_static(&self) -> PathBuf {
        self.site_packages().join("streamlit/static")
    }

    fn site_packages(&self) -> PathBuf {
        self.root.join("lib/python3.11/site-packages")
    }

    fn is_whole(&self, version: &str) -> bool {
        // uv writes a distribution's `RECORD` last.
        let record = format!("streamlit-{version}.dist-info/RECORD");
        self.python().exists() && self.site_packages().join(record).exists()
    }

    async fn make(&self, version: &str) -> Result<()> {
        let uv = which::which("uv").context("the tests need `uv`")?;
        let uv = || Launch::new(&uv).envs(std::env::vars_os()).directory(std::env::temp_dir());
        let limit = Duration::from_secs(600);
        let venv = uv().args(["venv", "--quiet", "--clear", "--python", "3.11"]).arg(&self.root);
        venv.finish(limit).await?.success()?;
        let install = uv().args(["pip", "install", "--quiet", "--python"]).arg(self.python());
        install.arg(format!("streamlit=={version}")).finish(limit).await?.success()?;
        Ok(())
    }
}
