//! The keys of a browser. The page comes first, but for back and forward: what it has no use for comes here.

use std::sync::Arc;

use gtk::{gdk, glib, prelude::*};
use tauri::WebviewWindow;
use webkit2gtk::WebView;

use super::expected::expected;
use crate::{
    model::{
        action::Action,
        keys::{Keys, of_keys},
    },
    platform::shell::Shell,
};

/// Listens to a window's keys.
pub fn listen(shell: &Arc<Shell>, window: &WebviewWindow, view: &WebView) {
    let Some(toplevel) = expected("the window of a web view", view.toplevel()) else { return };
    // After the web view's own handler: WebKit gives back what the page did not want (2.50,
    // `WebKitWebViewBase`, `doneWithKeyEvent`). It keeps every arrow, so those come first.
    for after in [false, true] {
        let (shell, pressed) = (Arc::clone(shell), window.clone());
        toplevel.connect_local("key-press-event", after, move |values| {
            let event = values.get(1).and_then(|event| event.get::<gdk::Event>().ok());
            let action = event.and_then(|event| keys(&event)).and_then(|keys| of_keys(&keys));
            let travels = matches!(action, Some(Action::Back | Action::Forward));
            let action = action.filter(|_| travels != after);
            if let Some(action) = action {
                shell.delegate.asked_for(&pressed, action);
            }
            Some(glib::Value::from(action.is_some()))
        });
    }
}

fn keys(event: &gdk::Event) -> Option<Keys> {
    let event = event.downcast_ref::<gdk::EventKey>()?;
    let held = event.state();
    Some(Keys {
        key: event.keyval().name()?.to_lowercase(),
        control: held.contains(gdk::ModifierType::CONTROL_MASK),
        alt: held.contains(gdk::ModifierType::MOD1_MASK),
        shift: held.contains(gdk::ModifierType::SHIFT_MASK),
    })
}
