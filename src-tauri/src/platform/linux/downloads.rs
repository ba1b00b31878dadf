//! Downloads by WebKitGTK's own signals: what wry makes of them says neither how far a download has
//! come nor what went wrong.

use std::{
    cell::{Cell, RefCell},
    io::ErrorKind,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use gtk::{
    glib::{self, WeakRef},
    prelude::*,
};
use tauri::webview::DownloadEvent;
use waterskin_bundle::Downloads;
use webkit2gtk::{
    Download, DownloadExt as _, URIRequestExt as _, URIResponseExt as _, WebContext,
    WebContextExt as _, WebView,
};

use super::{
    moving::Moving,
    theme,
    toast::{Gestures, Toast},
};
use crate::{
    model::downloads::{self, Cause, Course, Effect, Event, Facts, State, Transfer},
    platform::{folder::prepare, shell::Shell},
};

/// What the folders are called in which downloads wait for the answer of a dialog.
const HIDDEN: &str = ".waterskin-download";

/// How long a download goes on before it is shown.
const SOON: Duration = Duration::from_millis(400);

/// How often it is looked how far a copy is.
const LOOK: Duration = Duration::from_millis(200);

thread_local! {
    /// The files that are being written: web views give them their names at the end.
    static TAKEN: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
    /// Downloads that were refused, by their addresses, and what they would have been.
    static REFUSED: RefCell<Vec<(String, PathBuf, ErrorKind)>> = const { RefCell::new(Vec::new()) };
}

/// Chooses the file of a download. wry asks for it before anyone else can (0.57, `web_context`),
/// and has to be answered at once.
pub fn decide(shell: &Shell, event: DownloadEvent<'_>) -> bool {
    let DownloadEvent::Requested { url, destination } = event else { return true };
    let suggested = destination.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = downloads::clean(&suggested.unwrap_or_default());
    let folder = shell.folder.clone().unwrap_or_default();
    if let Err(error) = prepare(&folder) {
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
    *destination = if asks(shell) {
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

fn asks(shell: &Shell) -> bool {
    shell.downloads == Downloads::Ask
}

/// Takes care of all downloads of a context. What is no view's is told in the `first` one.
pub fn watch(shell: &Arc<Shell>, first: &WebView, context: &WebContext) {
    let (shell, first) = (Arc::clone(shell), first.downgrade());
    context.connect_download_started(move |_, download| Job::begin(&shell, &first, download));
}

/// One download.
struct Job {
    shell: Arc<Shell>,
    /// The app's first web view.
    first: WeakRef<WebView>,
    /// As long as WebKit has it.
    download: WeakRef<Download>,
    course: RefCell<Course>,
    /// Shared with the buttons of the notice, which stays longer than the download.
    transfer: Rc<RefCell<Transfer>>,
    begun: Instant,
    /// The web view that it was begun in.
    view: RefCell<Option<WeakRef<WebView>>>,
    /// Where WebKit writes the file.
    written: RefCell<PathBuf>,
    /// Bytes that were free before it began.
    free: Cell<Option<u64>>,
    /// The dialog that asks for the place, while it is open. Nothing else keeps a native one alive.
    dialog: RefCell<Option<gtk::FileChooserNative>>,
    moving: Arc<Moving>,
    toast: RefCell<Option<Rc<Toast>>>,
}

impl Job {
    fn begin(shell: &Arc<Shell>, first: &WeakRef<WebView>, download: &Download) {
        let job = Rc::new(Self {
            shell: Arc::clone(shell),
            first: first.clone(),
            download: download.downgrade(),
            course: RefCell::new(Course::Running),
            transfer: Rc::new(RefCell::new(Transfer::new())),
            begun: Instant::now(),
            view: RefCell::default(),
            written: RefCell::default(),
            free: Cell::new(None),
            dialog: RefCell::default(),
            moving: Arc::default(),
            toast: RefCell::default(),
        });
        tracing::info!("a download begins");
        // Each handler keeps the job; WebKit lets go of them with the download.
        let on_decided = Rc::clone(&job);
        download.connect_destination_notify(move |download| on_decided.decided(download));
        let on_data = Rc::clone(&job);
        download.connect_received_data(move |_, bytes| {
            on_data.transfer.borrow_mut().received += bytes;
            on_data.happened(Event::Grew);
        });
        let on_failed = Rc::clone(&job);
        download.connect_failed(move |download, error| on_failed.failed(download, error));
        download.connect_finished(move |_| {
            let written = job.written.borrow().clone();
            TAKEN.with_borrow_mut(|taken| taken.retain(|it| *it != written));
            tracing::info!(course = ?job.course.borrow(), "a download ended");
            job.happened(Event::Finished);
        });
    }

    /// Goes on by what happened.
    fn happened(self: &Rc<Self>, event: Event) {
        let (next, effects) = self.course.replace(Course::Over).next(event);
        let is_over = next == Course::Over;
        self.course.replace(next);
        for effect in effects {
            match effect {
                Effect::Cancel => {
                    if let Some(download) = self.download.upgrade() {
                        download.cancel();
                    }
                }
                Effect::Dismiss => {
                    if let Some(dialog) = self.dialog.take() {
                        dialog.destroy();
                    }
                }
                Effect::Move(place) => self.put(place),
                Effect::Halt => self.moving.stop(),
                Effect::Tell(state) => self.tell(state),
            }
        }
        if is_over {
            forget(&self.written.borrow());
        }
    }

    /// The file is chosen.
    fn decided(self: &Rc<Self>, download: &Download) {
        let Some(path) = download.destination().map(PathBuf::from) else {
            tracing::error!("a download without a place");
            return;
        };
        let total = download.response().map(|response| response.content_length());
        let total = total.filter(|total| *total > 0);
        {
            let mut transfer = self.transfer.borrow_mut();
            transfer.total = total;
            transfer.path.clone_from(&path);
        }
        self.written.borrow_mut().clone_from(&path);
        self.view.replace(download.web_view().map(|view| view.downgrade()));
        self.free.set(path.parent().and_then(|folder| fs4::available_space(folder).ok()));
        let facts = Facts { free: self.free.get(), total, ..Facts::default() };
        if downloads::cause(facts) == Cause::NoSpace {
            self.happened(Event::Refused(Cause::NoSpace));
        } else if asks(&self.shell) {
            self.ask(&path);
        }
    }

    /// Asks where to. The download goes on meanwhile.
    fn ask(self: &Rc<Self>, path: &Path) {
        let words = &self.shell.ui.words;
        let parent = self.view().and_then(|view| view.toplevel());
        let parent = parent.and_then(|parent| parent.downcast::<gtk::Window>().ok());
        let dialog = gtk::FileChooserNative::new(
            Some(&words.say("download-where")),
            parent.as_ref(),
            gtk::FileChooserAction::Save,
            Some(&words.say("download-save")),
            Some(&words.say("download-cancel")),
        );
        dialog.set_modal(true);
        dialog.set_do_overwrite_confirmation(true);
        if let Some(folder) = path.parent().and_then(Path::parent) {
            dialog.set_current_folder(folder);
        }
        dialog.set_current_name(&self.transfer.borrow().name());
        let job = Rc::clone(self);
        dialog.connect_response(move |dialog, response| {
            let _open = job.dialog.take();
            let place = dialog.filename().filter(|_| response == gtk::ResponseType::Accept);
            if let Some(place) = &place {
                job.transfer.borrow_mut().path.clone_from(place);
            }
            job.happened(place.map_or(Event::Declined, Event::Answered));
        });
        self.happened(Event::Asked);
        dialog.show();
        self.dialog.replace(Some(dialog));
    }

    /// Puts the whole file where the user wants it, on another thread: another disk takes a copy.
    fn put(self: &Rc<Self>, place: PathBuf) {
        {
            let mut transfer = self.transfer.borrow_mut();
            transfer.total = Some(transfer.received);
            transfer.received = 0;
        }
        let (from, moving) = (self.written.borrow().clone(), Arc::clone(&self.moving));
        let moved = gtk::gio::spawn_blocking(move || moving.run(&from, &place));
        let job = Rc::clone(self);
        glib::MainContext::default().spawn_local(async move {
            let outcome = match moved.await {
                Ok(Ok(true)) => State::Saved,
                Ok(Ok(false)) => State::Cancelled,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "a download could not be put where it should be");
                    let refused = Some(error.kind());
                    State::Failed(downloads::cause(Facts { refused, ..Facts::default() }))
                }
                Err(_) => State::Failed(Cause::Broken),
            };
            job.happened(Event::Moved(outcome));
        });
        let watched = Rc::downgrade(self);
        glib::timeout_add_local(LOOK, move || {
            let Some(job) = watched.upgrade() else { return glib::ControlFlow::Break };
            if *job.course.borrow() != Course::Moving {
                return glib::ControlFlow::Break;
            }
            job.transfer.borrow_mut().received = job.moving.copied();
            job.happened(Event::Grew);
            glib::ControlFlow::Continue
        });
    }

    fn failed(self: &Rc<Self>, download: &Download, error: &glib::Error) {
        if *self.course.borrow() == Course::Over {
            return;
        }
        tracing::info!(%error, "a download failed");
        let outcome = if let Some((path, kind)) = refusal(download) {
            self.view.replace(download.web_view().map(|view| view.downgrade()));
            self.transfer.borrow_mut().path = path;
            let facts = Facts { refused: Some(kind), ..Facts::default() };
            State::Failed(downloads::cause(facts))
        } else if error.matches(webkit2gtk::DownloadError::CancelledByUser) {
            State::Cancelled
        } else {
            let written = self.written.borrow();
            let refused = written.parent().and_then(|folder| prepare(folder).err());
            let transfer = self.transfer.borrow();
            State::Failed(downloads::cause(Facts {
                refused: refused.map(|error| error.kind()),
                free: self.free.get(),
                received: transfer.received,
                total: transfer.total,
            }))
        };
        self.happened(Event::Lost(outcome));
    }

    /// Shows how it stands. What is soon over is not worth a notice before its end.
    fn tell(self: &Rc<Self>, state: State) {
        self.transfer.borrow_mut().state = state;
        let is_short = state == State::Running && self.begun.elapsed() < SOON;
        if is_short && self.toast.borrow().is_none() {
            return;
        }
        if self.toast.borrow().is_none() {
            let Some(view) = self.view() else { return };
            *self.toast.borrow_mut() = toast(&self.shell, &view, self.gestures());
        }
        if let Some(toast) = self.toast.borrow().as_ref() {
            toast.tell(&self.transfer.borrow(), &self.shell.ui.words);
        }
    }

    /// The web view that the download was begun in, else the app's first one.
    fn view(&self) -> Option<WebView> {
        let shown = |view: &WebView| view.parent().is_some();
        let own = self.view.borrow().as_ref().and_then(WeakRef::upgrade);
        own.filter(shown).or_else(|| self.first.upgrade().filter(shown))
    }

    fn gestures(self: &Rc<Self>) -> Gestures {
        // The notice stays longer than the download, and nothing can be stopped then.
        let job = Rc::downgrade(self);
        gestures(&self.shell, &self.transfer, move || {
            if let Some(job) = job.upgrade() {
                job.happened(Event::Stopped);
            }
        })
    }
}

/// Why a download was refused, where it was.
fn refusal(download: &Download) -> Option<(PathBuf, ErrorKind)> {
    let address = download.request()?.uri()?;
    REFUSED.with_borrow_mut(|all| {
        let place = all.iter().position(|(url, ..)| *url == *address)?;
        let (_, path, kind) = all.remove(place);
        Some((path, kind))
    })
}

/// What the buttons of a notice do.
fn gestures(
    shell: &Arc<Shell>,
    transfer: &Rc<RefCell<Transfer>>,
    stop: impl Fn() + 'static,
) -> Gestures {
    let (opener, opened) = (Arc::clone(shell), Rc::clone(transfer));
    let (shower, shown) = (Arc::clone(shell), Rc::clone(transfer));
    Gestures {
        stop: Box::new(stop),
        open: Box::new(move || opener.delegate.open_file(&opened.borrow().path)),
        show: Box::new(move || shower.delegate.show_file(&shown.borrow().path)),
    }
}

/// Tells of a file that came about without the page.
pub fn tell(shell: &Arc<Shell>, view: &WebView, transfer: &Transfer) {
    let gestures = gestures(shell, &Rc::new(RefCell::new(transfer.clone())), || {});
    if let Some(toast) = toast(shell, view, gestures) {
        toast.tell(transfer, &shell.ui.words);
    }
}

fn toast(shell: &Shell, view: &WebView, gestures: Gestures) -> Option<Rc<Toast>> {
    let ground = shell.ui.looks.ground(theme::system_is_dark());
    Toast::over(view, &shell.ui.words, ground.is_dark(), gestures)
}

/// Takes away the folder that a download waited in.
fn forget(waiting: &Path) {
    let Some(folder) = waiting.parent() else { return };
    let is_hidden = folder.file_name().is_some_and(|it| it.to_string_lossy().starts_with(HIDDEN));
    if is_hidden
        && let Err(error) = fs_err::remove_dir_all(folder)
        && error.kind() != ErrorKind::NotFound
    {
        tracing::debug!(%error, "the place of a download could not be cleaned up");
    }
}
