//! Files that the page may read once each, under addresses that nobody can guess.

use std::{cell::RefCell, fmt::Write as _, path::PathBuf};

use gtk::{gio, gio::prelude::*, glib};
use serde_json::{Value, json};
use webkit2gtk::{
    SecurityManagerExt as _, URISchemeRequest, URISchemeRequestExt as _, URISchemeResponse,
    URISchemeResponseExt as _, WebContext, WebContextExt as _, WebView, WebViewExt as _,
};

use super::given::LIMITS;
use crate::navigation::is_own;

/// The scheme of the addresses.
const SCHEME: &str = "waterskin-drop";

/// How many files wait for the page to read them. More are the first ones of a page that doesn't.
const MOST: usize = LIMITS.entries;

/// What is read.
pub enum Content {
    /// A file of the person's.
    File(PathBuf),
    /// Something that is in no file.
    Bytes(glib::Bytes),
}

/// What the page is told of a file.
pub struct About {
    /// The file's name.
    pub name: String,
    /// Its path in the folder that was given with it, which begins with the folder's name.
    pub relative: String,
    /// Its media type.
    pub kind: String,
    /// When it was changed, in milliseconds since 1970.
    pub modified: u128,
}

thread_local! {
    /// What is offered, each under its token, which is good for one reading.
    static OFFERED: RefCell<Vec<(String, Content)>> = const { RefCell::new(Vec::new()) };
}

/// Has the pages of a context find what is offered. Only they: `port` is the app's own.
pub fn serve(context: &WebContext, port: u16) {
    if let Some(security) = context.security_manager() {
        security.register_uri_scheme_as_secure(SCHEME);
        security.register_uri_scheme_as_cors_enabled(SCHEME);
    }
    context.register_uri_scheme(SCHEME, move |request| {
        if let Err(mut error) = answer(request, port) {
            tracing::warn!(%error, "a file could not be given to the page");
            request.finish_error(&mut error);
        }
    });
}

fn answer(request: &URISchemeRequest, port: u16) -> Result<(), glib::Error> {
    let token = request.path().unwrap_or_default();
    let content = OFFERED.with_borrow_mut(|offered| {
        let place = offered.iter().position(|(known, _)| known == token.as_str())?;
        Some(offered.remove(place).1)
    });
    let none = || glib::Error::new(gio::IOErrorEnum::NotFound, "not offered");
    let (stream, length) = match content.ok_or_else(none)? {
        Content::File(path) => {
            let stream = gio::File::for_path(&path).read(gio::Cancellable::NONE)?;
            let length = stream.query_info("standard::size", gio::Cancellable::NONE)?.size();
            (stream.upcast::<gio::InputStream>(), length)
        }
        Content::Bytes(bytes) => {
            let length = i64::try_from(bytes.len()).unwrap_or(-1);
            (gio::MemoryInputStream::from_bytes(&bytes).upcast(), length)
        }
    };
    let response = URISchemeResponse::new(&stream, length);
    let headers = soup::MessageHeaders::new(soup::MessageHeadersType::Response);
    headers.append("Access-Control-Allow-Origin", &format!("http://localhost:{port}"));
    response.set_http_headers(headers);
    request.finish_with_response(&response);
    Ok(())
}

/// Offers a file; gives what a script of the page needs to read it.
pub fn offer(about: &About, content: Content) -> Option<Value> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).ok()?;
    let token = random.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let About { name, relative, kind, modified } = about;
    let address = format!("{SCHEME}:{token}");
    OFFERED.with_borrow_mut(|offered| {
        let surplus = (offered.len() + 1).saturating_sub(MOST);
        offered.drain(..surplus);
        offered.push((token, content));
    });
    Some(json!({
        "address": address, "name": name, "relative": relative, "type": kind, "modified": modified,
    }))
}

/// Runs a function of ours in the page with these arguments, where the page is the app's.
pub fn run(view: &WebView, port: u16, function: &str, arguments: &[Value]) {
    let url = view.uri().and_then(|uri| tauri::Url::parse(&uri).ok());
    if !url.is_some_and(|url| is_own(&url, port)) {
        return;
    }
    let script = format!("({function})(...{})", json!(arguments));
    view.evaluate_javascript(&script, None, None, gio::Cancellable::NONE, |done| {
        if let Err(error) = done {
            tracing::warn!(%error, "files could not be given to the page");
        }
    });
}
