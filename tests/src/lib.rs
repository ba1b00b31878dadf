//! Support for the tests over the built binaries: real Python, real Streamlit, real windows.
//!
//! A test makes a [`Sandbox`] first; everything that it starts carries the sandbox's mark and ends
//! with it. [`Served`] is an app without a window, [`Window`] one with a window, and [`Page`] plays
//! the part of Streamlit's front end.

mod binaries;
mod built;
mod chromium;
mod desktop;
mod eventually;
mod http;
mod installed;
mod launch;
mod nopython;
mod processes;
mod protobuf;
mod sandbox;
mod served;
mod streamlit;
mod tap;
mod transcript;
mod venv;
mod website;
mod window;
mod x11;

pub use binaries::{cli, shell};
pub use built::{BUILD, Built};
pub use desktop::Desktop;
pub use eventually::{PATIENCE, eventually};
pub use http::{Answer, Ask, Site};
pub use installed::Installed;
pub use launch::{Finished, Launch, Running};
pub use nopython::{Ordinary, is_root};
pub use processes::{Ours, Process};
pub use sandbox::{Sandbox, app, example};
pub use served::{Served, ServedOptions};
pub use streamlit::{Forward, Page, Run, Tag, Widget};
pub use tap::{Tap, python_socket};
pub use transcript::Transcript;
pub use venv::{STREAMLITS, Venv};
pub use website::Website;
pub use window::{RIGHT, Window};
pub use x11::Shown;

/// What every part of the support gives back: a test shows the chain and fails.
pub type Result<T> = anyhow::Result<T>;
