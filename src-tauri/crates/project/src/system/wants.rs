//! What of Streamlit wants more than the app brings along.

/// Something that an app can want.
#[derive(Debug)]
pub(crate) struct Want {
    /// The words that tell of it, in small letters.
    words: &'static [&'static str],
    /// What the author should know.
    pub note: &'static str,
    /// The packages of Debian and Ubuntu that have it, which a system installs if it can.
    pub packages: &'static [&'static str],
}

/// - The tiles of maps are Carto's (Streamlit 1.40 to 1.67: `elements/map.py`,
///   `deck_gl_json_chart.py`).
/// - A page of folium loads Leaflet from a site for scripts (0.20: `folium/folium.py`).
/// - WebKitGTK records by GStreamer's `transcodebin` (2.50), which is in the plugins called "bad".
/// - H.264 and AAC are in those of FFmpeg.
const WANTS: [Want; 4] = [
    Want {
        words: &["st.map(", "streamlit.map(", ".pydeck_chart("],
        note: "the app shows a map, whose streets and names come from the network: without one, people see what the app draws on an empty ground",
        packages: &[],
    },
    Want {
        words: &[
            "import folium",
            "from folium",
            "streamlit_folium",
            "import leafmap",
            "from leafmap",
        ],
        note: "the app shows a map of folium, which takes streets, names and most of its code from the network: without one, the map stays grey or empty",
        packages: &[],
    },
    Want {
        words: &[".audio_input(", "accept_audio=true"],
        note: "the app records sound: on Linux that takes the package `gstreamer1.0-plugins-bad`, which the Debian package recommends; without it nothing is recorded",
        packages: &["gstreamer1.0-plugins-bad"],
    },
    Want {
        words: &[".mp4", ".m4v", ".m4a", "video/mp4", "audio/mp4"],
        note: "the app plays MP4: on Linux that takes the package `gstreamer1.0-libav`, which the Debian package recommends; without it nothing is played",
        packages: &["gstreamer1.0-libav"],
    },
];

/// What the author of an app with emoji should know.
pub const EMOJI: &str = "the app shows emoji, which are boxes on a system without a font for them: the Debian package recommends `fonts-noto-color-emoji`, and the archive's README names it";

/// Whether a text has emoji: Unicode's blocks of pictures, flags and symbols for them, or the mark
/// that has another character shown as one.
pub(crate) fn has_emoji(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{fe0f}'))
}

/// What an app wants that says these words, in small letters.
pub(crate) fn wants(words: &str) -> impl Iterator<Item = &'static Want> {
    WANTS.iter().filter(|want| want.words.iter().any(|word| has(words, word)))
}

/// Whether a word is there that is not the end of another name.
fn has(words: &str, word: &str) -> bool {
    let in_name = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    words.match_indices(word).any(|(at, _)| word.starts_with('.') || !in_name(&words[..at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_told_from_other_signs() {
        assert!(["🚀", "st.title('👩\u{200d}🔬')", "❤\u{fe0f}", "🇩🇪"].into_iter().all(has_emoji));
        assert!(
            !["", "é → ✓ … 漢字 🄫".trim_end_matches('🄫'), "\u{2665}"].into_iter().any(has_emoji)
        );
    }

    #[test]
    fn an_author_is_told_what_an_app_wants() {
        for (words, of) in [
            ("app.py\nst.map(frame)", "a map"),
            ("right.pydeck_chart(deck)", "a map"),
            ("app.py\nimport folium", "a map of folium"),
            ("from streamlit_folium import st_folium", "a map of folium"),
            ("left.audio_input('say it')", "gstreamer1.0-plugins-bad"),
            ("st.chat_input(accept_audio=true)", "gstreamer1.0-plugins-bad"),
            ("app.py\nfilm.mp4", "gstreamer1.0-libav"),
            ("st.video(data, format='video/mp4')", "gstreamer1.0-libav"),
        ] {
            let wants: Vec<_> = wants(words).collect();
            assert!(wants.len() == 1 && wants[0].note.contains(of), "{words}: {wants:?}");
            let named = wants[0].packages.iter().all(|it| wants[0].note.contains(it));
            assert!(named, "{wants:?}");
        }
        for words in [
            "",
            "st.audio(sound)",
            "list(map(str, values))",
            "best.map(x)",
            "the_st.map(x)",
            "frame.map(round)",
        ] {
            assert_eq!(wants(words).count(), 0, "{words}");
        }
    }
}
