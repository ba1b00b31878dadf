//! A window that shows the app's page.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use tauri::{
    AppHandle, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    webview::{NewWindowFeatures, NewWindowResponse, PageLoadEvent},
};
use waterskin_bundle::Theme;
use waterskin_session::SessionState;

use super::{
    cover,
    frame::{colour, keeping},
    main_window, outside, placement,
    registry::{ANOTHER, MAIN, pages},
};
use crate::{
    context::Context,
    model::{
        navigation::{Decision, decide, decide_new, is_screen},
        title,
        ui::Ui,
        zoom,
    },
    platform,
};

/// The splash, which lies over the page until its first render.
const OVERLAY: &str = include_str!("../../../ui/dist/overlay.js");

/// How many windows of the app there can be. More of them are a page gone wild.
const MOST: usize = 12;

/// Opens the app's first window, on the page or on a screen of the shell.
pub fn open_main(app: &AppHandle, url: WebviewUrl) -> tauri::Result<WebviewWindow> {
    let context = Context::of(app);
    let window = open(app, &context, (MAIN, url), None)?;
    if let Some(theme) = chosen(context.shell.ui.looks.theme) {
        platform::keep_theme(theme);
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
    let label = format!("{ANOTHER}{}", LAST.fetch_add(1, Ordering::Relaxed));
    // The web view that asked loads the page into it.
    let url = "about:blank".parse().map(WebviewUrl::External).unwrap_or_default();
    open(app, &Context::of(app), (&label, url), Some(features))
}

fn open(
    app: &AppHandle,
    context: &Context,
    (label, url): (&str, WebviewUrl),
    features: Option<NewWindowFeatures>,
) -> tauri::Result<WebviewWindow> {
    let shell = &context.shell;
    let (looks, port) = (&shell.ui.looks, shell.port);
    let script = splash_script(&shell.ui, &context.host.state());
    let grounds = looks.grounds;
    let ground = grounds.of_look(looks.theme == Theme::Dark);
    let (own_title, script_name) = (looks.title.clone(), looks.script.clone());
    let (opener, asked) = (app.clone(), app.clone());
    let is_main = label == MAIN;
    let (width, height) = looks.size;
    let mut builder = WebviewWindowBuilder::new(app, label, url)
        .title(&looks.title)
        .inner_size(f64::from(width), f64::from(height))
        .min_inner_size(320.0, 240.0)
        .theme(chosen(looks.theme))
        .background_color(colour(ground))
        .initialization_script(script)
        .disable_drag_drop_handler()
        .on_navigation(move |url| match decide(url, port, is_main && may_show_screens(&opener)) {
            Decision::Here if !is_main || is_screen(url, cfg!(windows)) => true,
            // Back from a screen there is the empty page that led to it.
            Decision::Here if url.scheme() == "about" && may_show_screens(&opener) => false,
            Decision::Here => {
                Context::of(&opener).screens.went();
                true
            }
            // Frames of the app may show other sites; `platform` tells them from the window's page.
            Decision::Outside if platform::TELLS_FRAMES && url.scheme().starts_with("http") => true,
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
                main_window::arrived(&window, payload.url());
            }
            if payload.event() == PageLoadEvent::Finished {
                push_state(&window, &Context::of(&window).host.state());
                cover::lift_later(&window);
            }
        });
    if let Some(place) = placement::read(app).filter(|_| is_main) {
        builder = builder.inner_size(place.size.width, place.size.height);
        builder = builder.maximized(place.maximized);
        if let Some(corner) = place.corner {
            builder = builder.position(corner.x, corner.y);
        }
    }
    if let Some(features) = features {
        builder = builder.window_features(features);
    }
    builder = platform::equip(shell, keeping(app, builder, context.web.clone()));
    if !cfg!(target_os = "macos") {
        builder = builder.menu(context.menu.menu.clone());
    }
    if let Some(icon) = &shell.ui.icon {
        builder = builder.icon(icon.image.clone())?;
    }
    let window = builder.build()?;
    if cfg!(target_os = "linux") {
        window.hide_menu()?;
    }
    // What the system prefers is known only now, still before the first frame.
    if looks.theme == Theme::System && platform::prefers_dark(&window) {
        window.set_background_color(Some(colour(grounds.dark)))?;
    }
    if let Some(percent) = context.choices.now().zoom {
        window.set_zoom(zoom::factor(percent))?;
    }
    platform::attach(shell, &window, is_main)?;
    Ok(window)
}

/// Whether the main window may show the shell's screens now.
pub fn may_show_screens(app: &AppHandle) -> bool {
    Context::of(app).screens.may_be_shown()
}

fn new_window(
    app: &AppHandle,
    url: &Url,
    port: u16,
    features: NewWindowFeatures,
) -> NewWindowResponse<tauri::Wry> {
    match decide_new(url, port) {
        Decision::NewWindow if pages(app).len() < MOST => match open_another(app, features) {
            Ok(window) => return NewWindowResponse::Create { window },
            Err(error) => tracing::warn!(%error, "another window could not be opened"),
        },
        Decision::Outside => outside::open(app, url),
        Decision::NewWindow | Decision::Here | Decision::Deny => {}
    }
    NewWindowResponse::Deny
}

/// Tells the splash about the state. The page has no way to ask for it.
pub fn push_state(window: &WebviewWindow, state: &SessionState) {
    let told = serde_json::to_string(state).map_err(Into::into);
    let told = told.and_then(|json| window.eval(format!("window.__waterskin?.({json})")));
    if let Err(error) = told {
        tracing::debug!(%error, "the page could not be told the state");
    }
}

fn splash_script(ui: &Ui, state: &SessionState) -> String {
    let mut settings = ui.in_scripts();
    settings["name"] = json!(state.app.name);
    settings["icon"] = json!(ui.icon_url());
    settings["words"] = json!(ui.words.splash());
    settings["state"] = json!(state);
    format!("window.__WATERSKIN__ = {settings};\n{OVERLAY}")
}
