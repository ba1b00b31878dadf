//! The menu. On macOS it is where every app has it, on Windows it is a menu bar, and on Linux one
//! that F10 shows: desktops there have given menu bars up, and the page should have the room. What
//! is in it has the keys of a browser, and the context menu of the page leads to it too.

use tauri::{
    AppHandle, Manager as _, Wry,
    menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
};
use waterskin_session::Vault;
use waterskin_words::Words;

use crate::{
    action::{self, Action},
    desk::Desk,
    settings::{Choices, Device},
    window,
};

/// What stands in a menu. The names are those of messages.
enum Entry {
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
const APP: &[Entry] = &[
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
    Do(Action::CopyReport),
    Do(Action::SaveReport),
    Line,
    Do(Action::Quit),
];

/// The menu about the page.
const PAGE: &[Entry] = &[
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

/// The one menu that all windows of the app have.
pub struct Bar {
    /// All of it.
    pub menu: Menu<Wry>,
    switches: Vec<(Device, CheckMenuItem<Wry>)>,
}

impl Bar {
    /// Makes it.
    pub fn make(app: &AppHandle, desk: &Desk) -> tauri::Result<Self> {
        let mut maker = Maker {
            app,
            words: &desk.words,
            name: &app.package_info().name,
            has_secrets: has_secrets(app),
            switches: Vec::new(),
        };
        let menu = Menu::new(app)?;
        menu.append(&maker.submenu(maker.name, APP)?)?;
        if cfg!(target_os = "macos") {
            menu.append(&edit(app, &desk.words)?)?;
        }
        menu.append(&maker.submenu(&desk.words.say("menu-page"), PAGE)?)?;
        Ok(Self { menu, switches: maker.switches })
    }

    fn show(&self, choices: &Choices) -> tauri::Result<()> {
        self.switches.iter().try_for_each(|(device, switch)| {
            switch.set_checked(choices.devices.get(device).copied().unwrap_or_default())
        })
    }
}

/// Whether the app asks for secrets that can be changed.
fn has_secrets(app: &AppHandle) -> bool {
    app.try_state::<Vault>().is_some_and(|vault| !vault.is_empty())
}

/// Makes menus of the tables.
struct Maker<'a> {
    app: &'a AppHandle,
    words: &'a Words,
    name: &'a str,
    has_secrets: bool,
    switches: Vec<(Device, CheckMenuItem<Wry>)>,
}

impl Maker<'_> {
    fn submenu(&mut self, title: &str, entries: &[Entry]) -> tauri::Result<Submenu<Wry>> {
        // An ampersand would mark a letter as a key.
        let submenu = Submenu::new(self.app, title.replace('&', "&&"), true)?;
        for entry in entries {
            match entry {
                Line => submenu.append(&PredefinedMenuItem::separator(self.app)?)?,
                Do(Action::Secrets) if !self.has_secrets => {}
                Do(action) => submenu.append(&self.entry(*action)?)?,
                Switch(action, device) => submenu.append(&self.switch(*action, *device)?)?,
                More(title, entries) => {
                    submenu.append(&self.submenu(&self.words.say(title), entries)?)?;
                }
            }
        }
        Ok(submenu)
    }

    fn entry(&self, action: Action) -> tauri::Result<MenuItem<Wry>> {
        let (name, key) = action::name_and_key(action);
        let key = Some(key).filter(|key| !key.is_empty());
        MenuItem::with_id(self.app, name, self.text(name), true, key)
    }

    fn switch(&mut self, action: Action, device: Device) -> tauri::Result<CheckMenuItem<Wry>> {
        let (name, _) = action::name_and_key(action);
        let text = self.text(name);
        let item = CheckMenuItem::with_id(self.app, name, text, true, false, None::<&str>)?;
        self.switches.push((device, item.clone()));
        Ok(item)
    }

    fn text(&self, name: &str) -> String {
        self.words.tell(name, &[("app", self.name)]).replace('&', "&&")
    }
}

/// On macOS, keys such as Command and C work in a page only when a menu has them.
fn edit(app: &AppHandle, words: &Words) -> tauri::Result<Submenu<Wry>> {
    Submenu::with_items(
        app,
        words.say("menu-edit"),
        true,
        &[
            &PredefinedMenuItem::undo(app, None)?,
            &PredefinedMenuItem::redo(app, None)?,
            &PredefinedMenuItem::separator(app)?,
            &PredefinedMenuItem::cut(app, None)?,
            &PredefinedMenuItem::copy(app, None)?,
            &PredefinedMenuItem::paste(app, None)?,
            &PredefinedMenuItem::select_all(app, None)?,
        ],
    )
}

/// Has the menu say what was chosen.
pub fn show_choices(app: &AppHandle, choices: &Choices) {
    let Some(bar) = app.try_state::<Bar>() else { return };
    if let Err(error) = bar.show(choices) {
        tracing::debug!(%error, "the menu could not be changed");
    }
}

/// Does what an entry stands for, in the window that it is about.
pub fn chosen(app: &AppHandle, name: &str) {
    let Some(action) = action::of_name(name) else { return };
    if let Some(window) = window::meant(app, action) {
        action::perform(&window, action);
    }
    // A system marks an entry by itself when it is chosen; what counts is what was kept.
    if let Some(desk) = app.try_state::<Desk>() {
        show_choices(app, &desk.settings.choices());
    }
}

#[cfg(test)]
mod tests {
    use waterskin_words::Language;

    use super::*;
    use crate::action::ALL;

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
