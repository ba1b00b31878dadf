use std::io;
use std::path::PathBuf;

/// Why an AppImage did not come to its app.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// Its own file could not be read.
    #[error("could not read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// Its end is missing, or what is in it is not what it says.
    #[error("this file is damaged or incomplete")]
    Damaged,
    /// Something that only this program understands was asked for, and it does not.
    #[error("`{argument}` is not known here")]
    Unknown { argument: String },
    /// The user has no home.
    #[error("there is no folder to unpack the app in")]
    NoFolder,
    /// The app could not be unpacked.
    #[error("could not unpack the app to `{}`", path.display())]
    Unpack {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The system lacks what the app needs.
    #[error("{text}")]
    System { text: String },
    /// The app's program could not be started.
    #[error("could not start `{}`", path.display())]
    Start {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl RunError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Damaged => Some("get the file again"),
            Self::Unknown { .. } => Some("see `--appimage-help`"),
            Self::NoFolder => Some("set the variable `XDG_CACHE_HOME` to a folder"),
            Self::Unpack { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    Some("the disk is full: make room there, and open the app again")
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Some(
                    "nothing can be written there: set the variable `XDG_CACHE_HOME` to another folder",
                ),
                _ => None,
            },
            Self::Start { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => Some(
                "nothing can be started there: set the variable `XDG_CACHE_HOME` to another folder",
            ),
            _ => None,
        }
    }

    /// All of it as lines for a person.
    pub fn lines(&self) -> String {
        let mut lines = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            lines.push_str(&format!("\n  caused by: {error}"));
            source = error.source();
        }
        if let Some(hint) = self.hint() {
            lines.push_str(&format!("\nhint: {hint}"));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_what_to_do() {
        let unpack = |kind| RunError::Unpack { path: "/home/é/.cache".into(), source: kind };
        let full = unpack(io::Error::from(io::ErrorKind::StorageFull));
        insta::assert_snapshot!(full.lines(), @r"
        could not unpack the app to `/home/é/.cache`
          caused by: no storage space
        hint: the disk is full: make room there, and open the app again
        ");
        let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
        assert!(unpack(denied()).hint().unwrap().contains("XDG_CACHE_HOME"));
        let start = RunError::Start { path: "/x".into(), source: denied() };
        assert!(start.hint().unwrap().starts_with("nothing can be started there"));
        assert_eq!(
            RunError::Damaged.lines(),
            "this file is damaged or incomplete\nhint: get the file again"
        );
    }
}
