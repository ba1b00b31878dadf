//! Downloads by WebKitGTK's own signals: what wry makes of them says neither how far a download has
//! come nor what went wrong.

use std::{
    cell::{Cell, RefCell},
    io::ErrorKind,
    path::{Path, PathBuf},
    rc::Rc,
};

use gtk::prelude::*;
use tauri::{AppHandle, Manager as _, webview::DownloadEvent};
use tauri_plugin_opener::OpenerExt as _;
use waterskin_bundle::Downloads;
use webkit2gtk::{
    Download, DownloadExt as _, URIRequestExt as _, URIResponseExt as _, WebContext,
    WebContextExt as _,
};

use super::toast::{Gestures, Toast};
use crate::{
    desk::Desk,
    downloads::{self, Cause, Facts, State, Transfer},
    window,
};

/// What the folders are called in which downloads wait for the answer of a dialog.
const HIDDEN: &str = ".waterskin-download";

/// Seconds after which a download that still goes on is shown.
const SOON: f64 = 0.4;

thread_local! {
    /// The files that are being written: web views give them their names at the end.
    static TAKEN: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
    /// Downloads that were refused, by their addresses, and what they would have been.
    static REFUSED: RefCell<Vec<(String, PathBuf, ErrorKind)>> = const { RefCell::new(Vec::new()) };
}

/// Chooses the file of a download. wry asks for it before anyone else can (0.57, `web_context`),
/// and has to be answered at once.
pub fn decide(app: &AppHandle, event: DownloadEvent<'_>) -> bool {
    let DownloadEvent::Requested { url, destination } = event else { return true };
    let suggested = destination.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = downloads::clean(&suggested.unwrap_or_default());
    let folder = downloads::folder(app).unwrap_or_default();
    if let Err(error) = downloads::prepare(&folder) {
        tracing::warn!(%error, "the folder for downloads can't be written to");
        let refused = (url.to_string(), folder.join(name), error.kind());
        REFUSED.with_borrow_mut(|all| all.push(refused));
        return false;
    }
    // Not `exists`, for which a link to nowhere is nothing.
    let taken = |path: &Path| {
        let writing = || TAKEN.with_borrow(|taken| taken.iter().any(|it| it == path));
        path.symlink_metadata().is_ok() || writing()
    };
    *destination = if asks(app) {
        // Until the dialog is answered it is in a folder of its own, out of sight.
        let hidden = downloads::free(&folder, HIDDEN, taken);
        if let Err(error) = fs_err::create_dir(&hidden) {
            tracing::warn!(%error, "a download has no place to wait in");
            return false;
        }
        hidden.join(name)
    } else {
        downloads::free(&folder, &name, taken)
    };
    TAKEN.with_borrow_mut(|taken| taken.push(destination.clone()));
    true
}

fn asks(app: &AppHandle) -> bool {
    app.try_state::<Desk>().is_some_and(|desk| desk.downloads == Downloads::Ask)
}

/// Takes care of all downloads of a context.
pub fn watch(app: &AppHandle, context: &WebContext) {
    let app = app.clone();
    context.connect_download_started(move |_, download| Job::begin(&app, download));
}

/// One download.
struct Job {
    app: AppHandle,
    download: Download,
    /// Shared with the buttons of the notice, which stays longer than the download.
    transfer: Rc<RefCell<Transfer>>,
    /// Bytes that were free before it began.
    free: Cell<Option<u64>>,
    /// Where the user wants it, as soon as the dialog was answered.
    wanted: RefCell<Option<PathBuf>>,
    toast: RefCell<Option<Rc<Toast>>>,
}

impl Job {
    fn begin(app: &AppHandle, download: &Download) {
        let job = Rc::new(Self {
            app: app.clone(),
            download: download.clone(),
            transfer: Rc::new(RefCell::new(Transfer::new())),
            free: Cell::new(None),
            wanted: RefCell::default(),
            toast: RefCell::default(),
        });
        tracing::info!("a download begins");
        // Each handler keeps the job; WebKit lets go of them with the download.
        let on_decided = Rc::clone(&job);
        download.connect_destination_notify(move |_| on_decided.decided());
        let on_data = Rc::clone(&job);
        download.connect_received_data(move |_, bytes| on_data.received(bytes));
        let on_failed = Rc::clone(&job);
        download.connect_failed(move |_, error| on_failed.failed(error));
        download.connect_finished(move |_| job.finished());
    }

    /// The file is chosen.
    fn decided(self: &Rc<Self>) {
        let Some(path) = self.download.destination().map(PathBuf::from) else { return };
        let total = self.download.response().map(|response| response.content_length());
        {
            let mut transfer = self.transfer.borrow_mut();
            transfer.total = total.filter(|total| *total > 0);
            transfer.path.clone_from(&path);
        }
        self.free.set(path.parent().and_then(|folder| fs4::available_space(folder).ok()));
        let total = self.transfer.borrow().total;
        let facts = Facts { free: self.free.get(), total, ..Facts::default() };
        if downloads::cause(facts) == Cause::NoSpace {
            self.transfer.borrow_mut().state = State::Failed(Cause::NoSpace);
            self.tell();
            self.download.cancel();
        } else if asks(&self.app) {
            self.ask(&path);
        }
    }

    /// Asks where to. The download goes on meanwhile.
    fn ask(self: &Rc<Self>, path: &Path) {
        let Some(desk) = self.app.try_state::<Desk>() else { return };
        let parent = self.view().and_then(|view| view.toplevel());
        let parent = parent.and_then(|parent| parent.downcast::<gtk::Window>().ok());
        let dialog = gtk::FileChooserNative::new(
            Some(&desk.words.say("download-where")),
            parent.as_ref(),
            gtk::FileChooserAction::Save,
            Some(&desk.words.say("download-save")),
            Some(&desk.words.say("download-cancel")),
        );
        dialog.set_modal(true);
        dialog.set_do_overwrite_confirmation(true);
        if let Some(folder) = path.parent().and_then(Path::parent) {
            dialog.set_current_folder(folder);
        }
        dialog.set_current_name(&self.transfer.borrow().name());
        // Nothing else keeps a native dialog alive while it is open.
        let keep = RefCell::new(Some(dialog.clone()));
        let job = Rc::clone(self);
        dialog.connect_response(move |dialog, response| {
            match dialog.filename().filter(|_| response == gtk::ResponseType::Accept) {
                Some(path) => {
                    *job.wanted.borrow_mut() = Some(path);
                    job.settle();
                }
                None => job.give_up(),
            }
            keep.take();
        });
        dialog.show();
    }

    /// Puts a whole file where the user wants it, once both is known.
    fn settle(self: &Rc<Self>) {
        let saved = self.transfer.borrow().state == State::Saved;
        let Some(wanted) = self.wanted.borrow().clone().filter(|_| saved) else { return };
        let waiting = self.transfer.borrow().path.clone();
        // Another disk takes a copy.
        let moved = std::fs::rename(&waiting, &wanted)
            .or_else(|_| fs_err::copy(&waiting, &wanted).map(drop));
        {
            let mut transfer = self.transfer.borrow_mut();
            transfer.path = wanted;
            if let Err(error) = moved {
                tracing::warn!(%error, "a download could not be put where it should be");
                let refused = Some(error.kind());
                transfer.state =
                    State::Failed(downloads::cause(Facts { refused, ..Facts::default() }));
            }
        }
        forget(&waiting);
        self.tell();
        self.toast.take();
    }

    /// The user wants no file after all.
    fn give_up(self: &Rc<Self>) {
        let before = std::mem::replace(&mut self.transfer.borrow_mut().state, State::Cancelled);
        // WebKit breaks down when a download is cancelled that has ended (2.50).
        if before == State::Running {
            self.download.cancel();
        }
        forget(&self.transfer.borrow().path);
    }

    fn received(self: &Rc<Self>, bytes: u64) {
        self.transfer.borrow_mut().received += bytes;
        if self.toast.borrow().is_some() || self.download.elapsed_time() > SOON {
            self.tell();
        }
    }

    fn failed(self: &Rc<Self>, error: &gtk::glib::Error) {
        let cancelled = error.matches(webkit2gtk::DownloadError::CancelledByUser);
        {
            let mut transfer = self.transfer.borrow_mut();
            if transfer.state != State::Running {
                return;
            }
            tracing::info!(%error, "a download failed");
            transfer.state = match self.refusal() {
                Some((path, kind)) => {
                    transfer.path = path;
                    let facts = Facts { refused: Some(kind), ..Facts::default() };
                    State::Failed(downloads::cause(facts))
                }
                None if cancelled => State::Cancelled,
                None => {
                    let folder = transfer.path.parent();
                    let refused = folder.and_then(|folder| downloads::prepare(folder).err());
                    State::Failed(downloads::cause(Facts {
                        refused: refused.map(|error| error.kind()),
                        free: self.free.get(),
                        received: transfer.received,
                        total: transfer.total,
                    }))
                }
            };
        }
        self.tell();
    }

    /// Why the download was refused, where it was.
    fn refusal(&self) -> Option<(PathBuf, ErrorKind)> {
        let address = self.download.request()?.uri()?;
        REFUSED.with_borrow_mut(|all| {
            let place = all.iter().position(|(url, ..)| *url == *address)?;
            let (_, path, kind) = all.remove(place);
            Some((path, kind))
        })
    }

    fn finished(self: &Rc<Self>) {
        let path = {
            let mut transfer = self.transfer.borrow_mut();
            if transfer.state == State::Running {
                transfer.state = State::Saved;
            }
            transfer.path.clone()
        };
        TAKEN.with_borrow_mut(|taken| taken.retain(|it| *it != path));
        let state = self.transfer.borrow().state;
        tracing::info!(?state, "a download ended");
        match state {
            State::Saved if asks(&self.app) => return self.settle(),
            State::Saved => self.tell(),
            _ if asks(&self.app) => forget(&path),
            _ => {}
        }
        // The notice holds the download and the download holds this: here the circle ends.
        self.toast.take();
    }

    /// Shows how it stands.
    fn tell(self: &Rc<Self>) {
        let Some(desk) = self.app.try_state::<Desk>() else { return };
        if self.toast.borrow().is_none() {
            let Some(view) = self.view() else { return };
            let toast = Toast::over(&view, &desk.words, desk.is_dark(&self.app), self.gestures());
            *self.toast.borrow_mut() = toast;
        }
        if let Some(toast) = self.toast.borrow().as_ref() {
            toast.tell(&self.transfer.borrow(), &desk.words);
        }
    }

    /// The web view that the download was begun in, else the app's first one.
    fn view(&self) -> Option<webkit2gtk::WebView> {
        let own = self.download.web_view().filter(|view| view.parent().is_some());
        own.or_else(|| {
            let main = self.app.get_webview_window(window::MAIN)?;
            super::layer::view_in(&main.default_vbox().ok()?)
        })
    }

    fn gestures(self: &Rc<Self>) -> Gestures {
        let download = self.download.clone();
        gestures(&self.app, &self.transfer, move || download.cancel())
    }
}

/// What the buttons of a notice do.
fn gestures(
    app: &AppHandle,
    transfer: &Rc<RefCell<Transfer>>,
    stop: impl Fn() + 'static,
) -> Gestures {
    let (app, opened) = (app.clone(), Rc::clone(transfer));
    let (app_, shown) = (app.clone(), Rc::clone(transfer));
    Gestures {
        stop: Box::new(stop),
        open: Box::new(move || {
            let path = opened.borrow().path.to_string_lossy().into_owned();
            if let Err(error) = app.opener().open_path(path, None::<&str>) {
                tracing::warn!(%error, "a download could not be opened");
            }
        }),
        show: Box::new(move || show(&app_, shown.borrow().path.clone())),
    }
}

/// Tells of a file that came about without the page.
pub fn tell(app: &AppHandle, view: &webkit2gtk::WebView, transfer: &Transfer) {
    let Some(desk) = app.try_state::<Desk>() else { return };
    let gestures = gestures(app, &Rc::new(RefCell::new(transfer.clone())), || {});
    if let Some(toast) = Toast::over(view, &desk.words, desk.is_dark(app), gestures) {
        toast.tell(transfer, &desk.words);
    }
}

/// Takes away the folder that a download waited in.
fn forget(waiting: &Path) {
    let Some(folder) = waiting.parent() else { return };
    let is_hidden = folder.file_name().is_some_and(|it| it.to_string_lossy().starts_with(HIDDEN));
    if is_hidden && let Err(error) = fs_err::remove_dir_all(folder) {
        tracing::debug!(%error, "the place of a download could not be cleaned up");
    }
}

/// Shows a file in its folder, on a thread of its own: the file manager may have to be started.
fn show(app: &AppHandle, path: PathBuf) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let Err(error) = app.opener().reveal_item_in_dir(&path) else { return };
        tracing::info!(%error, "no file manager can show a file, so its folder is opened");
        let folder = path.parent().unwrap_or(Path::new("/")).to_string_lossy().into_owned();
        if let Err(error) = app.opener().open_path(folder, None::<&str>) {
            tracing::warn!(%error, "the folder for downloads could not be opened");
        }
    });
}
