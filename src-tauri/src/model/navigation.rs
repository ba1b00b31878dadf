use url::Url;

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

/// Decides about a window's own page. `port` is the app's own, 0 when there is no app; `screens` is
/// whether the window may show the shell's screens now.
///
/// `about:`, `blob:` and `data:` pages are what Streamlit's components and downloads are made of.
/// They can't be told from top-level ones on every system, so they are let through.
pub fn decide(url: &Url, port: u16, screens: bool) -> Decision {
    match url.scheme() {
        _ if is_screen(url, cfg!(windows)) => match screens {
            true => Decision::Here,
            false => Decision::Deny,
        },
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
        _ if is_screen(url, cfg!(windows)) => Decision::Deny,
        "http" if is_own(url, port) => Decision::NewWindow,
        "about" if url.path() == "blank" => Decision::NewWindow,
        "blob" if Url::parse(url.path()).is_ok_and(|origin| is_own(&origin, port)) => {
            Decision::NewWindow
        }
        "http" | "https" | "mailto" | "tel" => Decision::Outside,
        _ => Decision::Deny,
    }
}

/// Whether a page is one of the shell's own screens: Tauri serves them under a scheme of its own, and
/// on Windows under a name (2.12.5, `protocol::origin`).
///
/// A name has ports. Tauri itself compares none when it tells its own pages from others
/// (`is_local_url`), so another program's page under that name would have the shell's commands.
pub fn is_screen(url: &Url, windows: bool) -> bool {
    let origin = (url.scheme(), url.host_str(), url.port());
    origin == if windows { WINDOWS } else { OTHERS }
}

/// An origin: scheme, host, and port where it is not the scheme's own.
type Origin = (&'static str, Option<&'static str>, Option<u16>);

/// Where the shell's screens are on Windows.
const WINDOWS: Origin = ("http", Some("tauri.localhost"), None);

/// Where they are on other systems.
const OTHERS: Origin = ("tauri", Some("localhost"), None);

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
            ("tauri://elsewhere/index.html", Deny, Deny),
            ("tauri://localhost:9999/index.html", Deny, Deny),
            ("http://tauri.localhost:9999/index.html", Outside, Outside),
            ("https://tauri.localhost/index.html", Outside, Outside),
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
            assert_eq!(decide(&url, 8501, true), here, "{url}");
            assert_eq!(decide(&url, 8501, false), here, "{url} without screens");
            assert_eq!(decide_new(&url, 8501), new, "{url} in a new window");
        }
        let own = Url::parse("http://localhost/").unwrap();
        assert_eq!(decide(&own, 0, false), Outside, "without an app nothing is its own");
    }
    #[test]
    fn screens_are_for_windows_that_may_show_them() {
        let screen = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };
        let screen = Url::parse(&format!("{screen}/index.html#failure")).unwrap();
        assert_eq!(decide(&screen, 8501, true), Decision::Here);
        assert_eq!(decide(&screen, 8501, false), Decision::Deny);
        assert_eq!(decide_new(&screen, 8501), Decision::Deny);
    }

    #[test]
    fn a_screen_is_known_by_its_whole_origin() {
        for (url, windows, others) in [
            ("tauri://localhost/index.html", false, true),
            ("tauri://localhost:9999/index.html", false, false),
            ("tauri://elsewhere/index.html", false, false),
            ("http://tauri.localhost/index.html", true, false),
            ("http://tauri.localhost:80/log.html", true, false),
            ("http://tauri.localhost:9999/index.html", false, false),
            ("https://tauri.localhost/index.html", false, false),
            ("https://tauri.localhost:80/index.html", false, false),
            ("http://tauri.localhost.example/index.html", false, false),
            ("http://a.tauri.localhost/index.html", false, false),
            ("http://localhost/index.html", false, false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(is_screen(&url, true), windows, "{url} on Windows");
            assert_eq!(is_screen(&url, false), others, "{url} elsewhere");
        }
    }
}
