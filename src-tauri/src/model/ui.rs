use serde_json::{Value, json};
use tauri::image::Image;
use waterskin_bundle::Theme;
use waterskin_session::Ground;
use waterskin_words::Words;

use super::looks::Looks;

/// What everything is made of that the shell shows.
pub struct Ui {
    /// What the app is called.
    pub name: String,
    /// What the shell says.
    pub words: Words,
    /// How the windows look before the page has a say.
    pub looks: Looks,
    /// The app's icon, where it has one.
    pub icon: Option<Icon>,
}

/// An app's icon, as the window and the splash want it.
pub struct Icon {
    /// For the window.
    pub image: Image<'static>,
    /// For the splash.
    pub data_url: String,
}

impl Ui {
    /// What every script of ours in a page has to know.
    pub fn in_scripts(&self) -> Value {
        let theme = match self.looks.theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::System => "system",
        };
        let ground = |ground: Ground| json!({ "colour": ground.css(), "dark": ground.is_dark() });
        let grounds = &self.looks.grounds;
        json!({
            "theme": theme,
            "grounds": { "light": ground(grounds.light), "dark": ground(grounds.dark) },
            "language": self.words.language().tag(),
        })
    }

    /// The icon as an address; empty where there is none.
    pub fn icon_url(&self) -> &str {
        self.icon.as_ref().map_or("", |icon| icon.data_url.as_str())
    }
}
