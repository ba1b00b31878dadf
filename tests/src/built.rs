//! The installers of projects, made once for all tests.

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

/// How long an installer of older programs is kept: another run of the tests may be at it, and none
/// takes longer.
const KEPT: Duration = Duration::from_secs(2 * 60 * 60);

/// The Debian package of `project`.
pub async fn package(project: &Path) -> Result<PathBuf> {
    installer(project, None, "deb").await
}

/// The same under another name: its package is none that a person has installed.
pub async fn package_named(project: &Path, name: &str) -> Result<PathBuf> {
    installer(project, Some(name), "deb").await
}

/// The archive of `project`, which runs wherever it is unpacked.
pub async fn archive(project: &Path) -> Result<PathBuf> {
    installer(project, None, "tar.gz").await
}

/// Builds the installer of this format, once for all tests: unless the same binaries have built the
/// same files before. Between such builds the command keeps what it keeps between an author's.
async fn installer(project: &Path, name: Option<&str>, format: &str) -> Result<PathBuf> {
    let shown = project.file_name().context("a project without a name")?.to_string_lossy();
    let kind = format!("{}.{format}-", name.unwrap_or(&shown));
    let all = target()?.join("built");
    fs_err::create_dir_all(&all)?;
    let lock = fs_err::File::create(all.join(format!("{kind}lock")))?;
    let locking = move || flock(lock.file(), FlockOperation::LockExclusive).map(|()| lock);
    let _held = tokio::task::spawn_blocking(locking).await??;
    let folder = all.join(format!("{kind}{:016x}", fingerprint(project)?));
    if let Ok(there) = file_in(&folder, format) {
        return Ok(there);
    }
    for old in fs_err::read_dir(&all)?.filter_map(std::result::Result::ok) {
        let is_old = old.metadata()?.modified()?.elapsed().is_ok_and(|age| age > KEPT);
        if is_old && old.file_name().to_string_lossy().starts_with(&kind) && old.path().is_dir() {
            fs_err::remove_dir_all(old.path())?;
        }
    }
    let sandbox = Sandbox::new()?;
    let build = sandbox.author()?.arg("build").arg(project).args(["--yes", "--format", format]);
    let build = name.map_or(build.clone(), |name| build.args(["--name", name]));
    let build = build.arg("--cache-dir").arg(all.join("cache"));
    build.arg("--output").arg(&folder).finish(BUILD).await?.success()?;
    file_in(&folder, format)
}

/// The file in `folder` that is of this format.
pub fn file_in(folder: &Path, format: &str) -> Result<PathBuf> {
    let mut files = fs_err::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let found = files.find(|path| path.to_string_lossy().ends_with(&format!(".{format}")));
    found.with_context(|| format!("no `*.{format}` in {}", folder.display()))
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
