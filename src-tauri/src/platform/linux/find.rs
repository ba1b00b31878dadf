//! The bar that finds text in the page, at its upper right.

use gtk::{gdk, glib, prelude::*};
use webkit2gtk::{FindControllerExt as _, FindOptions, WebView, WebViewExt as _};

use super::{card, expected::expected, layer, theme};
use crate::model::ui::Ui;

/// More matches than this are not counted.
const MOST: u32 = 1_000;

/// Opens the bar, or goes back to it.
pub fn open(ui: &Ui, view: &WebView) {
    let Some(bar) = layer::part(view, "find", || make(ui, view)) else { return };
    bar.show_all();
    if let Some(entry) = entry(&bar) {
        entry.grab_focus();
    }
}

fn make(ui: &Ui, view: &WebView) -> gtk::Box {
    let words = &ui.words;
    let dark = ui.looks.ground(theme::system_is_dark()).is_dark();
    let bar = card::new(gtk::Orientation::Horizontal, 4, dark);
    bar.style_context().add_class("bar");
    bar.set_halign(gtk::Align::End);
    bar.set_valign(gtk::Align::Start);
    let entry = gtk::Entry::new();
    entry.set_width_chars(24);
    entry.set_placeholder_text(Some(&words.say("find-text")));
    let count = card::label("", "soft");
    count.set_width_chars(8);
    let previous = card::sign("▲", &words.say("find-previous"));
    let next = card::sign("▼", &words.say("find-next"));
    let close = card::sign("✕", &words.say("menu-close"));
    bar.add(&entry);
    for part in [
        count.upcast_ref::<gtk::Widget>(),
        previous.upcast_ref(),
        next.upcast_ref(),
        close.upcast_ref(),
    ] {
        bar.add(part);
    }
    let finder = expected("what finds text in a web view", view.find_controller());
    let Some(finder) = finder else { return bar };
    let options = (FindOptions::CASE_INSENSITIVE | FindOptions::WRAP_AROUND).bits();
    let searching = finder.clone();
    entry.connect_changed(move |entry| {
        let text = entry.text();
        if text.is_empty() {
            searching.search_finish();
        } else {
            searching.search(&text, options, MOST);
        }
    });
    let found = count.clone();
    finder.connect_found_text(move |_, matches| found.set_text(&matches.to_string()));
    let (none, word) = (count, words.say("find-none"));
    finder.connect_failed_to_find_text(move |_| none.set_text(&word));
    let forward = finder.clone();
    next.connect_clicked(move |_| forward.search_next());
    let back = finder.clone();
    previous.connect_clicked(move |_| back.search_previous());
    let (bar_, view_, closing) = (bar.downgrade(), view.downgrade(), finder.clone());
    close.connect_clicked(move |_| leave(&bar_, &view_, &closing));
    let (bar_, view_) = (bar.downgrade(), view.downgrade());
    entry.connect_key_press_event(move |_, event| {
        let shift = event.state().contains(gdk::ModifierType::SHIFT_MASK);
        match event.keyval() {
            gdk::keys::constants::Escape => leave(&bar_, &view_, &finder),
            gdk::keys::constants::Return | gdk::keys::constants::KP_Enter if shift => {
                finder.search_previous();
            }
            gdk::keys::constants::Return | gdk::keys::constants::KP_Enter => finder.search_next(),
            _ => return glib::Propagation::Proceed,
        }
        glib::Propagation::Stop
    });
    bar
}

/// Closes the bar and gives the keys back to the page.
fn leave(
    bar: &glib::WeakRef<gtk::Box>,
    view: &glib::WeakRef<WebView>,
    finder: &webkit2gtk::FindController,
) {
    finder.search_finish();
    if let Some(bar) = bar.upgrade() {
        bar.hide();
    }
    if let Some(view) = view.upgrade() {
        view.grab_focus();
    }
}

fn entry(bar: &gtk::Box) -> Option<gtk::Entry> {
    bar.children().into_iter().find_map(|child| child.downcast().ok())
}
