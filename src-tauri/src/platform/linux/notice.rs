//! A notice with some words, at the lower right of the page.

use std::time::Duration;

use gtk::{glib, prelude::*};
use webkit2gtk::WebView;

use super::{card, column, theme};
use crate::model::{notice::Notice, ui::Ui};

/// How long one stays that only passes by.
const STAY: Duration = Duration::from_secs(12);

/// What a notice is called that only passes by.
const PASSING: &str = "passing";

/// Puts a notice over the page.
pub fn over(ui: &Ui, view: &WebView, notice: &Notice) {
    let Some(column) = column::with_room(view) else { return };
    let card = card::new(
        gtk::Orientation::Vertical,
        6,
        ui.looks.ground(theme::system_is_dark()).is_dark(),
    );
    card.set_size_request(340, -1);
    let title = card::label(&notice.title, "name");
    title.set_line_wrap(true);
    // The name of a site may be one long word.
    title.set_line_wrap_mode(gtk::pango::WrapMode::WordChar);
    title.set_max_width_chars(34);
    title.set_hexpand(true);
    let close = card::sign("✕", &ui.words.say("menu-close"));
    let head = gtk::Box::new(gtk::Orientation::Horizontal, 8);
    head.pack_start(&title, true, true, 0);
    head.pack_end(&close, false, false, 0);
    let text = card::label(&notice.text, "soft");
    text.set_line_wrap(true);
    text.set_max_width_chars(40);
    card.add(&head);
    card.add(&text);
    let weak = card.downgrade();
    close.connect_clicked(move |_| column::remove(&weak));
    if notice.passing {
        card.set_widget_name(PASSING);
        let weak = card.downgrade();
        glib::timeout_add_local_once(STAY, move || column::remove(&weak));
    }
    column.pack_start(&card, false, false, 0);
    card.show_all();
}

/// Takes away the notices that only pass by.
pub fn dismiss(view: &WebView) {
    let Some(column) = column::of(view) else { return };
    for card in column.children().into_iter().filter(|card| card.widget_name() == PASSING) {
        column.remove(&card);
    }
}
