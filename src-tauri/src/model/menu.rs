//! What is in the menu, and in which order.

use super::{action::Action, choices::Device};

/// What stands in a menu. The names are those of messages.
pub enum Entry {
    /// A line between others.
    Line,
    /// Something to do.
    Do(Action),
    /// Whether the page may use something.
    Switch(Action, Device),
    /// A menu in the menu.
    More(&'static str, &'static [Entry]),
}

use Entry::{Do, Line, More, Switch};

/// The menu that is called like the app.
pub const APP: &[Entry] = &[
    Do(Action::About),
    Line,
    Do(Action::Reload),
    Do(Action::Restart),
    Do(Action::ClearCache),
    Line,
    More("menu-zoom", &[Do(Action::ZoomIn), Do(Action::ZoomOut), Do(Action::ZoomReset)]),
    Do(Action::Secrets),
    More(
        "menu-permissions",
        &[Switch(Action::Camera, Device::Camera), Switch(Action::Microphone, Device::Microphone)],
    ),
    Line,
    Do(Action::Log),
    Do(Action::Inspector),
    Do(Action::CopyReport),
    Do(Action::SaveReport),
    Line,
    Do(Action::Quit),
];

/// The menu about the page.
pub const PAGE: &[Entry] = &[
    Do(Action::Back),
    Do(Action::Forward),
    Do(Action::Rerun),
    Line,
    Do(Action::Find),
    Do(Action::Print),
    Do(Action::FullScreen),
    Line,
    Do(Action::Close),
];

#[cfg(test)]
mod tests {
    use waterskin_words::{Language, Words};

    use super::*;
    use crate::model::action::ALL;

    /// The actions in a menu and in those inside of it.
    fn actions(entries: &[Entry]) -> Vec<Action> {
        let each = entries.iter().flat_map(|entry| match entry {
            Line => Vec::new(),
            Do(action) | Switch(action, _) => vec![*action],
            More(_, entries) => actions(entries),
        });
        each.collect()
    }

    #[test]
    fn every_action_but_the_menu_itself_has_an_entry_with_words() {
        let words = Words::of(Language::English);
        let there = [actions(APP), actions(PAGE)].concat();
        for (action, name, _) in ALL {
            let times = there.iter().filter(|it| *it == action).count();
            assert_eq!(times, usize::from(*action != Action::Menu), "{action:?}");
            assert_ne!(words.say(name), *name);
        }
    }
}
