//! What stops a Streamlit page on its way from any host.
//!
//! A page comes in four stages: first contact; the page with its scripts and styles; the switch to a
//! WebSocket; messages. [`examine`] asks a host all that a browser would ask, and the differential
//! questions that a browser does not ask, and gives what it [`Seen`]. [`Report::of`] reasons from that to
//! a cause: it is pure, so every cause has a test without a network.
//!
//! ```no_run
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! use waterskin_doctor::{Address, Options, Report, examine};
//!
//! let options = Options::new(Address::parse("https://apps.example.org/sales/")?);
//! let seen = examine(&options).await?;
//! println!("{}", Report::of(&seen).verdict.sentence);
//! # Ok(())
//! # }
//! ```
//!
//! | where | what |
//! |---|---|
//! | `address`, `secrets`, `options` | what is asked for, and what must never be shown of it |
//! | `probe` | one file for each question; the only part with a network |
//! | `seen` | all that was seen, as data: no content, no value of a cookie, no query |
//! | `reason` | from what was seen to a stage, a cause or those that remain, and the product in front |
//! | `advice` | what people read: sentences and snippets, from the files in `data` |
//! | `report`, `har` | the versioned document, and the exchanges for other tools |
//!
//! # Limits
//!
//! Each probe has one of time ([`Options::limit`]), each body one of bytes, and redirects, scripts and
//! connections are counted. The script of an app is not run unless [`Options::run`] says so.

mod address;
mod advice;
mod har;
mod options;
mod probe;
mod reason;
mod report;
mod secrets;
pub mod seen;

pub use address::{Address, AddressError, Scheme};
pub use har::har;
pub use options::Options;
pub use probe::{ExamineError, examine};
pub use reason::{Cause, Product, Whose};
pub use report::{
    Change, DOCUMENT, Evidence, Possible, Report, STAGES, Stage, State, VERSION, Verdict,
};
pub use secrets::{Cookies, HeaderError, SecretHeader};
pub use seen::Seen;
