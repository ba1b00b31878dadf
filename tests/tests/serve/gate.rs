//! What the gate refuses never reaches Python: every route of Streamlit, every method.

use http::header::{COOKIE, HOST, HeaderMap, HeaderValue, ORIGIN};
use http::{Method, StatusCode};
use tokio_tungstenite::tungstenite;
use waterskin_tests::{
    Ask, NEWEST, Page, Result, Sandbox, Served, ServedOptions, Site, TESTED, Tap, Venv, app,
    python_socket, servers,
};

/// Each route of Streamlit as its server names it, Tornado's and Starlette's, with a path of it.
/// A route that is not here fails the test, so that a new one is looked at and tested.
const ROUTES: [(&str, &str); 34] = [
    (r"^/_stcore/stream/?$", "/_stcore/stream"),
    (r"^/(?:healthz|_stcore/health)/?$", "/healthz"),
    (r"^/_stcore/message/?$", "/_stcore/message?hash=1"),
    (r"^/(?:st-metrics|_stcore/metrics)/?$", "/st-metrics"),
    (r"^/_stcore/host-config/?$", "/_stcore/host-config/"),
    (
        r"^/_stcore/upload_file/(?P<session_id>[^/]+)/(?P<file_id>[^/]+)/?$",
        "/_stcore/upload_file/session/file/",
    ),
    (r"^/media/(.*)/?$", "/media/0123456789abcdef.png"),
    (r"^/component/(.*)/?$", "/component/name/"),
    (r"^/_stcore/bidi-components/(.*)/?$", "/_stcore/bidi-components/name/"),
    (r"^/(?:script-health-check|_stcore/script-health-check)/?$", "/script-health-check"),
    (r"^/app/static/(.*)/?$", "/app/static/"),
    (r"^/(.*)/$", "/static/"),
    (r"^/(?!/)(.*)/$", "/static/js/"),
    (r"^/(.*)/?$", "/manifest.json"),
    (r"^/$", "/"),
    ("/_stcore/stream", "/_stcore/stream?again"),
    ("/_stcore/health", "/_stcore/health"),
    ("/_stcore/metrics", "/_stcore/metrics"),
    ("/_stcore/host-config", "/_stcore/host-config"),
    ("/_stcore/upload_file/{session_id}/{file_id}", "/_stcore/upload_file/session/file"),
    ("/media/{file_id:path}", "/media/0123456789abcdef.bin"),
    ("/component/{path:path}", "/component/name/index.html"),
    ("/_stcore/bidi-components/{path:path}", "/_stcore/bidi-components/name/path.js"),
    ("/_stcore/script-health-check", "/_stcore/script-health-check"),
    ("/app/static/{path:path}", "/app/static/file.txt"),
    ("/auth/login", "/auth/login?provider=x"),
    ("/auth/logout", "/auth/logout"),
    ("/oauth2callback", "/oauth2callback?code=1"),
    ("/_stcore/agent/interact", "/_stcore/agent/interact"),
    ("/_stcore/agent/mcp", "/_stcore/agent/mcp"),
    ("/_stcore/agent/openapi.json", "/_stcore/agent/openapi.json"),
    ("", "/static/js/index.js"),
    // Ours, and what falls to no route.
    ("/_waterskin/report", "/_waterskin/report"),
    ("otherwise", "/any/page?of=the%20app"),
];

const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"];

/// What is wrong with a request, and how to make one.
fn wrongs(site: &Site) -> Vec<(&'static str, Vec<(http::HeaderName, String)>)> {
    let port = site.port;
    let cookie = |value: &str| (COOKIE, value.to_owned());
    let host = |value: &str| (HOST, value.to_owned());
    let origin = |value: &str| (ORIGIN, value.to_owned());
    let name = site.cookie.as_deref().and_then(|cookie| cookie.split('=').next()).unwrap_or("");
    vec![
        ("no cookie", vec![cookie("")]),
        ("a wrong cookie", vec![cookie(&format!("{name}=AAAAAAAAAAAAAAAAAAAAAA"))]),
        ("an empty cookie", vec![cookie(&format!("{name}="))]),
        ("another cookie", vec![cookie("_streamlit_xsrf=2|a|b|c")]),
        ("a foreign host", vec![host(&format!("attacker.example:{port}"))]),
        ("a host that begins like ours", vec![host(&format!("localhost.attacker.example:{port}"))]),
        ("our host with another port", vec![host(&format!("localhost:{}", port ^ 1))]),
        ("our host without the port", vec![host("localhost")]),
        ("another loopback address", vec![host(&format!("127.0.0.2:{port}"))]),
        ("a foreign origin", vec![origin("https://attacker.example")]),
        ("an origin on another port", vec![origin(&format!("http://localhost:{}", port ^ 1))]),
        ("our origin by another scheme", vec![origin(&format!("https://localhost:{port}"))]),
        ("an opaque origin", vec![origin("null")]),
        ("an image on another port", fetched("same-site", "no-cors", "image")),
        ("a frame of another site", fetched("cross-site", "navigate", "iframe")),
    ]
}

/// What browsers say of a request that a page of another origin makes.
fn fetched(site: &str, mode: &str, dest: &str) -> Vec<(http::HeaderName, String)> {
    let field = |name, value: &str| (http::HeaderName::from_static(name), value.to_owned());
    vec![
        field("sec-fetch-site", site),
        field("sec-fetch-mode", mode),
        field("sec-fetch-dest", dest),
    ]
}

#[tokio::test]
async fn every_route_of_every_streamlit_is_known_here() -> Result<()> {
    let sandbox = Sandbox::new()?;
    for version in TESTED {
        for route in Venv::with_streamlit(version).await?.routes(&sandbox).await? {
            let known = ROUTES.iter().any(|(name, _)| *name == route);
            assert!(known, "Streamlit {version} has a route that is not known here: `{route}`");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_refused_never_reaches_newest_streamlit() -> Result<()> {
    what_is_refused_never_reaches_python(NEWEST).await
}

mod long {
    use super::Result;

    #[tokio::test]
    async fn what_is_refused_never_reaches_oldest_streamlit() -> Result<()> {
        super::what_is_refused_never_reaches_python(waterskin_tests::OLDEST).await
    }

    #[tokio::test]
    async fn what_is_refused_never_reaches_tornado_streamlit() -> Result<()> {
        super::what_is_refused_never_reaches_python(waterskin_tests::TORNADO).await
    }
}

async fn what_is_refused_never_reaches_python(version: &str) -> Result<()> {
    let sandbox = Sandbox::new()?;
    let venv = Venv::with_streamlit(version).await?;
    let folder = sandbox.copy(&app("stages"), "gate")?;
    let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
    // Before any request of ours: Tornado keeps an idle connection for long, and it would go past.
    let tap = Tap::on_python(&sandbox).await?;
    let site = served.enter().await?;
    assert_eq!(site.get("/_stcore/health").await?.text(), "ok", "Python is up");
    let before = tap.seen().len();

    for (_, path) in ROUTES {
        for method in METHODS {
            let method = Method::from_bytes(method.as_bytes())?;
            for (wrong, headers) in wrongs(&site) {
                let ask = Ask::new(method.clone(), path);
                let ask =
                    headers.iter().fold(ask, |ask, (name, value)| ask.header(name.clone(), value));
                let answer = site.ask(ask).await?;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} with {wrong}");
            }
        }
    }
    for (wrong, headers) in wrongs(&site) {
        let headers =
            headers.into_iter().map(|(name, value)| Ok((name, HeaderValue::from_str(&value)?)));
        let headers = headers.collect::<Result<HeaderMap>>()?;
        let refused = Page::open_with(&site, "streamlit, PLACEHOLDER_AUTH_TOKEN", headers).await;
        let status = match refused.err().map(anyhow::Error::downcast::<tungstenite::Error>) {
            Some(Ok(tungstenite::Error::Http(answer))) => Some(answer.status()),
            _ => None,
        };
        assert_eq!(status, Some(StatusCode::FORBIDDEN), "an upgrade with {wrong}");
    }
    let since = tap.seen().split_off(before);
    assert!(!since.contains("HTTP/1."), "Python saw something of it: {since}");

    // The tap does see what passes, and Python is not told the secret.
    let mut page = Page::open(&site).await?;
    assert!(page.run().await?.has("The last text."));
    assert_eq!(site.get("/_stcore/health?passes").await?.text(), "ok");
    let seen = tap.seen();
    assert!(seen.contains("GET /_stcore/stream ") && seen.contains("GET /_stcore/health?passes "));
    let secret = site.cookie.as_deref().and_then(|cookie| cookie.split_once('=')).map(|it| it.1);
    assert!(!seen.contains(secret.unwrap_or_default()), "the gate's cookie went to Python");
    Ok(())
}

/// Requests that no library makes: each is refused, or the connection is closed.
#[tokio::test]
async fn malformed_requests_are_refused() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let folder = sandbox.copy(&app("stages"), "raw")?;
    let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
    let site = served.enter().await?;
    assert_eq!(site.get("/_stcore/health").await?.text(), "ok", "Python is up");
    let tap = Tap::on(&python_socket(&sandbox).await?).await?;
    let port = site.port;
    let own = format!("Host: localhost:{port}\r\n");
    let foreign = format!("Host: attacker.example:{port}\r\n");
    let cookie = format!("Cookie: {}\r\n", site.cookie.as_deref().unwrap_or_default());
    let path = "/_stcore/health";
    for request in [
        format!("GET {path} HTTP/1.1\r\n{cookie}\r\n"),
        format!("GET {path} HTTP/1.0\r\n{cookie}\r\n"),
        format!("GET {path} HTTP/1.1\r\n{own}{foreign}{cookie}\r\n"),
        format!("GET {path} HTTP/1.1\r\n{foreign}{own}{cookie}\r\n"),
        format!("GET http://attacker.example:{port}{path} HTTP/1.1\r\n{own}{cookie}\r\n"),
        format!("GET http://localhost:{port}{path} HTTP/1.1\r\n{foreign}{cookie}\r\n"),
        format!("GET {path} HTTP/1.1\r\nHost: user@localhost:{port}\r\n{cookie}\r\n"),
        format!("GET {path} HTTP/1.1\r\nHost:\r\n{cookie}\r\n"),
        format!(
            "GET {path} HTTP/1.1\r\n{own}{cookie}Origin: http://localhost:{port}\r\n\
             Origin: https://attacker.example\r\n\r\n"
        ),
        format!("CONNECT localhost:{port} HTTP/1.1\r\n{foreign}\r\n"),
    ] {
        let answer = site.raw(request.as_bytes()).await?;
        let refused = ["HTTP/1.1 403", "HTTP/1.0 403", "HTTP/1.1 400", "HTTP/1.0 400"];
        let refused = answer.is_empty() || refused.iter().any(|start| answer.starts_with(start));
        assert!(refused, "{request}was answered with {answer}");
    }
    assert_eq!(tap.seen(), "", "Python saw something of it");
    Ok(())
}

#[tokio::test]
async fn python_listens_on_nothing_but_its_socket() -> Result<()> {
    for version in servers() {
        let sandbox = Sandbox::new()?;
        let venv = Venv::with_streamlit(version).await?;
        let folder = sandbox.copy(&app("stages"), "private")?;
        let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
        served.enter().await?.get("/_stcore/health").await?;
        let socket = python_socket(&sandbox).await?;
        let folder = socket.parent().unwrap_or(&socket);
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs_err::metadata(folder)?.permissions());
        assert_eq!(mode & 0o777, 0o700, "{version}: the socket's folder is ours alone");
        let ours = sandbox.ours().alive();
        for process in ours.iter().filter(|process| process.id != served.command.id()) {
            let ports = process.listening_ports()?;
            assert_eq!(ports, [0; 0], "{version}: {} listens on TCP", process.command);
        }
        let command = ours.iter().find(|process| process.id == served.command.id());
        let ports = command.map(|process| process.listening_ports()).transpose()?;
        assert_eq!(ports, Some(vec![served.port()?; 2]), "{version}: both loopback addresses");
    }
    Ok(())
}
