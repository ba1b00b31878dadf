use camino::Utf8PathBuf;
use waterskin_bundle::Theme;
use waterskin_session::{Ground, Grounds};

/// How an app's window looks before the page has a say.
#[derive(Clone, Debug)]
pub struct Looks {
    /// The title, for as long as the page has none of its own.
    pub title: String,
    /// The name of the script that Streamlit runs, without its extension.
    pub script: String,
    /// Width and height in logical pixels.
    pub size: (u32, u32),
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// What the page will have behind everything.
    pub grounds: Grounds,
    /// The app's icon, a PNG.
    pub icon: Option<Utf8PathBuf>,
}

impl Looks {
    /// What lies behind everything, on a system whose user prefers dark windows or not.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux has something of the shell's over the page")
    )]
    pub fn ground(&self, system_is_dark: bool) -> Ground {
        let dark = match self.theme {
            Theme::Light => false,
            Theme::Dark => true,
            Theme::System => system_is_dark,
        };
        self.grounds.of_look(dark)
    }
}
