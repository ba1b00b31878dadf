//! What of Streamlit is not whole without a network.

/// The calls whose pictures come from elsewhere, in small letters, and what is missing without
/// them (Streamlit 1.40 to 1.67: `elements/map.py`, `deck_gl_json_chart.py`; the tiles of Carto).
const REMOTE: [(&[&str], &str); 1] = [(
    &["st.map(", "streamlit.map(", ".pydeck_chart("],
    "the app shows a map, whose streets and names come from the network: without one, people see what the app draws on an empty ground",
)];

/// Notes for the author of an app that says these words, in small letters.
pub(crate) fn notes(words: &str) -> impl Iterator<Item = String> {
    let used = REMOTE.iter().filter(|(calls, _)| calls.iter().any(|call| has(words, call)));
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
    fn an_app_with_a_map_is_told_of_its_tiles() {
        for words in ["app.py\nst.map(frame)", "right.pydeck_chart(deck)"] {
            assert_eq!(notes(words).count(), 1, "{words}");
        }
        for words in
            ["", "list(map(str, values))", "best.map(x)", "the_st.map(x)", "frame.map(round)"]
        {
            assert_eq!(notes(words).count(), 0, "{words}");
        }
    }
}
