//! What an observer is told of each request, when it wants to be.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt, Full};
use tokio::sync::watch;
use waterskin_proxy::{Answerer, Cache, Exchange, Observer, StaticFiles, Upstream};

use crate::support::{App, Setup, Wire, soon, status};

/// Every exchange that the proxy tells of.
#[derive(Default)]
struct Told {
    /// The paths of the requests that are there.
    asked: Mutex<Vec<String>>,
    exchanges: Mutex<Vec<Exchange>>,
    changed: watch::Sender<()>,
}

impl Observer for Told {
    fn wants_exchanges(&self) -> bool {
        true
    }

    fn asked(&self, exchange: &Exchange) {
        self.asked.lock().unwrap().push(exchange.path.clone());
        self.changed.send_replace(());
    }

    fn exchange(&self, exchange: &Exchange) {
        self.exchanges.lock().unwrap().push(exchange.clone());
        self.changed.send_replace(());
    }
}

impl Told {
    /// The exchange with this number, once it has ended.
    async fn number(&self, number: u64) -> Exchange {
        self.find(|it| it.number == number).await
    }

    async fn path(&self, path: &str) -> Exchange {
        self.find(|it| it.path == path).await
    }

    async fn find(&self, wanted: impl Fn(&Exchange) -> bool) -> Exchange {
        let find = || self.exchanges.lock().unwrap().iter().find(|it| wanted(it)).cloned();
        self.until("an exchange", find).await
    }

    async fn until<T>(&self, what: &str, find: impl Fn() -> Option<T>) -> T {
        let mut changed = self.changed.subscribe();
        soon(what, async {
            loop {
                if let Some(found) = find() {
                    return found;
                }
                changed.changed().await.unwrap();
            }
        })
        .await
    }
}

async fn told(upstream: Upstream, statics: Option<StaticFiles>) -> (Setup, Arc<Told>) {
    let told = Arc::new(Told::default());
    let observer = Arc::clone(&told);
    let setup = Setup::with(upstream, |mut options| {
        options.observer = observer;
        options.statics = statics;
        options
    })
    .await;
    (setup, told)
}

#[tokio::test]
async fn each_request_is_told_with_its_bytes_and_times() {
    let app = App::http(|request| async move {
        let got = request.into_body().collect().await.unwrap().to_bytes();
        Response::builder().status(201).body(Full::new(Bytes::from(got.repeat(2)))).unwrap()
    });
    let before = Instant::now();
    let (setup, told) = told(Upstream::Ready(app.address.clone()), None).await;
    let body = "x".repeat(1000);
    let mut wire = setup.connect().await;
    wire.send(setup.head("PUT /a%20b/ä?token=secret", "Content-Length: 1000\r\n")).await;
    wire.send(&body).await;
    assert_eq!(status(&wire.head().await), 201);
    wire.exactly(2000).await;

    let entry = told.number(1).await;
    assert_eq!((entry.path.as_str(), entry.status), ("/_waterskin/enter", Some(303)));
    assert_eq!((entry.by, entry.whole), (Answerer::Proxy, true));
    let put = told.number(2).await;
    assert_eq!((put.method.as_str(), put.path.as_str()), ("PUT", "/a%20b/ä"));
    assert_eq!((put.status, put.by), (Some(201), Answerer::App));
    assert_eq!((put.sent, put.received, put.whole), (1000, 2000, true));
    let answered = put.answered.unwrap();
    assert!(before <= put.start && put.start <= answered && answered <= put.end);
    assert_eq!(put.stream, None);
    let secrets = [setup.cookie.split('=').next_back().unwrap(), "token"];
    let all = format!("{:?}", told.exchanges.lock().unwrap());
    assert!(secrets.iter().all(|secret| !all.contains(secret)), "{all}");
}

#[tokio::test]
async fn it_is_told_who_answered() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("a.js"), "12345").unwrap();
    let statics = StaticFiles::new(folder.path()).file("/a.js", "a.js", Cache::Immutable);
    let (setup, told) = told(Upstream::Down, Some(statics)).await;
    setup.ask("GET /a.js", "").await;
    setup.ask("GET /b.js", "").await;
    let mut stranger = setup.connect().await;
    stranger.send(format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", setup.port)).await;
    stranger.head().await;
    let brief = |it: Exchange| (it.by, it.status, it.received, it.whole);
    assert_eq!(brief(told.number(2).await), (Answerer::Files, Some(200), 5, true));
    let (by, status, _, whole) = brief(told.number(3).await);
    assert_eq!((by, status, whole), (Answerer::Proxy, Some(503), true));
    assert_eq!(told.number(4).await.status, Some(403));
}

#[tokio::test]
async fn a_window_that_goes_is_told_too() {
    let (setup, told) = told(Upstream::Holding, None).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /held", "")).await;
    // Connections are accepted in turn, and who is gone by then is let in by nobody.
    setup.ask("GET /_waterskin/nothing", "").await;
    let is_held = |path: &String| path == "/held";
    let asked = || told.asked.lock().unwrap().iter().any(is_held).then_some(());
    told.until("a request without an answer", asked).await;
    assert!(told.exchanges.lock().unwrap().iter().all(|it| it.path != "/held"));
    drop(wire);
    let held = told.path("/held").await;
    assert_eq!((held.path.as_str(), held.status, held.answered), ("/held", None, None));
    assert!(!held.whole);

    // An answer of which the window takes a part.
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        wire.next_head().await;
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbeginning").await;
        wire.next_head().await;
    });
    setup.upstream.send_replace(Upstream::Ready(app.address.clone()));
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /part", "")).await;
    wire.head().await;
    assert_eq!(wire.exactly(9).await, b"beginning");
    drop(wire);
    let part = told.number(4).await;
    assert_eq!((part.status, part.received, part.whole), (Some(200), 9, false));
}

#[tokio::test]
async fn an_upgrade_names_its_stream() {
    let app = App::raw(|stream| async move {
        let mut wire = Wire::over(stream);
        wire.next_head().await;
        wire.send("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
            .await;
        wire.next_head().await;
    });
    let (setup, told) = told(Upstream::Ready(app.address.clone()), None).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /s", "Connection: upgrade\r\nUpgrade: websocket\r\n")).await;
    assert_eq!(status(&wire.head().await), 101);
    let upgrade = told.number(2).await;
    assert_eq!((upgrade.status, upgrade.stream, upgrade.whole), (Some(101), Some(1), true));
}
