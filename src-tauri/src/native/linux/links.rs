//! Keeps other sites out of the window, and leaves those alone that the app shows in a frame.

use tauri::{AppHandle, Url};
use webkit2gtk::{
    PolicyDecisionExt as _, PolicyDecisionType, PolicyError, ResponsePolicyDecision,
    ResponsePolicyDecisionExt as _, URIRequestExt as _, WebView, WebViewExt as _, glib::Cast as _,
};

use crate::{
    navigation::{Decision, decide},
    outside,
};

/// Sends the window's page to the system's browser when it is of another site.
///
/// WebKitGTK asks before a frame loads in the same way as before the window does (2.50, signal
/// `decide-policy`), so that is too early to tell. What is known of an answer is whether it is for
/// the window; and no page is shown before its answer was let through. A site that does not answer
/// gets no page of WebKit's about that, for the app is still there.
pub fn guard(app: &AppHandle, view: &WebView, port: u16) {
    let opener = app.clone();
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
            is_sent_outside(&opener, &url, port)
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
    let opener = app.clone();
    view.connect_load_failed(move |_, _, url, error| {
        // This is how a load ends that was turned away above.
        let turned_away = error.matches(PolicyError::FrameLoadInterruptedByPolicyChange);
        turned_away || is_sent_outside(&opener, url, port)
    });
}

/// Opens an address outside where that is its place. Whether the window may show a screen was asked
/// before the load began.
fn is_sent_outside(app: &AppHandle, url: &str, port: u16) -> bool {
    match Url::parse(url) {
        Ok(url) => match decide(&url, port, true) {
            Decision::Outside => {
                outside::open(app, &url);
                true
            }
            Decision::Deny => true,
            Decision::Here | Decision::NewWindow => false,
        },
        Err(_) => false,
    }
}
