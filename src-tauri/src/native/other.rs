//! WebView2 and WKWebView, as far as Tauri reaches them.

use std::path::PathBuf;

use tauri::{
    AppHandle, Manager as _, Webview, WebviewWindow, WebviewWindowBuilder, Wry,
    webview::{DownloadEvent, PermissionKind, PermissionResponse},
};
use tauri_plugin_opener::OpenerExt as _;
use waterskin_bundle::Downloads;

use crate::{
    desk::Desk,
    devices::{self, Answer, answer, question, remember},
    downloads::{self, Facts, State, Transfer},
    inpage::{self, Command},
    notice::Notice,
    settings::Device,
};

/// Whether the window's own page can be told from one in a frame of it. WebView2 asks about the
/// window's page only; WKWebView asks about both in the same way.
pub const TELLS_FRAMES: bool = false;

/// There is nothing to settle before anything else is begun.
pub const fn begin() {}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    let copied = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.set_text(text));
    if let Err(error) = copied {
        tracing::warn!(%error, "the clipboard could not be used");
    }
}

/// Adds what has to be said before a window is there: who answers for its downloads and devices,
/// and what its page has in it.
pub fn equip<'a>(
    app: &AppHandle,
    builder: WebviewWindowBuilder<'a, Wry, AppHandle>,
) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    let builder = builder.on_permission_request(|view, kind| permission(&view, kind));
    let builder = match app.try_state::<Desk>() {
        Some(desk) => builder.initialization_script(inpage::script(&desk)),
        None => builder,
    };
    let asks = app.try_state::<Desk>().is_some_and(|desk| desk.downloads == Downloads::Ask);
    // WebView2 has all of it by itself, for as long as nobody else wants to: progress, a free name,
    // and a way to the file.
    if cfg!(windows) && !asks {
        return builder;
    }
    builder.on_download(|view, event| download(view.app_handle(), event))
}

/// There is nothing to add to a window that is there.
pub fn attach(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// There is no cover.
pub fn cover_next(_: &AppHandle, _: &Desk) {}

/// The window's ground has to do until the page shows its splash.
pub fn cover(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// There is no cover.
pub fn uncover(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// The window keeps the look that it was made with.
pub fn keep_theme(_: tauri::Theme) {}

/// An app's icon, small enough for a window: any is.
pub fn fitting(image: tauri::image::Image<'static>) -> tauri::image::Image<'static> {
    image
}

/// Whether the person prefers dark windows.
pub fn prefers_dark(app: &AppHandle) -> bool {
    let windows = app.webview_windows();
    let theme = windows.values().next().and_then(|window| window.theme().ok());
    theme == Some(tauri::Theme::Dark)
}

/// Takes a device from the page that uses it. Web views here have no way to do so.
pub fn end_capture(window: &WebviewWindow, device: Device) -> tauri::Result<()> {
    let kind = match device {
        Device::Camera => "video",
        Device::Microphone => "audio",
    };
    inpage::perform(window, &Command::Release { kind })
}

/// Opens the bar that finds text in the page. WebView2 has one of its own for the key.
pub fn find(window: &WebviewWindow) -> tauri::Result<()> {
    window.set_focus()?;
    inpage::perform(window, &Command::Find)
}

/// The menu is there all the time.
pub fn show_menu(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

fn download(app: &AppHandle, event: DownloadEvent<'_>) -> bool {
    match event {
        DownloadEvent::Requested { destination, .. } => match choose(app, destination) {
            Some(path) => {
                *destination = path;
                true
            }
            None => false,
        },
        DownloadEvent::Finished { path, success, .. } => {
            tracing::info!(success, "a download ended");
            if let Some(path) = path
                && let Err(error) = ended(app, outcome(path, success))
            {
                tracing::debug!(%error, "the end of a download could not be told");
            }
            true
        }
        _ => true,
    }
}

/// Chooses the file, or has the user choose it.
fn choose(app: &AppHandle, suggested: &std::path::Path) -> Option<PathBuf> {
    let name = suggested.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = downloads::clean(&name.unwrap_or_default());
    let (folder, desk) = (downloads::folder(app)?, app.try_state::<Desk>()?);
    if desk.downloads == Downloads::Ask {
        let dialog = rfd::FileDialog::new().set_title(desk.words.say("download-where"));
        return dialog.set_directory(folder).set_file_name(name).save_file();
    }
    let path = downloads::free(&folder, &name, |path| path.exists());
    match downloads::prepare(&folder) {
        Ok(()) => Some(path),
        Err(error) => {
            tracing::warn!(%error, "the folder for downloads can't be written to");
            let cause = downloads::cause(Facts { refused: Some(error.kind()), ..Facts::default() });
            say_of(app, &Transfer::ended(path, State::Failed(cause)));
            None
        }
    }
}

fn outcome(path: PathBuf, success: bool) -> Transfer {
    if success {
        return Transfer::ended(path, State::Saved);
    }
    let free = path.parent().and_then(|it| fs4::available_space(it).ok());
    let cause = downloads::cause(Facts { free, ..Facts::default() });
    Transfer::ended(path, State::Failed(cause))
}

fn say_of(app: &AppHandle, transfer: &Transfer) -> rfd::MessageDialogResult {
    let Some(desk) = app.try_state::<Desk>() else { return rfd::MessageDialogResult::Cancel };
    let words = &desk.words;
    let buttons = match transfer.state {
        State::Saved => rfd::MessageButtons::OkCancelCustom(
            words.say("action-show-in-folder"),
            words.say("menu-close"),
        ),
        _ => rfd::MessageButtons::OkCustom(words.say("menu-close")),
    };
    rfd::MessageDialog::new()
        .set_title(transfer.name())
        .set_description(transfer.status(words))
        .set_buttons(buttons)
        .show()
}

/// Tells in a window of a file that came about without the page.
pub fn tell(window: &WebviewWindow, transfer: Transfer) -> tauri::Result<()> {
    ended(window.app_handle(), transfer)
}

/// Tells something in a window: in the page what only passes by, else in a dialog.
pub fn say(window: &WebviewWindow, notice: Notice) -> tauri::Result<()> {
    if notice.passing {
        let Notice { title, text, .. } = notice;
        return inpage::perform(window, &Command::Tell { title, text });
    }
    let app = window.app_handle().clone();
    window.app_handle().run_on_main_thread(move || {
        let close = app.try_state::<Desk>().map(|desk| desk.words.say("menu-close"));
        rfd::MessageDialog::new()
            .set_title(&notice.title)
            .set_description(&notice.text)
            .set_buttons(rfd::MessageButtons::OkCustom(close.unwrap_or_default()))
            .show();
    })
}

/// Takes away what was told in passing.
pub fn dismiss(window: &WebviewWindow) -> tauri::Result<()> {
    inpage::perform(window, &Command::Dismiss)
}

/// Says that a download has ended, after this event: a dialog inside of it would stop the page.
fn ended(app: &AppHandle, transfer: Transfer) -> tauri::Result<()> {
    let app_ = app.clone();
    app.run_on_main_thread(move || {
        let answer = say_of(&app_, &transfer);
        let close = app_.try_state::<Desk>().map(|desk| desk.words.say("menu-close"));
        let shows = match answer {
            rfd::MessageDialogResult::Ok => true,
            rfd::MessageDialogResult::Custom(chosen) => Some(chosen) != close,
            _ => false,
        };
        if transfer.state == State::Saved
            && shows
            && let Err(error) = app_.opener().reveal_item_in_dir(&transfer.path)
        {
            tracing::warn!(%error, "a download could not be shown");
        }
    })
}

/// Answers by what was chosen before, or asks. Anything but camera and microphone is refused.
fn permission(view: &Webview, kind: PermissionKind) -> PermissionResponse {
    let device = match kind {
        PermissionKind::Camera => Device::Camera,
        PermissionKind::Microphone => Device::Microphone,
        // Pasting by a button of the page.
        PermissionKind::ClipboardRead => return PermissionResponse::Default,
        _ => return PermissionResponse::Deny,
    };
    let app = view.app_handle();
    let Some(desk) = app.try_state::<Desk>() else { return PermissionResponse::Deny };
    let choices = desk.settings.choices();
    let allowed = match answer(&choices, &[device]) {
        Answer::Allow => true,
        Answer::Deny => {
            let notice = devices::refused(&desk.words, &choices, &[device]);
            if let Some(window) = app.get_webview_window(view.label())
                && let Err(error) = say(&window, notice)
            {
                tracing::debug!(%error, "a refusal could not be told");
            }
            false
        }
        Answer::Ask => {
            let allow = desk.words.say("ask-allow");
            let answered = rfd::MessageDialog::new()
                .set_title(&desk.looks.title)
                .set_description(question(&desk.words, &desk.looks.title, &[device]))
                .set_buttons(rfd::MessageButtons::OkCancelCustom(
                    allow.clone(),
                    desk.words.say("ask-deny"),
                ))
                .show();
            let allowed = match answered {
                rfd::MessageDialogResult::Ok => true,
                rfd::MessageDialogResult::Custom(chosen) => chosen == allow,
                _ => false,
            };
            remember(app, &[device], allowed);
            allowed
        }
    };
    if allowed { PermissionResponse::Allow } else { PermissionResponse::Deny }
}
