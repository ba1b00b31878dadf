//! What the tests take from the machine: uv, an interpreter, and a place for what is made once.

use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};

use crate::process::Run;

/// The Streamlit that the tests run.
pub use waterskin_streamlit::NEWEST_TESTED as STREAMLIT;

pub fn uv() -> Utf8PathBuf {
    find("uv")
}

fn find(name: &str) -> Utf8PathBuf {
    let found = waterskin_process::find(name);
    Utf8PathBuf::from_path_buf(found.unwrap_or_else(|| panic!("the tests need `{name}`"))).unwrap()
}

/// What all tests share and keep.
fn shared() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// The command's cache for real builds.
pub fn cache() -> Utf8PathBuf {
    shared().join("cache é")
}

/// An installed interpreter of a version that everything has wheels for.
pub fn python() -> &'static Utf8Path {
    static PYTHON: OnceLock<Utf8PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let found = Run::new(uv())
            .args(["python", "find", "--no-config", ">=3.11,<3.14"])
            .envs(std::env::vars_os())
            .finish();
        found.success().trim().into()
    })
}

/// The machine's programs and its settings for package indexes and downloads.
pub fn settings() -> Vec<(String, String)> {
    let kept = ["PATH", "PYENV_", "UV_", "PIP_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY"];
    let mut settings: Vec<(String, String)> = std::env::vars()
        .filter(|(name, _)| kept.iter().any(|start| name.starts_with(start)))
        .collect();
    if std::env::var_os("UV_CACHE_DIR").is_none() {
        let cache = Run::new(uv()).args(["cache", "dir"]).envs(std::env::vars_os()).finish();
        settings.push(("UV_CACHE_DIR".to_owned(), cache.success().trim().to_owned()));
    }
    settings
}

/// The interpreter of a virtual environment with Streamlit, made once for all tests.
pub fn streamlit() -> Utf8PathBuf {
    let made = Run::new("bash")
        .args([format!("{}/../../../scripts/venv", std::env::var("CARGO_MANIFEST_DIR").unwrap())
            .as_str()])
        .args([&*format!("streamlit-{STREAMLIT}"), &*format!("streamlit=={STREAMLIT}")])
        .envs(std::env::vars_os())
        .finish();
    Utf8PathBuf::from(made.success().trim()).join("bin/python")
}
