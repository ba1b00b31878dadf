//! Scripts of the shell's beside the page's: each runs in a world of its own and says what it saw.
//! The page finds neither the script nor the handler that it calls.

use webkit2gtk::{
    JavascriptResult, UserContentInjectedFrames, UserContentManagerExt as _, UserScript,
    UserScriptInjectionTime, WebView, WebViewExt as _,
};

use super::expected::expected;

/// Such a script.
pub struct Script {
    /// The handler that it calls, `window.webkit.messageHandlers.NAME`. Its world is called so too.
    pub name: &'static str,
    pub source: &'static str,
    /// Where it runs.
    pub frames: UserContentInjectedFrames,
    /// When it runs.
    pub time: UserScriptInjectionTime,
}

/// Runs a script beside each page of a web view, and passes on what it says.
pub fn listen(view: &WebView, script: &Script, heard: impl Fn(&JavascriptResult) + 'static) {
    let manager = expected("the scripts of a web view", view.user_content_manager());
    let Some(manager) = manager else { return };
    let Script { name, source, frames, time } = *script;
    let world = format!("waterskin-{name}");
    manager.connect_script_message_received(Some(name), move |_, said| heard(said));
    manager.register_script_message_handler_in_world(name, &world);
    manager.add_script(&UserScript::for_world(source, frames, time, &world, &[], &[]));
}
