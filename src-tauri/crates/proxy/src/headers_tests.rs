use http::header::HeaderMap;
use http::{HeaderName, HeaderValue, Request, Version};

use super::{end_to_end, for_request, for_upgrade, has_clear_end, upgrade_of};
use crate::upstream::Address;

fn map(fields: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    headers
}

fn list(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect()
}

#[test]
fn hop_by_hop_fields_stay_behind_and_the_rest_keeps_its_order() {
    let headers = end_to_end(map(&[
        ("host", "localhost:8501"),
        ("connection", "keep-alive, X-Hop"),
        ("x-a", "1"),
        ("keep-alive", "timeout=5"),
        ("x-hop", "1"),
        ("x-b", "1"),
        ("te", "trailers"),
        ("x-a", "2"),
        ("transfer-encoding", "chunked"),
        ("proxy-connection", "keep-alive"),
        ("connection", "close"),
        ("x-c", "1"),
    ]));
    assert_eq!(
        list(&headers),
        [("host", "localhost:8501"), ("x-a", "1"), ("x-a", "2"), ("x-b", "1"), ("x-c", "1")]
    );
}

#[test]
fn connection_cannot_take_what_the_message_needs() {
    let headers = end_to_end(map(&[
        ("connection", "host, Cookie, content-length"),
        ("host", "localhost:8501"),
        ("cookie", "a=1"),
        ("content-length", "3"),
    ]));
    assert_eq!(
        list(&headers),
        [("host", "localhost:8501"), ("cookie", "a=1"), ("content-length", "3")]
    );
}

#[test]
fn the_app_sees_no_gates_cookie_and_no_clients_secret() {
    let sent = || {
        map(&[
            (
                "cookie",
                "a=1; waterskin-8501=abc; waterskin-=1; waterskin-85a=1; waterskin-8502=def",
            ),
            ("cookie", "waterskin-8501=abc"),
            ("x-waterskin-secret", "forged"),
            ("accept-encoding", "gzip, br"),
            ("x-z", "1"),
        ])
    };
    let kept = "a=1; waterskin-=1; waterskin-85a=1";
    let unix = Address::Unix("/run/app socket".into());
    assert_eq!(
        list(&for_request(sent(), &unix)),
        [("cookie", kept), ("accept-encoding", "identity"), ("x-z", "1")]
    );
    let tcp = Address::Tcp { port: 1, secret: "right".to_owned() };
    assert_eq!(
        list(&for_request(sent(), &tcp)),
        [
            ("cookie", kept),
            ("accept-encoding", "identity"),
            ("x-z", "1"),
            ("x-waterskin-secret", "right")
        ]
    );
}

#[test]
fn an_upgrade_keeps_all_but_cookies_that_are_too_long_together() {
    let unix = Address::Unix("/run/s".into());
    let passed = |other: usize| {
        let cookies = format!("_app_xsrf=2|a; other={}; waterskin-8501=abc", "x".repeat(other));
        let headers = map(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
            ("cookie", &cookies),
            ("sec-websocket-protocol", "app, 2|a|b, id"),
            ("accept-encoding", "gzip"),
        ]);
        let passed = for_upgrade(headers, |name| name.starts_with('_'), &unix);
        let [.., (_, cookie), _, _] = list(&passed)[..] else { panic!("{passed:?}") };
        assert_eq!(passed.len(), 5);
        cookie.to_owned()
    };
    assert_eq!(passed(3), "_app_xsrf=2|a; other=xxx", "those of the app's own scripts too");
    assert_eq!(passed(7_000).len(), 7_000 + "_app_xsrf=2|a; other=".len());
    assert_eq!(passed(8_000), "_app_xsrf=2|a");
}

#[test]
fn only_chunks_alone_have_a_clear_end() {
    let clear = |codings: &[&str]| {
        has_clear_end(&map(&codings
            .iter()
            .map(|it| ("transfer-encoding", *it))
            .collect::<Vec<_>>()))
    };
    assert!(clear(&[]) && clear(&["chunked"]) && clear(&["Chunked"]));
    for codings in [
        &["gzip, chunked"][..],
        &["chunked, chunked"],
        &["chunked", "chunked"],
        &["identity", "chunked"],
        &["xchunked"],
        &[""],
    ] {
        assert!(!clear(codings), "{codings:?}");
    }
}

#[test]
fn an_upgrade_is_told_by_tokens_in_any_case_and_field() {
    let asks = |version, fields: &[(&str, &str)]| {
        let mut request = Request::new(());
        *request.version_mut() = version;
        *request.headers_mut() = map(fields);
        upgrade_of(&request.into_parts().0).is_some()
    };
    let (old, new) = (Version::HTTP_10, Version::HTTP_11);
    assert!(asks(new, &[("connection", "keep-alive, UPGRADE"), ("upgrade", "websocket")]));
    assert!(asks(
        new,
        &[("connection", "keep-alive"), ("connection", " ,Upgrade,"), ("upgrade", "x")]
    ));
    assert!(!asks(new, &[("connection", "keep-alive, upgraded"), ("upgrade", "websocket")]));
    assert!(!asks(new, &[("connection", "upgrade")]));
    assert!(!asks(new, &[("upgrade", "websocket")]));
    assert!(!asks(old, &[("connection", "upgrade"), ("upgrade", "websocket")]));
}
