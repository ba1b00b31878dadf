use std::borrow::Cow;

/// The readiness route. Anything but a body of exactly `ok` is not ready: the page's own fallback
/// answers unknown routes with 200 as well.
pub const HEALTH: &str = "/_stcore/health";

/// What the page asks about the site around it, before it opens the WebSocket.
pub const HOST_CONFIG: &str = "/_stcore/host-config";

/// The route that is switched to WebSocket.
pub const STREAM: &str = "/_stcore/stream";

/// What is below it names a session, and then a file in it (`{session}/{file}`): who knows both may put
/// a file there.
const UPLOAD: &str = "/_stcore/upload_file/";

/// A path as it may be written down: without what names a session.
pub fn without_session(path: &str) -> Cow<'_, str> {
    match path.find(UPLOAD) {
        Some(at) => format!("{}\u{2026}", &path[..at + UPLOAD.len()]).into(),
        None => path.into(),
    }
}

/// The subprotocol that the server must echo. Chromium fails the socket without it; WebKitGTK
/// does not, so it has to be looked at.
pub const SUBPROTOCOL: &str = "streamlit";

/// Whether Streamlit itself reads this cookie in a WebSocket handshake. All others stay behind when
/// they are too long together, since Python's WebSocket library hangs without a word on header
/// lines over 8 KB (websockets 17.4, `MAX_LINE_LENGTH`).
pub fn is_own_cookie(name: &str) -> bool {
    name.starts_with("_streamlit")
}

/// A route that is answered with files of the package's folder `static`, whatever the app does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Static {
    /// This path is this file.
    File(&'static str, &'static str, Kept),
    /// What is below this path is in this folder.
    Tree(&'static str, &'static str, Kept),
}

/// How long a browser may keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It asks each time whether the file is still the same.
    Revalidated,
    /// For good: the name changes with the content.
    Forever,
}

/// All of these routes, and how long what they give is kept (`streamlit/web/server/starlette`, 1.67.0).
pub const STATIC: &[Static] = &[
    Static::File("/", "index.html", Kept::Revalidated),
    Static::File("/index.html", "index.html", Kept::Revalidated),
    Static::File("/manifest.json", "manifest.json", Kept::Revalidated),
    Static::File("/favicon.png", "favicon.png", Kept::Forever),
    Static::Tree("/static/", "static", Kept::Forever),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_written_down_names_no_session() {
        for (path, written) in [
            ("/_stcore/upload_file/0f3a-secret/9c1e", "/_stcore/upload_file/\u{2026}"),
            ("/base/_stcore/upload_file/0f3a", "/base/_stcore/upload_file/\u{2026}"),
            ("/_stcore/stream", "/_stcore/stream"),
            ("/media/0f3a.png", "/media/0f3a.png"),
        ] {
            assert_eq!(without_session(path), written);
        }
    }
}
