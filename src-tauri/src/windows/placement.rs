use tauri::{AppHandle, Manager as _};

use super::registry::MAIN;
use crate::model::place::{FILE, Place, Screen, place};

/// Reads the place of the first window, if there was one.
pub fn read(app: &AppHandle) -> Option<Place> {
    let file = app.path().app_config_dir().ok()?.join(FILE);
    let text = fs_err::read(file).ok()?;
    let monitors = app.available_monitors().ok()?;
    let screens: Vec<Screen> = monitors
        .iter()
        .map(|monitor| {
            let (corner, size) = (monitor.position(), monitor.size());
            ((corner.x, corner.y), (size.width, size.height))
        })
        .collect();
    // The window may come on another screen with another scale; then the plugin puts it right.
    let scale = app.primary_monitor().ok()??.scale_factor();
    place(MAIN, &text, &screens, scale)
}
