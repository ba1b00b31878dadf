//! Which windows there are.

use tauri::{AppHandle, Manager as _, WebviewWindow};

use crate::model::action::Action;

/// The first window with the app.
pub const MAIN: &str = "main";

/// How the names of the app's other windows begin. No capability names them, so they have no IPC.
pub const ANOTHER: &str = "page-";

/// The window with Python's output.
pub const LOG: &str = "log";

/// The window that shows what passes the proxy.
pub const INSPECTOR: &str = "inspector";

/// The window about the app.
pub const ABOUT: &str = "about";

/// The window with the form for the app's secrets.
pub const SECRETS: &str = "secrets";

/// The windows that show the app's page, the first one first.
pub fn pages(app: &AppHandle) -> Vec<WebviewWindow> {
    let mut pages: Vec<_> = app.webview_windows().into_values().collect();
    pages.retain(|window| window.label() == MAIN || window.label().starts_with(ANOTHER));
    pages.sort_by_key(|window| (window.label() != MAIN, window.label().to_owned()));
    pages
}

/// The window with the app's page that is in front, else the first one.
pub fn front(app: &AppHandle) -> Option<WebviewWindow> {
    let pages = pages(app);
    let front = pages.iter().find(|window| window.is_focused().unwrap_or_default());
    front.or(pages.first()).cloned()
}

/// The window that an entry of the menu is about.
pub fn meant(app: &AppHandle, action: Action) -> Option<WebviewWindow> {
    let all = app.webview_windows();
    let labels =
        all.values().map(|window| (window.label(), window.is_focused().unwrap_or_default()));
    match label_meant(action, labels) {
        Some(label) => all.get(label).cloned(),
        None => front(app),
    }
}

/// The window that an action is about, of windows and whether each has the keyboard: a window is
/// closed and fills the screen whatever it shows. Everything else is about the app's page, which is
/// in a window that [`front`] finds.
fn label_meant<'a>(
    action: Action,
    mut windows: impl Iterator<Item = (&'a str, bool)>,
) -> Option<&'a str> {
    match action {
        Action::Close | Action::FullScreen => {
            windows.find_map(|(label, focused)| focused.then_some(label))
        }
        _ => None,
    }
}

/// Brings a window to the front, from wherever it is.
pub fn raise(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_is_about_the_window_in_front_whatever_it_shows() {
        let meant = |action, front: &str| {
            let labels = [LOG, MAIN, ABOUT, "page-0"].into_iter();
            label_meant(action, labels.map(|label| (label, label == front))).map(str::to_owned)
        };
        for front in [MAIN, "page-0", LOG, ABOUT] {
            assert_eq!(meant(Action::Close, front).as_deref(), Some(front));
            assert_eq!(meant(Action::FullScreen, front).as_deref(), Some(front));
            assert_eq!(meant(Action::Reload, front), None, "that is about a page");
        }
        assert_eq!(meant(Action::Close, "none"), None);
    }
}
