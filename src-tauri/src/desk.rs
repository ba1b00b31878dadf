use std::path::PathBuf;

use serde_json::{Value, json};
use tauri::AppHandle;
use waterskin_bundle::{Downloads, Theme};
use waterskin_session::Ground;
use waterskin_words::Words;

use crate::{boot::Looks, icon::Icon, native, settings::Settings};

/// What all windows of an app have in common.
pub struct Desk {
    /// What the shell says.
    pub words: Words,
    /// What the person chose.
    pub settings: Settings,
    /// How the windows look before the page has a say.
    pub looks: Looks,
    /// The app's icon, where it has one.
    pub icon: Option<Icon>,
    /// Where downloads go.
    pub downloads: Downloads,
    /// The app's own port; 0 when there is no app.
    pub port: u16,
    /// Where the web view keeps its data, if anywhere.
    pub web: Option<PathBuf>,
}

impl Desk {
    /// That of a window without an app.
    pub fn new(looks: Looks, downloads: Downloads, settings: Settings) -> Self {
        let icon = looks.icon.as_deref().and_then(Icon::read);
        Self { words: Words::default(), settings, looks, icon, downloads, port: 0, web: None }
    }

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

    /// Whether what lies over the page should be dark.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux has something of the shell's over the page")
    )]
    pub fn is_dark(&self, app: &AppHandle) -> bool {
        let dark = match self.looks.theme {
            Theme::Light => false,
            Theme::Dark => true,
            Theme::System => native::prefers_dark(app),
        };
        self.looks.grounds.of_look(dark).is_dark()
    }
}
