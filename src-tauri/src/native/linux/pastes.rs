//! Pictures that are pasted into the page, such as one of the screen. WebKitGTK tells a page of the
//! paste and not of the picture (2.50, `clipboardData.files` is empty).

use std::time::SystemTime;

use gtk::{gdk, gdk_pixbuf, glib, prelude::*};
use serde_json::json;
use webkit2gtk::{
    UserContentInjectedFrames, UserContentManagerExt as _, UserScript, UserScriptInjectionTime,
    WebView, WebViewExt as _,
};

use super::offered::{self, About, Content};

/// Tells of a paste, in a world of its own; and gives the picture to the page, in the page's.
const LISTENER: &str = include_str!("paste-listener.js");
const SCRIPT: &str = include_str!("paste.js");

/// The world of the first script, which pages don't share, and the handler that it calls there.
const WORLD: &str = "waterskin-paste";
const HANDLER: &str = "paste";

/// Gives the page the picture that a person pastes.
pub fn listen(view: &WebView, port: u16) {
    let Some(manager) = view.user_content_manager() else { return };
    let view = view.downgrade();
    manager.connect_script_message_received(Some(HANDLER), move |_, _| {
        let clipboard = gtk::Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        let view = view.clone();
        clipboard.request_image(move |_, picture| {
            if let (Some(view), Some(picture)) = (view.upgrade(), picture) {
                give(&view, port, picture);
            }
        });
    });
    manager.register_script_message_handler_in_world(HANDLER, WORLD);
    manager.add_script(&UserScript::for_world(
        LISTENER,
        UserContentInjectedFrames::TopFrame,
        UserScriptInjectionTime::Start,
        WORLD,
        &[],
        &[],
    ));
}

fn give(view: &WebView, port: u16, picture: &gdk_pixbuf::Pixbuf) {
    let bytes = match picture.save_to_bufferv("png", &[]) {
        Ok(bytes) => glib::Bytes::from_owned(bytes),
        Err(error) => return tracing::warn!(%error, "a pasted picture could not be given out"),
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // What browsers call it.
    let (name, kind) = ("image.png".to_owned(), "image/png".to_owned());
    let relative = String::new();
    let about = About { name, relative, kind, modified: now.as_millis() };
    if let Some(file) = offered::offer(&about, Content::Bytes(bytes)) {
        offered::run(view, port, SCRIPT, &[json!(file)]);
    }
}
