//! What a person can do with a window beside using the page: by key or by menu.

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Back,
    Forward,
    Reload,
    Rerun,
    Find,
    Print,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    FullScreen,
    Menu,
    About,
    Restart,
    ClearCache,
    Secrets,
    Camera,
    Microphone,
    Log,
    Inspector,
    CopyReport,
    SaveReport,
    Close,
    Quit,
}

/// Every action with its name in the menu and the key that the menu shows for it.
///
/// The keys are those of the browsers, but for F8, which none of them and nothing of Streamlit's uses; `CmdOrCtrl` is Command on macOS and Control elsewhere.
pub const ALL: &[(Action, &str, &str)] = &[
    (Action::Back, "menu-back", if MAC { "Cmd+[" } else { "Alt+Left" }),
    (Action::Forward, "menu-forward", if MAC { "Cmd+]" } else { "Alt+Right" }),
    (Action::Reload, "menu-reload", "CmdOrCtrl+R"),
    (Action::Rerun, "menu-rerun", ""),
    (Action::Find, "menu-find", "CmdOrCtrl+F"),
    (Action::Print, "menu-print", "CmdOrCtrl+P"),
    (Action::ZoomIn, "menu-zoom-in", "CmdOrCtrl+="),
    (Action::ZoomOut, "menu-zoom-out", "CmdOrCtrl+-"),
    (Action::ZoomReset, "menu-zoom-reset", "CmdOrCtrl+0"),
    (Action::FullScreen, "menu-full-screen", if MAC { "Ctrl+Cmd+F" } else { "F11" }),
    (Action::Menu, "menu-show", "F10"),
    (Action::About, "about-title", ""),
    (Action::Restart, "menu-restart", ""),
    (Action::ClearCache, "menu-clear-cache", ""),
    (Action::Secrets, "menu-secrets", ""),
    (Action::Camera, "menu-camera", ""),
    (Action::Microphone, "menu-microphone", ""),
    (Action::Log, "action-show-log", ""),
    (Action::Inspector, "menu-inspector", if MAC { "Cmd+F8" } else { "F8" }),
    (Action::CopyReport, "action-copy-report", ""),
    (Action::SaveReport, "action-save-report", ""),
    (Action::Close, "menu-close", "CmdOrCtrl+W"),
    (Action::Quit, "action-quit", "CmdOrCtrl+Q"),
];

const MAC: bool = cfg!(target_os = "macos");

/// The menu's name and key for an action.
pub fn name_and_key(action: Action) -> (&'static str, &'static str) {
    let known = ALL.iter().find(|(known, ..)| *known == action);
    known.map(|(_, name, key)| (*name, *key)).unwrap_or_default()
}

/// The action of a menu entry.
pub fn of_name(name: &str) -> Option<Action> {
    ALL.iter().find(|(_, known, _)| *known == name).map(|(action, ..)| *action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_name() {
        for (action, name, _) in ALL {
            assert_eq!(of_name(name), Some(*action));
        }
        assert_eq!(of_name("no such entry"), None);
    }
}
