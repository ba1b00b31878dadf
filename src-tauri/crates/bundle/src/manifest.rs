use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::{AppId, Digest, PackageName};

/// The file that makes a directory a payload. It is written last.
pub const MANIFEST_FILE: &str = "manifest.json";

/// The newest schema version that this crate writes, and the newest that it reads. A manifest has
/// the oldest that says all of it, [`DataPolicy::schema`].
///
/// | | what an older shell must not ignore |
/// |---|---|
/// | 1 | |
/// | 2 | [`DataPolicy::Copy`]: the app does not run where it was installed |
pub const SCHEMA: u32 = 2;

/// What a payload is: everything the shell needs to know before it starts Python.
///
/// Unknown fields are ignored, so that an older shell reads what a newer packager adds; a change
/// that an older shell must not ignore raises [`SCHEMA`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What a reader has to know, at most [`SCHEMA`].
    pub schema: u32,
    /// The app's identity.
    pub app: App,
    /// The script that Streamlit runs, relative to the payload's `app` folder.
    pub entry: Utf8PathBuf,
    /// Arguments that the script gets, as after `--` of `streamlit run`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// The interpreter in the payload.
    pub python: Python,
    /// The Streamlit in the payload.
    pub streamlit: Streamlit,
    /// The window that the app opens in.
    #[serde(default)]
    pub window: Window,
    /// Secrets that the app asks its user for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// The port that the page prefers; when it is taken the next free one serves.
    #[serde(default = "default_port")]
    pub port: u16,
    /// Where the app may write.
    #[serde(default)]
    pub data: DataPolicy,
    /// Where the page's downloads go.
    #[serde(default, skip_serializing_if = "Downloads::is_default")]
    pub downloads: Downloads,
    /// Modules worth importing while the page boots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preload: Vec<String>,
    /// The shell that the payload was made for.
    pub shell: Shell,
    /// The least that the recipient's system must have.
    #[serde(default)]
    pub minimum: Minimum,
    /// The digest of each tree of the payload (`python`, `site-packages`, `app`).
    pub digests: BTreeMap<String, Digest>,
}

/// The app's identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// Reverse-DNS id: names the data folder, the single instance and the AppStream component.
    pub id: AppId,
    /// The name that people see, in any script.
    pub name: String,
    /// The name of the system package and of the command.
    pub package: PackageName,
    /// The app's version, as the author writes it.
    pub version: String,
    /// One line about the app.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Who publishes it: `Name <address>`, as Debian's maintainer field wants it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub publisher: String,
}

/// The interpreter in the payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Python {
    /// Full version, such as `3.11.7`.
    pub version: String,
    /// Target triple, such as `x86_64-unknown-linux-gnu`.
    pub triple: String,
    /// Path of the executable, relative to the payload.
    pub executable: Utf8PathBuf,
    /// Where the interpreter came from.
    pub source: PythonSource,
}

/// Where a payload's interpreter came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PythonSource {
    /// A standalone build that `uv` manages.
    Managed,
    /// An interpreter of the author's machine, made relocatable.
    Relocated,
}

/// The Streamlit in the payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streamlit {
    /// Full version, such as `1.67.0`.
    pub version: String,
}

/// The window that the app opens in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// Title until the page sets its own; empty for the app's name.
    pub title: String,
    /// Width in logical pixels.
    pub width: u32,
    /// Height in logical pixels.
    pub height: u32,
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// A square PNG, relative to the payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Utf8PathBuf>,
}

impl Default for Window {
    fn default() -> Self {
        Self { title: String::new(), width: 1200, height: 800, theme: Theme::System, icon: None }
    }
}

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
    /// What the recipient's system prefers.
    #[default]
    System,
}

/// A secret that the app asks its user for. Its value is never in a payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// Key in `st.secrets`, and the name of the environment variable. With a dot, the part before
    /// it is a section of `st.secrets`, and there is no variable.
    pub key: String,
    /// What the form calls it.
    pub label: String,
    /// Where it comes from, for the person who is asked; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Whether the app works without it.
    #[serde(default)]
    pub optional: bool,
    /// A regular expression that is found in every right value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
}

/// Where the app may write, and what its working directory is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataPolicy {
    /// The working directory is the app's own folder in the payload, as under `streamlit run`;
    /// `WATERSKIN_DATA_DIR` names a folder that the app may write to.
    #[default]
    AppFolder,
    /// The working directory is the data folder itself.
    DataFolder,
    /// The app's files are copied into the data folder, and the app runs there: it finds what the
    /// author ships where it also writes, as under `streamlit run`. [`AppCopy`](crate::AppCopy)
    /// keeps the copy.
    Copy,
}

impl DataPolicy {
    /// The oldest schema in which a manifest can say this.
    pub fn schema(self) -> u32 {
        match self {
            Self::AppFolder | Self::DataFolder => 1,
            Self::Copy => 2,
        }
    }
}

/// Where the page's downloads go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Downloads {
    /// Into the user's Downloads folder, under a name that is free.
    #[default]
    Folder,
    /// Where a dialog says that asks each time.
    Ask,
}

impl Downloads {
    /// Whether this is what an author gets who says nothing.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The shell that the payload was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shell {
    /// Version of Waterskin.
    pub version: String,
}

/// The least that the recipient's system must have. An empty string asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Minimum {
    /// Version of the GNU C library, such as `2.28`.
    pub glibc: String,
    /// Version of WebKitGTK, such as `2.40`.
    pub webkitgtk: String,
}

fn default_port() -> u16 {
    8501
}

/// Why a manifest could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The text ends early, or is not JSON, or a field has the wrong kind.
    #[error("the manifest is damaged")]
    Damaged {
        /// What the parser met.
        #[source]
        source: serde_json::Error,
    },
    /// It was written by a newer Waterskin.
    #[error("the manifest has schema {found}, and this version reads up to {SCHEMA}")]
    Schema {
        /// The version in the manifest.
        found: u64,
    },
    /// A path leads out of the payload.
    #[error("the manifest's `{field}` leads out of the payload: `{path}`")]
    Outside {
        /// The field's name.
        field: &'static str,
        /// Its value.
        path: Utf8PathBuf,
    },
}

impl Manifest {
    /// Reads a manifest from its JSON text.
    ///
    /// The schema is looked at first, so that a newer manifest is told from a damaged one even
    /// where its fields changed their kinds.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let damaged = |source| ManifestError::Damaged { source };
        let value: serde_json::Value = serde_json::from_str(text).map_err(damaged)?;
        match value.get("schema").and_then(serde_json::Value::as_u64) {
            Some(schema) if (1..=u64::from(SCHEMA)).contains(&schema) => {}
            Some(found) => return Err(ManifestError::Schema { found }),
            None => {
                let source = serde::de::Error::missing_field("schema");
                return Err(ManifestError::Damaged { source });
            }
        }
        let manifest: Self = serde_json::from_value(value).map_err(damaged)?;
        inside("entry", &manifest.entry)?;
        inside("python.executable", &manifest.python.executable)?;
        if let Some(icon) = &manifest.window.icon {
            inside("window.icon", icon)?;
        }
        Ok(manifest)
    }

    /// The manifest as JSON text: the same value always gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The window's title before the page sets its own.
    pub fn title(&self) -> &str {
        if self.window.title.is_empty() { &self.app.name } else { &self.window.title }
    }
}

fn inside(field: &'static str, path: &Utf8PathBuf) -> Result<(), ManifestError> {
    let normal = |part| matches!(part, camino::Utf8Component::Normal(_));
    if path.as_str().is_empty() || !path.components().all(normal) {
        return Err(ManifestError::Outside { field, path: path.clone() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> String {
        serde_json::json!({
            "schema": 1,
            "app": { "id": "org.example.hello", "name": "Héllo", "package": "hello", "version": "1.2" },
            "entry": "app.py",
            "python": {
                "version": "3.11.7", "triple": "x86_64-unknown-linux-gnu",
                "executable": "python/bin/python3.11", "source": "relocated"
            },
            "streamlit": { "version": "1.67.0" },
            "shell": { "version": "0.1.0" },
            "digests": {},
            "a field of tomorrow": true
        })
        .to_string()
    }

    #[test]
    fn unknown_fields_are_ignored_and_defaults_filled_in() {
        let manifest = Manifest::parse(&sample()).unwrap();
        assert_eq!(manifest.port, 8501);
        assert_eq!(manifest.title(), "Héllo");
        assert_eq!(Manifest::parse(&manifest.to_json()).unwrap(), manifest);
    }

    #[test]
    fn every_truncation_is_an_error_and_never_a_panic() {
        let text = sample();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(Manifest::parse(&text[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn a_newer_schema_is_told_from_damage() {
        for found in [0, 3] {
            let text = sample().replace("\"schema\":1", &format!("\"schema\":{found}"));
            let error = Manifest::parse(&text).unwrap_err();
            assert!(matches!(error, ManifestError::Schema { found: it } if it == found), "{error}");
        }
    }

    #[test]
    fn a_shell_that_knows_no_copies_is_told_so_by_the_schema() {
        let mut manifest = Manifest::parse(&sample()).unwrap();
        assert_eq!((manifest.schema, manifest.data.schema()), (1, 1), "as it always was");
        manifest.data = DataPolicy::Copy;
        manifest.schema = manifest.data.schema();
        let text = manifest.to_json();
        assert!(text.contains("\"schema\": 2") && text.contains("\"data\": \"copy\""), "{text}");
        assert_eq!(Manifest::parse(&text).unwrap(), manifest);
    }

    #[test]
    fn paths_stay_in_the_payload() {
        for bad in ["../app.py", "/etc/passwd", "a/../../b", ""] {
            let text = sample().replace("\"app.py\"", &format!("\"{bad}\""));
            let error = Manifest::parse(&text).unwrap_err();
            assert!(
                matches!(error, ManifestError::Outside { field: "entry", .. }),
                "{bad}: {error}"
            );
        }
    }
}
