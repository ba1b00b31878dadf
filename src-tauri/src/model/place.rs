//! Where the first window was when the program ended.
//!
//! tauri-plugin-window-state keeps it, and moves a window there once all of it is made. The splash is
//! shown before that, so the window is made in its place to begin with: otherwise a person would see
//! it jump.

use std::collections::HashMap;

use serde::Deserialize;
use tauri::{LogicalPosition, LogicalSize};

/// The plugin's file in the app's folder.
pub const FILE: &str = "windows.json";

/// A place in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Width and height of what is inside the window's frame.
    pub size: LogicalSize<f64>,
    /// The corner, where there is a screen that shows some of the window.
    pub corner: Option<LogicalPosition<f64>>,
    /// Whether the window fills its screen.
    pub maximized: bool,
}

/// What the plugin keeps of a window (2.4, `WindowState`), in physical pixels.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Kept {
    width: u32,
    height: u32,
    x: i32,
    y: i32,
    prev_x: i32,
    prev_y: i32,
    maximized: bool,
}

/// A screen: its corner and size in physical pixels.
pub type Screen = ((i32, i32), (u32, u32));

/// The place of the window `label` in the text of the plugin's file, on these screens. `scale` is how many
/// physical pixels a logical one has.
pub fn place(label: &str, text: &[u8], screens: &[Screen], scale: f64) -> Option<Place> {
    // What a later version of the plugin writes may look different: then there is no place.
    let mut windows: HashMap<String, Kept> = serde_json::from_slice(text).ok()?;
    let kept = windows.remove(label).filter(|kept| kept.width > 0 && kept.height > 0)?;
    let (x, y) = if kept.maximized { (kept.prev_x, kept.prev_y) } else { (kept.x, kept.y) };
    let size = (kept.width, kept.height);
    let shown = screens.iter().any(|screen| intersects(*screen, ((x, y), size)));
    let logical = |pixels: f64| pixels / scale;
    Some(Place {
        size: LogicalSize::new(logical(kept.width.into()), logical(kept.height.into())),
        corner: shown.then(|| LogicalPosition::new(logical(x.into()), logical(y.into()))),
        maximized: kept.maximized,
    })
}

fn intersects(one: Screen, other: Screen) -> bool {
    let overlap = |a: i32, a_length: u32, b: i32, b_length: u32| {
        let (a, b) = (i64::from(a), i64::from(b));
        a < b + i64::from(b_length) && b < a + i64::from(a_length)
    };
    overlap(one.0.0, one.1.0, other.0.0, other.1.0)
        && overlap(one.0.1, one.1.1, other.0.1, other.1.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &str = r#"{"main": {"width": 800, "height": 600, "x": 2000, "y": 20, "prev_x": 4,
        "prev_y": 5, "maximized": false, "visible": true, "decorated": true, "fullscreen": false}}"#;
    const SCREEN: Screen = ((0, 0), (1920, 1080));
    const SECOND: Screen = ((1920, 0), (1920, 1080));

    #[test]
    fn a_window_comes_back_on_a_screen_that_is_there() {
        let read =
            |text: &str, screens: &[Screen], scale| place("main", text.as_bytes(), screens, scale);
        let there = read(KEPT, &[SCREEN, SECOND], 2.0).unwrap();
        assert_eq!(there.size, LogicalSize::new(400.0, 300.0));
        assert_eq!(there.corner, Some(LogicalPosition::new(1000.0, 10.0)));
        assert_eq!(read(KEPT, &[SCREEN], 1.0).unwrap().corner, None, "that screen is gone");
        let full = KEPT.replace("false, \"visible\"", "true, \"visible\"");
        let full = read(&full, &[SCREEN], 1.0).unwrap();
        assert!(full.maximized);
        assert_eq!(full.corner, Some(LogicalPosition::new(4.0, 5.0)), "where it was before");
        assert_eq!(read("{}", &[SCREEN], 1.0), None);
        assert_eq!(read("no JSON", &[SCREEN], 1.0), None);
        assert_eq!(read(&KEPT.replace("800", "0"), &[SCREEN], 1.0), None);
    }
}
