use serde_json::json;
use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, window::Color,
};
use waterskin_session::{Ground, Phase, SessionState};

use crate::{
    action::Action,
    desk::Desk,
    host::Host,
    native,
    navigation::{Decision, decide, is_own},
    outside,
    screens::Screens,
};

/// The first window with the app.
pub const MAIN: &str = "main";

/// How the names of the app's other windows begin. No capability names them, so they have no IPC.
pub const ANOTHER: &str = "page-";

/// The window with Python's output.
pub const LOG: &str = "log";

/// The window about the app.
const ABOUT: &str = "about";

/// The window with the form for the app's secrets.
const SECRETS: &str = "secrets";

/// A ground as the colour of a window, so that not even the first frame is of another one.
pub fn colour(ground: Ground) -> Color {
    let [red, green, blue] = ground.0;
    Color(red, green, blue, 255)
}

/// The shell's screen for what went wrong, or is wanted of the person: which of them, the state says.
pub fn screen() -> WebviewUrl {
    WebviewUrl::App("index.html#failure".into())
}

/// The windows that show the app's page, the first one first.
pub fn pages(app: &AppHandle) -> Vec<WebviewWindow> {
    let mut pages: Vec<_> = app.webview_windows().into_values().collect();
    pages.retain(|window| window.label() == MAIN || window.label().starts_with(ANOTHER));
    pages.sort_by_key(|window| (window.label() != MAIN, window.label().to_owned()));
    pages
}

/// The window with the app's page that is in front, else the first one.
pub fn front(app: &AppHandle) -> Option<WebviewWindow> {
    let pages = pages(app);
    let front = pages.iter().find(|window| window.is_focused().unwrap_or_default());
    front.or(pages.first()).cloned()
}

/// The window that an entry of the menu is about.
pub fn meant(app: &AppHandle, action: Action) -> Option<WebviewWindow> {
    let all = app.webview_windows();
    let labels =
        all.values().map(|window| (window.label(), window.is_focused().unwrap_or_default()));
    match label_meant(action, labels) {
        Some(label) => all.get(label).cloned(),
        None => front(app),
    }
}

/// The window that an action is about, of windows and whether each has the keyboard: a window is
/// closed and fills the screen whatever it shows. Everything else is about the app's page, which is
/// in a window that [`front`] finds.
fn label_meant<'a>(
    action: Action,
    mut windows: impl Iterator<Item = (&'a str, bool)>,
) -> Option<&'a str> {
    match action {
        Action::Close | Action::FullScreen => {
            windows.find_map(|(label, focused)| focused.then_some(label))
        }
        _ => None,
    }
}

/// Says where the web view keeps its data: in `data`, else in Tauri's own folder, else nowhere.
///
/// The shell's screens must be shown even where nothing can be written. Tauri makes the folder when
/// it is not there, so it is then one that always is; nothing is put into it.
pub fn keeping<'a>(
    app: &'a AppHandle,
    builder: WebviewWindowBuilder<'a, tauri::Wry, AppHandle>,
    data: Option<std::path::PathBuf>,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
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

/// Opens the log's window, or raises it.
pub fn show_log(app: &AppHandle) -> tauri::Result<()> {
    show_own(app, LOG, "log.html", "log-title", (900.0, 600.0))
}

/// Opens the window about the app, or raises it.
pub fn show_about(app: &AppHandle) -> tauri::Result<()> {
    show_own(app, ABOUT, "index.html#about", "about-title", (640.0, 640.0))
}

/// Opens the window with the form for the app's secrets, or raises it.
pub fn show_secrets(app: &AppHandle) -> tauri::Result<()> {
    // An app that waits for them has the form in its own window.
    let asks = |host: &Host| matches!(host.state().phase, Phase::Asking);
    if let Some(main) = app.get_webview_window(MAIN)
        && app.try_state::<Host>().is_some_and(|host| asks(&host))
    {
        return raise(&main);
    }
    show_own(app, SECRETS, "index.html#secrets", "secrets-title-again", (640.0, 560.0))
}

/// Opens a window of the shell's own, or raises it. `title` is a message with the app's name in it.
fn show_own(
    app: &AppHandle,
    label: &str,
    screen: &str,
    title: &str,
    (width, height): (f64, f64),
) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(label) {
        return raise(&window);
    }
    let name = app.try_state::<Host>().map_or_else(String::new, |host| host.state().app.name);
    let desk = app.state::<Desk>();
    let title = desk.words.tell(title, &[("app", &name)]);
    let screen = WebviewUrl::App(screen.into());
    let opener = app.clone();
    let ground = if native::prefers_dark(app) { Ground::DARK } else { Ground::LIGHT };
    let mut builder = WebviewWindowBuilder::new(app, label, screen)
        .title(title)
        .initialization_script(screen_script(app, &name))
        .inner_size(width, height)
        .min_inner_size(320.0, 240.0)
        .background_color(colour(ground))
        .on_navigation(move |url| match decide(url, 0, true) {
            Decision::Here => true,
            Decision::Outside => {
                outside::open(&opener, url);
                false
            }
            Decision::NewWindow | Decision::Deny => false,
        });
    if let Some(icon) = &desk.icon {
        builder = builder.icon(icon.image.clone())?;
    }
    keeping(app, builder, None).build().map(drop)
}

/// Brings a window to the front, from wherever it is.
pub fn raise(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

/// Tells the splash about the state. The page has no way to ask for it.
pub fn push_state(window: &WebviewWindow, state: &SessionState) {
    let Ok(json) = serde_json::to_string(state) else { return };
    if let Err(error) = window.eval(format!("window.__waterskin?.({json})")) {
        tracing::debug!(%error, "the page could not be told the state");
    }
}

/// Shows the app's page in the main window.
pub fn show_page(app: &AppHandle, url: &str) {
    let (Some(window), Ok(url)) = (app.get_webview_window(MAIN), Url::parse(url)) else { return };
    app.state::<Screens>().page();
    go(&window, url);
}

/// Loads what a window was on its way to when nothing had been shown in it yet. The way into the app
/// may be used up by then, so the main window gets a new one.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "other web views are not followed so closely")
)]
pub fn begin_again(window: &WebviewWindow, asked: Url) {
    let app = window.app_handle();
    let session = app.try_state::<Host>().and_then(|host| host.session().cloned());
    match session.filter(|it| window.label() == MAIN && is_own(&asked, it.port())) {
        Some(session) => show_page(app, &session.entry_url()),
        None => go(window, asked),
    }
}

/// Shows the shell's [`screen`] in the main window, which shows the app's page.
pub fn show_screen(app: &AppHandle) {
    let screen = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };
    let screen = Url::parse(&format!("{screen}/index.html#failure"));
    let (Some(window), Ok(screen)) = (app.get_webview_window(MAIN), screen) else { return };
    match getrandom::u64() {
        Ok(nonce) => {
            if let Some(by) = app.state::<Screens>().leave(screen, &format!("{nonce:016x}")) {
                go(&window, by);
            }
        }
        Err(error) => tracing::error!(%error, "the window could not show a screen"),
    }
}

/// The main window shows another document: then it may be to go on from there.
pub fn arrived(window: &WebviewWindow, at: &Url) {
    if let Some(next) = window.state::<Screens>().arrived(at) {
        go(window, next);
    }
}

fn go(window: &WebviewWindow, url: Url) {
    if let Err(error) = window.navigate(url) {
        tracing::warn!(%error, "the window could not show another page");
    }
}

/// What a window of the shell's own is told before it draws.
fn screen_script(app: &AppHandle, name: &str) -> String {
    let desk = app.state::<Desk>();
    let icon = desk.icon.as_ref().map_or("", |icon| icon.data_url.as_str());
    let language = desk.words.language().tag();
    let settings = json!({ "name": name, "icon": icon, "language": language });
    format!("window.__WATERSKIN__ = {settings};")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_is_about_the_window_in_front_whatever_it_shows() {
        let meant = |action, front: &str| {
            let labels = [LOG, MAIN, ABOUT, "page-0"].into_iter();
            label_meant(action, labels.map(|label| (label, label == front))).map(str::to_owned)
        };
        for front in [MAIN, "page-0", LOG, ABOUT] {
            assert_eq!(meant(Action::Close, front).as_deref(), Some(front));
            assert_eq!(meant(Action::FullScreen, front).as_deref(), Some(front));
            assert_eq!(meant(Action::Reload, front), None, "that is about a page");
        }
        assert_eq!(meant(Action::Close, "none"), None);
    }
}
