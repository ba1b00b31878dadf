use tauri::Url;

/// What happens with a page that the window is asked to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The window shows it.
    Here,
    /// The system's browser, or mail program, shows it.
    Outside,
    /// Nobody shows it.
    Deny,
}

/// Decides by the address alone. `port` is the app's own, 0 when there is no app.
///
/// `frame` pages (`about:`, `blob:`, `data:`) are what Streamlit's components and downloads are
/// made of; they can't be told from top-level ones on every system, so they are let through.
pub fn decide(url: &Url, port: u16) -> Decision {
    let own = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match url.scheme() {
        "tauri" => Decision::Here,
        "http" | "https" if url.host_str() == Some("tauri.localhost") => Decision::Here,
        "http" if url.host_str().is_some_and(own) && url.port_or_known_default() == Some(port) => {
            Decision::Here
        }
        "about" | "blob" | "data" => Decision::Here,
        "http" | "https" | "mailto" | "tel" => Decision::Outside,
        _ => Decision::Deny,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        for (url, expected) in [
            ("http://localhost:8501/", Decision::Here),
            ("http://127.0.0.1:8501/page?x=1#h", Decision::Here),
            ("http://[::1]:8501/", Decision::Here),
            ("tauri://localhost/index.html#failure", Decision::Here),
            ("http://tauri.localhost/index.html", Decision::Here),
            ("about:srcdoc", Decision::Here),
            ("blob:http://localhost:8501/1", Decision::Here),
            ("http://localhost:8502/", Decision::Outside),
            ("https://localhost:8501/", Decision::Outside),
            ("http://localhost.evil.example:8501/", Decision::Outside),
            ("http://user@evil.example:8501/", Decision::Outside),
            ("https://example.org/", Decision::Outside),
            ("mailto:a@example.org", Decision::Outside),
            ("file:///etc/passwd", Decision::Deny),
            ("javascript:alert(1)", Decision::Deny),
            ("vbscript:x", Decision::Deny),
            ("ms-settings:privacy", Decision::Deny),
        ] {
            assert_eq!(decide(&Url::parse(url).unwrap(), 8501), expected, "{url}");
        }
    }
}
