//! WebView2 and WKWebView, as far as Tauri reaches them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tauri::{
    Manager, Webview, WebviewWindow, WebviewWindowBuilder, Wry,
    webview::{DownloadEvent, PermissionKind, PermissionResponse},
};
use waterskin_bundle::Downloads;

use super::{
    folder::prepare,
    inpage::{self, Command},
    shell::Shell,
};
use crate::model::{
    choices::Device,
    devices::{self, Answer, answer, question},
    downloads::{self, Facts, State, Transfer},
    notice::Notice,
    ui::Ui,
};

/// Whether the window's own page can be told from one in a frame of it. WebView2 asks about the
/// window's page only; WKWebView asks about both in the same way.
pub const TELLS_FRAMES: bool = false;

/// There is nothing to settle before anything else is begun.
pub const fn begin() {}

/// Microsoft's page that has the installer of the WebView2 Runtime.
const WEBVIEW2: &str = "https://developer.microsoft.com/microsoft-edge/webview2/";

/// Says in a dialog why there is no window, where that is for want of the web view, and shows where to
/// get it.
pub fn without_window(title: &str, text: &str) {
    if !cfg!(windows) || tauri::webview_version().is_ok() {
        return;
    }
    let answer = rfd::MessageDialog::new()
        .set_title(title)
        .set_description(text)
        .set_level(rfd::MessageLevel::Error)
        .set_buttons(rfd::MessageButtons::YesNo)
        .show();
    if answer == rfd::MessageDialogResult::Yes
        && let Err(error) = tauri_plugin_opener::open_url(WEBVIEW2, None::<&str>)
    {
        tracing::warn!(%error, "Microsoft's page could not be opened");
    }
}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    let copied = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.set_text(text));
    if let Err(error) = copied {
        tracing::warn!(%error, "the clipboard could not be used");
    }
}

/// Adds what has to be said before a window is there: who answers for its downloads and devices,
/// and what its page has in it.
pub fn equip<'a, M: Manager<Wry>>(
    shell: &Arc<Shell>,
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    let asked = Arc::clone(shell);
    let builder = builder
        .on_permission_request(move |view, kind| permission(&asked, &view, kind))
        .initialization_script(inpage::script(&shell.ui));
    // WebView2 has all of it by itself, for as long as nobody else wants to: progress, a free name,
    // and a way to the file.
    if cfg!(windows) && shell.downloads != Downloads::Ask {
        return builder;
    }
    let shell = Arc::clone(shell);
    builder.on_download(move |view, event| download(&shell, &view, event))
}

/// There is nothing to add to a window that is there.
pub fn attach(_: &Arc<Shell>, _: &WebviewWindow, _: bool) -> tauri::Result<()> {
    Ok(())
}

/// There is no cover.
pub fn cover_next(_: &Shell) {}

/// The window's ground has to do until the page shows its splash.
pub fn cover(_: &Arc<Shell>, _: &WebviewWindow) -> tauri::Result<()> {
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
pub fn prefers_dark(window: &WebviewWindow) -> bool {
    window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark)
}

/// Takes a device from the page that uses it. Web views here have no way to do so.
pub fn end_capture(window: &WebviewWindow, device: Device) -> tauri::Result<()> {
    let kind = match device {
        Device::Camera => "video",
        Device::Microphone => "audio",
    };
    inpage::perform(window.as_ref(), &Command::Release { kind })
}

/// Opens the bar that finds text in the page. WebView2 has one of its own for the key.
pub fn find(_: &Arc<Shell>, window: &WebviewWindow) -> tauri::Result<()> {
    window.set_focus()?;
    inpage::perform(window.as_ref(), &Command::Find)
}

/// The menu is there all the time.
pub fn show_menu(_: &Shell, _: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

fn download(shell: &Arc<Shell>, view: &Webview, event: DownloadEvent<'_>) -> bool {
    match event {
        DownloadEvent::Requested { destination, .. } => match choose(shell, destination) {
            Some(path) => {
                *destination = path;
                true
            }
            None => false,
        },
        DownloadEvent::Finished { path, success, .. } => {
            tracing::info!(success, "a download ended");
            if let Some(path) = path
                && let Err(error) = ended(shell, view, outcome(path, success))
            {
                tracing::debug!(%error, "the end of a download could not be told");
            }
            true
        }
        _ => true,
    }
}

/// Chooses the file, or has the user choose it.
fn choose(shell: &Shell, suggested: &Path) -> Option<PathBuf> {
    let name = suggested.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = downloads::clean(&name.unwrap_or_default());
    let folder = shell.folder.as_deref()?;
    if shell.downloads == Downloads::Ask {
        let dialog = rfd::FileDialog::new().set_title(shell.ui.words.say("download-where"));
        return dialog.set_directory(folder).set_file_name(name).save_file();
    }
    let path = downloads::free(folder, &name, |path| path.exists());
    match prepare(folder) {
        Ok(()) => Some(path),
        Err(error) => {
            tracing::warn!(%error, "the folder for downloads can't be written to");
            let cause = downloads::cause(Facts { refused: Some(error.kind()), ..Facts::default() });
            say_of(&shell.ui, &Transfer::ended(path, State::Failed(cause)));
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

fn say_of(ui: &Ui, transfer: &Transfer) -> rfd::MessageDialogResult {
    let words = &ui.words;
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
pub fn tell(shell: &Arc<Shell>, window: &WebviewWindow, transfer: Transfer) -> tauri::Result<()> {
    ended(shell, window.as_ref(), transfer)
}

/// Tells something in a window: in the page what only passes by, else in a dialog.
pub fn say(shell: &Arc<Shell>, window: &WebviewWindow, notice: Notice) -> tauri::Result<()> {
    if notice.passing {
        let Notice { title, text, .. } = notice;
        return inpage::perform(window.as_ref(), &Command::Tell { title, text });
    }
    let shell = Arc::clone(shell);
    window.run_on_main_thread(move || {
        rfd::MessageDialog::new()
            .set_title(&notice.title)
            .set_description(&notice.text)
            .set_buttons(rfd::MessageButtons::OkCustom(shell.ui.words.say("menu-close")))
            .show();
    })
}

/// Takes away what was told in passing.
pub fn dismiss(window: &WebviewWindow) -> tauri::Result<()> {
    inpage::perform(window.as_ref(), &Command::Dismiss)
}

/// Says that a download has ended, after this event: a dialog inside of it would stop the page.
fn ended(shell: &Arc<Shell>, view: &Webview, transfer: Transfer) -> tauri::Result<()> {
    let shell = Arc::clone(shell);
    view.run_on_main_thread(move || {
        let answer = say_of(&shell.ui, &transfer);
        let close = shell.ui.words.say("menu-close");
        let shows = match answer {
            rfd::MessageDialogResult::Ok => true,
            rfd::MessageDialogResult::Custom(chosen) => chosen != close,
            _ => false,
        };
        if transfer.state == State::Saved && shows {
            shell.delegate.show_file(&transfer.path);
        }
    })
}

/// Answers by what was chosen before, or asks. Anything but camera and microphone is refused.
fn permission(shell: &Shell, view: &Webview, kind: PermissionKind) -> PermissionResponse {
    let device = match kind {
        PermissionKind::Camera => Device::Camera,
        PermissionKind::Microphone => Device::Microphone,
        // Pasting by a button of the page.
        PermissionKind::ClipboardRead => return PermissionResponse::Default,
        _ => return PermissionResponse::Deny,
    };
    let Ui { words, looks, .. } = &shell.ui;
    let choices = shell.delegate.choices();
    let allowed = match answer(&choices, &[device]) {
        Answer::Allow => true,
        Answer::Deny => {
            let Notice { title, text, .. } = devices::refused(words, &choices, &[device]);
            if let Err(error) = inpage::perform(view, &Command::Tell { title, text }) {
                tracing::debug!(%error, "a refusal could not be told");
            }
            false
        }
        Answer::Ask => {
            let allow = words.say("ask-allow");
            let answered = rfd::MessageDialog::new()
                .set_title(&looks.title)
                .set_description(question(words, &looks.title, &[device]))
                .set_buttons(rfd::MessageButtons::OkCancelCustom(
                    allow.clone(),
                    words.say("ask-deny"),
                ))
                .show();
            let allowed = match answered {
                rfd::MessageDialogResult::Ok => true,
                rfd::MessageDialogResult::Custom(chosen) => chosen == allow,
                _ => false,
            };
            shell.delegate.answered(&[device], allowed);
            allowed
        }
    };
    if allowed { PermissionResponse::Allow } else { PermissionResponse::Deny }
}
