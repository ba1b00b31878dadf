//! The colours stand in three places, since neither GTK nor the splash can read the style sheet of
//! the screens. Here they are held to it.

use super::{card, splash};
use waterskin_session::Ground;

const TOKENS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/look/tokens.css"));

/// The tokens of the light look, and those of the dark one.
fn themes() -> [&'static str; 2] {
    let (light, rest) = TOKENS.split_once(".ws.dark {").unwrap();
    let (dark, _) = rest.split_once('}').unwrap();
    [light, dark]
}

/// The colour of a token, as `#0e1117`.
fn token<'a>(theme: &'a str, name: &str) -> &'a str {
    let (_, rest) = theme.split_once(&format!("--{name}: ")).unwrap();
    rest.split_once(';').unwrap().0
}

#[test]
fn the_splash_has_the_colours_of_the_screens() {
    for (theme, colours) in themes().into_iter().zip([&splash::LIGHT, &splash::DARK]) {
        let named = [
            ("ink", colours.ink),
            ("ink-soft", colours.soft),
            ("line", colours.line),
            ("accent", colours.accent),
            ("on-accent", colours.on_accent),
        ];
        for (name, [red, green, blue]) in named {
            assert_eq!(format!("#{red:02x}{green:02x}{blue:02x}"), token(theme, name), "{name}");
        }
    }
}

#[test]
fn windows_have_the_ground_of_the_screens() {
    for (theme, ground) in themes().into_iter().zip([Ground::LIGHT, Ground::DARK]) {
        assert_eq!(ground.css(), token(theme, "ground"));
    }
}

#[test]
fn cards_have_colours_of_the_screens_alone() {
    let (light, dark) = card::STYLE.split_once(".ws-dark").unwrap();
    for (theme, style) in themes().into_iter().zip([light, dark]) {
        let colours: Vec<&str> =
            style.match_indices('#').map(|(at, _)| &style[at..at + 7]).collect();
        assert!(colours.len() > 10, "{colours:?}");
        for colour in colours {
            assert!(theme.contains(colour), "{colour} is no token");
        }
    }
}
