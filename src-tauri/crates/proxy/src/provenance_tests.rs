use http::{Method, Request};

use super::{check, is_ours};
use crate::refusal::Refusal;

const PORT: u16 = 8501;

#[test]
fn only_our_names_with_our_port_are_ours() {
    for host in ["localhost:8501", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501"] {
        assert!(is_ours(host.as_bytes(), PORT), "{host}");
    }
    for host in [
        "localhost",
        "localhost:",
        "localhost:08501",
        "localhost:8502",
        "localhost:85010",
        "localhost.:8501",
        "127.0.0.1",
        "127.0.0.2:8501",
        "127.1:8501",
        "0.0.0.0:8501",
        "::1:8501",
        "[::1]",
        "[::ffff:127.0.0.1]:8501",
        "evil.example:8501",
        "localhost.evil.example:8501",
        "evil@localhost:8501",
        "localhost:8501@evil",
        "",
        " localhost:8501",
        "localhost:8501 ",
        "localhost:8501, localhost:8501",
        "[::1]8501",
        "xlocalhost:8501",
    ] {
        assert!(!is_ours(host.as_bytes(), PORT), "{host}");
    }
    assert!(is_ours(b"localhost", 80), "80 is the port of `http` when none is named");
    assert!(is_ours(b"localhost:80", 80));
}

/// The verdict on a request for `/x` to our own host.
fn checked(method: Method, fields: &[(&str, &str)]) -> Result<(), Refusal> {
    let request = Request::builder().method(method).uri("/x").header("host", "localhost:8501");
    let request =
        fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    check(&request.body(()).unwrap().into_parts().0, PORT)
}

#[test]
fn pages_of_other_origins_may_only_show_the_app_as_a_page_of_its_own() {
    let fetch = |method: &str, site, mode, dest| {
        checked(
            method.parse().unwrap(),
            &[("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)],
        )
    };
    for site in ["same-origin", "none"] {
        for (mode, dest) in
            [("navigate", "iframe"), ("no-cors", "image"), ("websocket", "websocket")]
        {
            assert_eq!(fetch("GET", site, mode, dest), Ok(()), "{site} {mode} {dest}");
        }
    }
    for site in ["same-site", "cross-site"] {
        assert_eq!(
            fetch("GET", site, "navigate", "document"),
            Ok(()),
            "a link, a login's way back"
        );
        for (method, mode, dest) in [
            ("POST", "navigate", "document"),
            ("HEAD", "navigate", "document"),
            ("GET", "navigate", "iframe"),
            ("GET", "navigate", "frame"),
            ("GET", "navigate", "object"),
            ("GET", "navigate", "embed"),
            ("GET", "no-cors", "document"),
            ("GET", "no-cors", "image"),
            ("GET", "no-cors", "script"),
            ("GET", "no-cors", "style"),
            ("GET", "no-cors", "empty"),
            ("GET", "cors", "font"),
            ("GET", "", ""),
        ] {
            let verdict = fetch(method, site, mode, dest);
            assert_eq!(verdict, Err(Refusal::Site), "{method} {site} {mode} {dest}");
        }
    }
    for odd in ["", "Same-Origin", "same-origin, same-origin", "other"] {
        assert_eq!(fetch("GET", odd, "no-cors", "image"), Err(Refusal::Site), "`{odd}`");
    }
}

#[test]
fn fetch_metadata_that_comes_twice_is_refused() {
    let own = ("sec-fetch-site", "same-origin");
    assert_eq!(checked(Method::GET, &[own, own]), Err(Refusal::Site));
    let foreign = ("sec-fetch-site", "same-site");
    let navigates = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let twice = [foreign, navigates[0], navigates[1], navigates[1]];
    assert_eq!(checked(Method::GET, &twice[..3]), Ok(()));
    assert_eq!(checked(Method::GET, &twice), Err(Refusal::Site));
}

#[test]
fn an_origin_of_ours_says_more_than_the_site() {
    // What a browser calls same-site can differ where the scheme is `ws`.
    let fields = [("origin", "http://localhost:8501"), ("sec-fetch-site", "same-site")];
    assert_eq!(checked(Method::GET, &fields), Ok(()));
    let fields = [("origin", "http://localhost:8502"), ("sec-fetch-site", "same-origin")];
    assert_eq!(checked(Method::GET, &fields), Err(Refusal::Origin));
}
