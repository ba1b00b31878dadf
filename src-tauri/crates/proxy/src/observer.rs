use bytes::Bytes;

use crate::exchange::Exchange;
use crate::frames::FrameHead;

/// Told of what passes through the proxy. Called on the proxy's own tasks: it must not block.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event) {
        let _ = event;
    }

    /// A WebSocket frame went by on the upgraded connection `stream`.
    ///
    /// `prefix` is the unmasked beginning of its payload, at most 256 bytes. Compressed payloads
    /// (`head.rsv` is not 0) are given as they are. A connection that breaks the framing rules of
    /// RFC 6455 section 5.2 is no longer reported, and goes on.
    fn frame(&self, stream: u64, direction: Direction, head: &FrameHead, prefix: &[u8]) {
        let _ = (stream, direction, head, prefix);
    }

    /// Whether [`Observer::asked`] and [`Observer::exchange`] are to be called. Asked for each
    /// request: while it says no, nothing is measured.
    fn wants_exchanges(&self) -> bool {
        false
    }

    /// A request is there. What `exchange` has of its answer says nothing yet.
    fn asked(&self, exchange: &Exchange) {
        let _ = exchange;
    }

    /// A request was answered.
    fn exchange(&self, exchange: &Exchange) {
        let _ = exchange;
    }
}

/// The observer that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}

/// What an [`Observer`] is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The window traded its one-time token for the gate's cookie.
    Entered,
    /// An HTML page was answered.
    Page,
    /// Another file was answered from the folder of static files.
    Asset,
    /// An upgrade was answered with 101.
    Upgraded {
        /// Counts the upgraded connections of this proxy, from 1.
        stream: u64,
    },
    /// An upgrade was answered with another status, by the app or by the proxy for it.
    UpgradeRefused {
        /// The status.
        status: u16,
    },
    /// An upgraded connection ended on both sides.
    UpgradeClosed {
        /// Its number.
        stream: u64,
    },
    /// The body of a `POST /_waterskin/report`, at most 4 KiB: what a script of the shell says
    /// from inside the page. Whatever runs in the page can send one, so it is a hint, not a fact.
    Report(Bytes),
    /// The app began a login or a logout at another site: the system's browser is to open this path
    /// of the proxy, which works once and leads there.
    Leaves {
        /// The path with its token.
        path: String,
    },
    /// The app began a login that would come back to another address than the proxy's.
    NoReturn {
        /// The address.
        redirect_uri: String,
    },
    /// The system's browser came back from a login: the window, which has the app's cookies, is to
    /// ask for this path.
    Returned {
        /// The path with its query.
        target: String,
    },
    /// A request could not be answered by the app.
    UpstreamFailed {
        /// How.
        kind: UpstreamFailure,
    },
}

/// How the app failed to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamFailure {
    /// No connection.
    Refused,
    /// The connection ended before there was an answer.
    ClosedEarly,
    /// The answer was not HTTP/1.
    Malformed,
    /// No connection, or no answer to an upgrade, within the time allowed.
    TimedOut,
}

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the window to the app.
    ToApp,
    /// From the app to the window.
    ToWindow,
}
