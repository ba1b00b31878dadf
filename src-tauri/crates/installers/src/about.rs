//! What an app says of itself in lists, menus and software centres.

use waterskin_bundle::{App, Manifest};

use crate::text::{one_line, shortened};

/// The line that lists of packages and software centres show: the author's, where it says more
/// than the name does. Debian's checker wants two words, of which the first is not the package's.
pub(crate) fn synopsis(app: &App) -> String {
    const KIND: &str = "Desktop app made with Streamlit";
    let summary = one_line(&app.summary);
    let summary = summary.trim_end_matches('.');
    if summary.is_empty() || summary == one_line(&app.name) {
        return KIND.to_owned();
    }
    let package = app.package.as_str();
    let begins =
        summary.get(..package.len()).is_some_and(|start| start.eq_ignore_ascii_case(package));
    let text = match begins || !summary.contains(' ') {
        true => format!("{KIND}: {summary}"),
        false => summary.to_owned(),
    };
    shortened(&text, 78)
}

/// What packages say at length.
pub(crate) fn long_description(manifest: &Manifest) -> String {
    format!(
        "{name} opens in a window of its own. Everything that it runs on is in this package: \
         Python {python}, Streamlit {streamlit} and the libraries that it uses.",
        name = one_line(&manifest.app.name),
        python = manifest.python.version,
        streamlit = manifest.streamlit.version,
    )
}

/// `Name <address>`, of whoever publishes the app. Without an address one is made from the app's id,
/// whose domain is the author's.
pub(crate) fn maintainer(app: &App) -> String {
    let publisher = one_line(&app.publisher);
    let (name, address) = match publisher.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches('>').trim().to_owned()),
        None if publisher.contains('@') && !publisher.contains(' ') => ("", publisher.clone()),
        None => (publisher.as_str(), String::new()),
    };
    // A comma would begin a second maintainer.
    let name: String = name.chars().filter(|c| !matches!(c, ',' | '<' | '>')).collect();
    let name = match name.trim() {
        "" => format!("The {} authors", one_line(&app.name).replace([',', '<', '>'], "")),
        name => name.to_owned(),
    };
    if address.contains('@') && !address.contains([' ', ',', '<', '>']) {
        return format!("{name} <{address}>");
    }
    let parts: Vec<_> = app.id.as_str().split('.').rev().collect();
    // An id that nobody chose is below `local`, where mail has no way to; and some software
    // looks at it. RFC 2606 keeps `example.org` for that.
    let host = match parts.last() {
        Some(&"local") | None => "example.org".to_owned(),
        Some(_) => parts.join(".").replace('_', "-"),
    };
    format!("{name} <noreply@{host}>")
}

/// The same without the address.
pub(crate) fn publisher(app: &App) -> String {
    maintainer(app).split(" <").next().unwrap_or_default().to_owned()
}
