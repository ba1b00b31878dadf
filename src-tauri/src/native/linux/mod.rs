//! WebKitGTK and GTK.

mod apart;
mod card;
#[cfg(test)]
mod colours_tests;
mod devices;
mod downloads;
mod drops;
mod find;
mod folders;
mod given;
mod icon;
mod keys;
mod layer;
mod links;
mod menu;
mod network;
mod notice;
mod offered;
mod painting;
mod pastes;
mod proxies;
mod splash;
mod surroundings;
mod toast;

use std::{cell::RefCell, rc::Rc};

use gtk::prelude::*;
use tauri::{AppHandle, Manager as _, Url, WebviewWindow, WebviewWindowBuilder, Wry};
use webkit2gtk::{BackForwardListExt as _, LoadEvent, WebViewExt as _};

use crate::{desk::Desk, downloads::Transfer, notice::Notice, settings::Device, window};

pub use icon::fitting;
pub use menu::show as show_menu;

/// Whether the window's own page can be told from one in a frame of it: `links` does.
pub const TELLS_FRAMES: bool = true;

/// What has to be settled before anything else is begun, and before there is a second thread.
pub fn begin() {
    surroundings::mend();
    painting::choose();
    proxies::spare_loopback();
    // Begins a thread, so the environment stays as it is from here on.
    proxies::ask_desktop();
}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
    clipboard.set_text(text);
    // So that it is there when this program has ended.
    clipboard.store();
}

/// Says where downloads go, which wry asks for itself.
pub fn equip<'a>(
    _: &AppHandle,
    builder: WebviewWindowBuilder<'a, Wry, AppHandle>,
) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    builder.on_download(|view, event| downloads::decide(view.app_handle(), event))
}

/// Adds to a window with the app's page what a browser's window has.
pub fn attach(window: &WebviewWindow) -> tauri::Result<()> {
    let (window_, is_main) = (window.clone(), window.label() == window::MAIN);
    window.with_webview(move |webview| {
        let view = webview.inner();
        painting::equip(&view);
        proxies::keep_apart(&view);
        layer::put(&view);
        let app = window_.app_handle();
        let port = app.try_state::<Desk>().map_or(0, |desk| desk.port);
        // These belong to the context, which all windows of an app share.
        if is_main && let Some(context) = view.context() {
            downloads::watch(app, &context);
            offered::serve(&context, port);
        }
        links::guard(app, &view, port);
        drops::listen(app, &view, port);
        pastes::listen(&view, port);
        devices::answer(app, &view);
        devices::equip(app, &view);
        network::watch(app, &view);
        folders::choose(app, &view);
        icon::follow(&view);
        menu::offer(&window_, &view);
        keys::listen(&window_, &view);
        load_again_after_a_crash(&window_, &view);
        close_with_the_page(&view, window_);
    })
}

/// Has the window that is made next show the splash while its web view is still being made.
pub fn cover_next(app: &AppHandle, desk: &Desk) {
    splash::show_early(app, desk);
}

/// Covers a window with the splash until its web view has something to show.
pub fn cover(window: &WebviewWindow) -> tauri::Result<()> {
    let window_ = window.clone();
    window.with_webview(move |webview| {
        if let Some(desk) = window_.try_state::<Desk>() {
            splash::put(window_.app_handle(), &desk, &webview.inner());
        }
    })
}

/// Takes the splash away again.
pub fn uncover(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| splash::remove(&webview.inner()))
}

/// Keeps the look that the author chose: tao takes the desktop's, at the start and whenever that
/// changes (0.37, `window.rs` and `event_loop.rs`).
pub fn keep_theme(theme: tauri::Theme) {
    let Some(settings) = gtk::Settings::default() else { return };
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
pub fn prefers_dark(app: &AppHandle) -> bool {
    let asked = || gtk::Settings::default().is_some_and(|settings| are_dark(&settings));
    if gtk::is_initialized_main_thread() {
        return asked();
    }
    // GTK answers on its own thread alone.
    let (tell, told) = std::sync::mpsc::channel();
    let sent = app.run_on_main_thread(move || {
        let _ = tell.send(asked());
    });
    sent.is_ok() && told.recv().unwrap_or_default()
}

/// Whether GTK's settings ask for a dark look, by the same two signs that WebKitGTK goes by. They
/// have the portal's answer, or what desktops without one write into a file of settings.
fn are_dark(settings: &gtk::Settings) -> bool {
    let dark = |name: gtk::glib::GString| name.ends_with("-dark");
    settings.is_gtk_application_prefer_dark_theme() || settings.gtk_theme_name().is_some_and(dark)
}

/// Ends what the page does with a device.
pub fn end_capture(window: &WebviewWindow, device: Device) -> tauri::Result<()> {
    window.with_webview(move |webview| devices::end_capture(&webview.inner(), device))
}

/// Opens the bar that finds text in the page.
pub fn find(window: &WebviewWindow) -> tauri::Result<()> {
    let app = window.app_handle().clone();
    window.with_webview(move |webview| find::open(&app, &webview.inner()))
}

/// Tells in a window of a file that came about without the page.
pub fn tell(window: &WebviewWindow, transfer: Transfer) -> tauri::Result<()> {
    let app = window.app_handle().clone();
    window.with_webview(move |webview| downloads::tell(&app, &webview.inner(), &transfer))
}

/// Tells something in a window.
pub fn say(window: &WebviewWindow, notice: Notice) -> tauri::Result<()> {
    let app = window.app_handle().clone();
    window.with_webview(move |webview| notice::over(&app, &webview.inner(), &notice))
}

/// Takes away what was told in passing.
pub fn dismiss(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| notice::dismiss(&webview.inner()))
}

/// Loads the page again when the web view's own process ends: the window would stay white, or under
/// its splash.
///
/// A page that ends it each time is not loaded for ever: WebKit's process takes a good part of a
/// second to start, and closing the window works meanwhile.
fn load_again_after_a_crash(window: &WebviewWindow, view: &webkit2gtk::WebView) {
    // The first load began before anybody could listen.
    let asked = Rc::new(RefCell::new(view.uri()));
    let latest = Rc::clone(&asked);
    view.connect_load_changed(move |view, event| {
        if matches!(event, LoadEvent::Started | LoadEvent::Redirected) {
            latest.replace(view.uri());
        }
    });
    let window = window.clone();
    view.connect_web_process_terminated(move |view, reason| {
        tracing::warn!(?reason, "the web view's process ended, the page is loaded again");
        let shown = view.back_forward_list().and_then(|pages| pages.current_item());
        match asked.borrow().as_deref().and_then(|asked| Url::parse(asked).ok()) {
            // WebKit has nothing to load again before there was a first page.
            Some(asked) if shown.is_none() => window::begin_again(&window, asked),
            _ => view.reload(),
        }
    });
}

/// A page that closes itself closes its window; without this it would leave an empty one.
fn close_with_the_page(view: &webkit2gtk::WebView, window: WebviewWindow) {
    // wry takes the view away inside the signal `close` (0.57), and every later handler with it.
    view.connect_destroy(move |_| {
        let window = window.clone();
        // Afterwards: a window that is being closed takes its view away too, and can't be asked now.
        gtk::glib::idle_add_local_once(move || {
            if let Err(error) = window.close() {
                tracing::debug!(%error, "a window could not be closed");
            }
        });
    });
}
