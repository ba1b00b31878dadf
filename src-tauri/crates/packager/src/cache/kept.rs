use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::cache::{Cache, CacheError};
use crate::plan::error::PlanError;

/// How many bytes are kept between builds where nobody says otherwise.
pub const CACHE_LIMIT: u64 = 10_000_000_000;

/// What is kept between builds.
#[derive(Clone, Debug, Serialize)]
pub struct CacheSummary {
    /// The folder.
    pub folder: Utf8PathBuf,
    /// One for each kind, in the order of their names.
    pub kinds: Vec<CacheKind>,
}

/// What is kept of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CacheKind {
    /// `bytecode`, `content`, `layer`, `packages`, `python`, `resolution`, `shell`
    /// and the like.
    pub kind: String,
    /// How many there are.
    pub count: usize,
    /// Their lengths together. Files that are in several count each time.
    pub bytes: u64,
}

impl CacheSummary {
    /// What is kept in `folder`.
    ///
    /// # Errors
    ///
    /// The folder can't be used.
    pub fn of(folder: &Utf8Path) -> Result<Self, CacheError> {
        Ok(Self::new(folder, &Cache::open(folder)?.kept()))
    }

    /// Removes everything that no build is using, and gives what is left.
    ///
    /// # Errors
    ///
    /// The folder can't be used.
    pub fn clear(folder: &Utf8Path) -> Result<Self, CacheError> {
        Ok(Self::new(folder, &Cache::open(folder)?.clear()))
    }

    /// All of it, in bytes.
    pub fn bytes(&self) -> u64 {
        self.kinds.iter().map(|kind| kind.bytes).sum()
    }

    fn new(folder: &Utf8Path, kept: &[crate::cache::Kept]) -> Self {
        let mut kinds: Vec<CacheKind> = Vec::new();
        for one in kept {
            let kind = one.name.split('-').next().unwrap_or_default();
            match kinds.last_mut().filter(|last| last.kind == kind) {
                Some(last) => {
                    last.count += 1;
                    last.bytes += one.bytes;
                }
                None => kinds.push(CacheKind { kind: kind.to_owned(), count: 1, bytes: one.bytes }),
            }
        }
        Self { folder: folder.to_owned(), kinds }
    }
}

/// The folder that is used where nobody names one: in the user's own for caches.
///
/// # Errors
///
/// [`PlanError::NoCache`].
pub fn cache_folder() -> Result<Utf8PathBuf, PlanError> {
    directories::BaseDirs::new()
        .and_then(|dirs| Utf8PathBuf::from_path_buf(dirs.cache_dir().join("waterskin")).ok())
        .ok_or(PlanError::NoCache)
}
