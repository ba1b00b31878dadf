//! What a person can do with a window beside using the page: by key or by menu.

use tauri::{AppHandle, Manager as _, WebviewWindow};

use crate::{
    desk::Desk,
    devices,
    downloads::{self, Facts, State, Transfer},
    host::Host,
    keychain::AskAgain,
    native, report,
    settings::Device,
    window,
    zoom::{self, factor},
};

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Back,
    Forward,
    Reload,
    Rerun,
    Find,
    Print,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    FullScreen,
    Menu,
    About,
    Restart,
    ClearCache,
    Secrets,
    Camera,
    Microphone,
    Log,
    CopyReport,
    SaveReport,
    Close,
    Quit,
}

/// Every action with its name in the menu and the key that the menu shows for it.
///
/// The keys are those of the browsers; `CmdOrCtrl` is Command on macOS and Control elsewhere.
pub const ALL: &[(Action, &str, &str)] = &[
    (Action::Back, "menu-back", if MAC { "Cmd+[" } else { "Alt+Left" }),
    (Action::Forward, "menu-forward", if MAC { "Cmd+]" } else { "Alt+Right" }),
    (Action::Reload, "menu-reload", "CmdOrCtrl+R"),
    (Action::Rerun, "menu-rerun", ""),
    (Action::Find, "menu-find", "CmdOrCtrl+F"),
    (Action::Print, "menu-print", "CmdOrCtrl+P"),
    (Action::ZoomIn, "menu-zoom-in", "CmdOrCtrl+="),
    (Action::ZoomOut, "menu-zoom-out", "CmdOrCtrl+-"),
    (Action::ZoomReset, "menu-zoom-reset", "CmdOrCtrl+0"),
    (Action::FullScreen, "menu-full-screen", if MAC { "Ctrl+Cmd+F" } else { "F11" }),
    (Action::Menu, "menu-show", "F10"),
    (Action::About, "about-title", ""),
    (Action::Restart, "menu-restart", ""),
    (Action::ClearCache, "menu-clear-cache", ""),
    (Action::Secrets, "menu-secrets", ""),
    (Action::Camera, "menu-camera", ""),
    (Action::Microphone, "menu-microphone", ""),
    (Action::Log, "action-show-log", ""),
    (Action::CopyReport, "action-copy-report", ""),
    (Action::SaveReport, "action-save-report", ""),
    (Action::Close, "menu-close", "CmdOrCtrl+W"),
    (Action::Quit, "action-quit", "CmdOrCtrl+Q"),
];

const MAC: bool = cfg!(target_os = "macos");

/// A key and what is held with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// GDK's name of the key in lower case, such as `r`, `f5` or `kp_add`.
    pub key: String,
    /// Control.
    pub control: bool,
    /// Alt.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
}

/// The action for a key, where the menu bar is out of sight and has no keys.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "other systems have the keys of their menus")
)]
pub fn of_keys(keys: &Keys) -> Option<Action> {
    let Keys { key, control, alt, shift } = keys;
    // Shift is what some keyboards need for plus and zero.
    match (*control, *alt, *shift, key.as_str()) {
        (true, false, _, "plus" | "equal" | "kp_add") => Some(Action::ZoomIn),
        (true, false, _, "minus" | "underscore" | "kp_subtract") => Some(Action::ZoomOut),
        (true, false, _, "0" | "kp_0" | "kp_insert") => Some(Action::ZoomReset),
        (true, false, _, "r") | (_, false, _, "f5") => Some(Action::Reload),
        (true, false, false, "f") | (false, false, false, "f3") => Some(Action::Find),
        (true, false, false, "p") => Some(Action::Print),
        (true, false, false, "w") => Some(Action::Close),
        (true, false, false, "q") => Some(Action::Quit),
        (false, true, false, "left" | "kp_left") | (false, false, _, "back") => Some(Action::Back),
        (false, true, false, "right" | "kp_right") | (false, false, _, "forward") => {
            Some(Action::Forward)
        }
        (false, false, false, "f11") => Some(Action::FullScreen),
        (false, false, false, "f10" | "menu_bar") => Some(Action::Menu),
        _ => None,
    }
}

/// The menu's name and key for an action.
pub fn name_and_key(action: Action) -> (&'static str, &'static str) {
    let known = ALL.iter().find(|(known, ..)| *known == action);
    known.map(|(_, name, key)| (*name, *key)).unwrap_or_default()
}

/// The action of a menu entry.
pub fn of_name(name: &str) -> Option<Action> {
    ALL.iter().find(|(_, known, _)| *known == name).map(|(action, ..)| *action)
}

/// Does it, in `window` or for the whole app.
pub fn perform(window: &WebviewWindow, action: Action) {
    if let Err(error) = done(window, action) {
        tracing::warn!(%error, ?action, "something that was asked for could not be done");
    }
}

fn done(window: &WebviewWindow, action: Action) -> tauri::Result<()> {
    let app = window.app_handle();
    match action {
        Action::Back => window.eval("history.back()")?,
        Action::Forward => window.eval("history.forward()")?,
        Action::Reload => window.reload()?,
        Action::Rerun => window.eval(streamlit("RERUN_SCRIPT"))?,
        Action::ClearCache => window.eval(streamlit("CLEAR_CACHE"))?,
        Action::Find => native::find(window)?,
        Action::Print => window.print()?,
        Action::ZoomIn => zoom(app, zoom::larger)?,
        Action::ZoomOut => zoom(app, zoom::smaller)?,
        Action::ZoomReset => zoom(app, |_| zoom::NORMAL)?,
        Action::FullScreen => window.set_fullscreen(!window.is_fullscreen()?)?,
        Action::Menu => native::show_menu(window)?,
        Action::About => apart(app, window::show_about),
        Action::Restart => restart(app),
        Action::Secrets => apart(app, window::show_secrets),
        Action::Camera => switch(app, Device::Camera),
        Action::Microphone => switch(app, Device::Microphone),
        Action::Log => apart(app, window::show_log),
        Action::CopyReport => copy_report(app),
        Action::SaveReport => save_report(window),
        Action::Close => window.close()?,
        Action::Quit => app.exit(0),
    }
    Ok(())
}

/// Opens a window from another thread: on Windows the one with the events waits for itself
/// otherwise (Tauri 2.12, `WebviewWindowBuilder`).
fn apart(app: &AppHandle, open: fn(&AppHandle) -> tauri::Result<()>) {
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
        let text = app.state::<Host>().report().text().to_owned();
        if let Err(error) = app.run_on_main_thread(move || native::copy(&text)) {
            tracing::warn!(%error, "the report could not be copied");
        }
    });
}

/// Saves the report, and tells in `window` where, as of a download.
fn save_report(window: &WebviewWindow) {
    let window = window.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let told = match report::save(window.app_handle()) {
            Ok(path) => Transfer::ended(path.into(), State::Saved),
            Err(error) => {
                tracing::warn!(%error, "the report could not be saved");
                let path = downloads::folder(window.app_handle()).unwrap_or_default();
                let facts = Facts { refused: Some(error.kind()), ..Facts::default() };
                Transfer::ended(path.join("report"), State::Failed(downloads::cause(facts)))
            }
        };
        if let Err(error) = native::tell(&window, told) {
            tracing::debug!(%error, "the end of a report could not be told");
        }
    });
}

/// A message to Streamlit's page as from the site around it (1.40 to 1.67, `HostCommunication`).
/// The launcher makes the page's own origin one that may send them.
fn streamlit(message: &str) -> String {
    format!("window.postMessage({{ stCommVersion: 1, type: {message:?} }}, location.origin)")
}

/// Starts Python again; asks the keychain again, where Python waits for it; starts the whole program
/// again, where there is no session to do it in.
pub fn restart(app: &AppHandle) {
    match app.try_state::<Host>().and_then(|host| host.session().cloned()) {
        Some(session) if session.restart() => {}
        // A session that can't restart Python yet waits for the keychain.
        Some(_) => match app.try_state::<AskAgain>() {
            Some(again) => again.ask(),
            None => tracing::error!("nobody asks the keychain"),
        },
        None => app.request_restart(),
    }
}

/// Changes the zoom of every window, for now and the next time.
fn zoom(app: &AppHandle, step: impl FnOnce(u32) -> u32) -> tauri::Result<()> {
    let Some(desk) = app.try_state::<Desk>() else { return Ok(()) };
    let percent = step(desk.settings.choices().zoom.unwrap_or(zoom::NORMAL));
    desk.settings.change(|choices| choices.zoom = Some(percent).filter(|it| *it != zoom::NORMAL));
    window::pages(app).iter().try_for_each(|window| window.set_zoom(factor(percent)))
}

/// Allows a device that is not, and the other way round. What uses it now is ended.
fn switch(app: &AppHandle, device: Device) {
    let Some(desk) = app.try_state::<Desk>() else { return };
    let allowed = desk.settings.choices().devices.get(&device).copied().unwrap_or_default();
    devices::remember(app, &[device], !allowed);
    if !allowed {
        return;
    }
    for window in window::pages(app) {
        if let Err(error) = native::end_capture(&window, device) {
            tracing::warn!(%error, ?device, "a page may go on using a device");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Keys {
        let (held, key) = text.rsplit_once('+').unwrap_or(("", text));
        let held = |name: &str| held.split('+').any(|it| it == name);
        Keys { key: key.into(), control: held("ctrl"), alt: held("alt"), shift: held("shift") }
    }

    #[test]
    fn the_keys_of_a_browser() {
        for (text, action) in [
            ("ctrl+r", Some(Action::Reload)),
            ("ctrl+shift+r", Some(Action::Reload)),
            ("f5", Some(Action::Reload)),
            ("ctrl+plus", Some(Action::ZoomIn)),
            ("ctrl+shift+plus", Some(Action::ZoomIn)),
            ("ctrl+kp_subtract", Some(Action::ZoomOut)),
            ("ctrl+0", Some(Action::ZoomReset)),
            ("alt+left", Some(Action::Back)),
            ("alt+right", Some(Action::Forward)),
            ("ctrl+f", Some(Action::Find)),
            ("ctrl+p", Some(Action::Print)),
            ("f11", Some(Action::FullScreen)),
            ("f10", Some(Action::Menu)),
            ("r", None),
            ("left", None),
            ("ctrl+left", None),
            ("ctrl+alt+r", None),
            ("ctrl+c", None),
            ("shift+f10", None),
        ] {
            assert_eq!(of_keys(&keys(text)), action, "{text}");
        }
    }

    #[test]
    fn every_action_has_one_name() {
        for (action, name, _) in ALL {
            assert_eq!(of_name(name), Some(*action));
        }
        assert_eq!(of_name("no such entry"), None);
    }
}
