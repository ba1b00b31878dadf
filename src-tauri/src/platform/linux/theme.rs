//! Whether windows are light or dark.

use gtk::prelude::*;
use tauri::WebviewWindow;

use super::expected::expected;

/// Keeps the look that the author chose: tao takes the desktop's, at the start and whenever that
/// changes (0.37, `window.rs` and `event_loop.rs`).
pub fn keep(theme: tauri::Theme) {
    let Some(settings) = expected("GTK's settings", gtk::Settings::default()) else { return };
    let dark = theme == tauri::Theme::Dark;
    settings.set_gtk_application_prefer_dark_theme(dark);
    settings.connect_gtk_application_prefer_dark_theme_notify(move |settings| {
        if settings.is_gtk_application_prefer_dark_theme() != dark {
            settings.set_gtk_application_prefer_dark_theme(dark);
        }
    });
}

/// Whether the person prefers dark windows. tao asks the desktop's portal alone, and takes light
/// where there is none (0.37, `window.rs`).
pub fn prefers_dark(window: &WebviewWindow) -> bool {
    if gtk::is_initialized_main_thread() {
        return system_is_dark();
    }
    // GTK answers on its own thread alone.
    let (tell, told) = std::sync::mpsc::channel();
    let sent = window.run_on_main_thread(move || {
        let _ = tell.send(system_is_dark());
    });
    sent.is_ok() && told.recv().unwrap_or_default()
}

/// Whether the person prefers dark windows, on GTK's own thread: its settings ask for a dark look by
/// the same two signs that WebKitGTK goes by. They have the portal's answer, or what desktops without
/// one write into a file of settings.
pub fn system_is_dark() -> bool {
    let dark = |name: gtk::glib::GString| name.ends_with("-dark");
    gtk::Settings::default().is_some_and(|settings| {
        settings.is_gtk_application_prefer_dark_theme()
            || settings.gtk_theme_name().is_some_and(dark)
    })
}
