//! The window's icon follows the page's.

use std::{cell::OnceCell, rc::Rc};

use gtk::{gdk_pixbuf, glib, prelude::*};
use javascriptcore::ValueExt as _;
use tauri::image::Image;
use webkit2gtk::{UserContentInjectedFrames, UserScriptInjectionTime, WebView};

use super::apart::{self, Script};

/// Says what the page's icon looks like.
const SCRIPT: Script = Script {
    name: "icon",
    source: include_str!("icon.js"),
    frames: UserContentInjectedFrames::TopFrame,
    time: UserScriptInjectionTime::End,
};

/// The side of the icons that the script draws, in pixels.
const SIDE: i32 = 64;

/// The longest side of an app's own icon, in pixels.
const LONGEST: i32 = 256;

/// An app's icon, small enough for a window. GDK keeps one back that takes more than 2^18 numbers
/// (3.24): the pixels of 512 x 512 and the two for its size do.
pub fn fitting(image: Image<'static>) -> Image<'static> {
    let (Ok(width), Ok(height)) = (i32::try_from(image.width()), i32::try_from(image.height()))
    else {
        return image;
    };
    let longest = width.max(height);
    if longest <= LONGEST {
        return image;
    }
    let (bytes, colours) = (glib::Bytes::from(image.rgba()), gdk_pixbuf::Colorspace::Rgb);
    let whole = gdk_pixbuf::Pixbuf::from_bytes(&bytes, colours, true, 8, width, height, width * 4);
    let side = |length: i32| (length * LONGEST / longest).max(1);
    let (width, height) = (side(width), side(height));
    let Some(small) = whole.scale_simple(width, height, gdk_pixbuf::InterpType::Bilinear) else {
        return image;
    };
    let pixels = small.read_pixel_bytes().to_vec();
    Image::new_owned(pixels, width.unsigned_abs(), height.unsigned_abs())
}

/// Gives a window the icon of the page that it shows, and its own while the page has none.
pub fn follow(view: &WebView) {
    let (of_view, own) = (view.downgrade(), Rc::new(OnceCell::new()));
    apart::listen(view, &SCRIPT, move |message| {
        let window = of_view.upgrade().and_then(|view| view.toplevel());
        let window = window.and_then(|window| window.downcast::<gtk::Window>().ok());
        let (Some(window), Some(said)) = (window, message.js_value()) else { return };
        let own = own.get_or_init(|| window.icon());
        window.set_icon(pixels(&said.to_str()).or_else(|| own.clone()).as_ref());
    });
}

/// The icon from the script's message: red, green, blue and alpha of each pixel in hexadecimal
/// digits, line by line.
fn pixels(text: &str) -> Option<gdk_pixbuf::Pixbuf> {
    let bytes = hex::decode(text).ok()?;
    if bytes.len() != usize::try_from(SIDE * SIDE * 4).ok()? {
        return None;
    }
    let bytes = glib::Bytes::from_owned(bytes);
    let colours = gdk_pixbuf::Colorspace::Rgb;
    Some(gdk_pixbuf::Pixbuf::from_bytes(&bytes, colours, true, 8, SIDE, SIDE, SIDE * 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_fits_a_window() {
        let image = |width: u32, height: u32| {
            let pixels = [10, 20, 30, 255].repeat((width * height) as usize);
            fitting(Image::new_owned(pixels, width, height))
        };
        for (given, wanted) in [((512, 512), (256, 256)), ((1024, 1), (256, 1)), ((9, 7), (9, 7))] {
            let fitting = image(given.0, given.1);
            assert_eq!((fitting.width(), fitting.height()), wanted);
            assert_eq!(fitting.rgba().len() as u32, wanted.0 * wanted.1 * 4);
            assert_eq!(fitting.rgba()[..4], [10, 20, 30, 255]);
        }
    }

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
