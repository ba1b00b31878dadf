use std::fmt;
use std::path::PathBuf;

/// Whether the app behind the proxy can be asked now. The owner of the app says so through a
/// `tokio::sync::watch` channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// It starts: requests wait.
    Holding,
    /// It answers there.
    Ready(Address),
    /// It will not come by itself: requests get 503 with a page that says so.
    Down,
}

/// The field by which a request over TCP shows that it comes from this proxy, or from whoever started
/// the app. The app's launcher reads it by the same name.
pub const SECRET_HEADER: &str = "x-waterskin-secret";

/// Where the app listens.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// A TCP port of 127.0.0.1, which every user of the machine can reach. Therefore each
    /// request carries the secret in the field [`SECRET_HEADER`].
    Tcp {
        /// The port.
        port: u16,
        /// Visible ASCII.
        secret: String,
    },
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => f.debug_tuple("Unix").field(path).finish(),
            Self::Tcp { port, secret: _ } => {
                f.debug_struct("Tcp").field("port", port).finish_non_exhaustive()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn the_secret_is_not_in_the_debug_text() {
        let address = Address::Tcp { port: 8501, secret: "hunter2".to_owned() };
        assert_eq!(format!("{address:?}"), "Tcp { port: 8501, .. }");
    }
}
