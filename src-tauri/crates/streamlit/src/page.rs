use serde::Serialize;

/// What the page calls itself where the app has no title (1.40 to 1.67, `AppNavigation`, `getTitle`).
pub const UNNAMED: &str = "Streamlit";

/// By what a page shows, from outside, how far it is: CSS selectors and the values of an attribute, as
/// they are from 1.40.2 to 1.67.0. The screens have them as `ui/src/gen/streamlit.ts`.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageSigns {
    /// What Streamlit's `index.html` has had since its first versions.
    pub root: &'static str,
    /// The app, once the page's own scripts have made it.
    pub app: &'static str,
    /// The app's attribute with the state of the script.
    pub script_state: &'static str,
    /// That attribute's value until the server's first message.
    pub initial: &'static str,
    /// Its values while the script runs, or is to run. All others are those of one that has ended.
    pub running: &'static [&'static str],
    /// A place for something that the script draws. There is one before it has drawn anything: empty
    /// at first, with a stand-in in it after half a second (1.40.2 keeps it while the script runs).
    pub element: &'static str,
    /// The names (`data-testid`) of what stands in for a part of the page that is not there yet.
    pub stand_ins: &'static [&'static str],
    /// A dialog: one of the app's, or an error of Streamlit's.
    pub dialog: &'static str,
    /// What nobody sees of its texts: names of icons, which a font draws, and a link that is there for
    /// keys.
    pub unseen: &'static str,
}

impl PageSigns {
    /// Those of all supported versions.
    pub const ALL: Self = Self {
        root: "#root",
        app: "[data-testid=stApp]",
        script_state: "data-test-script-state",
        initial: "initial",
        running: &["running", "rerunRequested"],
        element: "[data-testid=stElementContainer]",
        stand_ins: &["stAppSkeleton", "stSkeleton"],
        dialog: "[data-testid=stDialog], [role=dialog]",
        unseen: "[data-testid=stIconMaterial], [data-testid=stSkipToContent]",
    };
}

/// What a page can be told as by the site around it (1.40 to 1.67, `HostCommunication`). It listens to
/// the origins that its `host-config` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostMessage {
    /// To run the script.
    Rerun,
    /// To empty the app's caches.
    ClearCache,
}

impl HostMessage {
    /// JavaScript that tells it to the page in which it runs.
    pub fn script(self) -> String {
        let kind = match self {
            Self::Rerun => "RERUN_SCRIPT",
            Self::ClearCache => "CLEAR_CACHE",
        };
        format!("window.postMessage({{ stCommVersion: 1, type: {kind:?} }}, location.origin)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screens_have_the_same() {
        let all = serde_json::to_string_pretty(&PageSigns::ALL).unwrap();
        let text = format!(
            "// Written by the tests of `waterskin-streamlit`, from its `page.rs`.\n\
             export const SIGNS = {all} as const;\n"
        );
        let here = std::env::var("CARGO_MANIFEST_DIR").unwrap();
        let file = format!("{here}/../../../ui/src/gen/streamlit.ts");
        if std::fs::read_to_string(&file).ok().as_ref() != Some(&text) {
            std::fs::write(file, text).unwrap();
        }
    }

    #[test]
    fn a_page_is_told_in_its_own_window() {
        let script = HostMessage::Rerun.script();
        assert!(script.contains("type: \"RERUN_SCRIPT\"") && script.ends_with("location.origin)"));
    }
}
