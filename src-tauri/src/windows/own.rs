//! The windows of the shell's own.

use serde_json::json;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder};
use waterskin_session::{Ground, Phase};

use super::{
    frame::{colour, keeping},
    outside,
    registry::{ABOUT, INSPECTOR, LOG, MAIN, SECRETS, raise},
};
use crate::{
    context::Context,
    model::{
        navigation::{Decision, decide},
        ui::Ui,
    },
    platform,
};

/// Opens the log's window, or raises it.
pub fn show_log(app: &AppHandle) -> tauri::Result<()> {
    show_own(app, LOG, "log.html", "log-title", (900.0, 600.0))
}

/// Opens the window that shows what passes the proxy, or raises it.
pub fn show_inspector(app: &AppHandle) -> tauri::Result<()> {
    show_own(app, INSPECTOR, "inspector.html", "inspector-title", (1120.0, 720.0))
}

/// Opens the window about the app, or raises it.
pub fn show_about(app: &AppHandle) -> tauri::Result<()> {
    show_own(app, ABOUT, "index.html#about", "about-title", (640.0, 640.0))
}

/// Opens the window with the form for the app's secrets, or raises it.
pub fn show_secrets(app: &AppHandle) -> tauri::Result<()> {
    // An app that waits for them has the form in its own window.
    if let Some(main) = app.get_webview_window(MAIN)
        && matches!(Context::of(app).host.state().phase, Phase::Asking)
    {
        return raise(&main);
    }
    show_own(app, SECRETS, "index.html#secrets", "secrets-title-again", (640.0, 560.0))
}

/// Opens a window of the shell's own, or raises it. `title` is a message with the app's name in it.
fn show_own(
    app: &AppHandle,
    label: &str,
    screen: &str,
    title: &str,
    (width, height): (f64, f64),
) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(label) {
        return raise(&window);
    }
    let context = Context::of(app);
    let ui = &context.shell.ui;
    let title = ui.words.tell(title, &[("app", &ui.name)]);
    let screen = WebviewUrl::App(screen.into());
    let opener = app.clone();
    let is_dark = app.webview_windows().values().next().is_some_and(platform::prefers_dark);
    let ground = if is_dark { Ground::DARK } else { Ground::LIGHT };
    let mut builder = WebviewWindowBuilder::new(app, label, screen)
        .title(title)
        .initialization_script(screen_script(ui))
        .inner_size(width, height)
        .min_inner_size(320.0, 240.0)
        .background_color(colour(ground))
        .on_navigation(move |url| match decide(url, 0, true) {
            Decision::Here => true,
            Decision::Outside => {
                outside::open(&opener, url);
                false
            }
            Decision::NewWindow | Decision::Deny => false,
        });
    if let Some(icon) = &ui.icon {
        builder = builder.icon(icon.image.clone())?;
    }
    keeping(app, builder, None).build().map(drop)
}

/// What a window of the shell's own is told before it draws.
fn screen_script(ui: &Ui) -> String {
    let language = ui.words.language().tag();
    let settings = json!({ "name": ui.name, "icon": ui.icon_url(), "language": language });
    format!("window.__WATERSKIN__ = {settings};")
}
