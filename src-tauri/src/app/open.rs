//! Opens the app: from what was found beside the program to the first window.

use std::{path::PathBuf, sync::Arc, time::Instant};

use camino::{Utf8Path, Utf8PathBuf};
use tauri::{AppHandle, Manager as _, WebviewUrl, async_runtime};
use waterskin_bundle::{Downloads, Theme};
use waterskin_session::{AppInfo, Failure, Grounds, Login, Session, Vault, not_opened};
use waterskin_words::Words;

use super::{
    boot::{App, Boot},
    login, output, present,
};
use crate::{
    context::{
        AskAgain, ChoicesFile, Context, Host, Inspector, MenuBar, Pace, SavedReport, Screens, icon,
        keychain::Asking,
    },
    model::{looks::Looks, screen::Screen, ui::Ui},
    platform::{self, shell::Shell, signals},
    windows::{cover, delegate::PageDelegate, main_window, page},
};

/// Opens the app's session and its first window, or the window that says why there is none.
pub fn open(app: &AppHandle, boot: Boot, start: Instant) -> tauri::Result<()> {
    let handle = app.clone();
    async_runtime::spawn(async move {
        signals::ended().await;
        handle.exit(0);
    });
    match boot {
        Boot::App(found) => open_app(app, *found, start),
        Boot::Broken { app: info, icon, failure, secrets } => {
            let vault = Vault::of(&info.id, secrets);
            Broken { info, icon, failure: *failure, vault, has_secrets: false }.show(app)
        }
    }
}

fn open_app(app: &AppHandle, found: App, start: Instant) -> tauri::Result<()> {
    let App { mut options, versions, looks, secrets, downloads, echo } = found;
    let info = options.app.clone();
    let web = options.folders.web.clone();
    let choices = ChoicesFile::read(web.parent().map(Utf8Path::as_std_path));
    let ui = ui(info.name.clone(), looks);
    let vault = Vault::new(&info.id, secrets, &options.folders);
    let has_secrets = !vault.is_empty();
    // It is asked first, and may have answered when the session is open.
    let (mut asking, again) = has_secrets.then(|| Asking::begin(vault.clone())).unzip();
    if has_secrets {
        options.secrets = None;
    }
    let (steps, logins) = tokio::sync::mpsc::unbounded_channel();
    options.login = Some(Login { page: login::page(&ui).into(), steps });
    let opened = async_runtime::block_on(Session::open(options, versions, start));
    let session = match opened {
        Ok(session) => Arc::new(session),
        Err(error) => {
            let (icon, failure) = (ui.looks.icon, not_opened(&error));
            return Broken { info, icon, failure, vault, has_secrets }.show(app);
        }
    };
    if let Some(asking) = &mut asking {
        asking.look(&session);
    }
    let screen = Screen::FIRST.next(&session.state());
    let url = match screen {
        Screen::Page { .. } => {
            session.entry_url().parse().map(WebviewUrl::External).unwrap_or_default()
        }
        Screen::Own => main_window::screen(),
    };
    if let Some(asking) = asking {
        // Python does not wait for the window.
        async_runtime::spawn(asking.follow(Arc::clone(&session)));
    }
    let shell = shell(app, ui, session.port(), downloads);
    let host = Host::Running(Arc::clone(&session));
    let web = Some(web.into());
    First { shell, host, vault, has_secrets, again, choices, web, url }.show(app)?;
    async_runtime::spawn(present::follow(app.clone(), Arc::clone(&session), screen));
    async_runtime::spawn(cover::follow(app.clone(), Arc::clone(session.milestones())));
    if echo {
        async_runtime::spawn(output::echo(Arc::clone(&session)));
    }
    async_runtime::spawn(output::follow(app.clone(), Arc::clone(&session)));
    async_runtime::spawn(present::details(app.clone(), session));
    async_runtime::spawn(login::follow(app.clone(), logins));
    Ok(())
}

/// Why there is no session.
struct Broken {
    info: AppInfo,
    icon: Option<Utf8PathBuf>,
    failure: Failure,
    vault: Vault,
    /// Whether the secrets can be changed.
    has_secrets: bool,
}

impl Broken {
    /// Opens the window that says it.
    fn show(self, app: &AppHandle) -> tauri::Result<()> {
        let Self { info, icon, failure, vault, has_secrets } = self;
        let looks = Looks {
            title: info.name.clone(),
            script: String::new(),
            size: (900, 600),
            theme: Theme::System,
            grounds: Grounds::default(),
            icon,
        };
        let ui = ui(info.name.clone(), looks);
        let first = First {
            shell: shell(app, ui, 0, Downloads::default()),
            host: Host::Broken(Box::new(Host::gave_up(info, failure)), vault.clone()),
            vault,
            has_secrets,
            again: None,
            choices: ChoicesFile::read(None),
            web: None,
            url: main_window::screen(),
        };
        first.show(app)
    }
}

/// The first window, and what it shares with all others.
struct First {
    shell: Shell,
    host: Host,
    vault: Vault,
    has_secrets: bool,
    again: Option<AskAgain>,
    choices: ChoicesFile,
    web: Option<PathBuf>,
    url: WebviewUrl,
}

impl First {
    /// Opens it.
    fn show(self, app: &AppHandle) -> tauri::Result<()> {
        let Self { shell, host, vault, has_secrets, again, choices, web, url } = self;
        let menu = MenuBar::make(app, &shell.ui, has_secrets).inspect_err(|_| host.stop())?;
        menu.show(&choices.now());
        let is_page = matches!(url, WebviewUrl::External(_));
        let shell = Arc::new(shell);
        app.manage(Context {
            shell: Arc::clone(&shell),
            host,
            vault,
            keychain: again,
            choices,
            menu,
            screens: Screens::new(!is_page),
            links: Pace::default(),
            inspector: Inspector::default(),
            saved_report: SavedReport::default(),
            web,
        });
        if cfg!(target_os = "macos") {
            app.set_menu(Context::of(app).menu.menu.clone())?;
        }
        if is_page {
            platform::cover_next(&shell);
        }
        let window = page::open_main(app, url)?;
        if is_page { platform::cover(&shell, &window) } else { Ok(()) }
    }
}

fn ui(name: String, looks: Looks) -> Ui {
    let icon = looks.icon.as_deref().and_then(icon::read);
    Ui { name, words: Words::default(), looks, icon }
}

fn shell(app: &AppHandle, ui: Ui, port: u16, downloads: Downloads) -> Shell {
    // The one that the desktop names, else `Downloads` in the home folder.
    let paths = app.path();
    let home = || paths.home_dir().map(|home| home.join("Downloads"));
    let folder = paths.download_dir().or_else(|_| home()).ok();
    let delegate = Box::new(PageDelegate(app.clone()));
    Shell { ui, port, downloads, folder, delegate }
}
