use std::path::{Path, PathBuf};

use tauri::{Url, WebviewWindow};
use waterskin_bundle::Downloads;

use crate::model::{
    action::Action,
    choices::{Choices, Device},
    ui::Ui,
};

/// What the platform has to know of the shell, and whom it tells what happens in a window.
pub struct Shell {
    /// What is shown is made of this.
    pub ui: Ui,
    /// The app's own port; 0 when there is no app.
    pub port: u16,
    /// Where the page's downloads go.
    pub downloads: Downloads,
    /// The folder for downloads, where the system has one.
    pub folder: Option<PathBuf>,
    /// Who is told.
    pub delegate: Box<dyn Delegate>,
}

/// What the platform can't do by itself. Everything is called on the thread of the windows.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "other web views do by themselves what some of it is for")
)]
pub trait Delegate: Send + Sync {
    /// What the person chose, as it is now.
    fn choices(&self) -> Choices;
    /// The person was asked whether the page may use these devices.
    fn answered(&self, devices: &[Device], allowed: bool);
    /// The page leads to an address that is not for a window of the app.
    fn leads_outside(&self, url: &Url);
    /// Something was asked for by a key, or from the context menu.
    fn asked_for(&self, window: &WebviewWindow, action: Action);
    /// The web view's process ended before the window had shown anything of what it was asked for.
    fn lost(&self, window: &WebviewWindow, asked: Url);
    /// A file is to be opened.
    fn open_file(&self, path: &Path);
    /// A file is to be shown in its folder.
    fn show_file(&self, path: &Path);
}
