//! Says when the page misses something of another site, such as the streets of a map: it shows an
//! empty place then, and a person looks for the fault in the app.

use std::{cell::Cell, rc::Rc, sync::Arc};

use webkit2gtk::{
    LoadEvent, NetworkError, PolicyError, URIRequestExt as _, WebResourceExt as _, WebView,
    WebViewExt as _,
    glib::{self, clone::Downgrade as _},
};

use super::notice;
use crate::{
    model::network::{elsewhere, missing},
    platform::shell::Shell,
};

/// The end of the address of the page's icon, which is there for the window alone (`icon.js`).
const ICON: &str = "#waterskin-icon";

/// Tells it once for each load of the page: a map asks for a hundred pictures.
pub fn watch(shell: &Arc<Shell>, view: &WebView) {
    let told = Rc::new(Cell::new(false));
    let begun = Rc::clone(&told);
    view.connect_load_changed(move |_, event| {
        if event == LoadEvent::Started {
            begun.set(false);
        }
    });
    let shell = Arc::clone(shell);
    view.connect_resource_load_started(move |view, resource, request| {
        let address = request.uri().filter(|address| !address.ends_with(ICON));
        let Some(site) = address.and_then(|address| elsewhere(&address)) else { return };
        let (shell, of_view, told) = (Arc::clone(&shell), view.downgrade(), Rc::clone(&told));
        resource.connect_failed(move |_, error| {
            if was_given_up(error) || told.replace(true) {
                return;
            }
            let Some(view) = of_view.upgrade() else { return };
            tracing::info!(%error, %site, "the page could not load something of another site");
            notice::over(&shell.ui, &view, &missing(&shell.ui.words, &site));
        });
    });
}

/// Whether it was the page or a rule that ended a load, and no network.
fn was_given_up(error: &glib::Error) -> bool {
    error.matches(NetworkError::Cancelled) || error.kind::<PolicyError>().is_some()
}
