//! The menu bar is out of sight until F10 is pressed, and again when it was used.

use std::sync::Arc;

use gtk::{gio, prelude::*};
use tauri::WebviewWindow;
use webkit2gtk::{
    ContextMenu, ContextMenuAction as Stock, ContextMenuExt as _, ContextMenuItem,
    ContextMenuItemExt as _, HitTestResult, HitTestResultExt as _, WebView, WebViewExt as _,
};

use super::{card, expected::expected, theme};
use crate::{
    model::{action::Action, navigation::is_own},
    platform::shell::Shell,
};

/// Tidies the context menu of the page up, and adds a way to the menu bar to it, for who does not
/// know the key.
pub fn offer(shell: &Arc<Shell>, window: &WebviewWindow, view: &WebView) {
    let (shell, window) = (Arc::clone(shell), window.clone());
    view.connect_context_menu(move |_, menu, _, under| {
        tidy(menu, under, shell.port);
        let entry = gio::SimpleAction::new("app-menu", None);
        let (shell_, shown) = (Arc::clone(&shell), window.clone());
        entry.connect_activate(move |_, _| shell_.delegate.asked_for(&shown, Action::Menu));
        let label = format!("{} (F10)", shell.ui.words.say("menu-show"));
        menu.append(&ContextMenuItem::new_separator());
        menu.append(&ContextMenuItem::from_gaction(&entry, &label, None));
        false
    });
}

/// Takes out what copies an address of the page: it leads nowhere outside of this window, and
/// nowhere at all after this launch. And what has this window load a file of another site, which is
/// for the system's browser.
fn tidy(menu: &ContextMenu, under: &HitTestResult, port: u16) {
    let link = under.link_uri().and_then(|uri| tauri::Url::parse(&uri).ok());
    let of_page = link.is_none_or(|link| is_own(&link, port));
    for item in menu.items() {
        let useless = match item.stock_action() {
            Stock::CopyImageUrlToClipboard
            | Stock::CopyVideoLinkToClipboard
            | Stock::CopyAudioLinkToClipboard => true,
            Stock::CopyLinkToClipboard => of_page,
            Stock::DownloadLinkToDisk => !of_page,
            // The link to a selected text has no name of its own here (WebKitGTK 2.50).
            Stock::NoAction | Stock::Custom => !item.is_separator() && item.submenu().is_none(),
            _ => false,
        };
        if useless {
            menu.remove(&item);
        }
    }
}

/// Shows the menu bar with its first menu marked, as GTK does by F10.
pub fn show(shell: &Shell, window: &WebviewWindow) -> tauri::Result<()> {
    let hidden = window.clone();
    window.show_menu()?;
    let parts = window.default_vbox()?.children().into_iter();
    let bar = parts.filter_map(|child| child.downcast::<gtk::MenuBar>().ok()).next();
    let Some(bar) = expected("the menu bar of a window", bar) else { return Ok(()) };
    let ground = shell.ui.looks.ground(theme::system_is_dark());
    card::write_on_the_ground(&bar, ground.is_dark());
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
