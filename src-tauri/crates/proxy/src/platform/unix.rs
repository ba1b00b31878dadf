use std::io;
use std::path::Path;

pub(crate) use tokio::net::UnixStream;

pub(crate) async fn connect_unix(path: &Path) -> io::Result<UnixStream> {
    UnixStream::connect(path).await
}

/// Whether another program answers on this port although binding it would succeed.
///
/// macOS lets a specific address be bound beside another program's wildcard one when
/// `SO_REUSEADDR` is set, which tokio does; connecting tells. Linux refuses such a bind.
pub(crate) fn is_shadowed(port: u16) -> bool {
    if cfg!(target_os = "macos") {
        let address = (std::net::Ipv4Addr::LOCALHOST, port).into();
        std::net::TcpStream::connect_timeout(&address, std::time::Duration::from_millis(200))
            .is_ok()
    } else {
        false
    }
}

/// Whether binding `::1` failed because this machine has no IPv6, or not on loopback.
pub(crate) fn no_such_family(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable
        || matches!(error.raw_os_error(), Some(libc::EAFNOSUPPORT | libc::EPROTONOSUPPORT))
}
