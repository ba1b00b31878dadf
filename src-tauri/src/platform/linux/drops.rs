//! Files that are dropped on the page. WebKitGTK tells a page of the drop and not of the files
//! (2.50, `DataTransfer.files` is empty), so that an upload by drag and drop never begins.

use std::{cell::RefCell, path::PathBuf, rc::Rc, sync::Arc, time::UNIX_EPOCH};

use gtk::{gio, gio::prelude::*, glib, prelude::*};
use serde_json::{Value, json};
use webkit2gtk::{WebView, WebViewExt as _};

use super::{
    folders,
    given::{self, Given},
    offered::{self, About, Content},
};
use crate::platform::shell::Shell;

const SCRIPT: &str = include_str!("drop.js");

/// Gives the page what is dropped on it.
pub fn listen(shell: &Arc<Shell>, view: &WebView) {
    // The data come while something is dragged over the page, and so before the drop.
    let dragged = Rc::new(RefCell::new(Vec::<PathBuf>::new()));
    let over = Rc::clone(&dragged);
    view.connect_drag_data_received(move |_, context, _, _, data, _, _| {
        let paths: Vec<PathBuf> = data.uris().iter().filter_map(|uri| local(uri)).collect();
        if !paths.is_empty() && is_of_others(context) {
            *over.borrow_mut() = paths;
        }
    });
    // Without a drop there is an end too, and it comes before the drop where there is one.
    let left = Rc::clone(&dragged);
    view.connect_drag_leave(move |_, _, _| {
        let left = Rc::clone(&left);
        glib::idle_add_local_once(move || left.borrow_mut().clear());
    });
    let shell = Arc::clone(shell);
    view.connect_drag_drop(move |view, _, x, y, _| {
        let paths = std::mem::take(&mut *dragged.borrow_mut());
        let files: Vec<Value> = match given::files(&paths, given::LIMITS) {
            Ok(files) => offered::offer(files.iter().filter_map(described)),
            Err(given::TooMuch) => {
                folders::refuse(&shell.ui, view);
                return false;
            }
        };
        if !files.is_empty() {
            let zoom = view.zoom_level();
            let (x, y) = (f64::from(x) / zoom, f64::from(y) / zoom);
            offered::run(view, shell.port, SCRIPT, &[json!(x), json!(y), json!(files)]);
        }
        // The page learns of the drop itself from WebKit.
        false
    });
}

/// Whether another program began a drag. A page can have a person drag whatever it says, such as the
/// address of a file that it must not read.
fn is_of_others(context: &gtk::gdk::DragContext) -> bool {
    context.drag_get_source_widget().is_none()
}

fn local(uri: &str) -> Option<PathBuf> {
    gio::File::for_uri(uri).path()
}

/// A file with what the page is told of it.
fn described(Given { path, relative }: &Given) -> Option<(About, Content)> {
    let file = path.metadata().ok()?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    let (kind, _) = gio::content_type_guess(Some(path), &[]);
    let kind = gio::content_type_get_mime_type(&kind).unwrap_or_default().to_string();
    let modified = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = modified.unwrap_or_default().as_millis();
    let about = About { name, relative: relative.clone(), kind, modified };
    Some((about, Content::File(path.to_owned())))
}
