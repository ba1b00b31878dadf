//! What of Streamlit wants more than the app brings along.

/// The calls, in small letters, and what they want.
///
/// - The tiles of maps are Carto's (Streamlit 1.40 to 1.67: `elements/map.py`,
///   `deck_gl_json_chart.py`).
/// - WebKitGTK records by GStreamer's `transcodebin` (2.50), which is in the plugins called "bad".
const WANTS: [(&[&str], &str); 2] = [
    (
        &["st.map(", "streamlit.map(", ".pydeck_chart("],
        "the app shows a map, whose streets and names come from the network: without one, people see what the app draws on an empty ground",
    ),
    (
        &[".audio_input(", "accept_audio=true"],
        "the app records sound: on Linux that takes the package `gstreamer1.0-plugins-bad`, without which nothing is recorded",
    ),
];

/// Notes for the author of an app that says these words, in small letters.
pub(crate) fn notes(words: &str) -> impl Iterator<Item = String> {
    let used = WANTS.iter().filter(|(calls, _)| calls.iter().any(|call| has(words, call)));
    used.map(|(_, note)| (*note).to_owned())
}

/// Whether a call is there that is not the end of another name.
fn has(words: &str, call: &str) -> bool {
    let in_name = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    words.match_indices(call).any(|(at, _)| call.starts_with('.') || !in_name(&words[..at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_told_what_an_app_wants() {
        for (words, of) in [
            ("app.py\nst.map(frame)", "a map"),
            ("right.pydeck_chart(deck)", "a map"),
            ("left.audio_input('say it')", "gstreamer1.0-plugins-bad"),
            ("st.chat_input(accept_audio=true)", "gstreamer1.0-plugins-bad"),
        ] {
            let notes: Vec<_> = notes(words).collect();
            assert!(notes.len() == 1 && notes[0].contains(of), "{words}: {notes:?}");
        }
        for words in [
            "",
            "st.audio(sound)",
            "list(map(str, values))",
            "best.map(x)",
            "the_st.map(x)",
            "frame.map(round)",
        ] {
            assert_eq!(notes(words).count(), 0, "{words}");
        }
    }
}
