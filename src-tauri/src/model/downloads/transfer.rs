use std::path::PathBuf;

use waterskin_words::Words;

/// Space that is as good as none: file systems keep some of it back.
const NO_SPACE: u64 = 1 << 20;

/// One download, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The file. Something else has that name only if it came there meanwhile.
    pub path: PathBuf,
    /// Bytes that are there.
    pub received: u64,
    /// Bytes that there will be, where the sender says it.
    pub total: Option<u64>,
    /// How it stands.
    pub state: State,
}

/// How a download stands.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "other systems tell the end alone")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It goes on.
    Running,
    /// The file is there, whole.
    Saved,
    /// The user stopped it.
    Cancelled,
    /// There is no file.
    Failed(Cause),
}

/// Why a download failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The disk is full, or the file would fill it.
    NoSpace,
    /// The folder can't be written to.
    NoPermission,
    /// The sender stopped.
    Broken,
}

/// What is known when a download has failed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// What trying to write to the folder says, where it fails.
    pub refused: Option<std::io::ErrorKind>,
    /// Bytes that were free before it began.
    pub free: Option<u64>,
    /// Bytes that had come.
    pub received: u64,
    /// Bytes that there would have been.
    pub total: Option<u64>,
}

/// Why a download failed. Web views say it in the words of the system's language, if at all.
pub fn cause(facts: Facts) -> Cause {
    use std::io::ErrorKind;
    match facts.refused {
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => return Cause::NoSpace,
        Some(_) => return Cause::NoPermission,
        None => {}
    }
    let needed = facts.total.unwrap_or_default().max(facts.received);
    match facts.free {
        Some(free) if needed.saturating_add(NO_SPACE) > free => Cause::NoSpace,
        _ => Cause::Broken,
    }
}

impl Transfer {
    /// One that is about to begin.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "other systems tell the end alone")
    )]
    pub fn new() -> Self {
        Self::ended(PathBuf::new(), State::Running)
    }

    /// One of which only the end is known.
    pub fn ended(path: PathBuf, state: State) -> Self {
        Self { path, received: 0, total: None, state }
    }

    /// The file's name.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// How much of it is there, from 0 to 1.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "other systems tell the end alone")
    )]
    pub fn fraction(&self) -> Option<f64> {
        let total = self.total.filter(|total| *total > 0)?;
        #[expect(clippy::cast_precision_loss, reason = "it is for a bar on a screen")]
        let fraction = self.received as f64 / total as f64;
        Some(fraction.min(1.0))
    }

    /// How it stands, for a person.
    pub fn status(&self, words: &Words) -> String {
        match self.state {
            State::Running => match self.total {
                Some(total) => words.tell(
                    "download-progress",
                    &[("received", &size(self.received)), ("total", &size(total))],
                ),
                None => size(self.received),
            },
            State::Saved => words.tell("download-saved-in", &[("folder", &self.folder())]),
            State::Cancelled => words.say("download-cancelled"),
            State::Failed(Cause::NoSpace) => words.say("download-no-space"),
            State::Failed(Cause::NoPermission) => {
                words.tell("download-no-permission", &[("folder", &self.folder())])
            }
            State::Failed(Cause::Broken) => words.say("download-broken"),
        }
    }

    /// The name of the folder that it goes to.
    fn folder(&self) -> String {
        let folder = self.path.parent().and_then(|folder| folder.file_name());
        folder.map_or_else(|| "/".to_owned(), |name| name.to_string_lossy().into_owned())
    }
}

/// A number of bytes, for a person. Decimal units, as file managers use them.
pub fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use waterskin_words::Language;

    use super::*;

    #[test]
    fn the_cause_is_found_in_what_is_known() {
        let facts = Facts::default();
        for (facts, expected) in [
            (facts, Cause::Broken),
            (Facts { free: Some(u64::MAX), total: Some(5), ..facts }, Cause::Broken),
            (Facts { refused: Some(ErrorKind::PermissionDenied), ..facts }, Cause::NoPermission),
            (Facts { refused: Some(ErrorKind::ReadOnlyFilesystem), ..facts }, Cause::NoPermission),
            (Facts { refused: Some(ErrorKind::StorageFull), ..facts }, Cause::NoSpace),
            (Facts { free: Some(10 << 20), total: Some(10 << 20), ..facts }, Cause::NoSpace),
            (Facts { free: Some(10 << 20), received: 95 << 17, ..facts }, Cause::NoSpace),
            (Facts { free: Some(10 << 20), received: 1 << 20, ..facts }, Cause::Broken),
        ] {
            assert_eq!(cause(facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn sizes_are_for_people() {
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (1_999_999, "1.9 MB"),
            (500_000_000, "500.0 MB"),
            (12_340_000_000, "12.3 GB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }

    #[test]
    fn a_download_says_how_it_stands() {
        let words = Words::of(Language::English);
        let running = Transfer {
            path: "/home/a/Downloads/é.csv".into(),
            received: 250,
            total: Some(1_000),
            state: State::Running,
        };
        assert_eq!(running.status(&words), "250 B of 1.0 kB");
        assert_eq!((running.name().as_str(), running.fraction()), ("é.csv", Some(0.25)));
        let empty = Transfer { total: Some(0), ..running.clone() };
        assert_eq!(empty.fraction(), None);
        let saved = Transfer { state: State::Saved, ..running };
        assert_eq!(saved.status(&words), "Saved in Downloads");
    }
}
