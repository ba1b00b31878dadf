use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::Result;

/// A website that has nothing to do with the app: one page, whatever it is asked for, on a port of
/// 127.0.0.1, and a record of the requests for it.
#[derive(Debug)]
pub struct Website {
    /// Its port.
    pub port: u16,
    seen: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Website {
    /// Serves `page`.
    pub async fn serve(page: String) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Bytes::from(page), Arc::clone(&seen)));
        Ok(Self { port, seen, _tasks: tasks })
    }

    /// The heads of all requests so far, with lower-case names of fields.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn accept(listener: TcpListener, page: Bytes, seen: Arc<Mutex<Vec<String>>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (page, seen) = (page.clone(), Arc::clone(&seen));
        let service = service_fn(move |request: Request<Incoming>| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(head(&request));
            let answer = Response::builder()
                .header("content-type", "text/html; charset=utf-8")
                .body(Full::new(page.clone()));
            async move { Ok::<_, Infallible>(answer.unwrap_or_default()) }
        });
        connections.spawn(async move {
            // Its errors are the browser's business.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn head(request: &Request<Incoming>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    text
}
