//! An HTTP and upgrade proxy for one local app, with gate, hold and trace.
//!
//! It listens on loopback, lets only its own window in ([`Gate`]), answers given files from a
//! folder at once ([`StaticFiles`]), holds every other request until the app is there
//! ([`Upstream`]), and then forwards it unchanged. Upgraded connections are copied as bytes; a
//! read-only tap tells the [`Observer`] which frames went by.
//!
//! What it changes on the way, and nothing else: hop-by-hop fields (RFC 9110 section 7.6.1), the
//! gate's own cookie, `Accept-Encoding` (to `identity`) and, on an upgrade, the cookies that
//! [`Options::upgrade_cookies`] does not name.

mod body;
mod conditional;
mod connect;
mod cookie;
mod forward;
mod frames;
mod gate;
mod headers;
mod hold;
mod listener;
mod observer;
mod platform;
mod pool;
mod refusal;
mod secret;
mod server;
mod service;
mod statics;
mod tunnel;
mod unavailable;
mod upgrade;
mod upstream;

pub use frames::FrameHead;
pub use gate::{Gate, GateError};
pub use listener::{BindError, Listener};
pub use observer::{Direction, Event, Observer, Silent, UpstreamFailure};
pub use server::{Options, Proxy};
pub use statics::{Cache, StaticFiles};
pub use unavailable::{Unavailable, unavailable_page};
pub use upstream::{Address, Upstream};
