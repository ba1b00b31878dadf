//! An HTTP and upgrade proxy for one local app, with gate, hold and trace.
//!
//! It listens on loopback, lets only its own window in ([`Gate`]) and on Linux no other user, answers given files from a
//! folder at once ([`StaticFiles`]), holds every other request until the app is there
//! ([`Upstream`]), and then forwards it unchanged. Upgraded connections are copied as bytes; a
//! read-only tap tells the [`Observer`] which frames went by.
//!
//! # What differs behind it
//!
//! On purpose: hop-by-hop fields end here (RFC 9110 section 7.6.1); the cookies of gates and a
//! client's [`SECRET_HEADER`] are removed; `Accept-Encoding`, where there is one, becomes
//! `identity`; on an upgrade with more than 7 KiB of cookies only those that
//! [`Options::upgrade_cookies`] names go on; a target in absolute form goes on in origin form; `CONNECT` and the paths under `/_waterskin/`
//! are answered here; with [`Options::returned`] a redirect to a login at another site becomes a 204; HTML gets one more `Content-Security-Policy`; the `ETag` of a static file
//! depends on [`StaticFiles::edition`].
//!
//! By the nature of hyper: the values of a field that comes several times stand together, at the
//! place of the first; a 304 has no `Content-Length`; interim answers (1xx) of the app end here,
//! and `Expect: 100-continue` is also answered as soon as the body is wanted; trailers pass only
//! when `Trailer` announces them; a line of a head that ends in a lone LF goes on with CRLF, and a
//! length beside chunks does not go on; `Content-Length: 0` stands last; a transfer coding other than `chunked` alone gets 501; a client that ends its side counts as gone; a fragment in a target is dropped, and a target or field that
//! breaks the grammar is refused with 400; heads have limits (256 KiB, 100 fields: 431).

mod body;
mod conditional;
mod connect;
mod connections;
mod cookie;
mod exchange;
mod forward;
mod frames;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod gate;
mod headers;
mod hold;
mod listener;
mod login;
mod observer;
#[cfg(target_os = "linux")]
mod owner;
mod platform;
mod pool;
mod provenance;
mod refusal;
mod secret;
mod server;
mod service;
mod statics;
mod tolerant;
mod tunnel;
mod unavailable;
mod upgrade;
mod upstream;

pub use connections::Limits;
pub use exchange::{Answerer, Exchange};
pub use frames::FrameHead;
pub use gate::{Gate, GateError};
pub use listener::{BindError, Listener};
pub use observer::{Direction, Event, Observer, Silent, UpstreamFailure};
pub use server::{Options, Proxy};
pub use statics::{Cache, StaticFiles};
pub use unavailable::{Unavailable, unavailable_page};
pub use upstream::{Address, SECRET_HEADER, Upstream};
