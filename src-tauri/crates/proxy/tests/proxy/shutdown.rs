use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use waterskin_proxy::{Event, Gate, Listener, Options, Proxy, Upstream};

use crate::support::{App, Setup, Wire, soon, status};

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn idle_connections_end_and_the_port_is_free_again() {
    let app = App::hello();
    let setup = Setup::before(&app).await;
    let mut idle = setup.connect().await;
    idle.send(setup.head("GET /", "")).await;
    idle.head().await;
    idle.exactly(5).await;
    let silent = setup.connect().await;
    soon("the end", setup.proxy.shutdown(LONG)).await;
    assert_eq!(idle.rest().await, b"");
    drop(silent);
    assert_eq!(Listener::bind(setup.port).await.unwrap().port(), setup.port);
}

#[tokio::test]
async fn an_answer_under_way_may_finish() {
    let (arrived, mut told) = mpsc::unbounded_channel();
    let (go_on, going) = watch::channel(false);
    let app = App::http(move |_| {
        let (arrived, mut going) = (arrived.clone(), going.clone());
        async move {
            arrived.send(()).unwrap();
            going.wait_for(|go| *go).await.unwrap();
            Response::new(Full::new(Bytes::from_static(b"late")))
        }
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "")).await;
    told.recv().await.unwrap();
    let stopping = setup.proxy.shutdown(LONG);
    let asking = async {
        go_on.send_replace(true);
        let head = wire.head().await;
        (status(&head), wire.rest().await)
    };
    let ((), answer) = soon("both", async { tokio::join!(stopping, asking) }).await;
    assert_eq!(answer, (200, b"late".to_vec()));
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_cut() {
    let (arrived, mut told) = mpsc::unbounded_channel();
    let app = App::http(move |_| {
        arrived.send(()).unwrap();
        std::future::pending::<Response<Full<Bytes>>>()
    });
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "")).await;
    told.recv().await.unwrap();
    let since = Instant::now();
    soon("the end", setup.proxy.shutdown(Duration::from_millis(100))).await;
    assert!(since.elapsed() < Duration::from_secs(5), "the budget counts");
    assert_eq!(wire.rest().await, b"");
}

#[tokio::test]
async fn upgraded_connections_end_without_waiting() {
    let (app, _heads) = App::canned(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    );
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "Connection: upgrade\r\nUpgrade: x\r\n")).await;
    assert_eq!(status(&wire.head().await), 101);
    soon("the end", setup.proxy.shutdown(LONG)).await;
    assert_eq!(wire.rest().await, b"");
    assert_eq!(setup.record.events().last(), Some(&Event::UpgradeClosed { stream: 1 }));
}

#[tokio::test]
async fn dropping_the_proxy_ends_everything() {
    let app = App::hello();
    let setup = Setup::before(&app).await;
    let mut wire = setup.connect().await;
    wire.send(setup.head("GET /", "")).await;
    wire.head().await;
    wire.exactly(5).await;
    drop(setup.proxy);
    assert_eq!(wire.rest().await, b"");
}

#[tokio::test]
async fn on_a_thread_of_its_own_it_serves_and_ends_the_same() {
    let app = App::hello();
    let listener = Listener::bind(0).await.unwrap();
    let port = listener.port();
    let (_sender, upstream) = watch::channel(Upstream::Ready(app.address.clone()));
    let options = Options::new(Gate::new(port).unwrap(), upstream);
    let proxy = Proxy::serve_apart(listener, options).unwrap();
    let connect = || TcpStream::connect(("127.0.0.1", port));
    let mut wire = Wire::over(connect().await.unwrap());
    wire.send(format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n")).await;
    assert_eq!(status(&wire.head().await), 403);
    // One that waits, and has to be ended.
    let mut idle = Wire::over(connect().await.unwrap());
    soon("the end", proxy.shutdown(Duration::from_millis(100))).await;
    assert_eq!(idle.rest().await, b"");
    assert!(connect().await.is_err(), "nobody listens");
}
