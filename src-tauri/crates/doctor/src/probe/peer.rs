use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context as Task, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::time::{Instant, timeout};

use super::{Context, body, connect, exchange::raw_answer, ms, tls::Offer};
use crate::seen::{Fault, Outcome, Times};
use crate::{Address, Scheme};

/// Where requests go: an address, and the one of its host's that was reached.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The address.
    pub address: Address,
    /// Where it is.
    pub at: SocketAddr,
}

/// A connection, plain or over TLS.
pub trait Channel: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Channel for T {}

/// A connection that counts what it reads.
pub struct Counted {
    inner: Box<dyn Channel>,
    read: Arc<AtomicU64>,
}

impl Peer {
    /// Looks up and reaches a host.
    pub async fn find(address: Address, limit: Duration) -> Result<Self, Fault> {
        let (_, found) = connect::resolve(&address.host(), address.port(), limit).await;
        let found = found.map_err(|says| Fault::Unreachable { says })?;
        let (connects, at) = connect::reach(&found, limit).await;
        let first = connects.into_iter().find_map(|it| it.fault).unwrap_or(Fault::Closed);
        Ok(Self { address, at: at.ok_or(first)? })
    }

    /// The same host at another path.
    #[must_use]
    pub fn with_path(&self, path: &str) -> Self {
        Self { address: self.address.with_path(path), at: self.at }
    }

    /// Opens a connection; writes down how long its parts took. Gives the count of what is read of it.
    pub async fn open(
        &self,
        context: &Context,
        offer: Offer,
        times: &mut Times,
    ) -> Result<(Counted, Arc<AtomicU64>), Fault> {
        let started = Instant::now();
        let stream = connect::tcp(self.at, context.limit).await?;
        times.connect = Some(ms(started));
        let inner: Box<dyn Channel> = match self.address.scheme() {
            Scheme::Http => Box::new(stream),
            Scheme::Https => {
                let started = Instant::now();
                let client = context.tls().map_err(|fault| Fault::Tls { fault })?;
                let host = self.address.host();
                let stream = client
                    .connect(&host, stream, offer, context.limit)
                    .await
                    .map_err(|fault| Fault::Tls { fault })?;
                times.tls = Some(ms(started));
                Box::new(stream)
            }
        };
        let read = Arc::new(AtomicU64::new(0));
        Ok((Counted { inner, read: Arc::clone(&read) }, read))
    }

    /// What came is no HTTP, or it came before it was asked for, or nothing came: looks at the bytes
    /// themselves.
    pub async fn second_look(&self, context: &Context) -> Outcome {
        let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let (heard, ended) = self.raw(context, request, body::LOOKED_AT).await;
        let failed = |fault| Outcome::Failed { fault };
        match heard.as_slice() {
            [b'H', b'T', b'T', b'P', b'/', b'1', ..] => raw_answer(context, &heard, ended),
            // A frame of HTTP/2 on the connection itself: SETTINGS or GOAWAY (RFC 9113, section 4.1).
            [0, _, _, 4 | 7, _, 0, 0, 0, 0, ..] => failed(Fault::OnlyHttp2),
            // An alert of TLS, or a handshake (RFC 8446, section 5.1).
            [0x15 | 0x16, 3, ..] => failed(Fault::NotHttp { says: "TLS".to_owned() }),
            [] => {
                // The preface of HTTP/2, and SETTINGS without any.
                let preface =
                    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
                match self.raw(context, preface, 64).await.0.as_slice() {
                    [0, _, _, 4, _, 0, 0, 0, 0, ..] => failed(Fault::OnlyHttp2),
                    _ => failed(Fault::Closed),
                }
            }
            other => failed(Fault::NotHttp { says: context.scrub(&body::printable(other)) }),
        }
    }

    /// The first bytes that come in answer to some, at most so many, and whether the other
    /// side ended there. None where the connection is closed or silent.
    pub async fn raw(&self, context: &Context, said: &[u8], most: usize) -> (Vec<u8>, bool) {
        let mut heard = vec![0; most];
        let mut times = Times::default();
        let exchange = async {
            let (mut stream, _) = self.open(context, Offer::Http1, &mut times).await.ok()?;
            // Whoever closes at once may have spoken before.
            let _ = stream.write_all(said).await;
            let (mut filled, mut ended) = (0, false);
            while filled < heard.len() {
                match stream.read(&mut heard[filled..]).await {
                    Ok(0) | Err(_) => {
                        ended = true;
                        break;
                    }
                    Ok(read) => filled += read,
                }
                // An answer of HTTP is read on: what matters of it is at its end.
                let other = !heard.starts_with(b"HTTP/1");
                if other && filled > 64 && heard[..filled].windows(2).any(|two| two == b"\r\n") {
                    break;
                }
            }
            Some((filled, ended))
        };
        // What came is enough: some servers wait for more.
        let limit = context.limit.min(Duration::from_secs(3));
        let (filled, ended) = match timeout(limit, exchange).await {
            Ok(filled) => filled.unwrap_or((0, true)),
            Err(_) => (heard.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1), false),
        };
        heard.truncate(filled);
        (heard, ended)
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(task, buffer);
        let more = buffer.filled().len() - before;
        self.read.fetch_add(u64::try_from(more).unwrap_or(u64::MAX), Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(task, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(task)
    }
}
