//! Camera and microphone: the page asks, the person answers once.

use std::sync::Arc;

use gtk::prelude::*;
use javascriptcore::ValueExt as _;
use webkit2gtk::{
    DeviceInfoPermissionRequest, MediaCaptureState, PermissionRequest, PermissionRequestExt as _,
    SettingsExt as _, UserContentInjectedFrames, UserContentManagerExt as _,
    UserMediaPermissionRequest, UserMediaPermissionRequestExt as _, UserScript,
    UserScriptInjectionTime, WebView, WebViewExt as _,
};

use super::{
    apart::{self, Script},
    expected::expected,
    notice,
};
use crate::{
    model::{
        choices::Device,
        devices::{self, Answer, answer as answer_of, question},
        notice::Notice,
        ui::Ui,
    },
    platform::shell::Shell,
};

/// Says in the page's own world what is missing.
const SCRIPT: &str = include_str!("devices.js");

/// Mends there what keeps a page from recording.
const RECORD: &str = include_str!("record.js");

/// Passes on what is missing.
const LISTENER: Script = Script {
    name: "missing",
    source: include_str!("devices-listener.js"),
    frames: UserContentInjectedFrames::AllFrames,
    time: UserScriptInjectionTime::Start,
};

/// Answers what the pages of a web view ask for. Anything but these two devices is refused.
pub fn answer(shell: &Arc<Shell>, view: &WebView) {
    // Off by itself, and then a page can't even ask (WebKitGTK 2.50, `enable-media-stream`).
    if let Some(settings) = webkit2gtk::WebViewExt::settings(view) {
        settings.set_enable_media_stream(true);
    }
    let shell = Arc::clone(shell);
    view.connect_permission_request(move |view, request| {
        let choices = shell.delegate.choices();
        // What devices there are is told to who may use one of them.
        if request.is::<DeviceInfoPermissionRequest>() {
            settle(request, choices.devices.values().any(|allowed| *allowed));
            return true;
        }
        let devices = wanted(request);
        match answer_of(&choices, &devices) {
            Answer::Allow => request.allow(),
            Answer::Deny => {
                request.deny();
                if !devices.is_empty() {
                    tell(&shell.ui, view, &devices::refused(&shell.ui.words, &choices, &devices));
                }
            }
            Answer::Ask => ask(&shell, view, request, devices),
        }
        true
    });
}

/// Takes a device from the page that uses it.
pub fn end_capture(view: &WebView, device: Device) {
    match device {
        Device::Camera => view.set_camera_capture_state(MediaCaptureState::None),
        Device::Microphone => view.set_microphone_capture_state(MediaCaptureState::None),
    }
}

/// Has pages record sound, and tells the person when one looks for a device that is not there.
pub fn equip(shell: &Arc<Shell>, view: &WebView) {
    let manager = expected("the scripts of a web view", view.user_content_manager());
    let Some(manager) = manager else { return };
    let (shell, of_view) = (Arc::clone(shell), view.downgrade());
    apart::listen(view, &LISTENER, move |message| {
        let Some(view) = of_view.upgrade() else { return };
        let said = message.js_value().map(|value| value.to_str().to_string()).unwrap_or_default();
        let missing = match &*said {
            "camera" => &[Device::Camera][..],
            "microphone" => &[Device::Microphone],
            _ => &[Device::Camera, Device::Microphone],
        };
        tell(&shell.ui, &view, &devices::missing(&shell.ui.words, missing));
    });
    let Script { frames, time, .. } = LISTENER;
    for script in [RECORD, SCRIPT] {
        manager.add_script(&UserScript::new(script, frames, time, &[], &[]));
    }
}

/// In place of the last such notice: a page may ask again and again.
fn tell(ui: &Ui, view: &WebView, about: &Notice) {
    notice::dismiss(view);
    notice::over(ui, view, about);
}

/// The devices that a request is about; none for a request of another kind.
fn wanted(request: &PermissionRequest) -> Vec<Device> {
    let Some(request) = request.downcast_ref::<UserMediaPermissionRequest>() else {
        return Vec::new();
    };
    let camera = request.is_for_video_device().then_some(Device::Camera);
    let microphone = request.is_for_audio_device().then_some(Device::Microphone);
    camera.into_iter().chain(microphone).collect()
}

fn settle(request: &PermissionRequest, allowed: bool) {
    if allowed {
        request.allow();
    } else {
        request.deny();
    }
}

fn ask(shell: &Arc<Shell>, view: &WebView, request: &PermissionRequest, devices: Vec<Device>) {
    let Ui { words, looks, .. } = &shell.ui;
    let parent = view.toplevel().and_then(|parent| parent.downcast::<gtk::Window>().ok());
    let dialog = gtk::MessageDialog::new(
        parent.as_ref(),
        gtk::DialogFlags::MODAL | gtk::DialogFlags::DESTROY_WITH_PARENT,
        gtk::MessageType::Question,
        gtk::ButtonsType::None,
        &question(words, &looks.title, &devices),
    );
    dialog.set_title(&looks.title);
    dialog.set_secondary_text(Some(&words.say("ask-remembered")));
    dialog.add_button(&words.say("ask-deny"), gtk::ResponseType::No);
    dialog.add_button(&words.say("ask-allow"), gtk::ResponseType::Yes);
    dialog.set_default_response(gtk::ResponseType::No);
    let (shell, request) = (Arc::clone(shell), request.clone());
    dialog.connect_response(move |dialog, response| {
        let allowed = response == gtk::ResponseType::Yes;
        // A dialog that was closed is no answer: the next time the page asks, so does this.
        if matches!(response, gtk::ResponseType::Yes | gtk::ResponseType::No) {
            shell.delegate.answered(&devices, allowed);
        }
        settle(&request, allowed);
        dialog.close();
    });
    dialog.show();
}
