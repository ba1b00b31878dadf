//! Support for the tests over the built binaries: real Python, real Streamlit, real windows.
//!
//! A test makes a [`Sandbox`] first; everything that it starts carries the sandbox's mark and ends
//! with it. [`Served`] is an app without a window, [`Window`] one with a window, and [`Page`] plays
//! the part of Streamlit's front end.

mod binaries;
mod browser;
pub mod built;
mod case;
mod chromium;
mod clipboard;
mod companion;
mod desktop;
mod differences;
mod eventually;
mod exchange;
mod exported;
mod findings;
pub mod hosts;
mod http;
mod installed;
mod launch;
mod nopython;
mod pair;
mod picture;
mod port;
mod portal;
mod processes;
mod provider;
mod rawsocket;
mod sandbox;
mod seen;
mod served;
mod skipped;
mod streamlit;
mod tap;
mod transcript;
mod unpacked;
mod upload;
mod venv;
mod website;
mod window;
mod x11;

pub use binaries::{cli, shell};
pub use browser::Engine;
pub use built::BUILD;
pub use case::Case;
pub use desktop::{Desktop, Dragged, screens};
pub use differences::{Change, DIFFERENCES, Difference, is_old};
pub use eventually::{PATIENCE, eventually};
pub use exchange::{Draft, Exchange};
pub use exported::{Exported, Replica};
pub use findings::Findings;
pub use http::{Answer, Ask, Site};
pub use installed::Installed;
pub use launch::{Finished, Launch, Running};
pub use nopython::{Ordinary, as_stranger, is_root};
pub use pair::{Pair, Way};
pub use picture::Picture;
pub use port::Port;
pub use portal::Portal;
pub use processes::{Ours, Process};
pub use provider::Provider;
pub use rawsocket::{Frame, RawSocket};
pub use sandbox::{Sandbox, app, example, sources};
pub use seen::Seen;
pub use served::{Served, ServedOptions};
pub use skipped::skipped;
pub use streamlit::{Forward, Page, Run, Status, Tag, Widget};
pub use tap::{Tap, connections, python_socket};
pub use transcript::Transcript;
pub use unpacked::Unpacked;
pub use upload::{upload, xsrf};
pub use venv::{Venv, servers, tool};
pub use waterskin_streamlit::{
    NEWEST_TESTED as NEWEST, OLDEST_TESTED as OLDEST, TESTED, TORNADO_TESTED as TORNADO,
};
pub use website::Website;
pub use window::{RIGHT, Window};
pub use x11::{Camera, Shown};

/// What every part of the support gives back: a test shows the chain and fails.
pub type Result<T> = anyhow::Result<T>;
