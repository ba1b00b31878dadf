//! Keeps other sites out of the window, and leaves those alone that the app shows in a frame.

use std::sync::Arc;

use tauri::Url;
use webkit2gtk::{
    PolicyDecisionExt as _, PolicyDecisionType, PolicyError, ResponsePolicyDecision,
    ResponsePolicyDecisionExt as _, URIRequestExt as _, WebView, WebViewExt as _, glib::Cast as _,
};

use crate::{
    model::navigation::{Decision, decide},
    platform::shell::Shell,
};

/// Sends the window's page to the system's browser when it is of another site.
///
/// WebKitGTK asks before a frame loads in the same way as before the window does (2.50, signal
/// `decide-policy`), so that is too early to tell. What is known of an answer is whether it is for
/// the window; and no page is shown before its answer was let through. A site that does not answer
/// gets no page of WebKit's about that, for the app is still there.
pub fn guard(shell: &Arc<Shell>, view: &WebView) {
    let shell_ = Arc::clone(shell);
    view.connect_decide_policy(move |_, decision, kind| {
        if kind != PolicyDecisionType::Response {
            return false;
        }
        let Some(response) = decision.downcast_ref::<ResponsePolicyDecision>() else {
            return false;
        };
        let Some(url) = response.request().and_then(|request| request.uri()) else {
            return false;
        };
        let refused = if response.is_main_frame_main_resource() {
            is_sent_outside(&shell_, &url)
        } else {
            // In a frame of the page, a person could press a button of the shell's unawares.
            // WebKit heeds no `frame-ancestors` there.
            url.starts_with("tauri:")
        };
        if refused {
            decision.ignore();
        }
        refused
    });
    let shell = Arc::clone(shell);
    view.connect_load_failed(move |_, _, url, error| {
        // This is how a load ends that was turned away above.
        let turned_away = error.matches(PolicyError::FrameLoadInterruptedByPolicyChange);
        turned_away || is_sent_outside(&shell, url)
    });
}

/// Opens an address outside where that is its place. Whether the window may show a screen was asked
/// before the load began.
fn is_sent_outside(shell: &Shell, url: &str) -> bool {
    match Url::parse(url) {
        Ok(url) => match decide(&url, shell.port, true) {
            Decision::Outside => {
                shell.delegate.leads_outside(&url);
                true
            }
            Decision::Deny => true,
            Decision::Here | Decision::NewWindow => false,
        },
        Err(_) => false,
    }
}
