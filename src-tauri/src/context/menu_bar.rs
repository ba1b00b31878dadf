//! The menu. On macOS it is where every app has it, on Windows it is a menu bar, and on Linux one
//! that F10 shows: desktops there have given menu bars up, and the page should have the room. What
//! is in it has the keys of a browser, and the context menu of the page leads to it too.

use tauri::{
    AppHandle, Wry,
    menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
};
use waterskin_words::Words;

use crate::model::{
    action::{self, Action},
    choices::{Choices, Device},
    menu::{APP, Entry, PAGE},
    ui::Ui,
};

/// The one menu that all windows of the app have.
pub struct MenuBar {
    /// All of it.
    pub menu: Menu<Wry>,
    switches: Vec<(Device, CheckMenuItem<Wry>)>,
}

impl MenuBar {
    /// Makes it. `has_secrets` is whether the app asks for secrets that can be changed.
    pub fn make(app: &AppHandle, ui: &Ui, has_secrets: bool) -> tauri::Result<Self> {
        let Ui { name, words, .. } = ui;
        let mut maker = Maker { app, words, name, has_secrets, switches: Vec::new() };
        let menu = Menu::new(app)?;
        menu.append(&maker.submenu(maker.name, APP)?)?;
        if cfg!(target_os = "macos") {
            menu.append(&edit(app, words)?)?;
        }
        menu.append(&maker.submenu(&words.say("menu-page"), PAGE)?)?;
        Ok(Self { menu, switches: maker.switches })
    }

    /// Has it say what was chosen.
    pub fn show(&self, choices: &Choices) {
        let shown = self.switches.iter().try_for_each(|(device, switch)| {
            switch.set_checked(choices.devices.get(device).copied().unwrap_or_default())
        });
        if let Err(error) = shown {
            tracing::debug!(%error, "the menu could not be changed");
        }
    }
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
                Entry::Line => submenu.append(&PredefinedMenuItem::separator(self.app)?)?,
                Entry::Do(Action::Secrets) if !self.has_secrets => {}
                Entry::Do(action) => submenu.append(&self.entry(*action)?)?,
                Entry::Switch(action, device) => submenu.append(&self.switch(*action, *device)?)?,
                Entry::More(title, entries) => {
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
