//! Files that are dropped on the page. WebKitGTK tells a page of the drop and not of the files
//! (2.50, `DataTransfer.files` is empty), so that an upload by drag and drop never begins.

use std::{
    cell::RefCell,
    fmt::Write as _,
    path::{Path, PathBuf},
    rc::Rc,
    time::UNIX_EPOCH,
};

use gtk::{gio, gio::prelude::*, glib, prelude::*};
use serde_json::{Value, json};
use webkit2gtk::{
    SecurityManagerExt as _, URISchemeRequest, URISchemeRequestExt as _, URISchemeResponse,
    URISchemeResponseExt as _, WebContext, WebContextExt as _, WebView, WebViewExt as _,
};

use crate::navigation::is_own;

/// The scheme of the addresses under which a page finds what was dropped on it.
const SCHEME: &str = "waterskin-drop";

/// How many dropped files wait for the page to read them. More are the first ones of a page that
/// doesn't.
const MOST: usize = 500;

const SCRIPT: &str = include_str!("drop.js");

thread_local! {
    /// Each dropped file under its token, which is good for one reading.
    static OFFERED: RefCell<Vec<(String, PathBuf)>> = const { RefCell::new(Vec::new()) };
}

/// Has the pages of a context find dropped files. Only they: `port` is the app's own.
pub fn serve(context: &WebContext, port: u16) {
    if let Some(security) = context.security_manager() {
        security.register_uri_scheme_as_secure(SCHEME);
        security.register_uri_scheme_as_cors_enabled(SCHEME);
    }
    context.register_uri_scheme(SCHEME, move |request| {
        if let Err(mut error) = answer(request, port) {
            tracing::warn!(%error, "a dropped file could not be read");
            request.finish_error(&mut error);
        }
    });
}

fn answer(request: &URISchemeRequest, port: u16) -> Result<(), glib::Error> {
    let token = request.path().unwrap_or_default();
    let path = OFFERED.with_borrow_mut(|offered| {
        let place = offered.iter().position(|(known, _)| known == token.as_str())?;
        Some(offered.remove(place).1)
    });
    let path = path.ok_or_else(|| glib::Error::new(gio::IOErrorEnum::NotFound, "not offered"))?;
    let file = gio::File::for_path(&path);
    let stream = file.read(gio::Cancellable::NONE)?;
    let length = stream.query_info("standard::size", gio::Cancellable::NONE)?.size();
    let response = URISchemeResponse::new(&stream, length);
    let headers = soup::MessageHeaders::new(soup::MessageHeadersType::Response);
    headers.append("Access-Control-Allow-Origin", &format!("http://localhost:{port}"));
    response.set_http_headers(headers);
    request.finish_with_response(&response);
    Ok(())
}

/// Gives the page what is dropped on it.
pub fn listen(view: &WebView, port: u16) {
    // The data come while something is dragged over the page, and so before the drop.
    let dragged = Rc::new(RefCell::new(Vec::<PathBuf>::new()));
    let over = Rc::clone(&dragged);
    view.connect_drag_data_received(move |_, context, _, _, data, _, _| {
        let paths: Vec<PathBuf> = data.uris().iter().filter_map(|uri| local(uri)).collect();
        if !paths.is_empty() && is_of_others(context) {
            *over.borrow_mut() = paths;
        }
    });
    // Without a drop there is an end too, and it comes before the drop where there is one.
    let left = Rc::clone(&dragged);
    view.connect_drag_leave(move |_, _, _| {
        let left = Rc::clone(&left);
        glib::idle_add_local_once(move || left.borrow_mut().clear());
    });
    view.connect_drag_drop(move |view, _, x, y, _| {
        let paths = std::mem::take(&mut *dragged.borrow_mut());
        let files: Vec<Value> = paths.iter().filter_map(|path| offer(path)).collect();
        if !files.is_empty() && is_of_app(view, port) {
            let zoom = view.zoom_level();
            let (x, y) = (f64::from(x) / zoom, f64::from(y) / zoom);
            let script = format!("({SCRIPT})({x}, {y}, {})", json!(files));
            view.evaluate_javascript(&script, None, None, gio::Cancellable::NONE, |done| {
                if let Err(error) = done {
                    tracing::warn!(%error, "dropped files could not be given to the page");
                }
            });
        }
        // The page learns of the drop itself from WebKit.
        false
    });
}

/// Whether another program began a drag. A page can have a person drag whatever it says, such as the
/// address of a file that it must not read.
fn is_of_others(context: &gtk::gdk::DragContext) -> bool {
    context.drag_get_source_widget().is_none()
}

fn local(uri: &str) -> Option<PathBuf> {
    gio::File::for_uri(uri).path()
}

fn is_of_app(view: &WebView, port: u16) -> bool {
    let url = view.uri().and_then(|uri| tauri::Url::parse(&uri).ok());
    url.is_some_and(|url| is_own(&url, port))
}

/// What the page is told of a file. A folder has no content of its own.
fn offer(path: &Path) -> Option<Value> {
    let about = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).ok()?;
    let token = random.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let (kind, _) = gio::content_type_guess(Some(path), &[]);
    let modified = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let file = json!({
        "address": format!("{SCHEME}:{token}"),
        "name": name,
        "type": gio::content_type_get_mime_type(&kind).unwrap_or_default().as_str(),
        "modified": modified.unwrap_or_default().as_millis(),
    });
    OFFERED.with_borrow_mut(|offered| {
        let surplus = (offered.len() + 1).saturating_sub(MOST);
        offered.drain(..surplus);
        offered.push((token, path.to_owned()));
    });
    Some(file)
}
