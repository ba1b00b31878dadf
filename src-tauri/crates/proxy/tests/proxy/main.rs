//! The proxy between real sockets: a client that writes bytes, and an app that is a hyper server
//! or writes bytes too.
#![expect(clippy::disallowed_methods, reason = "a test process owns its tasks until it ends")]

mod gate;
mod hold;
mod http;
mod listening;
mod shutdown;
mod statics;
mod support;
mod upgrade;
