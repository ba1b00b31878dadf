use std::io;

use camino::Utf8PathBuf;

use crate::requirements::line::Refusal;

/// Why the list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RequirementsError {
    /// A file can't be read.
    #[error("could not read `{file}`")]
    Read {
        /// The file.
        file: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A lock is not TOML, or not one of its kind.
    #[error("could not understand `{file}`")]
    Toml {
        /// The file.
        file: Utf8PathBuf,
        /// Where and what is wrong.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The file that the settings name holds none.
    #[error("`{file}` holds no list of requirements")]
    NoList {
        /// The file.
        file: Utf8PathBuf,
    },
    /// A lock in JSON that can't be understood.
    #[error("could not understand `{file}`")]
    Json {
        /// The file.
        file: Utf8PathBuf,
        /// Where and what is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// The settings ask for an extra or a group that the list does not have.
    #[error("`{file}` has no {kind} `{name}`")]
    NoSuchPart {
        /// The file.
        file: Utf8PathBuf,
        /// `extra` or `group`.
        kind: &'static str,
        /// The name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A requirement that is not packaged.
    #[error("`{requirement}` in `{file}{}` {refusal}", at(.line))]
    Refused {
        /// The requirement as it is written there.
        requirement: String,
        /// The file.
        file: Utf8PathBuf,
        /// The number of its line, where it can be told.
        line: Option<usize>,
        /// Why.
        refusal: Refusal,
    },
}

fn at(line: &Option<usize>) -> String {
    line.map(|line| format!(":{line}")).unwrap_or_default()
}
