//! The window's icon follows the page's, where that is an image.

use gtk::{cairo, gdk, prelude::*};
use tauri::{AppHandle, Manager as _, Url};
use webkit2gtk::{
    FaviconDatabaseExt as _, WebContext, WebContextExt as _, WebView, WebViewExt as _,
};

use crate::desk::Desk;

/// The size in pixels below which an icon is worse than the app's own.
const LEAST: i32 = 24;

/// Where Streamlit's own icon is (1.40 to 1.67, `index.html`).
const STREAMLITS: &str = "/favicon.png";

/// Has a context collect the icons of pages, beside its other data. It does so nowhere else.
pub fn collect(app: &AppHandle, context: &WebContext) {
    let folder = app.try_state::<Desk>().and_then(|desk| desk.web.clone());
    if let Some(folder) = folder {
        context.set_favicon_database_directory(folder.join("icons").to_str());
    }
}

/// Gives a window the icon of the page that it shows.
pub fn follow(view: &WebView) {
    view.connect_favicon_notify(|view| {
        let window = view.toplevel().and_then(|window| window.downcast::<gtk::Window>().ok());
        if let (Some(window), Some(icon)) = (window, of_page(view)) {
            window.set_icon(Some(&icon));
        }
    });
}

/// The page's own icon. Streamlit's, which a page without one has, says less than the app's.
fn of_page(view: &WebView) -> Option<gdk::gdk_pixbuf::Pixbuf> {
    let icons = view.context()?.favicon_database()?;
    let address = Url::parse(&icons.favicon_uri(&view.uri()?)?).ok()?;
    if address.path() == STREAMLITS {
        return None;
    }
    let image = cairo::ImageSurface::try_from(view.favicon()?).ok()?;
    let (width, height) = (image.width(), image.height());
    if width.min(height) < LEAST {
        return None;
    }
    gdk::pixbuf_get_from_surface(&image, 0, 0, width, height)
}
