//! What the gate refuses never reaches Python: every route of Streamlit, every method.

use std::time::Duration;

use http::header::{COOKIE, HOST, HeaderMap, HeaderValue, ORIGIN};
use http::{Method, StatusCode};
use tokio_tungstenite::tungstenite;
use waterskin_tests::{
    Ask, PATIENCE, Page, Result, Sandbox, Served, ServedOptions, Site, Tap, Venv, app, eventually,
};

/// The routes of Streamlit 1.40 to 1.67, and paths that fall to none of them.
const ROUTES: [&str; 24] = [
    "/",
    "/index.html",
    "/favicon.png",
    "/manifest.json",
    "/static/js/index.js",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/stream",
    "/_stcore/upload_file/session/file",
    "/_stcore/bidi-components/name/path.js",
    "/_stcore/script-health-check",
    "/_stcore/metrics",
    "/_stcore/message?hash=1",
    "/_stcore/agent/interact",
    "/_stcore/agent/mcp",
    "/media/0123456789abcdef.bin",
    "/component/name/index.html",
    "/app/static/file.txt",
    "/oauth2callback?code=1",
    "/auth/login",
    "/auth/logout",
    "/openapi.json",
    "/any/page?of=the app",
    "/_waterskin/report",
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
    ]
}

#[tokio::test]
async fn what_is_refused_never_reaches_python() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let venv = Venv::with_streamlit("1.67.0").await?;
    let folder = sandbox.copy(&app("stages"), "gate")?;
    let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
    let site = served.enter().await?;
    assert_eq!(site.get("/_stcore/health").await?.text(), "ok", "Python is up");
    let socket = python_socket(&sandbox).await?;
    let tap = Tap::on(&socket).await?;

    for route in ROUTES {
        let route = route.replace(' ', "%20");
        for method in METHODS {
            let method = Method::from_bytes(method.as_bytes())?;
            for (wrong, headers) in wrongs(&site) {
                let ask = Ask::new(method.clone(), &route);
                let ask =
                    headers.iter().fold(ask, |ask, (name, value)| ask.header(name.clone(), value));
                let answer = site.ask(ask).await?;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {route} with {wrong}");
            }
        }
    }
    for (wrong, headers) in wrongs(&site) {
        let headers =
            headers.into_iter().map(|(name, value)| Ok((name, HeaderValue::from_str(&value)?)));
        let headers = headers.collect::<Result<HeaderMap>>()?;
        let refused = Page::open_with(&site, "streamlit, PLACEHOLDER_AUTH_TOKEN", headers).await;
        let error = refused.err().map(|error| error.downcast::<tungstenite::Error>());
        match error {
            Some(Ok(tungstenite::Error::Http(answer))) => {
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "an upgrade with {wrong}");
            }
            other => panic!("an upgrade with {wrong} was not refused: {other:?}"),
        }
    }
    assert_eq!(tap.seen(), "", "Python saw something of it");

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
    let venv = Venv::with_streamlit("1.67.0").await?;
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
    for version in waterskin_tests::STREAMLITS {
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

/// The socket that Python listens on.
async fn python_socket(sandbox: &Sandbox) -> Result<std::path::PathBuf> {
    eventually("Python's socket", PATIENCE.min(Duration::from_secs(30)), async || {
        let sockets = sandbox.sockets();
        Ok(sockets.into_iter().find(|path| path.extension().is_some_and(|it| it == "sock")))
    })
    .await
}
