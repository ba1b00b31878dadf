use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use rustix::fs::{FlockOperation, flock};
use walkdir::WalkDir;

use crate::binaries::build_folder;
use crate::{Result, Sandbox};

/// How long a build may take when nothing is in the caches.
pub const BUILD: Duration = Duration::from_secs(400);

/// The installers of a project, made once for all tests.
#[derive(Clone, Debug)]
pub struct Built {
    folder: PathBuf,
}

impl Built {
    /// Builds `project`, unless the same binaries have built the same files before.
    pub async fn of(project: &Path) -> Result<Self> {
        let name = project.file_name().context("a project without a name")?.to_string_lossy();
        Self::with(project, &name, &[]).await
    }

    /// The same under another name: its package is none that a person has installed.
    pub async fn named(project: &Path, name: &str) -> Result<Self> {
        Self::with(project, name, &["--name", name]).await
    }

    async fn with(project: &Path, name: &str, options: &[&str]) -> Result<Self> {
        let all = target()?.join("built");
        fs_err::create_dir_all(&all)?;
        let lock = fs_err::File::create(all.join(format!("{name}.lock")))?;
        let locking = move || flock(lock.file(), FlockOperation::LockExclusive).map(|()| lock);
        let _held = tokio::task::spawn_blocking(locking).await??;
        let built = Self { folder: all.join(format!("{name}-{:016x}", fingerprint(project)?)) };
        if built.package().is_err() {
            let sandbox = Sandbox::new()?;
            let build = sandbox.author()?.arg("build").arg(project).arg("--yes").args(options);
            let build = build.arg("--output").arg(&built.folder);
            build.finish(BUILD).await?.success()?;
        }
        Ok(built)
    }

    /// The Debian package.
    pub fn package(&self) -> Result<PathBuf> {
        self.file(".deb")
    }

    /// The archive that runs wherever it is unpacked.
    pub fn archive(&self) -> Result<PathBuf> {
        self.file(".tar.gz")
    }

    fn file(&self, end: &str) -> Result<PathBuf> {
        let mut files =
            fs_err::read_dir(&self.folder)?.filter_map(|entry| Some(entry.ok()?.path()));
        let found = files.find(|path| path.to_string_lossy().ends_with(end));
        found.with_context(|| format!("no `*{end}` in {}", self.folder.display()))
    }
}

/// The folder of what cargo and the tests make.
pub(crate) fn target() -> Result<PathBuf> {
    Ok(build_folder()?.parent().context("this program is in no target folder")?.to_owned())
}

/// Of names, sizes and times: a build of something else has another one.
fn fingerprint(project: &Path) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    let files = [crate::cli()?, crate::shell()?];
    let project = WalkDir::new(project).sort_by_file_name().into_iter();
    let project = project.filter_map(std::result::Result::ok).map(walkdir::DirEntry::into_path);
    for file in files.into_iter().chain(project) {
        let about = fs_err::metadata(&file)?;
        (&file, about.len(), about.modified()?).hash(&mut hasher);
    }
    Ok(hasher.finish())
}
