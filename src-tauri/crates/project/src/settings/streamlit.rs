//! What of a project's own settings for Streamlit does not hold in a packaged app.

use camino::Utf8Path;
use toml::{Table, Value};

/// A key that the launcher decides, whatever the project says, and why. `docs/settings.md` has the same
/// list.
struct Overridden {
    key: &'static str,
    /// What it is in a packaged app, where saying just that changes nothing.
    value: Option<Fixed>,
    why: &'static str,
}

enum Fixed {
    Flag(bool),
    Text(&'static str),
}

const fn overridden(key: &'static str, value: Option<Fixed>, why: &'static str) -> Overridden {
    Overridden { key, value, why }
}

use Fixed::{Flag, Text};

const OVERRIDDEN: &[Overridden] = &[
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
];

/// The note about a file that does not come along.
const SECRETS_FILES: &str = "secrets.files";

/// The places that Streamlit reads in a project: beside the script and in the project's folder (1.40 to
/// 1.67, `config.py`, `get_config_files`).
pub(crate) fn notes(root: &Utf8Path, entry: &Utf8Path) -> Vec<String> {
    let beside = entry.parent().unwrap_or(Utf8Path::new(""));
    let mut folders = vec![beside, Utf8Path::new("")];
    folders.dedup();
    let mut notes = Vec::new();
    for folder in folders {
        let file = folder.join(".streamlit/config.toml");
        // One that can't be read is Streamlit's to complain about: the trial start shows it.
        let Ok(text) = fs_err::read_to_string(root.join(&file)) else { continue };
        let Ok(table) = text.parse::<Table>() else { continue };
        notes.extend(of_table(&table).into_iter().map(|(key, why)| {
            format!("`{key}` in `{file}` does not hold in a packaged app: {why}")
        }));
    }
    notes
}

fn of_table(table: &Table) -> Vec<(&'static str, &'static str)> {
    let value = |key: &str| {
        let (section, name) = key.split_once('.')?;
        table.get(section)?.get(name)
    };
    let differs = |it: &Overridden| match (value(it.key), &it.value) {
        (None, _) => false,
        (Some(Value::Boolean(said)), Some(Flag(fixed))) => said != fixed,
        (Some(Value::String(said)), Some(Text(fixed))) => said != fixed,
        (Some(_), _) => true,
    };
    let mut found: Vec<_> =
        OVERRIDDEN.iter().filter(|it| differs(it)).map(|it| (it.key, it.why)).collect();
    if value(SECRETS_FILES).is_some() {
        found.push((SECRETS_FILES, "such files never come along; `[tool.waterskin.secrets]` has the app ask for what they hold"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<&'static str> {
        of_table(&text.parse().unwrap()).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn what_does_not_hold_is_said() {
        let text = "[server]\nport = 80\nheadless = false\nmaxUploadSize = 5\n[theme]\nbase = 'dark'\n\
            [secrets]\nfiles = ['/etc/x']\n[browser]\ngatherUsageStats = true\n";
        let expected =
            ["browser.gatherUsageStats", "server.headless", "server.port", "secrets.files"];
        assert_eq!(keys(text), expected);
        let same = "[server]\nheadless = true\nfileWatcherType = 'none'\nrunOnSave = false\n\
            [browser]\ngatherUsageStats = false\n";
        assert_eq!(keys(same), [""; 0]);
        assert_eq!(keys("server = 3\n[browser.serverPort]\n"), ["browser.serverPort"]);
    }

    #[test]
    fn both_places_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for (place, text) in [("", "[server]\nport = 1"), ("ä b/", "[server]\nport = 2")] {
            let file = root.join(format!("{place}.streamlit/config.toml"));
            fs_err::create_dir_all(file.parent().unwrap()).unwrap();
            fs_err::write(file, text).unwrap();
        }
        assert_eq!(notes(root, "app.py".into()).len(), 1);
        let notes = notes(root, "ä b/app.py".into());
        assert!(notes[0].contains("`ä b/.streamlit/config.toml`"), "{notes:?}");
        assert_eq!(notes.len(), 2);
    }

    /// The launcher's own tests compare the list there with what the launcher does.
    #[test]
    fn the_list_is_that_of_the_documentation() {
        let text = include_str!("../../../../../docs/settings.md");
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        let written: Vec<&str> = rows.map(|(key, _)| key).collect();
        let mut known: Vec<&str> = OVERRIDDEN.iter().map(|it| it.key).collect();
        known.push(SECRETS_FILES);
        assert_eq!(written, known);
    }
}
