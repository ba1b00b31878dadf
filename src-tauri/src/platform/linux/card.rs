//! The look of what lies over the page, and of the menu bar.

use gtk::{gdk, prelude::*};

use super::palette::{self, Palette};

/// The light look, with the names of colours.
const LIGHT: &str = "
.ws-card { background: $ground; color: $ink; border: 1px solid $line; border-radius: 10px;
  padding: 12px 14px; margin: 0 18px 18px 18px; box-shadow: 0 6px 16px rgba(16, 24, 40, 0.20); }
.ws-card.bar { padding: 6px 8px; margin: 10px 18px 18px 18px; }
.ws-card label { color: $ink; text-shadow: none; }
.ws-card label.name { font-weight: bold; }
.ws-card label.soft { color: $ink-soft; }
.ws-card label.bad { color: $bad; }
.ws-card button { color: $accent; background: transparent; border: 1px solid transparent;
  border-radius: 6px; padding: 3px 10px; box-shadow: none; text-shadow: none; min-height: 24px; }
.ws-card button label { color: $accent; font-weight: bold; }
.ws-card .actions { margin-left: -11px; }
.ws-card button:hover, .ws-card button:focus { background: $sunken; border-color: $line; }
.ws-card button.quiet { padding: 2px 6px; min-width: 16px; }
.ws-card button.quiet label { color: $ink-faint; }
.ws-card entry { color: $ink; background: $raised; border: 1px solid $line; border-radius: 6px;
  box-shadow: none; min-height: 28px; padding: 0 8px; caret-color: $ink; }
.ws-card entry:focus { border-color: $accent; }
.ws-card progressbar trough { background: $line; border: none; border-radius: 2px; min-height: 4px; }
.ws-card progressbar progress { background: $accent; border: none; border-radius: 2px; min-height: 4px; }
.ws-bar > menuitem { color: $ink; text-shadow: none; }
.ws-bar > menuitem:hover { color: $accent; box-shadow: inset 0 -3px $accent; }
";

/// What of it differs in the dark look.
const DARK: &str = "
.ws-dark.ws-card { background: $raised; color: $ink; border-color: $line;
  box-shadow: 0 6px 16px rgba(0, 0, 0, 0.5); }
.ws-dark.ws-card label { color: $ink; }
.ws-dark.ws-card label.soft { color: $ink-soft; }
.ws-dark.ws-card label.bad { color: $bad; }
.ws-dark.ws-card button label { color: $accent; }
.ws-dark.ws-card button:hover, .ws-dark.ws-card button:focus { background: $sunken; border-color: $line; }
.ws-dark.ws-card button.quiet label { color: $ink-faint; }
.ws-dark.ws-card entry { color: $ink; background: $sunken; border-color: $line; caret-color: $ink; }
.ws-dark.ws-card entry:focus { border-color: $accent; }
.ws-dark.ws-card progressbar trough { background: $line; }
.ws-dark.ws-card progressbar progress { background: $accent; }
.ws-dark.ws-bar > menuitem { color: $ink; }
.ws-dark.ws-bar > menuitem:hover { color: $accent; box-shadow: inset 0 -3px $accent; }
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
    let style =
        [(LIGHT, palette::LIGHT), (DARK, palette::DARK)].map(|(rules, of)| coloured(rules, of));
    if let Err(error) = provider.load_from_data(style.concat().as_bytes()) {
        tracing::error!(%error, "the style of the notices could not be read");
    }
    if let Some(screen) = gdk::Screen::default() {
        let priority = gtk::STYLE_PROVIDER_PRIORITY_APPLICATION;
        gtk::StyleContext::add_provider_for_screen(&screen, &provider, priority);
    }
}

/// Rules with the colours in place of their names.
fn coloured(rules: &str, palette: Palette) -> String {
    let mut parts = rules.split('$');
    let mut style = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(part.len());
        style.push_str(palette.css(&part[..end]));
        style.push_str(&part[end..]);
    }
    style
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_have_the_colours_of_the_screens() {
        for (rules, palette) in [(LIGHT, palette::LIGHT), (DARK, palette::DARK)] {
            let style = coloured(rules, palette);
            let colours: Vec<&str> =
                style.match_indices('#').map(|(at, _)| &style[at..at + 7]).collect();
            assert_eq!(colours.len(), rules.matches('$').count(), "{style}");
            assert!(colours.len() > 10 && !style.contains('$'), "{style}");
        }
    }
}
