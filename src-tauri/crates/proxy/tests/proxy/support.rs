//! What the tests share.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
#[cfg(not(unix))]
use tokio::net::{TcpListener as AppListener, TcpStream as AppStream};
#[cfg(unix)]
use tokio::net::{UnixListener as AppListener, UnixStream as AppStream};
use tokio::sync::watch;
use waterskin_proxy::{
    Address, Direction, Event, FrameHead, Gate, Listener, Observer, Options, Proxy, Upstream,
};

/// The longest that any single fact is waited for.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Fails the test when the fact does not come.
pub async fn soon<T>(what: &str, fact: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, fact).await {
        Ok(value) => value,
        Err(_) => panic!("waited too long: {what}"),
    }
}

/// An app where Python would listen on this system: on a Unix socket, or on a port.
pub struct App {
    pub address: Address,
    /// How many requests or connections it has seen.
    pub seen: Arc<AtomicUsize>,
    _folder: TempDir,
}

/// A connection of an app.
pub type Stream = AppStream;

/// Where nobody listens.
pub fn nobody() -> Address {
    // The listener and its folder are gone with the end of this.
    socket().1
}

#[cfg(unix)]
fn listen(folder: &TempDir) -> (Address, AppListener) {
    let path = folder.path().join("app socket");
    let listener = AppListener::bind(&path).unwrap();
    (Address::Unix(path), listener)
}

#[cfg(not(unix))]
fn listen(_: &TempDir) -> (Address, AppListener) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    (Address::Tcp { port, secret: "sesame".into() }, AppListener::from_std(listener).unwrap())
}

fn socket() -> (TempDir, Address, AppListener) {
    let name = if cfg!(windows) { "an app's ä " } else { "an app's \"ä\" " };
    let folder = tempfile::Builder::new().prefix(name).tempdir().unwrap();
    let (address, listener) = listen(&folder);
    (folder, address, listener)
}

impl App {
    /// A hyper server that answers each request by `answer`.
    pub fn http<F, B>(answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static) -> Self
    where
        F: Future<Output = Response<B>> + Send + 'static,
        B: hyper::body::Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
            + Send
            + 'static,
    {
        let (folder, address, listener) = socket();
        let seen = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, counter) = (answer.clone(), Arc::clone(&counter));
                let service = service_fn(move |request| {
                    counter.fetch_add(1, Ordering::SeqCst);
                    let answer = answer(request);
                    async move { Ok::<_, Infallible>(answer.await) }
                });
                let io = TokioIo::new(stream);
                tokio::spawn(
                    http1::Builder::new()
                        .max_headers(2000)
                        .serve_connection(io, service)
                        .with_upgrades(),
                );
            }
        });
        Self { address, seen, _folder: folder }
    }

    /// A server that does with each connection what `serve` says.
    pub fn raw<F>(serve: impl Fn(Stream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (folder, address, listener) = socket();
        let seen = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream));
            }
        });
        Self { address, seen, _folder: folder }
    }

    /// Answers every connection's first request with these bytes, and tells the head it got.
    pub fn canned(answer: &'static str) -> (Self, tokio::sync::mpsc::UnboundedReceiver<String>) {
        let (heads, told) = tokio::sync::mpsc::unbounded_channel();
        let app = Self::raw(move |stream| {
            let heads = heads.clone();
            async move {
                let mut wire = Wire::over(stream);
                while let Some(head) = wire.next_head().await {
                    let _ = heads.send(head);
                    wire.send(answer).await;
                }
            }
        });
        (app, told)
    }

    pub fn hello() -> Self {
        Self::http(|_| async { Response::new(Full::new(Bytes::from_static(b"hello"))) })
    }

    pub fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

/// What an observer is told of one frame.
pub type Frame = (u64, Direction, FrameHead, Vec<u8>);

/// Every event and frame that the proxy tells of.
#[derive(Default)]
pub struct Record {
    pub events: Mutex<Vec<Event>>,
    pub frames: Mutex<Vec<Frame>>,
    changed: watch::Sender<()>,
}

impl Observer for Record {
    fn event(&self, event: Event) {
        self.events.lock().unwrap().push(event);
        self.changed.send_replace(());
    }

    fn frame(&self, stream: u64, direction: Direction, head: &FrameHead, prefix: &[u8]) {
        self.frames.lock().unwrap().push((stream, direction, *head, prefix.to_vec()));
        self.changed.send_replace(());
    }
}

impl Record {
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// Waits until the record is as `is_so` wants it.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let mut changed = self.changed.subscribe();
        soon(what, async {
            while !is_so(self) {
                changed.changed().await.unwrap();
            }
        })
        .await;
    }

    pub async fn until_event(&self, event: Event) {
        self.until(&format!("{event:?}"), |it| it.events().contains(&event)).await;
    }
}

/// A running proxy.
pub struct Setup {
    pub proxy: Proxy,
    pub port: u16,
    pub gate: Gate,
    pub upstream: watch::Sender<Upstream>,
    pub record: Arc<Record>,
    /// `name=value` of the gate's cookie.
    pub cookie: String,
}

impl Setup {
    pub async fn new(upstream: Upstream) -> Self {
        Self::with(upstream, |options| options).await
    }

    pub async fn before(app: &App) -> Self {
        Self::new(Upstream::Ready(app.address.clone())).await
    }

    pub async fn with(upstream: Upstream, change: impl FnOnce(Options) -> Options) -> Self {
        let listener = Listener::bind(0).await.unwrap();
        let port = listener.port();
        let gate = Gate::new(port).unwrap();
        let (upstream, receiver) = watch::channel(upstream);
        let record = Arc::new(Record::default());
        let mut options = Options::new(gate.clone(), receiver);
        options.observer = Arc::clone(&record) as Arc<dyn Observer>;
        let proxy = Proxy::serve(listener, change(options));
        let mut setup = Self { proxy, port, gate, upstream, record, cookie: String::new() };
        let path = setup.gate.entry_path().unwrap();
        let mut wire = setup.connect().await;
        wire.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n")).await;
        let head = wire.head().await;
        let field = head.lines().find_map(|it| it.strip_prefix("set-cookie: ")).unwrap();
        setup.cookie = field.split(';').next().unwrap().to_owned();
        setup
    }

    pub async fn connect(&self) -> Wire<TcpStream> {
        Wire::over(TcpStream::connect(("127.0.0.1", self.port)).await.unwrap())
    }

    /// A head that the gate lets pass: the request line, then `fields`, each ended by CRLF.
    pub fn head(&self, line: &str, fields: &str) -> String {
        let Self { port, cookie, .. } = self;
        format!("{line} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n{fields}\r\n")
    }

    /// The head and body of the answer to one request on a connection of its own.
    pub async fn ask(&self, line: &str, fields: &str) -> (String, Vec<u8>) {
        let mut wire = self.connect().await;
        wire.send(&self.head(line, &format!("{fields}Connection: close\r\n"))).await;
        let head = wire.head().await;
        (head, wire.rest().await)
    }
}

/// A connection, as bytes.
pub struct Wire<S> {
    pub stream: S,
    pub buffer: Vec<u8>,
}

impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin> Wire<S> {
    pub fn over(stream: S) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        soon("sending", self.stream.write_all(bytes.as_ref())).await.unwrap();
    }

    /// The next head, up to and without its empty line; other bytes stay for later.
    pub async fn head(&mut self) -> String {
        soon("a head", self.next_head()).await.expect("a head before the end")
    }

    /// As `head`, waiting without end; `None` at the end of the stream.
    pub async fn next_head(&mut self) -> Option<String> {
        loop {
            if let Some(at) = self.buffer.windows(4).position(|it| it == b"\r\n\r\n") {
                let rest = self.buffer.split_off(at + 4);
                let head = std::mem::replace(&mut self.buffer, rest);
                // Latin-1, so that every byte shows.
                let head: String = head[..at].iter().map(|byte| char::from(*byte)).collect();
                // What an app on a port gets besides is no matter of most tests.
                return Some(head.replace("\r\nx-waterskin-secret: sesame", ""));
            }
            if self.stream.read_buf(&mut self.buffer).await.ok()? == 0 {
                return None;
            }
        }
    }

    pub async fn exactly(&mut self, length: usize) -> Vec<u8> {
        soon("bytes", async {
            while self.buffer.len() < length {
                assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0, "ended early");
            }
        })
        .await;
        let rest = self.buffer.split_off(length);
        std::mem::replace(&mut self.buffer, rest)
    }

    /// As `exactly`, waiting without end; `None` when the stream ends before.
    pub async fn maybe(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < length {
            if self.stream.read_buf(&mut self.buffer).await.ok()? == 0 {
                return None;
            }
        }
        let rest = self.buffer.split_off(length);
        Some(std::mem::replace(&mut self.buffer, rest))
    }

    /// Everything up to and with these bytes; `None` when the stream ends before.
    pub async fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.buffer.windows(end.len()).position(|it| it == end) {
                return self.maybe(at + end.len()).await;
            }
            if self.stream.read_buf(&mut self.buffer).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// Everything up to the end; a reset counts as the end.
    pub async fn rest(&mut self) -> Vec<u8> {
        soon("the end", async {
            while self.stream.read_buf(&mut self.buffer).await.is_ok_and(|count| count > 0) {}
        })
        .await;
        std::mem::take(&mut self.buffer)
    }
}

pub fn status(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

pub fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
}
