//! What windows of both kinds are made with.

use std::path::PathBuf;

use tauri::{AppHandle, Manager as _, WebviewWindowBuilder, Wry, window::Color};
use waterskin_session::Ground;

/// A ground as the colour of a window, so that not even the first frame is of another one.
pub fn colour(ground: Ground) -> Color {
    let [red, green, blue] = ground.0;
    Color(red, green, blue, 255)
}

/// Says where the web view keeps its data: in `data`, else in Tauri's own folder, else nowhere.
///
/// The shell's screens must be shown even where nothing can be written. Tauri makes the folder when
/// it is not there, so it is then one that always is; nothing is put into it.
pub fn keeping<'a>(
    app: &'a AppHandle,
    builder: WebviewWindowBuilder<'a, Wry, AppHandle>,
    data: Option<PathBuf>,
) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    match data {
        Some(data) => builder.data_directory(data),
        None if has_own_folder(app) => builder,
        None => builder.incognito(true).data_directory(std::env::temp_dir()),
    }
}

/// Whether there is, or could be made, the folder in which Tauri lets a web view keep its data
/// (2.12.5, `manager/webview.rs`; without it no window opens).
fn has_own_folder(app: &AppHandle) -> bool {
    app.path().app_local_data_dir().is_ok_and(|folder| fs_err::create_dir_all(folder).is_ok())
}
