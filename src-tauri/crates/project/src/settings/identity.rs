use camino::Utf8Path;
use waterskin_bundle::{App, IdError, PackageName, Window};

use crate::settings::config::{Author, Declaration};
use crate::settings::names;
use crate::settings::overrides::Overrides;
use crate::settings::reserved::{Reserved, reserved};

/// Who the app is, from what the author said and the project's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub app: App,
    pub window: Window,
    /// What the author should know of it.
    pub notes: Vec<String>,
}

/// Why the app can't be named so.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The id or the package's name has a form that installers refuse.
    #[error("the {field} can't be used")]
    Id {
        /// `id` or `package`.
        field: &'static str,
        /// What is wrong with it.
        #[source]
        source: IdError,
    },
    /// The package has a name that would damage the system that it is installed on.
    #[error("the package can't be called `{package}`: that {}", .reserved.owner())]
    Reserved {
        /// The name.
        package: PackageName,
        /// What has it already.
        reserved: Reserved,
    },
    /// The version has a form that installers refuse.
    #[error("the version `{version}` can't be used")]
    Version {
        /// The version.
        version: String,
    },
    /// A value that must be one line is empty or has several.
    #[error("the {field} must be one line of text")]
    Line {
        /// The setting.
        field: &'static str,
    },
    /// A window that nobody could see.
    #[error("a window of {width} x {height} can't be shown")]
    Window {
        /// Width in logical pixels.
        width: u32,
        /// Height in logical pixels.
        height: u32,
    },
}

impl IdentityError {
    /// What the author can do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Id { field: "id", .. } => {
                "an id is made of a domain of yours and the app's name, as in `org.example.sales`"
            }
            Self::Id { .. } => "a package's name is as in `csv-explorer-app`",
            Self::Reserved { package, .. } => {
                return Some(format!("call it `{package}-app`, or leave `package` out"));
            }
            Self::Version { .. } => {
                "a version begins with a digit, and has letters, digits, `.`, `+`, `~` and `-`"
            }
            Self::Line { .. } => "write it without line breaks",
            Self::Window { .. } => "give a width and a height between 200 and 10000",
        };
        Some(hint.to_owned())
    }
}

impl Identity {
    pub fn make(
        root: &Utf8Path,
        declaration: &Declaration,
        overrides: &Overrides,
    ) -> Result<Self, IdentityError> {
        let config = &declaration.config;
        let project = declaration.project.clone().unwrap_or_default();
        let mut notes = Vec::new();

        let name = first([&overrides.name, &config.name]).unwrap_or_else(|| {
            let folder = root.file_name().unwrap_or_default();
            names::display_name(project.name.as_deref().unwrap_or(folder))
        });
        let name = line("name", &name)?;
        let id_error = |field| move |source| IdentityError::Id { field, source };
        // The id, and with it the folder of the app's data, is that of a name without an ending.
        let short = match &config.package {
            Some(package) => package.parse(),
            None => names::short_name(&name),
        }
        .map_err(id_error("package"))?;
        let package = match &config.package {
            Some(_) => short.clone(),
            None => names::package_name(&short).map_err(id_error("package"))?,
        };
        if let Some(reserved) = reserved(&package) {
            return Err(IdentityError::Reserved { package, reserved });
        }
        let id = match first([&overrides.id, &config.id]) {
            Some(id) => id.parse(),
            None => names::default_id(&short),
        }
        .map_err(id_error("id"))?;

        let version = first([&overrides.version, &config.version, &project.version]);
        if version.is_none() && project.dynamic.iter().any(|field| field == "version") {
            notes.push("the project's version is dynamic, so 1.0.0 is taken; set `version`".into());
        }
        let version = checked_version(version.unwrap_or_else(|| "1.0.0".to_owned()))?;
        let summary = first([&overrides.summary, &config.summary, &project.description]);
        let publisher = first([&overrides.publisher, &config.publisher])
            .or_else(|| project.authors.iter().find_map(publisher));
        Ok(Self {
            app: App {
                id,
                package,
                version,
                summary: optional_line("summary", summary)?,
                publisher: optional_line("publisher", publisher)?,
                name,
            },
            window: window(declaration)?,
            notes,
        })
    }
}

fn first<const N: usize>(values: [&Option<String>; N]) -> Option<String> {
    values.into_iter().flatten().next().cloned()
}

fn line(field: &'static str, text: &str) -> Result<String, IdentityError> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(IdentityError::Line { field });
    }
    Ok(text.to_owned())
}

fn optional_line(field: &'static str, text: Option<String>) -> Result<String, IdentityError> {
    match text.filter(|text| !text.trim().is_empty()) {
        Some(text) => line(field, &text),
        None => Ok(String::new()),
    }
}

/// Debian's grammar (Policy 5.6.12) without epochs, which other formats do not have.
fn checked_version(version: String) -> Result<String, IdentityError> {
    let good = |c: char| c.is_ascii_alphanumeric() || ".+~-".contains(c);
    if version.starts_with(|c: char| c.is_ascii_digit()) && version.chars().all(good) {
        return Ok(version);
    }
    Err(IdentityError::Version { version })
}

fn publisher(author: &Author) -> Option<String> {
    match (&author.name, &author.email) {
        (Some(name), Some(email)) => Some(format!("{name} <{email}>")),
        (Some(only), None) | (None, Some(only)) => Some(only.clone()),
        (None, None) => None,
    }
}

fn window(declaration: &Declaration) -> Result<Window, IdentityError> {
    let wanted = &declaration.config.window;
    let default = Window::default();
    let width = wanted.width.unwrap_or(default.width);
    let height = wanted.height.unwrap_or(default.height);
    let sensible = 200..=10_000;
    if !sensible.contains(&width) || !sensible.contains(&height) {
        return Err(IdentityError::Window { width, height });
    }
    let title = optional_line("window title", wanted.title.clone())?;
    Ok(Window { title, width, height, theme: wanted.theme, icon: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::config::{Config, ProjectTable, WindowConfig};

    fn make(config: Config, project: Option<ProjectTable>) -> Result<Identity, IdentityError> {
        let declaration = Declaration { config, project };
        Identity::make("/home/a b/csv_explorer".into(), &declaration, &Overrides::default())
    }

    #[test]
    fn everything_has_a_default() {
        let made = make(Config::default(), None).unwrap();
        assert_eq!(made.app.name, "Csv Explorer");
        assert_eq!(made.app.package.as_str(), "csv-explorer-app");
        assert_eq!(made.app.id.as_str(), "local.waterskin.csv-explorer");
        assert_eq!(made.app.version, "1.0.0");
        assert_eq!((made.window.width, made.window.height), (1200, 800));
    }

    #[test]
    fn the_project_table_and_the_settings_are_taken_in_that_order() {
        let project = ProjectTable {
            name: Some("my-sales".into()),
            version: Some("3.1".into()),
            description: Some("Sales of the year".into()),
            authors: vec![Author { name: Some("Ann".into()), email: Some("a@example.org".into()) }],
            ..ProjectTable::default()
        };
        let made = make(Config::default(), Some(project.clone())).unwrap();
        assert_eq!(made.app.name, "My Sales");
        assert_eq!(made.app.version, "3.1");
        assert_eq!(made.app.publisher, "Ann <a@example.org>");
        let config = Config {
            name: Some("Umsätze".into()),
            id: Some("org.example.sales".into()),
            ..Config::default()
        };
        let made = make(config, Some(project)).unwrap();
        assert_eq!((made.app.name.as_str(), made.app.package.as_str()), ("Umsätze", "umsatze-app"));
        assert_eq!(made.app.id.as_str(), "org.example.sales");
    }

    #[test]
    fn what_installers_refuse_is_refused_early() {
        let with = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            make(config, None).unwrap_err()
        };
        for (error, text) in [
            (with(|it| it.id = Some("sales".into())), "the id can't be used"),
            (with(|it| it.package = Some("A b".into())), "the package can't be used"),
            (
                with(|it| it.package = Some("dash".into())),
                "the package can't be called `dash`: that is a package of the system itself",
            ),
            (
                with(|it| it.package = Some("ls".into())),
                "the package can't be called `ls`: that is a program in `/bin` or `/sbin`",
            ),
            (with(|it| it.version = Some("v1".into())), "the version `v1` can't be used"),
            (with(|it| it.name = Some("a\nb".into())), "the name must be one line of text"),
            (
                with(|it| it.window = WindowConfig { width: Some(0), ..Default::default() }),
                "a window of 0 x 800 can't be shown",
            ),
        ] {
            assert_eq!(error.to_string(), text);
            assert!(error.hint().is_some());
        }
    }
}
