use serde_json::json;
use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    webview::{NewWindowResponse, PageLoadEvent},
    window::Color,
};
use tauri_plugin_opener::OpenerExt as _;
use waterskin_bundle::Theme;
use waterskin_session::SessionState;
use waterskin_words::{FluentArgs, Words};

use crate::{
    boot::Looks,
    downloads,
    host::Host,
    icon::Icon,
    navigation::{Decision, decide},
    title,
};

/// The window with the app.
pub const MAIN: &str = "main";

/// The window with Python's output.
pub const LOG: &str = "log";

/// The window about the app.
const ABOUT: &str = "about";

/// The splash, which lies over the page until its first render.
const OVERLAY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/dist/overlay.js"));

/// Page grounds of the splash, so that not even the first frame is of another colour.
const LIGHT: Color = Color(255, 255, 255, 255);
const DARK: Color = Color(14, 17, 23, 255);

/// The shell's screen for what went wrong.
pub fn failure_screen() -> WebviewUrl {
    WebviewUrl::App("index.html#failure".into())
}

/// The shell's screen that asks for the app's secrets.
pub fn secrets_screen() -> WebviewUrl {
    WebviewUrl::App("index.html#secrets".into())
}

/// Opens the window of the app, on the page or on a screen of the shell.
pub fn open_main(
    app: &AppHandle,
    looks: &Looks,
    url: WebviewUrl,
    port: u16,
    state: &SessionState,
    data: Option<std::path::PathBuf>,
) -> tauri::Result<WebviewWindow> {
    let icon = looks.icon.as_deref().and_then(Icon::read);
    let script = splash_script(app, looks, icon.as_ref(), state);
    let (theme, ground) = match looks.theme {
        Theme::Light => (Some(tauri::Theme::Light), LIGHT),
        Theme::Dark => (Some(tauri::Theme::Dark), DARK),
        Theme::System => (None, LIGHT),
    };
    let (own_title, script_name) = (looks.title.clone(), looks.script.clone());
    let opener = app.clone();
    let opener_for_new = app.clone();
    let downloader = app.clone();
    let (width, height) = looks.size;
    let mut builder = WebviewWindowBuilder::new(app, MAIN, url)
        .title(&looks.title)
        .inner_size(f64::from(width), f64::from(height))
        .min_inner_size(320.0, 240.0)
        .theme(theme)
        .background_color(ground)
        .initialization_script(script)
        .disable_drag_drop_handler()
        .on_navigation(move |url| match decide(url, port) {
            Decision::Here => true,
            Decision::Outside => {
                open_outside(&opener, url);
                false
            }
            Decision::Deny => false,
        })
        .on_new_window(move |url, _| {
            if decide(&url, port) != Decision::Deny {
                open_outside(&opener_for_new, &url);
            }
            NewWindowResponse::Deny
        })
        .on_download(move |_, event| downloads::handle(&downloader, event))
        .on_document_title_changed(move |window, page| {
            let title = title::of(&page, &script_name, &own_title);
            if let Err(error) = window.set_title(title) {
                tracing::debug!(%error, "the window's title could not be changed");
            }
        })
        .on_page_load(|window, payload| {
            if payload.event() == PageLoadEvent::Finished
                && let Some(host) = window.try_state::<Host>()
            {
                push_state(&window, &host.state());
            }
        });
    builder = keeping(app, builder, data);
    if let Some(icon) = icon {
        builder = builder.icon(icon.image.clone())?;
        app.manage(OwnIcon(icon));
    }
    let window = builder.build()?;
    // What the system prefers is known only now, still before the first frame.
    if looks.theme == Theme::System && window.theme()? == tauri::Theme::Dark {
        window.set_background_color(Some(DARK))?;
    }
    load_again_after_a_crash(&window)?;
    Ok(window)
}

/// Says where the web view keeps its data: in `data`, else in Tauri's own folder, else nowhere.
///
/// The shell's screens must be shown even where nothing can be written. Tauri makes the folder when
/// it is not there, so it is then one that always is; nothing is put into it.
fn keeping<'a>(
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

/// Loads the page again when the web view's own process ends: the window would stay white.
///
/// A page that ends it each time is not loaded for ever: WebKit's process takes a good part of a
/// second to start, and closing the window works meanwhile.
#[cfg(target_os = "linux")]
fn load_again_after_a_crash(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt as _;
    window.with_webview(|view| {
        view.inner().connect_web_process_terminated(|view, reason| {
            tracing::warn!(?reason, "the web view's process ended, the page is loaded again");
            view.reload();
        });
    })
}

/// Loads the page again when the web view's own process ends. WebView2 and WKWebView say so by
/// other means, which have not been tried.
#[cfg(not(target_os = "linux"))]
fn load_again_after_a_crash(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Opens the log's window, or raises it.
pub fn show_log(app: &AppHandle) -> tauri::Result<()> {
    show_own(app, LOG, "log-title", (900.0, 600.0))
}

/// Opens the window about the app, or raises it.
pub fn show_about(app: &AppHandle) -> tauri::Result<()> {
    show_own(app, ABOUT, "about-title", (640.0, 640.0))
}

/// Opens a window of the shell's own, or raises it. Its label is the screen's name too; `title` is
/// a message with the app's name in it.
fn show_own(
    app: &AppHandle,
    label: &str,
    title: &str,
    (width, height): (f64, f64),
) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(label) {
        return raise(&window);
    }
    let name = app.try_state::<Host>().map_or_else(String::new, |host| host.state().app.name);
    let mut values = FluentArgs::new();
    values.set("app", &*name);
    let title = app.state::<Words>().say_with(title, &values);
    let screen = WebviewUrl::App(format!("index.html#{label}").into());
    let opener = app.clone();
    let mut builder = WebviewWindowBuilder::new(app, label, screen)
        .title(title)
        .initialization_script(screen_script(app, &name))
        .inner_size(width, height)
        .min_inner_size(320.0, 240.0)
        .background_color(LIGHT)
        .on_navigation(move |url| match decide(url, 0) {
            Decision::Here => true,
            Decision::Outside => {
                open_outside(&opener, url);
                false
            }
            Decision::Deny => false,
        });
    if let Some(icon) = app.try_state::<OwnIcon>() {
        builder = builder.icon(icon.0.image.clone())?;
    }
    let window = keeping(app, builder, None).build()?;
    if window.theme()? == tauri::Theme::Dark {
        window.set_background_color(Some(DARK))?;
    }
    Ok(())
}

/// The app's icon, for windows that are opened later.
struct OwnIcon(Icon);

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

/// Shows the main window another page.
pub fn show(app: &AppHandle, url: &str) {
    let (Some(window), Ok(url)) = (app.get_webview_window(MAIN), Url::parse(url)) else { return };
    if let Err(error) = window.navigate(url) {
        tracing::warn!(%error, "the window could not show another page");
    }
}

fn open_outside(app: &AppHandle, url: &Url) {
    if let Err(error) = app.opener().open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "a link could not be opened");
    }
}

/// What a window of the shell's own is told before it draws.
fn screen_script(app: &AppHandle, name: &str) -> String {
    let icon = app.try_state::<OwnIcon>().map_or_else(String::new, |icon| icon.0.data_url.clone());
    let language = app.state::<Words>().language().tag();
    let settings = json!({ "name": name, "icon": icon, "language": language });
    format!("window.__WATERSKIN__ = {settings};")
}

fn splash_script(
    app: &AppHandle,
    looks: &Looks,
    icon: Option<&Icon>,
    state: &SessionState,
) -> String {
    let theme = match looks.theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::System => "system",
    };
    let words = app.state::<Words>();
    let settings = json!({
        "name": state.app.name,
        "icon": icon.map_or("", |icon| icon.data_url.as_str()),
        "theme": theme,
        "language": words.language().tag(),
        "words": words.splash(),
        "state": state,
    });
    format!("window.__WATERSKIN__ = {settings};\n{OVERLAY}")
}
