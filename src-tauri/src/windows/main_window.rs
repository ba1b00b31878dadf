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
    // A window that is gone takes the program along.
    let Some(window) = app.get_webview_window(MAIN) else { return };
    match Url::parse(url) {
        Ok(url) => {
            Context::of(app).screens.page();
            go(&window, url);
        }
        Err(error) => tracing::error!(%error, "the way into the app is no address"),
    }
}

/// Loads what a window was on its way to when nothing had been shown in it yet. The way into the app
/// may be used up by then, so the main window gets a new one.
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
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let (screen, nonce) =
        match (Url::parse(&format!("{screen}/index.html#failure")), getrandom::u64()) {
            (Ok(screen), Ok(nonce)) => (screen, nonce),
            (screen, nonce) => {
                return tracing::error!(?screen, ?nonce, "the window could not show a screen");
            }
        };
    if let Some(by) = Context::of(app).screens.leave(screen, &format!("{nonce:016x}")) {
        go(&window, by);
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
