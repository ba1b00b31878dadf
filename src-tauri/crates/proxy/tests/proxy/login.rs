use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use waterskin_proxy::{Event, Upstream};

use crate::support::{App, Setup, field, status};

/// An app that sends whoever asks for `/login?to=ADDRESS` there, and has one more page.
fn app() -> App {
    App::http(|request: Request<Incoming>| async move {
        let query = request.uri().query().unwrap_or_default();
        let Some(to) = query.strip_prefix("to=") else {
            return Response::new(Full::new(Bytes::from_static(b"the app")));
        };
        let answer = Response::builder().status(302).header("location", to);
        let answer = answer.header("set-cookie", "session=s").header("set-cookie", "other=o");
        answer.body(Full::new(Bytes::from_static(b"<p>Moved</p>"))).unwrap()
    })
}

async fn setup(app: &App) -> Setup {
    Setup::with(Upstream::Ready(app.address.clone()), |mut options| {
        options.returned = Some(Arc::from("<h1>Go back</h1>"));
        options
    })
    .await
}

/// An authorization request whose answer comes to `port`.
fn authorize(port: u16, state: &str) -> String {
    format!("https://id.example/a?state={state}&redirect_uri=http://localhost:{port}/callback")
}

/// Asks without the cookie, as another browser does that was sent here.
async fn stranger(setup: &Setup, target: &str) -> (String, String) {
    let mut wire = setup.connect().await;
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: localhost:{}\r\nSec-Fetch-Site: cross-site\r\n\
         Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n\r\n",
        setup.port
    );
    wire.send(request).await;
    let head = wire.head().await;
    let length = field(&head, "content-length").map_or(0, |length| length.parse().unwrap());
    (head, String::from_utf8(wire.exactly(length).await).unwrap())
}

#[tokio::test]
async fn a_login_goes_by_another_browser_and_comes_back_to_the_window() {
    let app = app();
    let setup = setup(&app).await;
    let away = authorize(setup.port, "right");
    let (head, body) = setup.ask(&format!("GET /login?to={away}"), "").await;
    assert_eq!((status(&head), body.as_slice()), (204, &b""[..]), "the page stays: {head}");
    assert_eq!(field(&head, "location"), None);
    assert!(head.contains("session=s") && head.contains("other=o"), "{head}");
    let events = setup.record.events();
    let Some(Event::Leaves { path }) = events.last() else { panic!("{events:?}") };

    let (head, _) = stranger(&setup, path).await;
    assert_eq!((status(&head), field(&head, "location")), (303, Some(away.as_str())));
    assert_eq!(field(&head, "referrer-policy"), Some("no-referrer"));
    assert_eq!(status(&stranger(&setup, path).await.0), 403, "the way out is good once");

    for guess in ["/callback?code=c&state=wrong", "/callback?code=c", "/x?code=c&state=right", "/"]
    {
        assert_eq!(status(&stranger(&setup, guess).await.0), 403, "{guess}");
    }
    let target = "/callback?code=c&state=right";
    let mut image = setup.connect().await;
    let fields = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image";
    image
        .send(format!(
            "GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n{fields}\r\n\r\n",
            setup.port
        ))
        .await;
    assert_eq!(status(&image.head().await), 403, "an image of a website is no browser");
    let returns = |setup: &Setup| {
        let events = setup.record.events();
        events.into_iter().filter(|it| matches!(it, Event::Returned { .. })).collect::<Vec<_>>()
    };
    assert_eq!(returns(&setup), []);

    let (head, page) = stranger(&setup, target).await;
    assert_eq!((status(&head), page.as_str()), (200, "<h1>Go back</h1>"));
    assert!(
        field(&head, "content-security-policy").is_some_and(|it| it.contains("default-src 'none'"))
    );
    assert_eq!(returns(&setup), [Event::Returned { target: target.to_owned() }]);
    assert_eq!(status(&stranger(&setup, target).await.0), 403, "a state is good once");
    assert_eq!(app.seen(), 1, "nothing of another browser's reaches the app");
    let (head, body) = setup.ask(&format!("GET {target}"), "").await;
    assert_eq!((status(&head), body.as_slice()), (200, &b"the app"[..]), "the window's does");
}

#[tokio::test]
async fn a_login_that_can_not_come_back_is_told_and_goes_nowhere() {
    let app = app();
    let setup = setup(&app).await;
    let away = authorize(setup.port.wrapping_add(1), "s");
    let (head, _) = setup.ask(&format!("GET /login?to={away}"), "").await;
    assert_eq!(status(&head), 204);
    let redirect_uri = format!("http://localhost:{}/callback", setup.port.wrapping_add(1));
    assert_eq!(setup.record.events().last(), Some(&Event::NoReturn { redirect_uri }));
}

#[tokio::test]
async fn a_logout_begins_the_page_anew() {
    let app = app();
    let setup = setup(&app).await;
    let back = format!("http://localhost:{}/callback", setup.port);
    let away = format!("https://id.example/end?post_logout_redirect_uri={back}&id_token_hint=t");
    let (head, _) = setup.ask(&format!("GET /login?to={away}"), "").await;
    assert_eq!((status(&head), field(&head, "location")), (302, Some("/")));
    let events = setup.record.events();
    let Some(Event::Leaves { path }) = events.last() else { panic!("{events:?}") };
    assert_eq!(field(&stranger(&setup, path).await.0, "location"), Some(away.as_str()));
    let (head, page) = stranger(&setup, "/callback").await;
    assert_eq!((status(&head), page.as_str()), (200, "<h1>Go back</h1>"));
    assert_eq!(setup.record.events(), events, "there is nothing to do in the window");
}

#[tokio::test]
async fn other_redirects_and_those_of_frames_stay_as_they_are() {
    let app = app();
    let setup = setup(&app).await;
    let away = authorize(setup.port, "s");
    let frame =
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n";
    for (to, fields) in [("https://id.example/", ""), ("/page", ""), (away.as_str(), frame)] {
        let (head, _) = setup.ask(&format!("GET /login?to={to}"), fields).await;
        assert_eq!((status(&head), field(&head, "location")), (302, Some(to)));
    }
    let (head, _) = setup.ask(&format!("POST /login?to={away}"), "Content-Length: 0\r\n").await;
    assert_eq!(status(&head), 302);

    // In a browser, which does its logins itself.
    let setup = Setup::before(&app).await;
    let away = authorize(setup.port, "s");
    let (head, _) = setup.ask(&format!("GET /login?to={away}"), "").await;
    assert_eq!((status(&head), field(&head, "location")), (302, Some(away.as_str())));
}
