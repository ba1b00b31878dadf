//! What the main window shows: the app's page, or a screen of the shell's own.

use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow};

use super::registry::MAIN;
use crate::{context::Context, model::navigation::is_own};

/// The shell's screen for what went wrong, or is wanted of the person: which of them, the state says.
pub fn screen() -> WebviewUrl {
    WebviewUrl::App("index.html#failure".into())
}

/// Shows the app's page in the main window.
pub fn show_page(app: &AppHandle, url: &str) {
    let (Some(window), Ok(url)) = (app.get_webview_window(MAIN), Url::parse(url)) else { return };
    Context::of(app).screens.page();
    go(&window, url);
}

/// Loads what a window was on its way to when nothing had been shown in it yet. The way into the app
/// may be used up by then, so the main window gets a new one.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "other web views are not followed so closely")
)]
pub fn begin_again(window: &WebviewWindow, asked: Url) {
    let app = window.app_handle();
    let context = Context::of(app);
    let session = context.host.session();
    match session.filter(|it| window.label() == MAIN && is_own(&asked, it.port())) {
        Some(session) => show_page(app, &session.entry_url()),
        None => go(window, asked),
    }
}

/// Shows the shell's [`screen`] in the main window, which shows the app's page.
pub fn show_screen(app: &AppHandle) {
    let screen = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };
    let screen = Url::parse(&format!("{screen}/index.html#failure"));
    let (Some(window), Ok(screen)) = (app.get_webview_window(MAIN), screen) else { return };
    match getrandom::u64() {
        Ok(nonce) => {
            if let Some(by) = Context::of(app).screens.leave(screen, &format!("{nonce:016x}")) {
                go(&window, by);
            }
        }
        Err(error) => tracing::error!(%error, "the window could not show a screen"),
    }
}

/// The main window shows another document: then it may be to go on from there.
pub fn arrived(window: &WebviewWindow, at: &Url) {
    if let Some(next) = Context::of(window).screens.arrived(at) {
        go(window, next);
    }
}

fn go(window: &WebviewWindow, url: Url) {
    if let Err(error) = window.navigate(url) {
        tracing::warn!(%error, "the window could not show another page");
    }
}
