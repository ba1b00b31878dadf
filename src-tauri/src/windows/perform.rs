//! Does what a person asks for.

use tauri::{AppHandle, Manager as _, WebviewWindow};
use waterskin_streamlit::HostMessage;

use super::{own, registry};
use crate::{
    context::Context,
    model::{
        action::Action,
        choices::Device,
        downloads::{self, Facts, State, Transfer},
        zoom::{self, factor},
    },
    platform,
};

/// Does it, in `window` or for the whole app.
pub fn perform(window: &WebviewWindow, action: Action) {
    if let Err(error) = done(window, action) {
        tracing::warn!(%error, ?action, "something that was asked for could not be done");
    }
}

fn done(window: &WebviewWindow, action: Action) -> tauri::Result<()> {
    let app = window.app_handle();
    let context = Context::of(app);
    match action {
        Action::Back => window.eval("history.back()")?,
        Action::Forward => window.eval("history.forward()")?,
        Action::Reload => window.reload()?,
        Action::Rerun => window.eval(HostMessage::Rerun.script())?,
        Action::ClearCache => window.eval(HostMessage::ClearCache.script())?,
        Action::Find => platform::find(&context.shell, window)?,
        Action::Print => window.print()?,
        Action::ZoomIn => zoom(app, zoom::larger)?,
        Action::ZoomOut => zoom(app, zoom::smaller)?,
        Action::ZoomReset => zoom(app, |_| zoom::NORMAL)?,
        Action::FullScreen => window.set_fullscreen(!window.is_fullscreen()?)?,
        Action::Menu => platform::show_menu(&context.shell, window)?,
        Action::About => apart(app, own::show_about),
        Action::Restart => restart(app),
        Action::Secrets => apart(app, own::show_secrets),
        Action::Camera => switch(app, Device::Camera),
        Action::Microphone => switch(app, Device::Microphone),
        Action::Log => apart(app, own::show_log),
        Action::Inspector => apart(app, own::show_inspector),
        Action::CopyReport => copy_report(app),
        Action::SaveReport => save_report(window),
        Action::Close => window.close()?,
        Action::Quit => app.exit(0),
    }
    Ok(())
}

/// Opens a window from another thread: on Windows the one with the events waits for itself
/// otherwise (Tauri 2.12, `WebviewWindowBuilder`).
pub fn apart(app: &AppHandle, open: fn(&AppHandle) -> tauri::Result<()>) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = open(&app) {
            tracing::warn!(%error, "a window could not be opened");
        }
    });
}

/// Puts the report on the clipboard. Where there is no session the keychain is asked, which may take
/// its time.
fn copy_report(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let text = Context::of(&app).host.report().text().to_owned();
        if let Err(error) = app.run_on_main_thread(move || platform::copy(&text)) {
            tracing::warn!(%error, "the report could not be copied");
        }
    });
}

/// Saves the report, and tells in `window` where, as of a download.
fn save_report(window: &WebviewWindow) {
    let window = window.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let context = Context::of(&window);
        let told = match context.save_report() {
            Ok(path) => Transfer::ended(path.into(), State::Saved),
            Err(error) => {
                tracing::warn!(%error, "the report could not be saved");
                let path = context.shell.folder.clone().unwrap_or_default();
                let facts = Facts { refused: Some(error.kind()), ..Facts::default() };
                Transfer::ended(path.join("report"), State::Failed(downloads::cause(facts)))
            }
        };
        if let Err(error) = platform::tell(&context.shell, &window, told) {
            tracing::debug!(%error, "the end of a report could not be told");
        }
    });
}

/// Starts Python again; asks the keychain again, where Python waits for it; starts the whole program
/// again, where there is no session to do it in.
pub fn restart(app: &AppHandle) {
    let context = Context::of(app);
    match context.host.session() {
        Some(session) if session.restart() => {}
        // A session that can't restart Python yet waits for the keychain.
        Some(_) => match &context.keychain {
            Some(again) => again.ask(),
            None => tracing::error!("nobody asks the keychain"),
        },
        None => app.request_restart(),
    }
}

/// Changes the zoom of every window, for now and the next time.
fn zoom(app: &AppHandle, step: impl FnOnce(u32) -> u32) -> tauri::Result<()> {
    let choices = &Context::of(app).choices;
    let percent = step(choices.now().zoom.unwrap_or(zoom::NORMAL));
    choices.change(|choices| choices.zoom = Some(percent).filter(|it| *it != zoom::NORMAL));
    registry::pages(app).iter().try_for_each(|window| window.set_zoom(factor(percent)))
}

/// Allows a device that is not, and the other way round. What uses it now is ended.
fn switch(app: &AppHandle, device: Device) {
    let context = Context::of(app);
    let allowed = context.choices.now().devices.get(&device).copied().unwrap_or_default();
    context.allow(&[device], !allowed);
    if !allowed {
        return;
    }
    for window in registry::pages(app) {
        if let Err(error) = platform::end_capture(&window, device) {
            tracing::warn!(%error, ?device, "a page may go on using a device");
        }
    }
}
