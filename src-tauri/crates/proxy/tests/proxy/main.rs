//! The proxy between real sockets: a client that writes bytes, and an app that is a hyper server
//! or writes bytes too.
#![expect(clippy::disallowed_methods, reason = "a test process owns its tasks until it ends")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails so")]

mod closed;
mod exchanges;
mod framing;
mod gate;
mod hold;
mod http;
mod listening;
mod login;
mod shutdown;
mod statics;
mod streaming;
mod support;
mod upgrade;
