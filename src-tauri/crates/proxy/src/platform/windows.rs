use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpSocket;

/// tokio has no Unix sockets on Windows: this type has no values.
#[derive(Debug)]
pub(crate) enum UnixStream {}

impl AsyncRead for UnixStream {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match *self.get_mut() {}
    }
}

impl AsyncWrite for UnixStream {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        match *self.get_mut() {}
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match *self.get_mut() {}
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match *self.get_mut() {}
    }
}

pub(crate) async fn connect_unix(_: &Path) -> io::Result<UnixStream> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether another program holds this port on the wildcard address: Windows lets a specific
/// address be bound beside it. Nothing listens here, so no firewall asks.
pub(crate) fn is_shadowed(port: u16) -> bool {
    let wildcard = (std::net::Ipv4Addr::UNSPECIFIED, port).into();
    TcpSocket::new_v4().and_then(|socket| socket.bind(wildcard)).is_err()
}

/// Whether binding `::1` failed because this machine has no IPv6, or not on loopback.
pub(crate) fn no_such_family(error: &io::Error) -> bool {
    // WSAEAFNOSUPPORT, WSAEPROTONOSUPPORT
    error.kind() == io::ErrorKind::AddrNotAvailable
        || matches!(error.raw_os_error(), Some(10047 | 10043))
}
