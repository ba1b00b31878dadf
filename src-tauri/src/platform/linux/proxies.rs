//! The proxy that the machine has for other sites stays out of the window's way to its own page.

use std::{sync::OnceLock, time::Duration};

use gtk::{gio, glib, prelude::*};
use webkit2gtk::{
    NetworkProxyMode, NetworkProxySettings, WebContextExt as _, WebView, WebViewExt as _,
    WebsiteDataManagerExt as _,
};

use super::expected::expected;

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

/// The proxies of the desktop's settings, where these would have the page asked of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Proxies {
    http: String,
    https: String,
}

/// What the desktop's settings say, once that is known.
static SAID: OnceLock<Option<Proxies>> = OnceLock::new();

/// What no proxy is asked for, in GLib's words (`GSimpleProxyResolver`).
const DIRECT: &str = "direct://";

/// How often it is looked whether the settings are known.
const SOON: Duration = Duration::from_millis(20);

/// Finds out what the desktop's settings say of the page and of other sites, as WebKitGTK does.
/// They may name a script on the network, so nobody waits for it.
///
/// GNOME's usual exceptions have the page's host among them; those that a company or a person sets
/// need not (seen with `ignore-hosts` empty, WebKitGTK 2.50: an empty window).
pub fn ask_desktop() {
    let ask = || drop(SAID.set(Proxies::of(proxy_of)));
    if let Err(error) = std::thread::Builder::new().name("proxies".to_owned()).spawn(ask) {
        tracing::warn!(%error, "the desktop's proxies are not known");
    }
}

/// The first of the ways to an address.
fn proxy_of(address: &str) -> Option<String> {
    let ways = gio::ProxyResolver::default().lookup(address, gio::Cancellable::NONE).ok()?;
    ways.first().map(ToString::to_string)
}

/// Has the web views of this one's context reach the page without a proxy, and other sites by those
/// of the desktop's settings. To be called before a page is loaded.
pub fn keep_apart(view: &WebView) {
    if let Some(said) = SAID.get() {
        if let Some(proxies) = said {
            proxies.apply(view);
        }
        return;
    }
    let view = view.downgrade();
    glib::timeout_add_local(SOON, move || {
        let Some(view) = view.upgrade() else { return glib::ControlFlow::Break };
        let Some(said) = SAID.get() else { return glib::ControlFlow::Continue };
        if let Some(proxies) = said {
            proxies.apply(&view);
            // It was asked of a proxy meanwhile, in vain.
            if let Some(address) = view.uri() {
                view.load_uri(&address);
            }
        }
        glib::ControlFlow::Break
    });
}

impl Proxies {
    /// `way` gives the proxy of an address, where that is known.
    fn of(way: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let page = way("http://localhost/")?;
        let other = |address: &str| way(address).unwrap_or_else(|| DIRECT.to_owned());
        (page != DIRECT).then(|| Self {
            http: other("http://example.org/"),
            https: other("https://example.org/"),
        })
    }

    fn apply(&self, view: &WebView) {
        let data = view.context().and_then(|context| context.website_data_manager());
        let Some(data) = expected("the data of a web view", data) else { return };
        tracing::info!("the desktop's proxies are not asked for the app's page");
        let more = exceptions();
        let mut hosts: Vec<&str> = LOOPBACK.to_vec();
        hosts.extend(more.iter().map(|host| host.as_str()));
        let mut settings = NetworkProxySettings::new(None, &hosts);
        for (scheme, proxy) in [("http", &self.http), ("https", &self.https)] {
            if proxy != DIRECT {
                settings.add_proxy_for_scheme(scheme, proxy);
            }
        }
        data.set_network_proxy_settings(NetworkProxyMode::Custom, Some(&mut settings));
    }
}

/// The exceptions in GNOME's settings.
fn exceptions() -> Vec<glib::GString> {
    const SCHEMA: &str = "org.gnome.system.proxy";
    // To ask for one that is not there ends the program.
    let known = gio::SettingsSchemaSource::default().and_then(|all| all.lookup(SCHEMA, true));
    match known.filter(|schema| schema.has_key("ignore-hosts")) {
        Some(_) => gio::Settings::new(SCHEMA).strv("ignore-hosts").into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_are_reached_as_the_desktop_says() {
        let direct = Proxies::of(|address| {
            let is_page = address.contains("localhost");
            Some(if is_page { DIRECT } else { "http://proxy.example:8080" }.to_owned())
        });
        assert_eq!(direct, None, "WebKitGTK does that by itself");
        let all = Proxies::of(|address| {
            let secure = address.starts_with("https:");
            Some(if secure { DIRECT } else { "http://proxy.example:8080" }.to_owned())
        });
        let (http, https) = ("http://proxy.example:8080".to_owned(), DIRECT.to_owned());
        assert_eq!(all, Some(Proxies { http, https }));
        assert_eq!(Proxies::of(|_| None), None);
    }

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
