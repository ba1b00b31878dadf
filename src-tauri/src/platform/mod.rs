//! What Tauri has no word for, by the means of each system. It knows neither the app nor who runs
//! it: what it shows is given to it, and what happens it tells a [`shell::Delegate`].

mod folder;
#[cfg_attr(target_os = "linux", expect(dead_code, reason = "GTK has a layer over the page"))]
mod inpage;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
pub mod shell;
pub mod signals;
pub mod versions;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use other as system;

pub use system::{
    TELLS_FRAMES, attach, begin, copy, cover, cover_next, dismiss, end_capture, equip, find,
    fitting, keep_theme, prefers_dark, say, show_menu, tell, uncover, without_window,
};
