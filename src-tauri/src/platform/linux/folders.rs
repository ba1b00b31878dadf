//! Folders for fields that take one. WebKitGTK's own dialog lets nobody choose a folder (2.50);
//! what it does with one that was chosen is right.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use gtk::prelude::*;
use javascriptcore::ValueExt as _;
use webkit2gtk::{
    FileChooserRequest, FileChooserRequestExt as _, UserContentInjectedFrames,
    UserScriptInjectionTime, WebView, WebViewExt as _,
};

use super::{
    apart::{self, Script},
    given, notice,
};
use crate::{
    model::{downloads::size, notice::Notice, ui::Ui},
    platform::shell::Shell,
};

/// Says whether the field that is about to ask wants a folder.
const SCRIPT: Script = Script {
    name: "folder",
    source: include_str!("folders.js"),
    frames: UserContentInjectedFrames::AllFrames,
    time: UserScriptInjectionTime::Start,
};

/// Has a dialog for folders open where the page asks for one.
pub fn choose(shell: &Arc<Shell>, view: &WebView) {
    // What the script says comes before the question, on the same way.
    let wants_folder = Rc::new(Cell::new(false));
    let told = Rc::clone(&wants_folder);
    apart::listen(view, &SCRIPT, move |said| {
        told.set(said.js_value().is_some_and(|value| value.to_boolean()));
    });
    let shell = Arc::clone(shell);
    view.connect_run_file_chooser(move |view, request| {
        let asks = wants_folder.take();
        if asks {
            ask(&shell, view, request);
        }
        asks
    });
}

fn ask(shell: &Arc<Shell>, view: &WebView, request: &FileChooserRequest) {
    let words = &shell.ui.words;
    let parent = view.toplevel().and_then(|parent| parent.downcast::<gtk::Window>().ok());
    let dialog = gtk::FileChooserNative::new(
        Some(&words.say("upload-folder")),
        parent.as_ref(),
        gtk::FileChooserAction::SelectFolder,
        Some(&words.say("upload-choose")),
        Some(&words.say("download-cancel")),
    );
    dialog.set_modal(true);
    dialog.set_current_folder(gtk::glib::home_dir());
    // Nothing else keeps a native dialog alive while it is open.
    let keep = RefCell::new(Some(dialog.clone()));
    let (shell, view, request) = (Arc::clone(shell), view.downgrade(), request.clone());
    dialog.connect_response(move |dialog, response| {
        let chosen = dialog.filename().filter(|_| response == gtk::ResponseType::Accept);
        match chosen.as_ref().and_then(|folder| folder.to_str()) {
            Some(folder) if given::files(&[folder.into()], given::LIMITS).is_ok() => {
                request.select_files(&[folder]);
            }
            Some(_) => {
                request.cancel();
                if let Some(view) = view.upgrade() {
                    refuse(&shell.ui, &view);
                }
            }
            None => request.cancel(),
        }
        keep.take();
    });
    dialog.show();
}

/// Says that a folder has too much in it.
pub fn refuse(ui: &Ui, view: &WebView) {
    let given::Limits { entries, bytes } = given::LIMITS;
    let limits = [("files", &*entries.to_string()), ("size", &size(bytes))];
    let notice = Notice {
        title: ui.words.say("upload-too-much-title"),
        text: ui.words.tell("upload-too-much", &limits),
        passing: false,
    };
    notice::over(ui, view, &notice);
}
