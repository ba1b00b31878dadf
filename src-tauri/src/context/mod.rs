//! What all windows of an app share.

mod choices;
mod host;
pub mod icon;
mod inspector;
pub mod keychain;
mod links;
mod menu_bar;
mod saved_report;
mod screens;

use std::{io, path::PathBuf, sync::Arc};

use camino::Utf8PathBuf;
use tauri::{Manager, State, Wry};
use waterskin_session::{Saved, Vault};

use crate::{model::choices::Device, platform::shell::Shell};

pub use self::{
    choices::ChoicesFile, host::Host, inspector::Inspector, keychain::AskAgain, links::Pace,
    menu_bar::MenuBar, saved_report::SavedReport, screens::Screens,
};

/// All that windows and commands need. It is made once, before the first window.
pub struct Context {
    /// What the platform knows.
    pub shell: Arc<Shell>,
    /// The app, or why there is none.
    pub host: Host,
    /// The app's secrets.
    pub vault: Vault,
    /// Has the keychain asked once more, where an app waits for it.
    pub keychain: Option<AskAgain>,
    /// What the person chose.
    pub choices: ChoicesFile,
    /// The menu that all windows have.
    pub menu: MenuBar,
    /// What the main window shows.
    pub screens: Screens,
    /// How many links pages open.
    pub links: Pace,
    /// Who looks at what passes the proxy.
    pub inspector: Inspector,
    /// The report that was saved last.
    pub saved_report: SavedReport,
    /// Where the web view keeps its data, if anywhere.
    pub web: Option<PathBuf>,
}

impl Context {
    /// That of the program.
    pub fn of<M: Manager<Wry>>(manager: &M) -> State<'_, Self> {
        manager.state()
    }

    /// Keeps whether the page may use these devices, and shows it in the menu.
    pub fn allow(&self, devices: &[Device], allowed: bool) {
        self.choices.change(|choices| {
            choices.devices.extend(devices.iter().map(|device| (*device, allowed)));
        });
        self.menu.show(&self.choices.now());
    }

    /// Saves the report with the logs in the folder for downloads.
    pub fn save_report(&self) -> io::Result<Utf8PathBuf> {
        let folder = self.shell.folder.as_deref().ok_or(io::ErrorKind::NotFound)?;
        self.saved_report.save(&self.host, folder)
    }

    /// Saves what the inspector saw in the folder for downloads.
    pub fn save_traffic(&self) -> io::Result<Saved> {
        let folder = self.shell.folder.as_deref().ok_or(io::ErrorKind::NotFound)?;
        let session = self.host.session().ok_or(io::ErrorKind::NotFound)?;
        self.inspector.save(session, folder)
    }
}
