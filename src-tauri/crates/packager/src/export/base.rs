use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// Debian's release whose images are taken: its GNU C library (2.41) is newer than any that wheels ask
/// for (`Allowance`), and each minor version of Python has one of it.
const RELEASE: &str = "slim-trixie";

/// The image that the app's own stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Base(Option<String>);

/// A text that is no image's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not an image's name such as `python:3.12-slim` or `registry.example.org/python@sha256:...`"
)]
pub struct BadBase {
    /// The text.
    pub text: String,
}

impl FromStr for Base {
    type Err = BadBase;

    /// The name of an image with its tag or digest, as `docker pull` takes it.
    fn from_str(text: &str) -> Result<Self, BadBase> {
        let inner = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
        let is_name = text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && text.chars().all(inner);
        let digest = text.split_once('@').map(|(_, digest)| digest);
        let is_digest = |digest: &str| {
            let hex = digest.strip_prefix("sha256:").unwrap_or_default();
            hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit())
        };
        if is_name && digest.is_none_or(is_digest) {
            return Ok(Self(Some(text.to_owned())));
        }
        Err(BadBase { text: text.to_owned() })
    }
}

impl Base {
    /// The image for a Python such as `3.12`: the one that was asked for, or Python's own.
    pub(crate) fn image(&self, python: &str) -> String {
        self.0.clone().unwrap_or_else(|| format!("python:{python}-{RELEASE}"))
    }

    /// What the author should know of it.
    // A digest can be known of a registry alone, which an export does not ask, and one that stood here
    // would be that of an image whose faults were found since.
    pub(crate) fn note(&self) -> Option<String> {
        let named = self.0.as_deref().is_some_and(|name| name.contains('@'));
        (!named).then(|| {
            "the base image is named by its tag, which leads to a newer image in time; `--base NAME@sha256:...` holds it to one".to_owned()
        })
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => write!(f, "`{name}` (asked for)"),
            None => write!(f, "`python:VERSION-{RELEASE}` (the default)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn names_of_images_are_told_from_anything_else() {
        let with_digest = format!("python:3.12-slim@{DIGEST}");
        for good in
            ["python", "localhost/base:latest", "r.example.org:5000/a/b_c:1.0", &with_digest]
        {
            assert_eq!(good.parse::<Base>().unwrap().image("3.12"), good);
        }
        for bad in ["", "-x", "a b", "a\nRUN x", "a@sha256:12", "a@x", "é", "a:", "${BASE}", "a\\"]
        {
            assert!(bad.parse::<Base>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_a_digest_holds_it() {
        assert_eq!(Base::default().image("3.11"), "python:3.11-slim-trixie");
        assert!(Base::default().note().unwrap().contains("--base"));
        assert!("python:3.12".parse::<Base>().unwrap().note().is_some());
        assert_eq!(format!("python@{DIGEST}").parse::<Base>().unwrap().note(), None);
    }
}
