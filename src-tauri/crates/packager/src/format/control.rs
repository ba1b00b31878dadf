use waterskin_bundle::Manifest;

use super::{
    text::{one_line, shortened, wrap},
    version,
};

/// Debian's name for the processor of a target; `None` where it has none.
pub(super) fn architecture(triple: &str) -> Option<&'static str> {
    Some(match triple.split('-').next()? {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "i586" | "i686" => "i386",
        "armv7" => "armhf",
        "riscv64gc" => "riscv64",
        "powerpc64le" => "ppc64el",
        "s390x" => "s390x",
        _ => return None,
    })
}

/// The package's control file (Debian Policy 5.3).
pub(super) fn control(
    manifest: &Manifest,
    architecture: &str,
    kibibytes: u64,
    depends: &str,
    recommends: &[&str],
) -> String {
    let app = &manifest.app;
    let mut description = format!(" {}\n", synopsis(manifest));
    for line in wrap(&long_description(manifest), 76) {
        description.push_str(&format!(" {line}\n"));
    }
    let recommends = match recommends {
        [] => String::new(),
        names => format!("Recommends: {}\n", names.join(", ")),
    };
    format!(
        "Package: {package}\n\
         Version: {version}\n\
         Architecture: {architecture}\n\
         Maintainer: {maintainer}\n\
         Installed-Size: {kibibytes}\n\
         Depends: {depends}\n\
         {recommends}\
         Section: misc\n\
         Priority: optional\n\
         Description:{description}",
        package = app.package,
        version = version::debian(&app.version),
        maintainer = maintainer(manifest),
    )
}

/// The line that lists of packages and software centres show: the author's, where it says more
/// than the name does. Debian's checker wants two words, of which the first is not the package's.
pub(super) fn synopsis(manifest: &Manifest) -> String {
    const KIND: &str = "Desktop app made with Streamlit";
    let summary = one_line(&manifest.app.summary);
    let summary = summary.trim_end_matches('.');
    if summary.is_empty() || summary == one_line(&manifest.app.name) {
        return KIND.to_owned();
    }
    let package = manifest.app.package.as_str();
    let begins =
        summary.get(..package.len()).is_some_and(|start| start.eq_ignore_ascii_case(package));
    let text = match begins || !summary.contains(' ') {
        true => format!("{KIND}: {summary}"),
        false => summary.to_owned(),
    };
    shortened(&text, 78)
}

fn long_description(manifest: &Manifest) -> String {
    format!(
        "{name} opens in a window of its own. Everything that it runs on is in this package: \
         Python {python}, Streamlit {streamlit} and the libraries that it uses.",
        name = one_line(&manifest.app.name),
        python = manifest.python.version,
        streamlit = manifest.streamlit.version,
    )
}

/// `Name <address>`, as the field wants it. Without an address one is made from the app's id,
/// whose domain is the author's.
pub(super) fn maintainer(manifest: &Manifest) -> String {
    let publisher = one_line(&manifest.app.publisher);
    let (name, address) = match publisher.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches('>').trim().to_owned()),
        None if publisher.contains('@') && !publisher.contains(' ') => ("", publisher.clone()),
        None => (publisher.as_str(), String::new()),
    };
    // A comma would begin a second maintainer.
    let name: String = name.chars().filter(|c| !matches!(c, ',' | '<' | '>')).collect();
    let name = match name.trim() {
        "" => format!("The {} authors", one_line(&manifest.app.name).replace([',', '<', '>'], "")),
        name => name.to_owned(),
    };
    if address.contains('@') && !address.contains([' ', ',', '<', '>']) {
        return format!("{name} <{address}>");
    }
    let parts: Vec<_> = manifest.app.id.as_str().split('.').rev().collect();
    // An id that nobody chose is below `local`, where mail has no way to; and some software
    // looks at it. RFC 2606 keeps `example.org` for that.
    let host = match parts.last() {
        Some(&"local") | None => "example.org".to_owned(),
        Some(_) => parts.join(".").replace('_', "-"),
    };
    format!("{name} <noreply@{host}>")
}
