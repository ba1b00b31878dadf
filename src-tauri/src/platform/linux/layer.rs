//! A layer over the page for what the shell itself says. The page can neither see nor touch it.

use gtk::prelude::*;
use webkit2gtk::WebView;

use super::expected::expected;

/// Puts the layer between a window's box and its web view.
pub fn put(view: &WebView) {
    let container = view.parent().and_then(|parent| parent.downcast::<gtk::Box>().ok());
    let Some(container) = expected("the box around a web view", container) else { return };
    let overlay = gtk::Overlay::new();
    container.remove(view);
    overlay.add(view);
    container.pack_start(&overlay, true, true, 0);
    overlay.show_all();
    view.grab_focus();
}

/// The part of the layer called `name`, made by `make` where it is not there yet.
pub fn part<W: IsA<gtk::Widget>>(
    view: &WebView,
    name: &str,
    make: impl FnOnce() -> W,
) -> Option<W> {
    if let Some(there) = find(view, name) {
        return there.downcast().ok();
    }
    let overlay: gtk::Overlay = view.parent()?.downcast().ok()?;
    let made = make();
    made.set_widget_name(name);
    made.connect_size_allocate(|part, _| draw_anew(part));
    made.connect_unmap(draw_anew);
    overlay.add_overlay(&made);
    Some(made)
}

/// Has all of the window drawn: the shadow of a part reaches over the edge that GTK draws anew when
/// the part gets smaller or leaves, and would stay on the page.
fn draw_anew(part: &impl IsA<gtk::Widget>) {
    if let Some(window) = part.toplevel() {
        window.queue_draw();
    }
}

/// The part of the layer called `name`, where it is there.
pub fn find(view: &WebView, name: &str) -> Option<gtk::Widget> {
    let overlay: gtk::Overlay = view.parent()?.downcast().ok()?;
    overlay.children().into_iter().find(|child| child.widget_name() == name)
}

/// Takes the part called `name` away, where it is there.
pub fn remove(view: &WebView, name: &str) {
    let overlay = view.parent().and_then(|parent| parent.downcast::<gtk::Overlay>().ok());
    let Some(overlay) = overlay else { return };
    for child in overlay.children().into_iter().filter(|child| child.widget_name() == name) {
        overlay.remove(&child);
    }
}
