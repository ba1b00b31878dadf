use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use directories::BaseDirs;
use serde::{Deserialize, Serialize};

/// The folders of one app for one user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folders {
    /// What the app writes as its data. Survives upgrade and reinstall.
    pub data: Utf8PathBuf,
    /// What the web view keeps for the page: its storage and cookies.
    pub web: Utf8PathBuf,
    /// What can be made again, such as the launcher.
    pub cache: Utf8PathBuf,
    /// The logs.
    pub logs: Utf8PathBuf,
}

/// Why there are no folders.
#[derive(Debug, thiserror::Error)]
pub enum FoldersError {
    /// The system does not say where the user's home is.
    #[error("this user has no home folder")]
    NoHome,
    /// The home's path can't be written as text.
    #[error("the path of the home folder is not UTF-8: `{path}`")]
    Name {
        /// The path, with the bad bytes replaced.
        path: String,
    },
    /// A folder could not be made.
    #[error("could not make the folder `{path}`")]
    Create {
        /// The folder.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Folders {
    /// The folders for the app `id`, by the rules of the system:
    ///
    /// | | data, web | cache | logs |
    /// |---|---|---|---|
    /// | Linux | `$XDG_DATA_HOME/<id>/{data,web}` | `$XDG_CACHE_HOME/<id>` | `$XDG_STATE_HOME/<id>/logs` |
    /// | Windows | `%LOCALAPPDATA%\<id>\{data,web}` | `...\cache` | `...\logs` |
    /// | macOS | `~/Library/Application Support/<id>/{data,web}` | `~/Library/Caches/<id>` | `~/Library/Logs/<id>` |
    pub fn of(id: &str) -> Result<Self, FoldersError> {
        let base = BaseDirs::new().ok_or(FoldersError::NoHome)?;
        let text = |path: &std::path::Path| {
            Utf8Path::from_path(path)
                .map(Utf8Path::to_owned)
                .ok_or_else(|| FoldersError::Name { path: path.display().to_string() })
        };
        let home = text(base.home_dir())?;
        if !home.is_absolute() {
            return Err(FoldersError::NoHome);
        }
        let own = text(base.data_local_dir())?.join(id);
        let (data, web) = (own.join("data"), own.join("web"));
        let (cache, logs) = if cfg!(windows) {
            (own.join("cache"), own.join("logs"))
        } else if cfg!(target_os = "macos") {
            (text(base.cache_dir())?.join(id), home.join("Library/Logs").join(id))
        } else {
            let state = base.state_dir().map_or_else(|| Ok(home.join(".local/state")), text)?;
            (text(base.cache_dir())?.join(id), state.join(id).join("logs"))
        };
        Ok(Self { data, web, cache, logs })
    }

    /// The file for secrets, where the system has no keychain. It is beside the app's data, not in
    /// it.
    pub fn secrets(&self) -> Utf8PathBuf {
        self.data.with_file_name("secrets.json")
    }

    /// Makes the folders, for their owner alone.
    pub fn create(&self) -> Result<(), FoldersError> {
        for path in [&self.data, &self.web, &self.cache, &self.logs] {
            private(path).map_err(|source| FoldersError::Create { path: path.clone(), source })?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn private(path: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private(path: &Utf8Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}
