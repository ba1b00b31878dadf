use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use toml::Spanned;
use waterskin_bundle::{DataPolicy, Downloads, Target, Theme};

use crate::settings::secrets::{SECRET_KEYS, SecretConfig};
use crate::settings::sign::{SIGN_KEYS, Signing};

/// The author's own file for everything about Waterskin, when there is no `pyproject.toml`.
pub(crate) const WATERSKIN_TOML: &str = "waterskin.toml";
/// The project's file as the Python packaging standards have it.
pub const PYPROJECT_TOML: &str = "pyproject.toml";

/// What the author wrote under `[tool.waterskin]` or in `waterskin.toml`. Nothing is required.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct Config {
    pub name: Option<String>,
    pub id: Option<String>,
    pub package: Option<String>,
    pub version: Option<String>,
    pub summary: Option<String>,
    pub publisher: Option<String>,
    pub entry: Option<Utf8PathBuf>,
    pub icon: Option<Utf8PathBuf>,
    pub python: Option<String>,
    pub port: Option<u16>,
    pub window: WindowConfig,
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    pub data: Option<DataPolicy>,
    pub downloads: Downloads,
    pub arguments: Option<Vec<String>>,
    pub dependencies: Option<Vec<String>>,
    pub requirements: Option<Utf8PathBuf>,
    pub extras: Vec<String>,
    pub groups: Vec<String>,
    pub trim: Switches,
    pub secrets: BTreeMap<String, Spanned<SecretConfig>>,
    pub no_keys: Vec<String>,
    pub sign: Signing,
    #[serde(deserialize_with = "targets")]
    pub targets: Vec<Target>,
}

/// `[tool.waterskin.window]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct WindowConfig {
    pub title: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub theme: Theme,
}

const KEYS: &[&str] = &[
    "name",
    "id",
    "package",
    "version",
    "summary",
    "publisher",
    "entry",
    "icon",
    "python",
    "port",
    "window",
    "include",
    "exclude",
    "data",
    "downloads",
    "arguments",
    "dependencies",
    "requirements",
    "extras",
    "groups",
    "trim",
    "secrets",
    "no-keys",
    "sign",
    "targets",
];
const WINDOW_KEYS: &[&str] = &["title", "width", "height", "theme"];

/// `[project]` of `pyproject.toml`, as far as it matters here (PEP 621).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct ProjectTable {
    pub name: Option<String>,
    pub version: Option<String>,
    pub description: Option<String>,
    pub requires_python: Option<String>,
    pub dependencies: Option<Vec<String>>,
    pub dynamic: Vec<String>,
    pub authors: Vec<Author>,
}

/// One of `[project]`'s `authors`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Author {
    pub name: Option<String>,
    pub email: Option<String>,
}

/// All that a project's own files say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Declaration {
    /// The Waterskin settings, from whichever file has them.
    pub config: Config,
    /// `[project]`, when there is a `pyproject.toml` with one.
    pub project: Option<ProjectTable>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pyproject {
    project: Option<ProjectTable>,
    tool: Tool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    waterskin: Option<Config>,
}

/// Why a project's own files can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there and could not be read.
    #[error("could not read `{file}`")]
    Read {
        /// The file.
        file: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML, or a value has the wrong kind.
    #[error("could not understand `{file}`")]
    Toml {
        /// The file.
        file: Utf8PathBuf,
        /// Where and what is wrong.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A setting that does not exist.
    #[error("`{file}` has a setting `{key}` that does not exist")]
    UnknownKey {
        /// The file.
        file: Utf8PathBuf,
        /// The setting with its table, such as `window.titel`.
        key: String,
        /// The setting that was probably meant, or else all that exist.
        meant: Meant,
    },
    /// Both files hold settings.
    #[error("both `{PYPROJECT_TOML}` and `{WATERSKIN_TOML}` hold settings")]
    Twice,
}

/// What an unknown setting was probably meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// One that is spelled nearly so.
    One(String),
    /// None is near: these exist.
    AnyOf(Vec<String>),
}

impl ConfigError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::UnknownKey { meant: Meant::One(key), .. } => format!("did you mean `{key}`?"),
            Self::UnknownKey { meant: Meant::AnyOf(keys), .. } => {
                let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
                format!("there are {}", keys.join(", "))
            }
            Self::Twice => format!(
                "keep the settings in one of them, and remove the `[tool.waterskin]` table or `{WATERSKIN_TOML}`"
            ),
            Self::Toml { .. } => "correct the file at that place".to_owned(),
            Self::Read { .. } => "the file must be readable and in UTF-8".to_owned(),
        })
    }
}

impl Declaration {
    /// Reads the files in `root`; those that are missing say nothing. `rules` are what `trim` may
    /// switch.
    pub fn read(root: &Utf8Path, rules: &[&str]) -> Result<Self, ConfigError> {
        let pyproject = read(&root.join(PYPROJECT_TOML))?
            .map(|text| parse_pyproject(&text, &root.join(PYPROJECT_TOML), rules))
            .transpose()?
            .unwrap_or_default();
        let own = read(&root.join(WATERSKIN_TOML))?
            .map(|text| parse_own(&text, &root.join(WATERSKIN_TOML), rules))
            .transpose()?;
        let config = match (pyproject.tool.waterskin, own) {
            (Some(_), Some(_)) => return Err(ConfigError::Twice),
            (one, other) => one.or(other).unwrap_or_default(),
        };
        Ok(Self { config, project: pyproject.project })
    }
}

fn read(file: &Utf8Path) -> Result<Option<String>, ConfigError> {
    match fs_err::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ConfigError::Read { file: file.to_owned(), source }),
    }
}

fn parse_pyproject(text: &str, file: &Utf8Path, rules: &[&str]) -> Result<Pyproject, ConfigError> {
    let table = parse::<toml::Table>(text, file)?;
    if let Some(own) = table.get("tool").and_then(|tool| tool.get("waterskin")) {
        check_keys(own, file, rules)?;
    }
    parse(text, file)
}

fn parse_own(text: &str, file: &Utf8Path, rules: &[&str]) -> Result<Config, ConfigError> {
    check_keys(&toml::Value::Table(parse(text, file)?), file, rules)?;
    parse(text, file)
}

fn parse<T: serde::de::DeserializeOwned>(text: &str, file: &Utf8Path) -> Result<T, ConfigError> {
    toml::from_str(text)
        .map_err(|source| ConfigError::Toml { file: file.to_owned(), source: Box::new(source) })
}

/// An unknown setting is an error: a typing mistake must not be taken for the default. This is
/// done by hand since serde's own message offers every name and never the near one.
fn check_keys(own: &toml::Value, file: &Utf8Path, rules: &[&str]) -> Result<(), ConfigError> {
    let check = |table: Option<&toml::Value>, prefix: &str, known: &[&str]| {
        let keys = table.and_then(toml::Value::as_table).into_iter().flat_map(|table| table.keys());
        match keys.into_iter().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(ConfigError::UnknownKey {
                file: file.to_owned(),
                key: format!("{prefix}{key}"),
                meant: meant(key, prefix, known),
            }),
        }
    };
    check(Some(own), "", KEYS)?;
    check(own.get("window"), "window.", WINDOW_KEYS)?;
    check(own.get("sign"), "sign.", SIGN_KEYS)?;
    let secrets = own.get("secrets").and_then(toml::Value::as_table);
    secrets.into_iter().flatten().try_for_each(|(key, secret)| {
        check(Some(secret), &format!("secrets.{key}."), SECRET_KEYS)
    })?;
    check(own.get("trim"), "trim.", rules)
}

/// What the author says about trimming: `trim = false`, or a table with some rules and `false`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Switches {
    /// All rules are off.
    Off,
    /// Those with `false` are off.
    Rules(BTreeMap<String, bool>),
}

impl Default for Switches {
    fn default() -> Self {
        Self::Rules(BTreeMap::new())
    }
}

impl<'de> Deserialize<'de> for Switches {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "expected true, false, or a table of rules with true or false"
        )]
        enum Written {
            All(bool),
            Rules(BTreeMap<String, bool>),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::All(true) => Self::default(),
            Written::All(false) => Self::Off,
            Written::Rules(rules) => Self::Rules(rules),
        })
    }
}

/// The systems that an app is for, by their names; `all` is each of them.
fn targets<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Target>, D::Error> {
    let mut targets: Vec<Target> = Vec::new();
    for name in Vec::<String>::deserialize(deserializer)? {
        let named = match Target::named(&name) {
            Some(target) => vec![target],
            None if name == "all" => Target::all().to_vec(),
            None => {
                let names = Target::names().map(|name| format!("`{name}`")).join(", ");
                let text = format!("there is no target `{name}`: there are {names} and `all`");
                return Err(serde::de::Error::custom(text));
            }
        };
        for target in named {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
    }
    Ok(targets)
}

fn meant(key: &str, prefix: &str, known: &[&str]) -> Meant {
    let near = known
        .iter()
        .map(|known| (strsim::jaro_winkler(&key.to_lowercase(), known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match near {
        Some((_, known)) => Meant::One(format!("{prefix}{known}")),
        None => Meant::AnyOf(known.iter().map(|known| format!("{prefix}{known}")).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[&str] = &["pyarrow-s3", "tests"];

    fn own(text: &str) -> Result<Config, ConfigError> {
        parse_own(text, Utf8Path::new("waterskin.toml"), RULES)
    }

    #[test]
    fn every_setting_is_read() {
        let config = own(r#"
            name = "Verkaufszahlen é"
            id = "org.example.sales"
            package = "sales"
            version = "2.1"
            summary = "Sales"
            publisher = "Ann <ann@example.org>"
            entry = "src/app.py"
            icon = "icon.png"
            python = "3.12"
            port = 8600
            include = ["dist/model.bin"]
            exclude = ["*.xlsx"]
            data = "data-folder"
            downloads = "ask"
            arguments = ["--mode", "x"]
            dependencies = ["pandas"]
            window = { title = "T", width = 800, height = 600, theme = "dark" }
        "#)
        .unwrap();
        assert_eq!(config.window.theme, Theme::Dark);
        assert_eq!(config.data, Some(DataPolicy::DataFolder));
        assert_eq!(config.downloads, Downloads::Ask);
        assert_eq!(config.port, Some(8600));
        assert_eq!(config.dependencies.as_deref(), Some(&["pandas".to_owned()][..]));
    }

    #[test]
    fn a_typing_mistake_names_the_setting_that_was_meant() {
        for (text, key, meant) in [
            ("nmae = 'x'", "nmae", "name"),
            ("window = { titel = 'x' }", "window.titel", "window.title"),
            ("Include = []", "Include", "include"),
            ("[sign]\nmac = 'sign {file}'", "sign.mac", "sign.macos"),
            ("[trim]\npyarow-s3 = false", "trim.pyarow-s3", "trim.pyarrow-s3"),
        ] {
            let error = own(text).unwrap_err();
            assert!(error.to_string().contains(&format!("`{key}`")), "{error}");
            assert_eq!(error.hint().unwrap(), format!("did you mean `{meant}`?"));
        }
        let hint = own("colour = 1").unwrap_err().hint().unwrap();
        assert!(hint.contains("`name`") && hint.contains("`dependencies`"), "{hint}");
    }

    #[test]
    fn rules_are_switched_off_one_by_one_or_all_at_once() {
        assert_eq!(own("").unwrap().trim, Switches::default());
        assert_eq!(own("trim = false").unwrap().trim, Switches::Off);
        let Switches::Rules(rules) = own("[trim]\npyarrow-s3 = false").unwrap().trim else {
            panic!("a table")
        };
        assert_eq!(rules.get("pyarrow-s3"), Some(&false));
        let cause = std::error::Error::source(&own("trim = 3").unwrap_err()).unwrap().to_string();
        assert!(cause.contains("expected true, false, or a table"), "{cause}");
    }

    #[test]
    fn the_systems_that_an_app_is_for_have_names() {
        let names = |text: &str| -> Vec<String> {
            own(text).unwrap().targets.iter().map(Target::name).collect()
        };
        assert_eq!(names(""), [""; 0]);
        let two = "targets = ['windows-x86_64', 'macos-arm64', 'windows-x86_64']";
        assert_eq!(names(two), ["windows-x86_64", "macos-arm64"]);
        assert_eq!(names("targets = ['macos-x86_64', 'all']").len(), 5);
        let error = own("name = 'x'\ntargets = ['windows']").unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(
            cause.contains("line 2") && cause.contains("there is no target `windows`"),
            "{cause}"
        );
        assert!(cause.contains("`windows-x86_64`") && cause.contains("`all`"), "{cause}");
    }

    #[test]
    fn a_value_of_the_wrong_kind_names_file_and_line() {
        let error = own("name = 'x'\nport = 'many'").unwrap_err();
        assert_eq!(error.to_string(), "could not understand `waterskin.toml`");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("line 2"), "{cause}");
    }

    #[test]
    fn settings_in_both_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        assert_eq!(Declaration::read(root, RULES).unwrap(), Declaration::default());
        fs_err::write(root.join(PYPROJECT_TOML), "[tool.waterskin]\nname = 'a'").unwrap();
        assert_eq!(Declaration::read(root, RULES).unwrap().config.name.as_deref(), Some("a"));
        fs_err::write(root.join(WATERSKIN_TOML), "name = 'b'").unwrap();
        assert!(matches!(Declaration::read(root, RULES), Err(ConfigError::Twice)));
    }

    #[test]
    fn other_tools_tables_are_none_of_our_business() {
        let text = "[tool.ruff]\nline-length = 3\n[project]\nname = 'x'\nrequires-python = '>=3.11'\nurls = { a = 'b' }";
        let parsed = parse_pyproject(text, Utf8Path::new("pyproject.toml"), RULES).unwrap();
        assert_eq!(parsed.project.unwrap().requires_python.as_deref(), Some(">=3.11"));
    }
}
