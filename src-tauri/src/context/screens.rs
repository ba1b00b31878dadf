//! Whether the main window may show a screen of the shell's own.
//!
//! While a web view is on its way to a page, it gives that page's address as its own, and messages
//! of the page that is still there can pass for those of the next (WebKitGTK's documentation of
//! `webkit_web_view_get_uri`; wry 0.57 takes the sender of a message from it). The app's page could so use the shell's commands
//! by going to a screen. What counts is therefore what the shell itself shows, not an address; and
//! the shell goes to a screen by way of an empty page, which nobody but the shell knows the name of.

use std::sync::{Mutex, PoisonError};

use tauri::Url;

/// What the main window shows by the shell's doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// The app's page.
    #[default]
    Page,
    /// Still the app's page, on its way to the empty page `by`, from where it is to go to `to`.
    Leaving { by: Url, to: Url },
    /// A screen, or the way from the empty page to it.
    Screen,
}

/// What the main window shows, and where it goes.
#[derive(Debug, Default)]
pub struct Screens(Mutex<Stage>);

impl Screens {
    /// That of a window which begins on a screen, or on the page.
    pub fn new(begins_on_a_screen: bool) -> Self {
        Self(Mutex::new(if begins_on_a_screen { Stage::Screen } else { Stage::Page }))
    }

    /// Whether a screen may be shown, and may use the shell's commands.
    pub fn may_be_shown(&self) -> bool {
        self.with(|stage| *stage == Stage::Screen)
    }

    /// The window is to show the screen `to`: gives the empty page to go by, with `nonce` in its
    /// address, which the page must not be able to guess.
    pub fn leave(&self, to: Url, nonce: &str) -> Option<Url> {
        let by = Url::parse(&format!("about:blank#{nonce}")).ok()?;
        self.with(|stage| *stage = Stage::Leaving { by: by.clone(), to });
        Some(by)
    }

    /// The window shows another document: gives where to go on to.
    pub fn arrived(&self, at: &Url) -> Option<Url> {
        self.with(|stage| match stage {
            Stage::Leaving { by, to } if by == at => {
                let to = to.clone();
                *stage = Stage::Screen;
                Some(to)
            }
            _ => None,
        })
    }

    /// The window goes to the app's page, by whomever.
    pub fn page(&self) {
        self.with(|stage| *stage = Stage::Page);
    }

    /// The window, or a frame in it, was let go to a page that is no screen. From a screen it can
    /// only be the app's. On the way to a screen the page may try what it likes.
    pub fn went(&self) {
        self.with(|stage| {
            if *stage == Stage::Screen {
                *stage = Stage::Page;
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut Stage) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_the_shell_leads_to_a_screen_and_only_after_the_page() {
        let screens = Screens::new(false);
        let screen = url("tauri://localhost/index.html#failure");
        assert!(!screens.may_be_shown());
        assert_eq!(screens.arrived(&screen), None);
        assert!(!screens.may_be_shown(), "a page that went there by itself");

        let by = screens.leave(screen.clone(), "8d3f").unwrap();
        assert_eq!(by.as_str(), "about:blank#8d3f");
        assert!(!screens.may_be_shown(), "the page is still there");
        for other in ["about:blank", "about:blank#x", "tauri://localhost/index.html#failure"] {
            assert_eq!(screens.arrived(&url(other)), None, "{other}");
        }
        screens.went();
        assert!(!screens.may_be_shown());
        assert_eq!(screens.arrived(&by), Some(screen));
        assert!(screens.may_be_shown());
        assert_eq!(screens.arrived(&by), None);
    }

    #[test]
    fn a_page_after_a_screen_is_a_page() {
        let screens = Screens::new(true);
        assert!(screens.may_be_shown());
        screens.page();
        assert!(!screens.may_be_shown());
        let screens = Screens::new(true);
        screens.went();
        assert!(!screens.may_be_shown());
    }
}
