//! What of a project's own settings for Streamlit does not hold in a packaged app.

use camino::Utf8Path;
use toml::{Table, Value};
use waterskin_streamlit::{Fixed, OVERRIDDEN, Overridden};

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
        (Some(Value::Boolean(said)), Some(Fixed::Flag(fixed))) => said != fixed,
        (Some(Value::String(said)), Some(Fixed::Text(fixed))) => said != fixed,
        (Some(_), _) => true,
    };
    OVERRIDDEN.iter().filter(|it| differs(it)).map(|it| (it.key, it.why)).collect()
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
}
