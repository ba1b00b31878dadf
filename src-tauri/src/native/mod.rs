//! What Tauri has no word for, by the means of each system.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use other as system;

pub use system::{
    TELLS_FRAMES, attach, begin, copy, cover, cover_next, dismiss, end_capture, equip, find,
    fitting, keep_theme, prefers_dark, say, show_menu, tell, uncover,
};
