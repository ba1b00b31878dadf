//! The window's icon follows the page's.

use std::{cell::OnceCell, rc::Rc};

use gtk::{gdk_pixbuf, glib, prelude::*};
use javascriptcore::ValueExt as _;
use webkit2gtk::{
    UserContentInjectedFrames, UserContentManagerExt as _, UserScript, UserScriptInjectionTime,
    WebView, WebViewExt as _,
};

const SCRIPT: &str = include_str!("icon.js");

/// The world of the script, which pages don't share, and the handler that it calls there.
const WORLD: &str = "waterskin-icon";
const HANDLER: &str = "icon";

/// The side of the icons that the script draws, in pixels.
const SIDE: i32 = 64;

/// Gives a window the icon of the page that it shows, and its own while the page has none.
pub fn follow(view: &WebView) {
    let Some(manager) = view.user_content_manager() else { return };
    let (of_view, own) = (view.downgrade(), Rc::new(OnceCell::new()));
    manager.connect_script_message_received(Some(HANDLER), move |_, message| {
        let window = of_view.upgrade().and_then(|view| view.toplevel());
        let window = window.and_then(|window| window.downcast::<gtk::Window>().ok());
        let (Some(window), Some(said)) = (window, message.js_value()) else { return };
        let own = own.get_or_init(|| window.icon());
        window.set_icon(pixels(&said.to_str()).or_else(|| own.clone()).as_ref());
    });
    manager.register_script_message_handler_in_world(HANDLER, WORLD);
    manager.add_script(&UserScript::for_world(
        SCRIPT,
        UserContentInjectedFrames::TopFrame,
        UserScriptInjectionTime::End,
        WORLD,
        &[],
        &[],
    ));
}

/// The icon from the script's message: red, green, blue and alpha of each pixel in hexadecimal
/// digits, line by line.
fn pixels(text: &str) -> Option<gdk_pixbuf::Pixbuf> {
    let length = usize::try_from(SIDE * SIDE * 4).ok()?;
    if text.len() != length * 2 || !text.is_ascii() {
        return None;
    }
    let bytes = (0..length).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok());
    let bytes = glib::Bytes::from_owned(bytes.collect::<Option<Vec<u8>>>()?);
    let colours = gdk_pixbuf::Colorspace::Rgb;
    Some(gdk_pixbuf::Pixbuf::from_bytes(&bytes, colours, true, 8, SIDE, SIDE, SIDE * 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_icon_is_one() {
        let whole = "0a141eff".repeat(64 * 64);
        let icon = pixels(&whole).unwrap();
        assert_eq!((icon.width(), icon.height()), (64, 64));
        assert_eq!(icon.read_pixel_bytes()[..4], [10, 20, 30, 255]);
        for broken in ["", "00", &whole[8..], &whole.replace('a', "x"), &whole.replace("0a", "é")]
        {
            assert!(pixels(broken).is_none());
        }
    }
}
