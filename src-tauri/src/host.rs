use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use camino::{Utf8Path, Utf8PathBuf};
use tauri::{
    AppHandle, Emitter as _, Manager as _, RunEvent, WebviewUrl, WindowEvent, ipc::Invoke,
};
use tokio::sync::watch;
use waterskin_bundle::Downloads;
use waterskin_session::{
    About, AppInfo, Failure, Grounds, Login, Phase, PortInfo, Report, Session, SessionState, Stage,
    Vault, not_opened,
};

use crate::{
    boot::{App, Boot, Looks},
    commands, cover,
    desk::Desk,
    keychain::Asking,
    login,
    menu::{self, Bar},
    native, outside, page, place,
    report::SavedReport,
    screens::Screens,
    settings::Settings,
    signals, system, window,
};

/// How long an app may take to end, whatever it is doing.
const STOP_BUDGET: Duration = Duration::from_secs(3);

/// The event that carries a whole [`SessionState`] to the screens.
const STATE_EVENT: &str = "session-state";

/// The event that says that Python wrote something.
const LOG_EVENT: &str = "log-changed";

/// What the window shows: a session, or why there is none.
pub enum Host {
    /// A running app.
    Running(Arc<Session>),
    /// No app; the state says why. With the secrets that it had, as far as it is known which.
    Broken(Box<SessionState>, Vault),
}

impl Host {
    /// The state to show.
    pub fn state(&self) -> SessionState {
        match self {
            Self::Running(session) => session.state(),
            Self::Broken(state, _) => (**state).clone(),
        }
    }

    /// The session, if there is one.
    pub fn session(&self) -> Option<&Arc<Session>> {
        match self {
            Self::Running(session) => Some(session),
            Self::Broken(..) => None,
        }
    }

    /// What a person can send to the app's author. May wait for the keychain, where there is no
    /// session.
    pub fn report(&self) -> Report {
        match self {
            Self::Running(session) => session.report(&system::versions()),
            Self::Broken(state, vault) => {
                Report::of_failure(state, &system::versions(), vault.known().as_ref())
            }
        }
    }

    /// What the window about the app shows.
    pub fn about(&self) -> About {
        match self {
            Self::Running(session) => session.about(&system::versions()),
            Self::Broken(state, _) => About {
                name: state.app.name.clone(),
                version: state.app.version.clone(),
                waterskin: env!("CARGO_PKG_VERSION").to_owned(),
                versions: system::versions(),
                ..About::default()
            },
        }
    }
}

/// Runs the desktop program until its last window is closed.
pub fn run(boot: Boot, start: Instant) -> tauri::Result<()> {
    let mut context = tauri::generate_context!();
    // One prebuilt shell serves every app: who it is, it learns at run time.
    let app = boot.app();
    context.config_mut().identifier.clone_from(&app.id);
    context.config_mut().product_name = Some(app.name.clone());
    context.package_info_mut().name.clone_from(&app.name);

    let mut boot = Some(boot);
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(main) = app.get_webview_window(window::MAIN) {
                let _ = window::raise(&main).inspect_err(|error| tracing::warn!(%error));
            }
        }))
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(window_state())
        .manage(outside::Pace::default())
        .on_menu_event(|app, event| menu::chosen(app, event.id().as_ref()))
        .invoke_handler(screens_alone(tauri::generate_handler![
            commands::about_info,
            commands::about_show,
            commands::about_text,
            commands::app_quit,
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
                app.handle().exit(1);
            }
            Ok(())
        })
        .build(context)?;
    app.run(|app, event| match event {
        RunEvent::WindowEvent { label, event: WindowEvent::Destroyed, .. }
            if label == window::MAIN =>
        {
            app.exit(0);
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
        if webview.label() == window::MAIN && !page::may_show_screens(webview.app_handle()) {
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
        .with_filter(|label| !label.starts_with(window::ANOTHER))
        .build()
}

/// Opens the first window, with what it shares with all others.
fn show(app: &AppHandle, desk: Desk, url: WebviewUrl, state: &SessionState) -> tauri::Result<()> {
    let bar = Bar::make(app, &desk)?;
    if cfg!(target_os = "macos") {
        app.set_menu(bar.menu.clone())?;
    }
    let choices = desk.settings.choices();
    app.manage(bar);
    app.manage(desk);
    menu::show_choices(app, &choices);
    let is_page = matches!(url, WebviewUrl::External(_));
    app.manage(Screens::new(!is_page));
    if is_page {
        native::cover_next(app, &app.state::<Desk>());
    }
    let window = page::open_main(app, &app.state::<Desk>(), url, state)?;
    if is_page { native::cover(&window) } else { Ok(()) }
}

fn open(app: &AppHandle, boot: Boot, start: Instant) -> tauri::Result<()> {
    let handle = app.clone();
    tauri::async_runtime::spawn(async move {
        signals::ended().await;
        handle.exit(0);
    });
    app.manage(SavedReport::default());
    let broken = |info: AppInfo, icon: Option<Utf8PathBuf>, failure: Failure, vault: Vault| {
        let looks = Looks {
            title: info.name.clone(),
            script: String::new(),
            size: (900, 600),
            theme: waterskin_bundle::Theme::System,
            grounds: Grounds::default(),
            icon,
        };
        let state = broken_state(info, failure);
        app.manage(Host::Broken(Box::new(state.clone()), vault));
        let desk = Desk::new(looks, Downloads::default(), Settings::read(None));
        show(app, desk, window::screen(), &state)
    };
    let App { mut options, versions, looks, secrets, downloads, echo } = match boot {
        Boot::App(app) => *app,
        Boot::Broken { app, icon, failure, secrets } => {
            let vault = Vault::of(&app.id, secrets);
            return broken(app, icon, *failure, vault);
        }
    };
    let info = options.app.clone();
    let web = options.folders.web.clone();
    let settings = Settings::read(web.parent().map(Utf8Path::as_std_path));
    let mut desk = Desk::new(looks, downloads, settings);
    let vault = Vault::new(&info.id, secrets, &options.folders);
    app.manage(vault.clone());
    // It is asked first, and may have answered when the session is open.
    let mut asking = (!vault.is_empty()).then(|| Asking::begin(app, vault.clone()));
    if asking.is_some() {
        options.secrets = None;
    }
    let (steps, logins) = tokio::sync::mpsc::unbounded_channel();
    options.login = Some(Login { page: login::page(&desk, &info.name).into(), steps });
    let opened = tauri::async_runtime::block_on(Session::open(options, versions, start));
    let session = match opened {
        Ok(session) => Arc::new(session),
        Err(error) => return broken(info, desk.looks.icon, not_opened(&error), vault),
    };
    if let Some(asking) = &mut asking {
        asking.look(&session);
    }
    let state = session.state();
    app.manage(Host::Running(Arc::clone(&session)));
    let screen = Screen::FIRST.next(&state);
    let url = match screen {
        Screen::Page { .. } => {
            session.entry_url().parse().map(WebviewUrl::External).unwrap_or_default()
        }
        Screen::Own => window::screen(),
    };
    if let Some(asking) = asking {
        // Python does not wait for the window.
        tauri::async_runtime::spawn(asking.follow(Arc::clone(&session)));
    }
    desk.port = session.port();
    desk.web = Some(web.into());
    show(app, desk, url, &state)?;
    tauri::async_runtime::spawn(follow(app.clone(), Arc::clone(&session), screen));
    tauri::async_runtime::spawn(cover::follow(app.clone(), Arc::clone(session.milestones())));
    if echo {
        tauri::async_runtime::spawn(echo_log(Arc::clone(&session)));
    }
    tauri::async_runtime::spawn(follow_log(app.clone(), session));
    tauri::async_runtime::spawn(login::follow(app.clone(), logins));
    Ok(())
}

/// Shows every state: to the splash, to the screens, and by what the window shows.
async fn follow(app: AppHandle, session: Arc<Session>, first: Screen) {
    let show = |state: &SessionState, before: Screen, now: Screen| {
        let _ = app.emit(STATE_EVENT, state);
        for page in window::pages(&app) {
            window::push_state(&page, state);
        }
        // The app ended itself. At any other end the window is going already.
        if state.phase == Phase::Stopped {
            app.exit(0);
        }
        match (before, now) {
            _ if before == now => {}
            (_, Screen::Own) => window::show_screen(&app),
            // A page of an earlier Python stays as it was until somebody touches it, so it is
            // loaded anew, where it stands.
            (Screen::Page { .. }, Screen::Page { .. }) => {
                for page in window::pages(&app) {
                    let _ = page.reload().inspect_err(|error| tracing::warn!(%error));
                }
            }
            (Screen::Own, Screen::Page { .. }) => {
                window::show_page(&app, &session.entry_url());
            }
        }
    };
    each_state(session.subscribe(), first, show).await;
}

/// Shows the state that there is and each later one, with what the main window showed before it and
/// shows in it. The session may have given up before anybody asks: the window takes its time.
async fn each_state(
    mut states: watch::Receiver<SessionState>,
    mut screen: Screen,
    mut show: impl FnMut(&SessionState, Screen, Screen),
) {
    loop {
        let state = states.borrow_and_update().clone();
        let next = screen.next(&state);
        show(&state, screen, next);
        screen = next;
        if states.changed().await.is_err() {
            return;
        }
    }
}

/// What the main window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Screen {
    /// The page, as a start of Python made it.
    Page { generation: u32 },
    /// The shell's own screen: something went wrong, or is wanted of the person.
    Own,
}

impl Screen {
    /// What a window shows as long as nothing is known.
    const FIRST: Self = Self::Page { generation: 1 };

    /// What to show in the given state. From the shell's own screen the window goes back as soon as
    /// Python starts, or waits for the keychain again, so that the page boots meanwhile.
    fn next(self, state: &SessionState) -> Self {
        // One that boots before the first start is a page of that one.
        let page = Self::Page { generation: state.generation.max(1) };
        match (self, &state.phase) {
            (_, Phase::GaveUp { .. } | Phase::Asking) => Self::Own,
            (Self::Page { .. }, Phase::Ready) => page,
            (Self::Own, Phase::Starting | Phase::Unlocking | Phase::Ready) => page,
            _ => self,
        }
    }
}

/// Tells the log's window that Python wrote something.
async fn follow_log(app: AppHandle, session: Arc<Session>) {
    let mut changes = session.log().subscribe_output();
    while changes.changed().await.is_ok() {
        let end = *changes.borrow_and_update();
        if app.get_webview_window(window::LOG).is_some() {
            let _ = app.emit_to(window::LOG, LOG_EVENT, end);
        }
    }
}

/// Prints Python's output in the terminal that the author started the program in.
async fn echo_log(session: Arc<Session>) {
    let mut changes = session.log().subscribe();
    let mut from = 0;
    loop {
        let (lines, after) = session.log().lines_from(from);
        from = after;
        for line in lines {
            println!("{}", line.text);
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Ends the session. The windows go first, so that nobody looks at a program that is ending.
fn stop(app: &AppHandle) {
    for window in app.webview_windows().values() {
        let _ = window.hide();
    }
    if let Some(session) = app.try_state::<Host>().and_then(|host| host.session().cloned()) {
        tauri::async_runtime::block_on(session.stop(STOP_BUDGET));
    }
}

fn broken_state(app: AppInfo, failure: Failure) -> SessionState {
    first_state(app, Phase::GaveUp { failure })
}

/// The state of an app that has no session.
fn first_state(app: AppInfo, phase: Phase) -> SessionState {
    SessionState {
        revision: 1,
        app,
        phase,
        stage: Stage::None,
        port: PortInfo { port: 0, preferred: 0 },
        generation: 0,
    }
}

#[cfg(test)]
mod tests {
    use waterskin_session::system as failure;

    use super::*;

    fn state(phase: Phase, generation: u32) -> SessionState {
        let info = AppInfo { id: "a.b".into(), name: "A".into(), version: "1".into() };
        SessionState { phase, generation, ..broken_state(info, failure("x")) }
    }

    #[test]
    fn the_window_goes_where_the_session_is() {
        let first = Screen::FIRST;
        let gave_up = Phase::GaveUp { failure: failure("x") };
        assert_eq!(first.next(&state(Phase::Ready, 1)), first, "nothing to load anew");
        assert_eq!(first.next(&state(Phase::Starting, 2)), first, "the splash covers it meanwhile");
        assert_eq!(first.next(&state(Phase::Ready, 2)), Screen::Page { generation: 2 });
        assert_eq!(first.next(&state(gave_up, 5)), Screen::Own);
        let back = Screen::Page { generation: 6 };
        assert_eq!(Screen::Own.next(&state(Phase::Starting, 6)), back);
        assert_eq!(back.next(&state(Phase::Ready, 6)), back, "it booted while Python started");
    }
    #[tokio::test]
    async fn a_session_that_gave_up_before_anybody_asked_shows_its_failure() {
        let gave_up = state(Phase::GaveUp { failure: failure("x") }, 5);
        let (sender, states) = watch::channel(gave_up);
        drop(sender);
        let mut shown = Vec::new();
        each_state(states, Screen::FIRST, |_, before, now| shown.push((before, now))).await;
        assert_eq!(shown, [(Screen::FIRST, Screen::Own)]);
    }

    #[test]
    fn a_page_that_booted_while_the_keychain_was_asked_is_not_loaded_again() {
        let first = Screen::FIRST;
        assert_eq!(first.next(&state(Phase::Starting, 0)), first);
        assert_eq!(first.next(&state(Phase::Unlocking, 0)), first, "the splash says it");
        assert_eq!(first.next(&state(Phase::Asking, 0)), Screen::Own);
        assert_eq!(Screen::Own.next(&state(Phase::Starting, 0)), first, "asked again");
        assert_eq!(first.next(&state(Phase::Starting, 1)), first);
        assert_eq!(first.next(&state(Phase::Ready, 1)), first);
    }
}
