//! The menu bar is out of sight until F10 is pressed, and again when it was used.

use gtk::{gio, prelude::*};
use tauri::{Manager as _, WebviewWindow};
use webkit2gtk::{ContextMenuExt as _, ContextMenuItem, WebView, WebViewExt as _};

use crate::{
    action::{self, Action},
    desk::Desk,
};

/// Adds a way to the menu bar to the context menu of the page, for who does not know the key.
pub fn offer(window: &WebviewWindow, view: &WebView) {
    let window = window.clone();
    view.connect_context_menu(move |_, menu, _, _| {
        let Some(desk) = window.try_state::<Desk>() else { return false };
        let entry = gio::SimpleAction::new("app-menu", None);
        let shown = window.clone();
        entry.connect_activate(move |_, _| action::perform(&shown, Action::Menu));
        let label = format!("{} (F10)", desk.words.say("menu-show"));
        menu.append(&ContextMenuItem::new_separator());
        menu.append(&ContextMenuItem::from_gaction(&entry, &label, None));
        false
    });
}

/// Shows the menu bar with its first menu marked, as GTK does by F10.
pub fn show(window: &WebviewWindow) -> tauri::Result<()> {
    let hidden = window.clone();
    window.show_menu()?;
    let bar = window.default_vbox()?.children().into_iter();
    let Some(bar) = bar.filter_map(|child| child.downcast::<gtk::MenuBar>().ok()).next() else {
        return Ok(());
    };
    let handler = std::rc::Rc::new(std::cell::Cell::new(None));
    let own = std::rc::Rc::clone(&handler);
    handler.set(Some(bar.connect_deactivate(move |bar| {
        if let Some(own) = own.take() {
            bar.disconnect(own);
        }
        if let Err(error) = hidden.hide_menu() {
            tracing::debug!(%error, "the menu could not be hidden");
        }
    })));
    bar.select_first(true);
    Ok(())
}
