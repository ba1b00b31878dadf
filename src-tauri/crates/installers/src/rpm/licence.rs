use waterskin_bundle::Manifest;

use crate::about::{maintainer, publisher};
use crate::text::{one_line, wrap};
use crate::time;

/// `/usr/share/licenses/<package>/LICENSE`: under which terms each part comes.
pub(super) fn licence(manifest: &Manifest, seconds: u64) -> String {
    let app = &manifest.app;
    let (name, package) = (one_line(&app.name), &app.package);
    let paragraphs = [
        format!("{name}, {} {}, {}", time::year(seconds), publisher(app), maintainer(app)),
        "The app's own files belong to its publisher, under the terms that come with them. What it \
         runs on has its own terms:"
            .to_owned(),
        format!(
            "Python {}: Python Software Foundation License; its text is in the file LICENSE.txt of \
             its standard library in /usr/lib/{package}/payload/python, where it came with it.",
            manifest.python.version
        ),
        format!(
            "The distributions in /usr/lib/{package}/payload/site-packages: each has its own \
             licence in its folder *.dist-info. The file resolved.txt beside them is the list."
        ),
        format!(
            "The program /usr/lib/{package}/{package}: Waterskin, MIT or Apache-2.0, as you choose."
        ),
    ];
    paragraphs.map(|text| format!("{}\n", wrap(&text, 78).join("\n"))).join("\n")
}
