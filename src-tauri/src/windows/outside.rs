//! What the system opens: links in its browser or its mail program, files in theirs.

use std::{path::Path, time::Instant};

use tauri::{AppHandle, Url};
use tauri_plugin_opener::OpenerExt as _;

use crate::context::Context;

/// Opens a link in the program that the system has for it.
pub fn open(app: &AppHandle, url: &Url) {
    if !Context::of(app).links.allows(Instant::now()) {
        tracing::warn!(scheme = url.scheme(), "a page opens too many links");
        return;
    }
    if let Err(error) = app.opener().open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "a link could not be opened");
    }
}

/// Opens a file.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "elsewhere a dialog tells of a download, with nothing to open it")
)]
pub fn open_file(app: &AppHandle, path: &Path) {
    if let Err(error) = app.opener().open_path(path.to_string_lossy(), None::<&str>) {
        tracing::warn!(%error, "a download could not be opened");
    }
}

/// Shows a file in its folder: on Linux from a thread of its own, as the file manager may have to be
/// started.
pub fn show_file(app: &AppHandle, path: &Path) {
    let (app, path) = (app.clone(), path.to_owned());
    if cfg!(target_os = "linux") {
        tauri::async_runtime::spawn_blocking(move || show_file_or_folder(&app, &path));
    } else if let Err(error) = app.opener().reveal_item_in_dir(&path) {
        tracing::warn!(%error, "a download could not be shown");
    }
}

fn show_file_or_folder(app: &AppHandle, path: &Path) {
    let Err(error) = app.opener().reveal_item_in_dir(path) else { return };
    tracing::info!(%error, "no file manager can show a file, so its folder is opened");
    let folder = path.parent().unwrap_or(Path::new("/")).to_string_lossy();
    if let Err(error) = app.opener().open_path(folder, None::<&str>) {
        tracing::warn!(%error, "the folder for downloads could not be opened");
    }
}
