//! The column of notices, at the lower right of the page.

use gtk::{glib, prelude::*};
use webkit2gtk::WebView;

use super::layer;

/// The part of the layer that they stand in.
const NOTICES: &str = "notices";

/// How many notices there are at a time.
const MOST: usize = 4;

/// Where notices stand, with room for one more. `None` where the window is gone.
pub fn with_room(view: &WebView) -> Option<gtk::Box> {
    let column = layer::part(view, NOTICES, || {
        let column = gtk::Box::new(gtk::Orientation::Vertical, 0);
        column.set_halign(gtk::Align::End);
        column.set_valign(gtk::Align::End);
        column.show();
        column
    })?;
    for old in column.children().iter().rev().skip(MOST - 1) {
        column.remove(old);
    }
    Some(column)
}

/// The notices that there are, where there have been any.
pub fn of(view: &WebView) -> Option<gtk::Box> {
    layer::find(view, NOTICES)?.downcast().ok()
}

/// Takes a notice away.
pub fn remove(widget: &glib::WeakRef<impl IsA<gtk::Widget>>) {
    let Some(widget) = widget.upgrade() else { return };
    if let Some(column) = widget.parent().and_then(|parent| parent.downcast::<gtk::Box>().ok()) {
        column.remove(&widget);
    }
}
