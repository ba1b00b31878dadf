use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::{Result, Sandbox, built};

/// An app from its archive, unpacked in a sandbox: it runs wherever it lies.
#[derive(Debug)]
pub struct Unpacked {
    folder: PathBuf,
}

impl Unpacked {
    /// Builds `project` where that was not done before, and unpacks it.
    pub async fn of(project: &Path, sandbox: &Sandbox) -> Result<Self> {
        let archive = built::archive(project).await?;
        let unpack = sandbox.launch("tar").arg("-xzf").arg(archive);
        unpack.directory(sandbox.work()).finish(Duration::from_secs(120)).await?.success()?;
        let folders =
            fs_err::read_dir(sandbox.work())?.filter_map(|entry| Some(entry.ok()?.path()));
        let folder = folders.into_iter().find(|path| path.join("payload").is_dir());
        Ok(Self { folder: folder.context("the archive has no app")? })
    }

    /// The app's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The program that opens it.
    pub fn program(&self) -> Result<PathBuf> {
        let name = self.folder.file_name().context("a folder without a name")?.to_string_lossy();
        let (package, _version) = name.rsplit_once('-').context("a folder without a version")?;
        Ok(self.folder.join(package))
    }
}
