use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use toml::{Table, Value};
use waterskin_streamlit::{Series, dark_ground};

/// A colour that lies behind everything: red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ground(pub [u8; 3]);

/// What the page's ground will be, so that what is there before the page gives way without a flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// Where the system, or the window by the author's wish, is light.
    pub light: Ground,
    /// Where it is dark.
    pub dark: Ground,
}

impl Ground {
    /// The grounds of the shell's own screens (`ui/src/look/tokens.css`).
    pub const LIGHT: Self = Self([0xff, 0xff, 0xff]);
    /// The same where it is dark.
    pub const DARK: Self = Self([0x0e, 0x11, 0x17]);

    /// Whether what is written on it has to be light: by which of the two stands out more from it
    /// (WCAG 2.2, relative luminance).
    pub fn is_dark(self) -> bool {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        (1.05 / (luminance + 0.05)) > (luminance + 0.05) / 0.05
    }

    /// The colour in CSS, such as `#0e1117`.
    pub fn css(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Default for Grounds {
    /// Those of the shell's own screens.
    fn default() -> Self {
        Self { light: Ground::LIGHT, dark: Ground::DARK }
    }
}

impl Grounds {
    /// Reads what an installed app says of its theme. `version` is Streamlit's, where it is known.
    ///
    /// A file that can't be read says nothing here; Streamlit itself will complain about it.
    pub fn of_app(directory: &Utf8Path, script: &Utf8Path, version: Option<&str>) -> Self {
        Self::read(script.parent().into_iter().chain([directory]), version)
    }

    /// The same of an author's project, for which the author's own settings count too.
    pub fn of_project(directory: &Utf8Path, script: &Utf8Path, version: Option<&str>) -> Self {
        let home = directories::BaseDirs::new()
            .and_then(|folders| Utf8PathBuf::from_path_buf(folders.home_dir().to_owned()).ok());
        Self::read(script.parent().into_iter().chain([directory]).chain(home.as_deref()), version)
    }

    /// By the order in which Streamlit looks, the strongest first (`config.py`, `get_config_files`).
    fn read<'a>(folders: impl Iterator<Item = &'a Utf8Path>, version: Option<&str>) -> Self {
        let themes: Vec<Table> = folders
            .filter_map(|folder| fs_err::read_to_string(folder.join(".streamlit/config.toml")).ok())
            .filter_map(|text| theme(&text))
            .collect();
        Self::of(&themes, version)
    }

    /// The one of the dark look, or of the light one.
    pub fn of_look(self, dark: bool) -> Ground {
        if dark { self.dark } else { self.light }
    }

    /// Decides by the sections `theme` of the app, the strongest first, as Streamlit does (1.67,
    /// `createCustomThemes`): one theme for light and dark, or two as soon as there is a section for
    /// either.
    fn of(themes: &[Table], version: Option<&str>) -> Self {
        let own =
            Self { light: Ground::LIGHT, dark: Ground(dark_ground(version.and_then(Series::of))) };
        let ground = |section: Option<&str>| themes.iter().find_map(|theme| colour(theme, section));
        let has = |section: &str| {
            themes.iter().any(|theme| theme.get(section).and_then(Value::as_table).is_some())
        };
        if has("light") || has("dark") {
            let of = |section| ground(Some(section)).or_else(|| ground(None));
            return Self {
                light: of("light").unwrap_or(own.light),
                dark: of("dark").unwrap_or(own.dark),
            };
        }
        if themes.iter().all(Table::is_empty) {
            return own;
        }
        let base = themes.iter().find_map(|theme| theme.get("base").and_then(Value::as_str));
        let base = if base == Some("dark") { own.dark } else { own.light };
        let one = ground(None).unwrap_or(base);
        Self { light: one, dark: one }
    }
}

/// The section `theme` of a `config.toml`, with its sections.
fn theme(text: &str) -> Option<Table> {
    match text.parse::<Table>().ok()?.remove("theme")? {
        Value::Table(theme) => Some(theme),
        _ => None,
    }
}

/// The ground in a theme or a section of it. One that Streamlit would not take counts as none, and
/// so does one that is seen through.
fn colour(theme: &Table, section: Option<&str>) -> Option<Ground> {
    let table = match section {
        Some(section) => theme.get(section)?.as_table()?,
        None => theme,
    };
    let text = table.get("backgroundColor")?.as_str()?.trim();
    // Streamlit takes `fff` for `#fff`.
    let colour: svgtypes::Color = text.parse().or_else(|_| format!("#{text}").parse()).ok()?;
    (colour.alpha == 255).then_some(Ground([colour.red, colour.green, colour.blue]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grounds(configs: &[&str], version: &str) -> (String, String) {
        let themes: Vec<Table> = configs.iter().filter_map(|text| theme(text)).collect();
        let Grounds { light, dark } = Grounds::of(&themes, Some(version));
        (light.css(), dark.css())
    }

    #[test]
    fn a_theme_of_the_apps_is_the_ground() {
        for (config, light, dark) in [
            ("", "#ffffff", "#171614"),
            ("[server]\nport = 1", "#ffffff", "#171614"),
            ("[theme]\nbase = 'dark'", "#171614", "#171614"),
            ("[theme]\nprimaryColor = 'red'", "#ffffff", "#ffffff"),
            ("[theme]\nbackgroundColor = '#ffe4E1'", "#ffe4e1", "#ffe4e1"),
            ("[theme]\nbackgroundColor = 'ffe'", "#ffffee", "#ffffee"),
            ("theme.backgroundColor = 'rgb(1, 2, 3)'", "#010203", "#010203"),
            ("[theme]\nbackgroundColor = 'navy'", "#000080", "#000080"),
            ("[theme]\nbase = 'dark'\nbackgroundColor = 'no colour é'", "#171614", "#171614"),
            ("[theme]\nbackgroundColor = '#12345680'", "#ffffff", "#ffffff"),
            ("[theme]\nbackgroundColor = 3", "#ffffff", "#ffffff"),
            ("[theme.dark]\nbackgroundColor = '#102030'", "#ffffff", "#102030"),
            ("theme.light.textColor = 'red'\ntheme.backgroundColor = '#eee'", "#eeeeee", "#eeeeee"),
            ("[theme]\nbackgroundColor = '#eee'\n[theme.dark]\nbase = ''", "#eeeeee", "#eeeeee"),
            ("[theme.sidebar]\nbackgroundColor = '#123456'", "#ffffff", "#ffffff"),
            ("theme = 3", "#ffffff", "#171614"),
            ("no toml", "#ffffff", "#171614"),
        ] {
            assert_eq!(grounds(&[config], "1.67.0"), (light.into(), dark.into()), "{config}");
        }
    }

    #[test]
    fn the_stronger_file_wins() {
        let (strong, weak) = ("theme.backgroundColor = '#111'", "theme.backgroundColor = '#eee'");
        assert_eq!(grounds(&[strong, weak], "1.67.0").0, "#111111");
        assert_eq!(grounds(&["theme.base = 'dark'", weak], "1.67.0").0, "#eeeeee");
    }

    #[test]
    fn the_dark_ground_changed_once() {
        for (version, dark) in [
            ("1.40.2", "#0e1117"),
            ("1.66.0", "#0e1117"),
            ("1.67.0", "#171614"),
            ("1.100", "#171614"),
            ("2.0", "#171614"),
            ("unknown", "#171614"),
        ] {
            assert_eq!(grounds(&[""], version).1, dark, "{version}");
        }
    }

    #[test]
    fn what_is_written_stands_out() {
        assert!(Ground::DARK.is_dark() && Ground(dark_ground(None)).is_dark());
        assert!(!Ground::LIGHT.is_dark() && !Ground([0xff, 0xe4, 0xe1]).is_dark());
        assert!(Ground([0, 0, 0x80]).is_dark());
    }

    #[test]
    fn files_are_read_in_streamlits_order() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let folder = Utf8Path::from_path(folder.path()).ok_or("a path")?;
        let script = folder.join("Ünter ordner/app.py");
        let read = || Grounds::of_app(folder, &script, Some("1.67.0")).light.css();
        let write = |place: &Utf8Path, colour: &str| {
            fs_err::create_dir_all(place.join(".streamlit"))?;
            let text = format!("[theme]\nbackgroundColor = '{colour}'\n");
            fs_err::write(place.join(".streamlit/config.toml"), text)
        };
        write(folder, "#123456")?;
        assert_eq!(read(), "#123456");
        write(&folder.join("Ünter ordner"), "#654321")?;
        assert_eq!(read(), "#654321");
        fs_err::write(folder.join("Ünter ordner/.streamlit/config.toml"), b"\xff")?;
        assert_eq!(read(), "#123456");
        Ok(())
    }
}
