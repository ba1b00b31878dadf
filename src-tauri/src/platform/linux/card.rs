//! The look of what lies over the page, and of the menu bar: the grounds and inks of the shell's own screens
//! (`ui/src/look/tokens.css`).

use gtk::{gdk, prelude::*};

pub const STYLE: &str = "
.ws-card { background: #ffffff; color: #1b212b; border: 1px solid #dfe3e8; border-radius: 10px;
  padding: 12px 14px; margin: 0 18px 18px 18px; box-shadow: 0 6px 16px rgba(16, 24, 40, 0.20); }
.ws-card.bar { padding: 6px 8px; margin: 10px 18px 18px 18px; }
.ws-card label { color: #1b212b; text-shadow: none; }
.ws-card label.name { font-weight: bold; }
.ws-card label.soft { color: #4d5766; }
.ws-card label.bad { color: #b3261e; }
.ws-card button { color: #0b6b82; background: transparent; border: 1px solid transparent;
  border-radius: 6px; padding: 3px 10px; box-shadow: none; text-shadow: none; min-height: 24px; }
.ws-card button label { color: #0b6b82; font-weight: bold; }
.ws-card .actions { margin-left: -11px; }
.ws-card button:hover, .ws-card button:focus { background: #f2f4f7; border-color: #dfe3e8; }
.ws-card button.quiet { padding: 2px 6px; min-width: 16px; }
.ws-card button.quiet label { color: #667080; }
.ws-card entry { color: #1b212b; background: #f6f7f9; border: 1px solid #dfe3e8; border-radius: 6px;
  box-shadow: none; min-height: 28px; padding: 0 8px; caret-color: #1b212b; }
.ws-card entry:focus { border-color: #0b6b82; }
.ws-card progressbar trough { background: #dfe3e8; border: none; border-radius: 2px; min-height: 4px; }
.ws-card progressbar progress { background: #0b6b82; border: none; border-radius: 2px; min-height: 4px; }
.ws-bar > menuitem { color: #1b212b; text-shadow: none; }
.ws-bar > menuitem:hover { color: #0b6b82; box-shadow: inset 0 -3px #0b6b82; }
.ws-dark.ws-card { background: #181c25; color: #eef1f5; border-color: #2a303c;
  box-shadow: 0 6px 16px rgba(0, 0, 0, 0.5); }
.ws-dark.ws-card label { color: #eef1f5; }
.ws-dark.ws-card label.soft { color: #b4bcc8; }
.ws-dark.ws-card label.bad { color: #ff8a80; }
.ws-dark.ws-card button label { color: #5fc4da; }
.ws-dark.ws-card button:hover, .ws-dark.ws-card button:focus { background: #141821; border-color: #2a303c; }
.ws-dark.ws-card button.quiet label { color: #949eac; }
.ws-dark.ws-card entry { color: #eef1f5; background: #141821; border-color: #2a303c; caret-color: #eef1f5; }
.ws-dark.ws-card entry:focus { border-color: #5fc4da; }
.ws-dark.ws-card progressbar trough { background: #2a303c; }
.ws-dark.ws-card progressbar progress { background: #5fc4da; }
.ws-dark.ws-bar > menuitem { color: #eef1f5; }
.ws-dark.ws-bar > menuitem:hover { color: #5fc4da; box-shadow: inset 0 -3px #5fc4da; }
";

/// A card for the layer over the page.
pub fn new(orientation: gtk::Orientation, spacing: i32, dark: bool) -> gtk::Box {
    dress();
    let card = gtk::Box::new(orientation, spacing);
    card.style_context().add_class("ws-card");
    look(&card, dark);
    card
}

/// Gives a menu bar words that can be read on the page's ground, which the window has and so the
/// bar, whatever the desktop's look is: an app has a theme of its own.
pub fn write_on_the_ground(bar: &gtk::MenuBar, dark: bool) {
    dress();
    bar.style_context().add_class("ws-bar");
    look(bar, dark);
}

fn look(widget: &impl IsA<gtk::Widget>, dark: bool) {
    let style = widget.style_context();
    if dark {
        style.add_class("ws-dark");
    } else {
        style.remove_class("ws-dark");
    }
}

/// A label that breaks no line; what is too long ends in an ellipsis.
pub fn label(text: &str, class: &str) -> gtk::Label {
    let label = gtk::Label::new(Some(text));
    label.set_xalign(0.0);
    label.style_context().add_class(class);
    label
}

/// A button with a word on it.
pub fn button(text: &str) -> gtk::Button {
    gtk::Button::with_label(text)
}

/// A small button with a sign on it, called `name` for those who don't see it.
pub fn sign(sign: &str, name: &str) -> gtk::Button {
    let button = gtk::Button::with_label(sign);
    button.style_context().add_class("quiet");
    button.set_tooltip_text(Some(name));
    if let Some(accessible) = button.accessible() {
        accessible.set_name(name);
    }
    button.set_valign(gtk::Align::Center);
    button
}

/// Gives the display the style, once.
fn dress() {
    thread_local! {
        static DRESSED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    if DRESSED.replace(true) {
        return;
    }
    let provider = gtk::CssProvider::new();
    if let Err(error) = provider.load_from_data(STYLE.as_bytes()) {
        tracing::error!(%error, "the style of the notices could not be read");
    }
    if let Some(screen) = gdk::Screen::default() {
        let priority = gtk::STYLE_PROVIDER_PRIORITY_APPLICATION;
        gtk::StyleContext::add_provider_for_screen(&screen, &provider, priority);
    }
}
