use std::{path::Path, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest as _};
use waterskin_proxy::{Address, SECRET_HEADER};

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(20);

/// How long one question may take. A server that is still importing accepts and stays silent.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the private server said when it was asked whether it is ready.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Nothing listens there yet.
    #[error("could not connect")]
    Connect {
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The connection failed while asking.
    #[error("the server broke off")]
    Broken {
        /// What was met.
        #[source]
        source: hyper::Error,
    },
    /// The health route answered something else than `ok`.
    #[error("the server answered {status} with {length} bytes instead of `ok`")]
    Health {
        /// Status of the answer.
        status: StatusCode,
        /// Length of its body in bytes.
        length: usize,
    },
    /// The switch to WebSocket failed.
    #[error("the server did not switch to WebSocket")]
    Handshake {
        /// What was met.
        #[source]
        source: Box<tungstenite::Error>,
    },
    /// The switch was answered without the subprotocol.
    #[error(
        "the server switched to WebSocket without echoing `{}`",
        waterskin_streamlit::SUBPROTOCOL
    )]
    Subprotocol,
    /// No answer in time.
    #[error("the server took too long to answer")]
    Slow,
}

/// Resolves when the server at `address` is ready: its health body is exactly `ok`, and a real
/// WebSocket handshake got 101 with the subprotocol echoed. Never resolves otherwise; the caller
/// holds the time limit.
pub async fn ready(address: Address, port: u16) {
    loop {
        match once(&address, port).await {
            Ok(()) => return,
            Err(error) => tracing::trace!(%error, "not ready"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Asks once.
pub async fn once(address: &Address, port: u16) -> Result<(), ProbeError> {
    let connect = |source| ProbeError::Connect { source };
    match address {
        #[cfg(unix)]
        Address::Unix(path) => {
            let path: &Path = path;
            health(tokio::net::UnixStream::connect(path).await.map_err(connect)?, port, None)
                .await?;
            let stream = tokio::net::UnixStream::connect(path).await.map_err(connect)?;
            handshake(stream, port, None).await
        }
        #[cfg(not(unix))]
        Address::Unix(path) => {
            let path: &Path = path;
            let text = format!("no Unix sockets here: {}", path.display());
            Err(connect(std::io::Error::other(text)))
        }
        Address::Tcp { port: private, secret } => {
            let to = ("127.0.0.1", *private);
            let stream = tokio::net::TcpStream::connect(to).await.map_err(connect)?;
            health(stream, port, Some(secret)).await?;
            let stream = tokio::net::TcpStream::connect(to).await.map_err(connect)?;
            handshake(stream, port, Some(secret)).await
        }
    }
}

async fn health(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    port: u16,
    secret: Option<&str>,
) -> Result<(), ProbeError> {
    let exchange = async {
        let broken = |source| ProbeError::Broken { source };
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        let mut request = Request::new(Empty::<Bytes>::new());
        *request.uri_mut() = http::Uri::from_static(waterskin_streamlit::HEALTH);
        let headers = request.headers_mut();
        if let Ok(host) = HeaderValue::try_from(format!("localhost:{port}")) {
            headers.insert(header::HOST, host);
        }
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        if let Some(secret) = secret.and_then(|secret| HeaderValue::try_from(secret).ok()) {
            headers.insert(SECRET_HEADER, secret);
        }
        let answer = async {
            let response = sender.send_request(request).await.map_err(broken)?;
            let status = response.status();
            let body = response.into_body().collect().await.map_err(broken)?.to_bytes();
            if status == StatusCode::OK && body == "ok" {
                return Ok(());
            }
            Err(ProbeError::Health { status, length: body.len() })
        };
        // The connection is driven here, beside the question, so no task outlives it.
        tokio::select! {
            answer = answer => answer,
            Err(source) = connection => Err(ProbeError::Broken { source }),
        }
    };
    tokio::time::timeout(PATIENCE, exchange).await.unwrap_or(Err(ProbeError::Slow))
}

async fn handshake(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    port: u16,
    secret: Option<&str>,
) -> Result<(), ProbeError> {
    let failed = |source| ProbeError::Handshake { source: Box::new(source) };
    let url = format!("ws://localhost:{port}{}", waterskin_streamlit::STREAM);
    let mut request = url.into_client_request().map_err(failed)?;
    let headers = request.headers_mut();
    // Checked below, since the library would fail the handshake with less to say.
    let offer = HeaderValue::from_static(waterskin_streamlit::SUBPROTOCOL);
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, offer);
    if let Some(secret) = secret.and_then(|secret| HeaderValue::try_from(secret).ok()) {
        headers.insert(SECRET_HEADER, secret);
    }
    let exchange = tokio_tungstenite::client_async(request, stream);
    let (mut socket, response) = tokio::time::timeout(PATIENCE, exchange)
        .await
        .map_err(|_| ProbeError::Slow)?
        .map_err(failed)?;
    let echoed = response.headers().get(header::SEC_WEBSOCKET_PROTOCOL);
    if echoed.is_none_or(|echoed| echoed != waterskin_streamlit::SUBPROTOCOL) {
        return Err(ProbeError::Subprotocol);
    }
    // A polite end, which Python does not log as a broken client.
    let _ = tokio::time::timeout(Duration::from_secs(1), socket.close(None)).await;
    Ok(())
}
