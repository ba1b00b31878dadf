use camino::Utf8PathBuf;
use serde::Serialize;
use ts_rs::TS;
use waterskin_bundle::{Payload, Work};

/// What the window about an app shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct About {
    /// The app's name.
    pub name: String,
    /// The app's version; may be empty.
    pub version: String,
    /// Who publishes it; may be empty.
    pub author: String,
    /// Waterskin's version.
    pub waterskin: String,
    /// Versions of the system and of what runs the app, a line each.
    pub versions: Vec<String>,
    /// Python and the distributions in the app.
    pub parts: Vec<Part>,
}

/// A work of other people that is in the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence as an SPDX expression or in its own words; may be empty.
    pub licence: String,
    /// The files with the licence's text.
    #[serde(skip)]
    #[ts(skip)]
    pub texts: Vec<Utf8PathBuf>,
}

impl Part {
    /// The licence's text. It is read when it is asked for: all of them are some megabytes.
    pub fn text(&self) -> String {
        let texts = self.texts.iter().filter_map(|path| fs_err::read(path).ok());
        let texts: Vec<_> =
            texts.map(|bytes| String::from_utf8_lossy(&bytes).trim_end().to_owned()).collect();
        texts.join("\n\n")
    }
}

impl From<Work> for Part {
    fn from(Work { name, version, licence, texts }: Work) -> Self {
        Self { name, version, licence, texts }
    }
}

/// What is in a payload: Python first, then its distributions by name.
pub fn parts(payload: &Payload) -> Vec<Part> {
    Work::of(payload).into_iter().map(Part::from).collect()
}
