use std::fmt::Write as _;

use camino::Utf8Path;
use waterskin_bundle::{Layout, Payload, Work};

use crate::text::one_line;

/// The works inside with their licences, as people read it. Paths count from the folder that the
/// payload lies in.
pub(super) fn licences(payload: &Payload, works: &[Work]) -> String {
    let manifest = &payload.manifest;
    let mut text = format!(
        "{name} {version}\n\
         \n\
         The app's own files belong to its publisher, under the terms that come with them. What\n\
         it runs on is the work of others, each under its own licence:\n\
         \n\
         Waterskin {shell}, the program: MIT OR Apache-2.0\n",
        name = one_line(&manifest.app.name),
        version = one_line(&manifest.app.version),
        shell = manifest.shell.version,
    );
    for work in works {
        let licence = match one_line(&work.licence) {
            none if none.is_empty() => "see its files".to_owned(),
            licence => licence,
        };
        // Writing to a string can't fail.
        let _ = writeln!(text, "{} {}: {licence}", one_line(&work.name), one_line(&work.version));
        for file in &work.texts {
            let _ = writeln!(text, "    {}", place(file, payload.layout.root()));
        }
    }
    text
}

/// The same on every system that it is made on.
fn place(file: &Utf8Path, root: &Utf8Path) -> String {
    let path = file.strip_prefix(root).unwrap_or(file).as_str().replace('\\', "/");
    format!("{}/{path}", Layout::PAYLOAD)
}
