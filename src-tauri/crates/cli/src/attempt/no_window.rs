use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle::Payload;

/// A window that showed the app.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// The picture of it.
    pub picture: Utf8PathBuf,
    /// After how long the page said that it shows the app, in seconds.
    pub rendered_seconds: f64,
}

impl Seen {
    /// What should be known of it.
    #[expect(clippy::unused_self, reason = "as elsewhere")]
    pub fn note(&self) -> Option<String> {
        None
    }
}

/// Why there was nothing to see.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// Nobody looks here.
    #[error("no window is opened on this system")]
    Unknown,
}

impl WindowError {
    /// What to say where this is no fault of the app's.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as elsewhere")]
    pub fn note(&self) -> Option<String> {
        Some("on this system the window itself is not opened, only the app's pages are".to_owned())
    }

    /// What the author can do about it.
    #[expect(clippy::unused_self, reason = "as elsewhere")]
    pub fn hint(&self) -> String {
        "install the app and open it".to_owned()
    }
}

/// Opens nothing: a window that nobody sees needs a display of its own, which this system has not.
pub fn open(
    _: &Payload,
    _: &Utf8Path,
    _: &Utf8Path,
    _: &Utf8Path,
    _: &dyn Fn(),
) -> Result<Seen, WindowError> {
    Err(WindowError::Unknown)
}
