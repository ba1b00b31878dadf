use camino::Utf8PathBuf;

/// The address of everything that stands in front of Streamlit. It is not `localhost`, whose pages
/// Streamlit lets in whatever `Host` says (`server_util.py`, `is_url_from_allowed_origins`).
pub const ADDRESS: &str = "127.0.0.2";

/// What a product has to serve for one case.
#[derive(Clone, Debug)]
pub struct Place {
    /// The case's name.
    pub name: &'static str,
    /// The port at [`ADDRESS`].
    pub port: u16,
    /// The certificate and its key in one file, and each alone, where it is spoken to by TLS.
    pub certificate: Option<Files>,
    /// The product's own configuration, with all addresses in it.
    pub text: String,
}

/// A certificate and its key.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate.
    pub certificate: Utf8PathBuf,
    /// Its key.
    pub key: Utf8PathBuf,
    /// Both.
    pub both: Utf8PathBuf,
}

impl Place {
    /// What stands before a line of `---`, and what stands after it. All of it where there is none.
    pub fn parts(&self) -> (&str, &str) {
        self.text.split_once("---\n").unwrap_or(("", &self.text))
    }
}
