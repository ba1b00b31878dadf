//! Files that the page may read once each, under addresses that nobody can guess.

use std::{cell::RefCell, path::PathBuf};

use gtk::{gio, gio::prelude::*, glib};
use serde_json::{Value, json};
use webkit2gtk::{
    SecurityManagerExt as _, URISchemeRequest, URISchemeRequestExt as _, URISchemeResponse,
    URISchemeResponseExt as _, WebContext, WebContextExt as _, WebView, WebViewExt as _,
};

use super::given::LIMITS;
use crate::model::navigation::is_own;

/// The scheme of the addresses.
const SCHEME: &str = "waterskin-drop";

/// How many files of earlier gifts wait for the page to read them beside those of the last one.
/// More are the first ones of a page that doesn't.
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
    static OFFERED: RefCell<Waiting<Content>> = const { RefCell::new(Waiting(Vec::new())) };
}

/// What is offered, each under its token, which is good for one reading.
struct Waiting<T>(Vec<(String, T)>);

impl<T> Waiting<T> {
    /// Adds what was given at once. It stays whole, however much it is: only what was given before
    /// makes room.
    fn add(&mut self, given: Vec<(String, T)>) {
        let surplus = (self.0.len() + given.len()).saturating_sub(MOST).min(self.0.len());
        self.0.drain(..surplus);
        self.0.extend(given);
    }

    fn take(&mut self, token: &str) -> Option<T> {
        let place = self.0.iter().position(|(known, _)| known == token)?;
        Some(self.0.remove(place).1)
    }
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
    let content = OFFERED.with_borrow_mut(|offered| offered.take(&token));
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

/// Offers what a person gave at once; gives what a script of the page needs to read each of it.
/// Nothing where there is no randomness to be had.
pub fn offer(given: impl IntoIterator<Item = (About, Content)>) -> Vec<Value> {
    let mut told = Vec::new();
    let mut waiting = Vec::new();
    for (about, content) in given {
        let mut random = [0_u8; 32];
        if getrandom::fill(&mut random).is_err() {
            return Vec::new();
        }
        let token = hex::encode(random);
        let About { name, relative, kind, modified } = about;
        told.push(json!({
            "address": format!("{SCHEME}:{token}"), "name": name, "relative": relative, "type": kind,
            "modified": modified,
        }));
        waiting.push((token, content));
    }
    OFFERED.with_borrow_mut(|offered| offered.add(waiting));
    told
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

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: &str, count: usize) -> Vec<(String, usize)> {
        (0..count).map(|number| (format!("{name} {number}"), number)).collect()
    }

    #[test]
    fn what_was_given_at_once_is_there_whole_and_what_was_before_makes_room() {
        let mut waiting = Waiting(Vec::new());
        waiting.add(given("early", MOST));
        waiting.add(given("one", 1));
        assert_eq!(waiting.take("early 0"), None);
        assert_eq!(waiting.take("early 1"), Some(1));
        assert_eq!(waiting.take("early 1"), None, "for one reading");
        waiting.add(given("many", MOST + 500));
        assert_eq!(waiting.0.len(), MOST + 500);
        for number in 0..MOST + 500 {
            assert_eq!(waiting.take(&format!("many {number}")), Some(number));
        }
    }
}
