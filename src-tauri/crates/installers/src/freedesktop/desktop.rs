use waterskin_bundle::App;

use crate::text::one_line;

/// The entry for menus and docks (Desktop Entry Specification; version 1.4, since Debian 12 knows no later one).
pub(crate) fn desktop(app: &App) -> String {
    let name = escape(&one_line(&app.name));
    let summary = escape(&one_line(&app.summary));
    // A comment that says what the name says is only noise in a menu.
    let comment = if summary.is_empty() || summary == name {
        String::new()
    } else {
        format!("Comment={summary}\n")
    };
    // GTK names a window's class after the program, which is the package's name; GNOME and KDE
    // find the entry of a window by it. A package name needs no quoting in `Exec`.
    format!(
        "[Desktop Entry]\n\
         Type=Application\n\
         Version=1.4\n\
         Name={name}\n\
         {comment}\
         Exec={package}\n\
         TryExec={package}\n\
         Icon={id}\n\
         Terminal=false\n\
         Categories=Utility;\n\
         StartupNotify=true\n\
         StartupWMClass={package}\n",
        package = app.package,
        id = app.id,
    )
}

/// A string value: the backslash begins an escape.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
}
