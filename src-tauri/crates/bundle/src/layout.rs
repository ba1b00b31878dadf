use camino::{Utf8Path, Utf8PathBuf};

/// Where things are in a payload. The same on every system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    root: Utf8PathBuf,
}

impl Layout {
    /// The name of the folder with the interpreter.
    pub const PYTHON: &str = "python";
    /// The name of the folder with the installed distributions.
    pub const SITE_PACKAGES: &str = "site-packages";
    /// The name of the folder with the author's files.
    pub const APP: &str = "app";
    /// The file that says what others are: of the interpreter in its folder, of the app in the
    /// payload's, and of each distribution where that keeps it.
    pub const RECORD: &str = "RECORD";
    /// The file with the resolved set of distributions, in requirements form with hashes.
    pub const RESOLVED: &str = "resolved.txt";
    /// The app's icon, a square PNG.
    pub const ICON: &str = "icon.png";
    /// The name of the payload's folder beside the shell.
    pub const PAYLOAD: &str = "payload";

    /// The layout of the payload in `root`.
    pub fn new(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The payload's folder.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// `manifest.json`.
    pub fn manifest(&self) -> Utf8PathBuf {
        self.root.join(crate::MANIFEST_FILE)
    }

    /// The interpreter's prefix.
    pub fn python(&self) -> Utf8PathBuf {
        self.root.join(Self::PYTHON)
    }

    /// The installed distributions.
    pub fn site_packages(&self) -> Utf8PathBuf {
        self.root.join(Self::SITE_PACKAGES)
    }

    /// The author's files.
    pub fn app(&self) -> Utf8PathBuf {
        self.root.join(Self::APP)
    }

    /// The resolved set of distributions.
    pub fn resolved(&self) -> Utf8PathBuf {
        self.root.join(Self::RESOLVED)
    }

    /// The app's icon.
    pub fn icon(&self) -> Utf8PathBuf {
        self.root.join(Self::ICON)
    }

    /// Streamlit's own page, scripts and styles.
    pub fn streamlit_static(&self) -> Utf8PathBuf {
        self.site_packages().join("streamlit").join("static")
    }
}
