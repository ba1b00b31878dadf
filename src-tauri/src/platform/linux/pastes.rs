//! Pictures that are pasted into the page, such as one of the screen. WebKitGTK tells a page of the
//! paste and not of the picture (2.50, `clipboardData.files` is empty).

use std::time::SystemTime;

use gtk::{gdk, gdk_pixbuf, glib, prelude::*};
use webkit2gtk::{UserContentInjectedFrames, UserScriptInjectionTime, WebView};

use super::{
    apart::{self, Script},
    offered::{self, About, Content},
};

/// Tells of a paste.
const LISTENER: Script = Script {
    name: "paste",
    source: include_str!("paste-listener.js"),
    frames: UserContentInjectedFrames::TopFrame,
    time: UserScriptInjectionTime::Start,
};

/// Gives the picture to the page, in its own world.
const SCRIPT: &str = include_str!("paste.js");

/// Gives the page the picture that a person pastes.
pub fn listen(view: &WebView, port: u16) {
    let of_view = view.downgrade();
    apart::listen(view, &LISTENER, move |_| {
        let clipboard = gtk::Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        let view = of_view.clone();
        clipboard.request_image(move |_, picture| {
            if let (Some(view), Some(picture)) = (view.upgrade(), picture) {
                give(&view, port, picture);
            }
        });
    });
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
    let files = offered::offer([(about, Content::Bytes(bytes))]);
    if !files.is_empty() {
        offered::run(view, port, SCRIPT, &files);
    }
}
