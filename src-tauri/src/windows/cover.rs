//! The splash that is there before the web view has anything to show.
//!
//! The page's own splash looks the same and has more to say. It takes over when it has certainly been
//! painted, which no web view tells: a page that is quicker than that takes over itself.

use std::{sync::Arc, time::Duration};

use tauri::{AppHandle, Manager as _, WebviewWindow};
use waterskin_session::{Milestone, Milestones};

use super::registry::MAIN;
use crate::platform;

/// How long a page is given to paint what it has. WebKitGTK took 0.3 s without a graphics card.
const PAINTING: Duration = Duration::from_secs(1);

/// Takes the cover away at the right moment of the app's first load.
pub async fn follow(app: AppHandle, milestones: Arc<Milestones>) {
    let splash = async {
        milestones.reach(Milestone::Splash).await;
        tokio::time::sleep(PAINTING).await;
    };
    tokio::select! {
        () = milestones.reach(Milestone::Rendered) => {}
        () = splash => {}
    }
    if let Some(window) = app.get_webview_window(MAIN) {
        lift(&window);
    }
}

/// Takes the cover away some time after a page was loaded, whatever page it is.
pub fn lift_later(window: &WebviewWindow) {
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PAINTING).await;
        lift(&window);
    });
}

fn lift(window: &WebviewWindow) {
    if let Err(error) = platform::uncover(window) {
        tracing::debug!(%error, "the splash could not be taken away");
    }
}
