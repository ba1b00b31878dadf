//! A window that shows the app's page.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    webview::{NewWindowFeatures, NewWindowResponse, PageLoadEvent},
};
use waterskin_bundle::Theme;
use waterskin_session::SessionState;

use crate::{
    cover,
    desk::Desk,
    host::Host,
    menu::Bar,
    native,
    navigation::{Decision, decide, decide_new, is_screen},
    outside, place,
    screens::Screens,
    title, window, zoom,
};

/// The splash, which lies over the page until its first render.
const OVERLAY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/dist/overlay.js"));

/// How many windows of the app there can be. More of them are a page gone wild.
const MOST: usize = 12;

/// Opens the app's first window, on the page or on a screen of the shell.
pub fn open_main(
    app: &AppHandle,
    desk: &Desk,
    url: WebviewUrl,
    state: &SessionState,
) -> tauri::Result<WebviewWindow> {
    let window = open(app, desk, (window::MAIN, url), state, None)?;
    if let Some(theme) = chosen(desk.looks.theme) {
        native::keep_theme(theme);
    }
    Ok(window)
}

/// The theme that the author chose, if not the system's.
fn chosen(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
        Theme::System => None,
    }
}

/// Opens one more window, for a page of the app that asked for one.
fn open_another(app: &AppHandle, features: NewWindowFeatures) -> tauri::Result<WebviewWindow> {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let (desk, host) = (app.state::<Desk>(), app.state::<Host>());
    let label = format!("{}{}", window::ANOTHER, LAST.fetch_add(1, Ordering::Relaxed));
    // The web view that asked loads the page into it.
    let url = "about:blank".parse().map(WebviewUrl::External).unwrap_or_default();
    open(app, &desk, (&label, url), &host.state(), Some(features))
}

fn open(
    app: &AppHandle,
    desk: &Desk,
    (label, url): (&str, WebviewUrl),
    state: &SessionState,
    features: Option<NewWindowFeatures>,
) -> tauri::Result<WebviewWindow> {
    let looks = &desk.looks;
    let port = desk.port;
    let script = splash_script(desk, state);
    let grounds = looks.grounds;
    let ground = grounds.of_look(looks.theme == Theme::Dark);
    let (own_title, script_name) = (looks.title.clone(), looks.script.clone());
    let (opener, asked) = (app.clone(), app.clone());
    let is_main = label == window::MAIN;
    let (width, height) = looks.size;
    let mut builder = WebviewWindowBuilder::new(app, label, url)
        .title(&looks.title)
        .inner_size(f64::from(width), f64::from(height))
        .min_inner_size(320.0, 240.0)
        .theme(chosen(looks.theme))
        .background_color(window::colour(ground))
        .initialization_script(script)
        .disable_drag_drop_handler()
        .on_navigation(move |url| match decide(url, port, is_main && may_show_screens(&opener)) {
            Decision::Here if !is_main || is_screen(url, cfg!(windows)) => true,
            // Back from a screen there is the empty page that led to it.
            Decision::Here if url.scheme() == "about" && may_show_screens(&opener) => false,
            Decision::Here => {
                opener.state::<Screens>().went();
                true
            }
            // Frames of the app may show other sites; `native` tells them from the window's page.
            Decision::Outside if native::TELLS_FRAMES && url.scheme().starts_with("http") => true,
            Decision::Outside => {
                outside::open(&opener, url);
                false
            }
            Decision::NewWindow | Decision::Deny => false,
        })
        .on_new_window(move |url, features| new_window(&asked, &url, port, features))
        .on_document_title_changed(move |window, page| {
            let title = title::of(&page, &script_name, &own_title);
            if let Err(error) = window.set_title(title) {
                tracing::debug!(%error, "the window's title could not be changed");
            }
        })
        .on_page_load(move |window, payload| {
            if is_main && payload.event() == PageLoadEvent::Started {
                window::arrived(&window, payload.url());
            }
            if payload.event() == PageLoadEvent::Finished
                && let Some(host) = window.try_state::<Host>()
            {
                window::push_state(&window, &host.state());
                cover::lift_later(&window);
            }
        });
    if let Some(place) = place::read(app).filter(|_| is_main) {
        builder = builder.inner_size(place.size.width, place.size.height);
        builder = builder.maximized(place.maximized);
        if let Some(corner) = place.corner {
            builder = builder.position(corner.x, corner.y);
        }
    }
    if let Some(features) = features {
        builder = builder.window_features(features);
    }
    builder = native::equip(app, window::keeping(app, builder, desk.web.clone()));
    if let Some(bar) = app.try_state::<Bar>().filter(|_| !cfg!(target_os = "macos")) {
        builder = builder.menu(bar.menu.clone());
    }
    if let Some(icon) = &desk.icon {
        builder = builder.icon(icon.image.clone())?;
    }
    let window = builder.build()?;
    if cfg!(target_os = "linux") {
        window.hide_menu()?;
    }
    // What the system prefers is known only now, still before the first frame.
    if looks.theme == Theme::System && native::prefers_dark(window.app_handle()) {
        window.set_background_color(Some(window::colour(grounds.dark)))?;
    }
    if let Some(percent) = desk.settings.choices().zoom {
        window.set_zoom(zoom::factor(percent))?;
    }
    native::attach(&window)?;
    Ok(window)
}

/// Whether the main window may show the shell's screens now.
pub fn may_show_screens(app: &AppHandle) -> bool {
    app.state::<Screens>().may_be_shown()
}

fn new_window(
    app: &AppHandle,
    url: &Url,
    port: u16,
    features: NewWindowFeatures,
) -> NewWindowResponse<tauri::Wry> {
    match decide_new(url, port) {
        Decision::NewWindow if window::pages(app).len() < MOST => {
            match open_another(app, features) {
                Ok(window) => return NewWindowResponse::Create { window },
                Err(error) => tracing::warn!(%error, "another window could not be opened"),
            }
        }
        Decision::Outside => outside::open(app, url),
        Decision::NewWindow | Decision::Here | Decision::Deny => {}
    }
    NewWindowResponse::Deny
}

fn splash_script(desk: &Desk, state: &SessionState) -> String {
    let mut settings = desk.in_scripts();
    settings["name"] = json!(state.app.name);
    settings["icon"] = json!(desk.icon.as_ref().map_or("", |icon| icon.data_url.as_str()));
    settings["words"] = json!(desk.words.splash());
    settings["state"] = json!(state);
    format!("window.__WATERSKIN__ = {settings};\n{OVERLAY}")
}
