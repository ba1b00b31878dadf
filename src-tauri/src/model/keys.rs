//! The keys of a browser, for where no menu has them.

use super::action::Action;

/// A key and what is held with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// GDK's name of the key in lower case, such as `r`, `f5` or `kp_add`.
    pub key: String,
    /// Control.
    pub control: bool,
    /// Alt.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
}

/// The action for a key, where the menu bar is out of sight and has no keys.
pub fn of_keys(keys: &Keys) -> Option<Action> {
    let Keys { key, control, alt, shift } = keys;
    // Shift is what some keyboards need for plus and zero.
    match (*control, *alt, *shift, key.as_str()) {
        (true, false, _, "plus" | "equal" | "kp_add") => Some(Action::ZoomIn),
        (true, false, _, "minus" | "underscore" | "kp_subtract") => Some(Action::ZoomOut),
        (true, false, _, "0" | "kp_0" | "kp_insert") => Some(Action::ZoomReset),
        (true, false, _, "r") | (_, false, _, "f5") => Some(Action::Reload),
        (true, false, false, "f") | (false, false, false, "f3") => Some(Action::Find),
        (true, false, false, "p") => Some(Action::Print),
        (true, false, false, "w") => Some(Action::Close),
        (true, false, false, "q") => Some(Action::Quit),
        (false, true, false, "left" | "kp_left") | (false, false, _, "back") => Some(Action::Back),
        (false, true, false, "right" | "kp_right") | (false, false, _, "forward") => {
            Some(Action::Forward)
        }
        (false, false, false, "f8") => Some(Action::Inspector),
        (false, false, false, "f11") => Some(Action::FullScreen),
        (false, false, false, "f10" | "menu_bar") => Some(Action::Menu),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Keys {
        let (held, key) = text.rsplit_once('+').unwrap_or(("", text));
        let held = |name: &str| held.split('+').any(|it| it == name);
        Keys { key: key.into(), control: held("ctrl"), alt: held("alt"), shift: held("shift") }
    }

    #[test]
    fn the_keys_of_a_browser() {
        for (text, action) in [
            ("ctrl+r", Some(Action::Reload)),
            ("ctrl+shift+r", Some(Action::Reload)),
            ("f5", Some(Action::Reload)),
            ("ctrl+plus", Some(Action::ZoomIn)),
            ("ctrl+shift+plus", Some(Action::ZoomIn)),
            ("ctrl+kp_subtract", Some(Action::ZoomOut)),
            ("ctrl+0", Some(Action::ZoomReset)),
            ("alt+left", Some(Action::Back)),
            ("alt+right", Some(Action::Forward)),
            ("ctrl+f", Some(Action::Find)),
            ("ctrl+p", Some(Action::Print)),
            ("f8", Some(Action::Inspector)),
            ("ctrl+f8", None),
            ("f11", Some(Action::FullScreen)),
            ("f10", Some(Action::Menu)),
            ("r", None),
            ("left", None),
            ("ctrl+left", None),
            ("ctrl+alt+r", None),
            ("ctrl+c", None),
            ("shift+f10", None),
        ] {
            assert_eq!(of_keys(&keys(text)), action, "{text}");
        }
    }
}
