//! Streamlit's settings (`config.toml`): which keys of a project hold in a packaged app, and which do not.
//! All that are not named here hold.

/// A key that the launcher decides, whatever the project says. `docs/settings.md` has the same list, and
/// the launcher's own tests compare that with what the launcher does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// The section and the name, with a dot between.
    pub key: &'static str,
    /// What it is in a packaged app, where saying just that changes nothing.
    pub value: Option<Fixed>,
    /// Why, for the author.
    pub why: &'static str,
}

/// A value that never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// `true` or `false`.
    Flag(bool),
    /// A text.
    Text(&'static str),
}

const fn overridden(key: &'static str, value: Option<Fixed>, why: &'static str) -> Overridden {
    Overridden { key, value, why }
}

use Fixed::{Flag, Text};

/// Every key that the launcher decides (1.40 to 1.67), in the order of the alphabet; at the end the one
/// whose files do not come along.
pub const OVERRIDDEN: &[Overridden] = &[
    overridden("browser.gatherUsageStats", Some(Flag(false)), "an app talks to nobody by itself"),
    overridden(
        "browser.serverAddress",
        Some(Text("localhost")),
        "the page is in the app's own window",
    ),
    overridden("browser.serverPort", None, "the page is in the app's own window"),
    overridden("client.allowedOrigins", None, "no other page may send messages to the app's"),
    overridden(
        "global.developmentMode",
        Some(Flag(false)),
        "it is for who develops Streamlit, and serves no page",
    ),
    overridden("logger.hideWelcomeMessage", Some(Flag(true)), "nobody reads where the page is"),
    overridden("server.address", Some(Text("127.0.0.1")), "the app serves its own window alone"),
    overridden("server.allowedHosts", None, "the app serves its own window alone"),
    overridden("server.baseUrlPath", Some(Text("")), "the page is in the app's own window"),
    overridden("server.enableCORS", Some(Flag(true)), "no other site may ask the app"),
    overridden(
        "server.enableXsrfProtection",
        Some(Flag(true)),
        "no other site may send files to the app",
    ),
    overridden(
        "server.fileWatcherType",
        Some(Text("none")),
        "the files of an installed app don't change",
    ),
    overridden("server.headless", Some(Flag(true)), "the page is in the app's own window"),
    overridden(
        "server.port",
        None,
        "`port` under `[tool.waterskin]` is the one that the page prefers",
    ),
    overridden("server.runOnSave", Some(Flag(false)), "the files of an installed app don't change"),
    overridden("server.showEmailPrompt", Some(Flag(false)), "nobody could answer"),
    overridden("server.sslCertFile", Some(Text("")), "nothing goes over a network"),
    overridden("server.sslKeyFile", Some(Text("")), "nothing goes over a network"),
    overridden(
        "secrets.files",
        None,
        "such files never come along; `[tool.waterskin.secrets]` has the app ask for what they hold",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_the_documentation() {
        let text = include_str!("../../../../docs/settings.md");
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        let written: Vec<&str> = rows.map(|(key, _)| key).collect();
        let known: Vec<&str> = OVERRIDDEN.iter().map(|it| it.key).collect();
        assert_eq!(written, known);
    }
}
