use std::time::Instant;

use tauri::{AppHandle, Manager as _, RunEvent, WindowEvent, ipc::Invoke};
use waterskin_words::Words;

use super::{boot::Boot, commands, open::open};
use crate::{
    context::Context,
    model::{action, place},
    platform,
    windows::{
        page,
        perform::perform,
        registry::{ANOTHER, INSPECTOR, MAIN, meant, raise},
    },
};

/// Runs the desktop program until its last window is closed.
pub fn run(boot: Boot, start: Instant) -> tauri::Result<()> {
    let mut context = tauri::generate_context!();
    // One prebuilt shell serves every app: who it is, it learns at run time.
    let app = boot.app();
    context.config_mut().identifier.clone_from(&app.id);
    context.config_mut().product_name = Some(app.name.clone());
    context.package_info_mut().name.clone_from(&app.name);

    let name = app.name.clone();
    let mut boot = Some(boot);
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(main) = app.get_webview_window(MAIN) {
                let _ = raise(&main).inspect_err(|error| tracing::warn!(%error));
            }
        }))
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(window_state())
        .on_menu_event(|app, event| menu_chosen(app, event.id().as_ref()))
        .invoke_handler(screens_alone(tauri::generate_handler![
            commands::about_info,
            commands::about_show,
            commands::about_text,
            commands::app_quit,
            commands::inspector_follow,
            commands::inspector_reveal,
            commands::inspector_save,
            commands::inspector_show,
            commands::inspector_took,
            commands::log_folder,
            commands::log_output,
            commands::log_show,
            commands::report_copy,
            commands::report_reveal,
            commands::report_save,
            commands::secrets_form,
            commands::secrets_save,
            commands::secrets_use,
            commands::session_restart,
            commands::session_state,
        ]))
        .setup(move |app| {
            // Never an error from here: Tauri would panic. What fails becomes a screen.
            if let Some(boot) = boot.take()
                && let Err(error) = open(app.handle(), boot, start)
            {
                tracing::error!(%error, "the window could not be opened");
                eprintln!("error: could not open the app's window: {error}");
                // Nothing runs any more while the person reads.
                stop(app.handle());
                platform::without_window(&name, &Words::default().say("failure-no-web-view"));
                app.handle().exit(1);
            }
            Ok(())
        })
        .build(context)?;
    app.run(|app, event| match event {
        RunEvent::WindowEvent { label, event: WindowEvent::Destroyed, .. } if label == MAIN => {
            app.exit(0);
        }
        RunEvent::WindowEvent { label, event: WindowEvent::Destroyed, .. }
            if label == INSPECTOR =>
        {
            Context::of(app).inspector.end();
        }
        // The one event that every way out passes, macOS's Cmd+Q included.
        RunEvent::Exit => stop(app),
        _ => {}
    });
    Ok(())
}

/// Lets the main window use commands only while it shows a screen of the shell's.
///
/// Tauri goes by the address that the web view gives, which the app's page can make that of a screen
/// for a moment.
fn screens_alone(
    commands: impl Fn(Invoke) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    move |invoke| {
        let webview = invoke.message.webview_ref();
        if webview.label() == MAIN && !page::may_show_screens(webview.app_handle()) {
            tracing::warn!(command = invoke.message.command(), "the page asked for a command");
            invoke.resolver.reject("not allowed: the window shows the app's page");
            return true;
        }
        commands(invoke)
    }
}

/// Remembers where the windows were. Those that a page opens come where the system puts them.
fn window_state() -> tauri::plugin::TauriPlugin<tauri::Wry> {
    use tauri_plugin_window_state::StateFlags;
    tauri_plugin_window_state::Builder::default()
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .with_filename(place::FILE)
        .with_filter(|label| !label.starts_with(ANOTHER))
        .build()
}

/// Does what an entry of the menu stands for, in the window that it is about.
fn menu_chosen(app: &AppHandle, name: &str) {
    let Some(action) = action::of_name(name) else { return };
    if let Some(window) = meant(app, action) {
        perform(&window, action);
    }
    // A system marks an entry by itself when it is chosen; what counts is what was kept.
    let context = Context::of(app);
    context.menu.show(&context.choices.now());
}

/// Ends the session. The windows go first, so that nobody looks at a program that is ending.
fn stop(app: &AppHandle) {
    for window in app.webview_windows().values() {
        let _ = window.hide();
    }
    // There is none where not even the first window could be made.
    if let Some(context) = app.try_state::<Context>() {
        context.host.stop();
    }
}
