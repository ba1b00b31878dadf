//! The proxy that the machine has for other sites stays out of the window's way to its own page.

use gtk::glib;

/// The variables by which GLib is told of proxies, in both cases (`GProxyResolver` of
/// glib-networking, and libproxy).
const PROXIES: [&str; 4] = ["http_proxy", "https_proxy", "all_proxy", "ftp_proxy"];
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// The page's own host by each of its names.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Makes the page's own address an exception where the environment names a proxy. To be called while
/// the program has one thread: it changes the environment. Python gets the exceptions too.
///
/// A page that is asked of a proxy is a page of that machine's, which has none.
pub fn spare_loopback() {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !PROXIES.iter().any(|name| set(name) || set(&name.to_uppercase())) {
        return;
    }
    for name in EXCEPTIONS {
        let exceptions = std::env::var(name).unwrap_or_default();
        if let Some(exceptions) = with_loopback(&exceptions) {
            let _ = glib::setenv(name, exceptions, true);
        }
    }
}

/// The exceptions with those that are missing. One of `*` stands for every host.
fn with_loopback(exceptions: &str) -> Option<String> {
    let mut named: Vec<&str> =
        exceptions.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if named.contains(&"*") {
        return None;
    }
    let before = named.len();
    for name in LOOPBACK {
        if !named.contains(&name) {
            named.push(name);
        }
    }
    (named.len() > before).then(|| named.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_and_what_is_missing_comes() {
        for (before, after) in [
            ("", Some("localhost,127.0.0.1,::1")),
            ("example.org, localhost", Some("example.org,localhost,127.0.0.1,::1")),
            ("localhost,127.0.0.1,::1,.lan", None),
            ("*", None),
        ] {
            assert_eq!(with_loopback(before).as_deref(), after, "{before}");
        }
    }
}
