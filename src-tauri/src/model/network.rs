//! What the page asks of other machines, and what the person is told where there is no network.

use std::net::IpAddr;

use url::Url;
use waterskin_words::Words;

use super::notice::Notice;

/// The name of the site at an address, where that is on another machine: this one is there without
/// a network.
pub fn elsewhere(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https"))?;
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let here = match address {
        Ok(address) => address.is_loopback() || address.is_unspecified(),
        // RFC 6761, section 6.3.
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    };
    (!here).then(|| host.to_owned())
}

/// Tells that something of `site` is not there.
pub fn missing(words: &Words, site: &str) -> Notice {
    Notice {
        title: words.tell("network-missing-site", &[("site", site)]),
        text: words.say("network-missing"),
        passing: true,
    }
}

#[cfg(test)]
mod tests {
    use waterskin_words::Language;

    use super::*;

    #[test]
    fn only_other_machines_need_a_network() {
        for (address, site) in [
            ("https://tiles.example.org/1/2.png?key=1", Some("tiles.example.org")),
            ("http://192.0.2.1:8080/", Some("192.0.2.1")),
            ("http://[2001:db8::1]/", Some("[2001:db8::1]")),
            ("http://localhost:8501/static/a.js", None),
            ("http://app.localhost/", None),
            ("http://127.0.0.53/", None),
            ("http://[::1]:8501/", None),
            ("data:text/plain,x", None),
            ("blob:http://localhost:8501/1", None),
            ("no address", None),
        ] {
            assert_eq!(elsewhere(address).as_deref(), site, "{address}");
        }
    }

    #[test]
    fn the_site_is_named() {
        let notice = missing(&Words::of(Language::English), "tiles.example.org");
        assert_eq!(notice.title, "tiles.example.org can’t be reached");
    }
}
