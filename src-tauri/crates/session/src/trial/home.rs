use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::Payload;

use super::TrialError;
use crate::Folders;

/// The folders of a trial.
pub(super) struct Home {
    /// All of them.
    pub root: Utf8PathBuf,
    /// The file that the launcher tells of troubles in.
    pub record: Utf8PathBuf,
}

impl Home {
    pub fn make(root: &Utf8Path) -> Result<Self, TrialError> {
        for folder in ["home", "tmp", "run"] {
            let path = root.join(folder);
            fs_err::create_dir_all(&path).map_err(|source| TrialError::Place { path, source })?;
        }
        Ok(Self { root: root.to_owned(), record: root.join("troubles.jsonl") })
    }

    pub fn folders(&self) -> Folders {
        let own = self.root.join("app");
        let below = |name: &str| own.join(name);
        Folders {
            data: below("data"),
            web: below("web"),
            cache: below("cache"),
            logs: below("logs"),
        }
    }

    pub fn environment(&self) -> Vec<(&'static str, Utf8PathBuf)> {
        let home = self.root.join("home");
        let temporary = self.root.join("tmp");
        vec![
            ("HOME", home.clone()),
            ("USERPROFILE", home.clone()),
            ("LOCALAPPDATA", home.join("AppData/Local")),
            ("APPDATA", home.join("AppData/Roaming")),
            ("XDG_CACHE_HOME", home.join(".cache")),
            ("XDG_CONFIG_HOME", home.join(".config")),
            ("XDG_DATA_HOME", home.join(".local/share")),
            ("XDG_STATE_HOME", home.join(".local/state")),
            ("TMPDIR", temporary.clone()),
            ("TEMP", temporary.clone()),
            ("TMP", temporary),
            // A program that does nothing: an app may open a page in it.
            ("BROWSER", "true".into()),
        ]
    }

    /// Where the app may write: its own folders, and what every program may write to, unless the
    /// payload lies there.
    pub fn writable<'a>(&'a self, payload: &'a Payload) -> Vec<&'a std::path::Path> {
        // Cards, cameras and serial ports too: who may use them is the system's to say.
        let shared = ["/dev", "/tmp", "/var/tmp"].into_iter().filter(|folder| {
            let real = Utf8Path::new(folder).canonicalize_utf8();
            !real.is_ok_and(|real| payload.layout.root().starts_with(real))
        });
        shared.map(std::path::Path::new).chain([self.root.as_std_path()]).collect()
    }
}
