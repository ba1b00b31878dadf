use waterskin_bundle::App;

use crate::freedesktop;

/// The entry for menus, as those want it who put AppImages into menus: there is no program of its name
/// on the `PATH`, and they write where the file is into `Exec`.
pub(super) fn desktop(app: &App, version: &str) -> String {
    let entry = freedesktop::desktop::desktop(app);
    let lines = entry.lines().filter(|line| !line.starts_with("TryExec="));
    let mut entry: String = lines.flat_map(|line| [line, "\n"]).collect();
    entry.push_str(&format!("X-AppImage-Version={version}\n"));
    entry
}
