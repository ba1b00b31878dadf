use std::io;

use waterskin_bundle::App;

use crate::about::synopsis;
use crate::text::{gzipped, one_line};
use crate::version;

/// The manual page of the app's command, as packages have it.
pub(crate) fn compressed(app: &App) -> io::Result<Vec<u8>> {
    gzipped(&manual(app))
}

/// The same before it is compressed.
pub(crate) fn manual(app: &App) -> String {
    let package = app.package.as_str();
    format!(
        ".TH \"{title}\" 1 \"\" \"{version}\"\n\
         .SH NAME\n\
         {command} \\- {synopsis}\n\
         .SH SYNOPSIS\n\
         .B {command}\n\
         .SH DESCRIPTION\n\
         Opens {name} in a window of its own.\n\
         A second start brings the open window to the front.\n",
        title = roff(&package.to_uppercase()),
        version = roff(&version::of_package(&app.version)),
        command = roff(package),
        synopsis = roff(&synopsis(app)),
        name = roff(&one_line(&app.name)),
    )
}

/// Text for roff: the backslash begins an escape, a hyphen is a dash, a quotation mark ends an
/// argument, and a point or apostrophe at a line's beginning is a command.
fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-").replace('"', "\\(dq");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}
