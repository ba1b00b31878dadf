use std::path::Path;

use crate::{Desktop, Result, Sandbox, Window};

/// The browsers that the same page is looked at with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium without a window: Blink and V8, as in WebView2.
    Chromium,
    /// WebKitGTK's small browser: what a web view on Linux is.
    WebKit,
}

impl Engine {
    /// Starts the browser with a profile of its own. `None` when it is not on this machine.
    ///
    /// Keep the desktop, where there is one, as long as the window.
    pub async fn start(self, sandbox: &Sandbox) -> Result<Option<(Window, Option<Desktop>)>> {
        match self {
            Self::Chromium => {
                if which::which("chromedriver").is_err() {
                    return Ok(None);
                }
                let media = [
                    "--autoplay-policy=no-user-gesture-required",
                    // A camera and a microphone that are made up, and allowed.
                    "--use-fake-device-for-media-stream",
                    "--use-fake-ui-for-media-stream",
                ];
                Ok(Some((Window::chromium(sandbox, &media).await?, None)))
            }
            Self::WebKit => {
                let browser = Path::new("/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser");
                if !browser.exists() {
                    return Ok(None);
                }
                let desktop = Desktop::start(sandbox, None).await?;
                let arguments = ["--automation"];
                let window = Window::open(sandbox, &desktop, None, browser, &arguments).await?;
                Ok(Some((window, Some(desktop))))
            }
        }
    }
}
