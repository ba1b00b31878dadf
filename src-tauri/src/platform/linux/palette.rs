//! The colours of the shell's own screens, for GTK, which can't read their style sheet.

const TOKENS: &str = include_str!("../../../../ui/src/look/tokens.css");

/// The colours of one look.
#[derive(Clone, Copy)]
pub struct Palette {
    /// What the look's part of the style sheet begins with.
    rule: &'static str,
}

/// The light look.
pub const LIGHT: Palette = Palette { rule: ".ws {" };

/// The dark look.
pub const DARK: Palette = Palette { rule: ".ws.dark {" };

/// Red, green and blue, from 0 to 255.
pub type Colour = [u8; 3];

impl Palette {
    /// A colour as style sheets write it, such as `#0e1117`; that of black where none is called so.
    pub fn css(self, name: &str) -> &'static str {
        self.find(name).unwrap_or("#000000")
    }

    /// A colour; black where none is called so.
    pub fn colour(self, name: &str) -> Colour {
        let digits = self.css(name);
        [1, 3, 5].map(|at| {
            let part = digits.get(at..at + 2);
            part.and_then(|part| u8::from_str_radix(part, 16).ok()).unwrap_or_default()
        })
    }

    fn find(self, name: &str) -> Option<&'static str> {
        let (_, rest) = TOKENS.split_once(self.rule)?;
        let (look, _) = rest.split_once('}')?;
        look.split(';').find_map(|token| {
            let (known, value) = token.trim().strip_prefix("--")?.split_once(": ")?;
            (known == name && value.starts_with('#')).then_some(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use waterskin_session::Ground;

    use super::*;

    #[test]
    fn windows_have_the_ground_of_the_screens() {
        for (palette, ground) in [(LIGHT, Ground::LIGHT), (DARK, Ground::DARK)] {
            assert_eq!(ground.css(), palette.css("ground"));
            assert_eq!(ground.0, palette.colour("ground"));
        }
    }

    #[test]
    fn a_colour_is_that_of_its_look() {
        assert_eq!((LIGHT.css("ink"), DARK.css("ink")), ("#1b212b", "#eef1f5"));
        assert_eq!(DARK.colour("on-accent"), [0x06, 0x20, 0x29]);
        assert_eq!(LIGHT.find("no such"), None);
    }
}
