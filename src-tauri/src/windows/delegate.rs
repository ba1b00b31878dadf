use std::path::Path;

use tauri::{AppHandle, Url, WebviewWindow};

use super::{main_window, outside, perform::perform};
use crate::{
    context::Context,
    model::{
        action::Action,
        choices::{Choices, Device},
    },
    platform::shell::Delegate,
};

/// Does what the platform tells of windows with the app's page.
pub struct PageDelegate(pub AppHandle);

impl Delegate for PageDelegate {
    fn choices(&self) -> Choices {
        Context::of(&self.0).choices.now()
    }

    fn answered(&self, devices: &[Device], allowed: bool) {
        Context::of(&self.0).allow(devices, allowed);
    }

    fn leads_outside(&self, url: &Url) {
        outside::open(&self.0, url);
    }

    fn asked_for(&self, window: &WebviewWindow, action: Action) {
        perform(window, action);
    }

    fn lost(&self, window: &WebviewWindow, asked: Url) {
        main_window::begin_again(window, asked);
    }

    fn open_file(&self, path: &Path) {
        outside::open_file(&self.0, path);
    }

    fn show_file(&self, path: &Path) {
        outside::show_file(&self.0, path);
    }
}
