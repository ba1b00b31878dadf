//! What is in the page itself, where the shell can put nothing over it: a bar that finds text, and
//! notices (`ui/src/inpage`). The page could take them away or draw ones of its own; what the shell
//! must be believed about is in its own windows and dialogs.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use tauri::Webview;
use waterskin_words::Words;

use crate::model::ui::Ui;

const SCRIPT: &str = include_str!("../../../ui/dist/inpage.js");

/// The messages that the script needs.
const WORDS: &[&str] = &[
    "device-missing",
    "device-missing-both",
    "device-missing-camera",
    "device-missing-microphone",
    "find-next",
    "find-none",
    "find-previous",
    "find-text",
    "menu-close",
    "network-missing",
    "network-missing-site",
];

/// What the script in a page can be told to do.
#[derive(Debug, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// Open the bar that finds text, or go back to it.
    Find,
    /// Show a notice, in place of the one before.
    Tell {
        /// What it is about.
        title: String,
        /// What it means, and what to do.
        text: String,
    },
    /// Take the notice away.
    Dismiss,
    /// Take a device from the page.
    Release {
        /// What comes from it: `audio` or `video`.
        kind: &'static str,
    },
}

/// The script, for a page before its own ones run.
pub fn script(ui: &Ui) -> String {
    let mut settings = ui.in_scripts();
    settings["words"] = json!(words(&ui.words));
    format!("window.__WATERSKIN_INPAGE__ = {settings};\n{SCRIPT}")
}

/// Has the page in a web view do something, where there is one.
pub fn perform(view: &Webview, command: &Command) -> tauri::Result<()> {
    let command = serde_json::to_string(command)?;
    view.eval(format!("window.__waterskinInPage?.({command})"))
}

/// The messages as text, in which `{ $site }` is a placeholder.
fn words(words: &Words) -> BTreeMap<&'static str, String> {
    let site = [("site", "{ $site }")];
    WORDS.iter().map(|key| (*key, words.tell(key, &site))).collect()
}

#[cfg(test)]
mod tests {
    use waterskin_words::Language;

    use super::*;

    #[test]
    fn every_message_is_there_and_the_site_has_its_place() {
        for language in Language::ALL {
            let words = words(&Words::of(language));
            for (key, text) in &words {
                assert_ne!(key, text, "{language:?}");
                assert_eq!(text.contains("{ $site }"), *key == "network-missing-site", "{text}");
            }
        }
    }

    #[test]
    fn a_command_is_what_the_script_reads() {
        let said = |command| serde_json::to_string(&command).unwrap();
        assert_eq!(said(Command::Find), r#"{"do":"find"}"#);
        let told = said(Command::Tell { title: "</script>".into(), text: "\"".into() });
        assert_eq!(told, r#"{"do":"tell","title":"</script>","text":"\""}"#);
        assert_eq!(said(Command::Dismiss), r#"{"do":"dismiss"}"#);
        let released = said(Command::Release { kind: "audio" });
        assert_eq!(released, r#"{"do":"release","kind":"audio"}"#);
    }
}
