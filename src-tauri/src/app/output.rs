//! Passes on what Python writes.

use std::sync::Arc;

use tauri::{AppHandle, Emitter as _, Manager as _};
use waterskin_session::Session;

use crate::windows::registry::LOG;

/// The event that says that Python wrote something.
pub(super) const LOG_EVENT: &str = "log-changed";

/// Tells the log's window that Python wrote something.
pub async fn follow(app: AppHandle, session: Arc<Session>) {
    let mut changes = session.log().subscribe_output();
    while changes.changed().await.is_ok() {
        let end = *changes.borrow_and_update();
        if app.get_webview_window(LOG).is_some() {
            let _ = app.emit_to(LOG, LOG_EVENT, end);
        }
    }
}

/// Prints Python's output in the terminal that the author started the program in.
pub async fn echo(session: Arc<Session>) {
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
