//! WebKitGTK and GTK.

mod apart;
mod card;
mod column;
mod devices;
mod downloads;
mod drops;
mod expected;
mod find;
mod folders;
mod given;
mod icon;
mod keys;
mod layer;
mod links;
mod menu;
mod moving;
mod network;
mod notice;
mod offered;
mod painting;
mod palette;
mod pastes;
mod proxies;
mod splash;
mod surroundings;
mod theme;
mod toast;

use std::{cell::RefCell, rc::Rc, sync::Arc};

use gtk::prelude::*;
use tauri::{Manager, Url, WebviewWindow, WebviewWindowBuilder, Wry};
use webkit2gtk::{BackForwardListExt as _, LoadEvent, WebViewExt as _};

use self::expected::expected;
use super::shell::Shell;
use crate::model::{choices::Device, downloads::Transfer, notice::Notice};

pub use icon::fitting;
pub use menu::show as show_menu;
pub use theme::{keep as keep_theme, prefers_dark};

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

/// There is nothing to show it in: a system without WebKitGTK starts no shell, and one without a display
/// shows no dialog either.
pub fn without_window(_title: &str, _text: &str) {}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
    clipboard.set_text(text);
    // So that it is there when this program has ended.
    clipboard.store();
}

/// Says where downloads go, which wry asks for itself.
pub fn equip<'a, M: Manager<Wry>>(
    shell: &Arc<Shell>,
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    let shell = Arc::clone(shell);
    builder.on_download(move |_, event| downloads::decide(&shell, event))
}

/// Adds to a window with the app's page what a browser's window has. `shares` is whether it is the
/// first one, for what belongs to the context, which all windows of an app share.
pub fn attach(shell: &Arc<Shell>, window: &WebviewWindow, shares: bool) -> tauri::Result<()> {
    let (shell, window_) = (Arc::clone(shell), window.clone());
    window.with_webview(move |webview| {
        let view = webview.inner();
        painting::equip(&view);
        proxies::keep_apart(&view);
        layer::put(&view);
        if shares && let Some(context) = expected("the context of a web view", view.context()) {
            downloads::watch(&shell, &view, &context);
            offered::serve(&context, shell.port);
        }
        links::guard(&shell, &view);
        drops::listen(&shell, &view);
        pastes::listen(&view, shell.port);
        devices::answer(&shell, &view);
        devices::equip(&shell, &view);
        network::watch(&shell, &view);
        folders::choose(&shell, &view);
        icon::follow(&view);
        menu::offer(&shell, &window_, &view);
        keys::listen(&shell, &window_, &view);
        load_again_after_a_crash(&shell, &window_, &view);
        close_with_the_page(&view, window_);
    })
}

/// Has the window that is made next show the splash while its web view is still being made.
pub fn cover_next(shell: &Shell) {
    splash::show_early(&shell.ui);
}

/// Covers a window with the splash until its web view has something to show.
pub fn cover(shell: &Arc<Shell>, window: &WebviewWindow) -> tauri::Result<()> {
    let shell = Arc::clone(shell);
    window.with_webview(move |webview| splash::put(&shell.ui, &webview.inner()))
}

/// Takes the splash away again.
pub fn uncover(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| splash::remove(&webview.inner()))
}

/// Ends what the page does with a device.
pub fn end_capture(window: &WebviewWindow, device: Device) -> tauri::Result<()> {
    window.with_webview(move |webview| devices::end_capture(&webview.inner(), device))
}

/// Opens the bar that finds text in the page.
pub fn find(shell: &Arc<Shell>, window: &WebviewWindow) -> tauri::Result<()> {
    let shell = Arc::clone(shell);
    window.with_webview(move |webview| find::open(&shell.ui, &webview.inner()))
}

/// Tells in a window of a file that came about without the page.
pub fn tell(shell: &Arc<Shell>, window: &WebviewWindow, transfer: Transfer) -> tauri::Result<()> {
    let shell = Arc::clone(shell);
    window.with_webview(move |webview| downloads::tell(&shell, &webview.inner(), &transfer))
}

/// Tells something in a window.
pub fn say(shell: &Arc<Shell>, window: &WebviewWindow, notice: Notice) -> tauri::Result<()> {
    let shell = Arc::clone(shell);
    window.with_webview(move |webview| notice::over(&shell.ui, &webview.inner(), &notice))
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
fn load_again_after_a_crash(
    shell: &Arc<Shell>,
    window: &WebviewWindow,
    view: &webkit2gtk::WebView,
) {
    // The first load began before anybody could listen.
    let asked = Rc::new(RefCell::new(view.uri()));
    let latest = Rc::clone(&asked);
    view.connect_load_changed(move |view, event| {
        if matches!(event, LoadEvent::Started | LoadEvent::Redirected) {
            latest.replace(view.uri());
        }
    });
    let (shell, window) = (Arc::clone(shell), window.clone());
    view.connect_web_process_terminated(move |view, reason| {
        tracing::warn!(?reason, "the web view's process ended, the page is loaded again");
        let shown = view.back_forward_list().and_then(|pages| pages.current_item());
        match asked.borrow().as_deref().and_then(|asked| Url::parse(asked).ok()) {
            // WebKit has nothing to load again before there was a first page.
            Some(asked) if shown.is_none() => shell.delegate.lost(&window, asked),
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
