use tauri::Url;

/// What happens with a page that a window is asked to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The window shows it.
    Here,
    /// A new window of the app shows it.
    NewWindow,
    /// The system's browser, or mail program, shows it.
    Outside,
    /// Nobody shows it.
    Deny,
}

/// Decides about a window's own page. `port` is the app's own, 0 when there is no app.
///
/// `about:`, `blob:` and `data:` pages are what Streamlit's components and downloads are made of.
/// They can't be told from top-level ones on every system, so they are let through.
pub fn decide(url: &Url, port: u16) -> Decision {
    match url.scheme() {
        "tauri" => Decision::Here,
        "http" | "https" if url.host_str() == Some("tauri.localhost") => Decision::Here,
        "http" if is_own(url, port) => Decision::Here,
        "about" | "blob" | "data" => Decision::Here,
        "http" | "https" | "mailto" | "tel" => Decision::Outside,
        _ => Decision::Deny,
    }
}

/// Decides about a page that is asked for in a new window: by `target=_blank`, `window.open`, or
/// the context menu.
///
/// The shell's own screens are for the shell's own windows. A `data:` page would be one that says
/// it is nobody's, and no browser opens it from a page.
pub fn decide_new(url: &Url, port: u16) -> Decision {
    match url.scheme() {
        "http" if is_own(url, port) => Decision::NewWindow,
        "about" if url.path() == "blank" => Decision::NewWindow,
        "blob" if Url::parse(url.path()).is_ok_and(|origin| is_own(&origin, port)) => {
            Decision::NewWindow
        }
        "http" | "https" if url.host_str() == Some("tauri.localhost") => Decision::Deny,
        "http" | "https" | "mailto" | "tel" => Decision::Outside,
        _ => Decision::Deny,
    }
}

/// Whether a page is the app's own, under each of the names of this machine.
pub fn is_own(url: &Url, port: u16) -> bool {
    let host = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    url.scheme() == "http" && host && url.port_or_known_default() == Some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        use Decision::{Deny, Here, NewWindow, Outside};
        for (url, here, new) in [
            ("http://localhost:8501/", Here, NewWindow),
            ("http://127.0.0.1:8501/page?x=1#h", Here, NewWindow),
            ("http://[::1]:8501/", Here, NewWindow),
            ("tauri://localhost/index.html#failure", Here, Deny),
            ("http://tauri.localhost/index.html", Here, Deny),
            ("about:srcdoc", Here, Deny),
            ("about:blank", Here, NewWindow),
            ("blob:http://localhost:8501/1", Here, NewWindow),
            ("blob:http://localhost:8502/1", Here, Deny),
            ("blob:null/1", Here, Deny),
            ("data:text/html,x", Here, Deny),
            ("http://localhost:8502/", Outside, Outside),
            ("https://localhost:8501/", Outside, Outside),
            ("http://localhost.evil.example:8501/", Outside, Outside),
            ("http://user@evil.example:8501/", Outside, Outside),
            ("https://example.org/", Outside, Outside),
            ("mailto:a@example.org", Outside, Outside),
            ("tel:+4930123", Outside, Outside),
            ("file:///etc/passwd", Deny, Deny),
            ("javascript:alert(1)", Deny, Deny),
            ("vbscript:x", Deny, Deny),
            ("ms-settings:privacy", Deny, Deny),
            ("view-source:http://localhost:8501/", Deny, Deny),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(decide(&url, 8501), here, "{url}");
            assert_eq!(decide_new(&url, 8501), new, "{url} in a new window");
        }
        let own = Url::parse("http://localhost/").unwrap();
        assert_eq!(decide(&own, 0), Outside, "without an app nothing is its own");
    }
}
