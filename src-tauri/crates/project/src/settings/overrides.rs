use camino::Utf8PathBuf;

/// Values that win over the project's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The name that people see.
    pub name: Option<String>,
    /// The reverse-DNS id.
    pub id: Option<String>,
    /// The app's version.
    pub version: Option<String>,
    /// One line about the app.
    pub summary: Option<String>,
    /// `Name <address>`.
    pub publisher: Option<String>,
    /// The script, relative to the project's folder.
    pub entry: Option<Utf8PathBuf>,
    /// A square picture, relative to the current directory.
    pub icon: Option<Utf8PathBuf>,
    /// The port that the page prefers.
    pub port: Option<u16>,
}
