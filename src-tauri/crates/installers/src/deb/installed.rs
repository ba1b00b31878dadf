//! What the author's own system has installed.

use camino::Utf8Path;
use waterskin_bundle::{App, Layout, Manifest};

/// Where dpkg notes what is installed.
const STATUS: &str = "/var/lib/dpkg/status";

/// What the author should know of this machine's package with the app's name: that it is none of
/// the app, where that is so. Nothing is said where there is no dpkg.
pub(super) fn note(app: &App) -> Option<String> {
    let status = fs_err::read_to_string(STATUS).ok()?;
    let folder = Utf8Path::new("/usr/lib").join(app.package.as_str()).join(Layout::PAYLOAD);
    let manifest = fs_err::read_to_string(Layout::new(folder).manifest()).ok();
    note_of(app, &status, manifest.as_deref())
}

/// The same of the content of dpkg's status, and of the manifest of an app that the package has.
fn note_of(app: &App, status: &str, manifest: Option<&str>) -> Option<String> {
    let package = app.package.as_str();
    let is_own = manifest
        .and_then(|text| Manifest::parse(text).ok())
        .is_some_and(|manifest| manifest.app.id == app.id);
    (is_known(status, package) && !is_own).then(|| {
        format!(
            "this machine knows another package `{package}`, whose place the .deb would take; set `package`"
        )
    })
}

/// Whether a package of this name is there, or something of it (deb822 format, dpkg(1)).
fn is_known(status: &str, package: &str) -> bool {
    status.split("\n\n").any(|paragraph| {
        let field = |name| {
            let mut lines = paragraph.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
        };
        field("Package") == Some(package)
            && field("Status").is_some_and(|status| !status.ends_with(" not-installed"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Package: hello-app\nStatus: install ok installed\nVersion: 2.10-3\n\n\
                          Package: old-app\nStatus: deinstall ok config-files\n\n\
                          Package: gone-app\nStatus: purge ok not-installed\n";

    fn app(package: &str, id: &str) -> App {
        App {
            id: id.parse().unwrap(),
            name: "Hello".into(),
            package: package.parse().unwrap(),
            version: "1.0.0".into(),
            summary: String::new(),
            publisher: String::new(),
        }
    }

    #[test]
    fn a_package_that_is_not_the_apps_is_told() {
        let note = |package| note_of(&app(package, "org.example.x"), STATUS, None);
        assert_eq!(
            note("hello-app").unwrap(),
            "this machine knows another package `hello-app`, whose place the .deb would take; set `package`"
        );
        assert!(note("old-app").is_some());
        assert_eq!((note("gone-app"), note("hello"), note("app")), (None, None, None));
    }

    #[test]
    fn an_earlier_version_of_the_app_is_no_other_package() {
        let text = serde_json::json!({
            "schema": 1,
            "app": { "id": "org.example.x", "name": "x", "package": "hello-app", "version": "1" },
            "entry": "app.py",
            "python": {
                "version": "3.11.7", "triple": "x86_64-unknown-linux-gnu",
                "executable": "python/bin/python3.11", "source": "relocated"
            },
            "streamlit": { "version": "1.67.0" },
            "shell": { "version": "0.1.0" },
            "minimum": { "glibc": "2.35", "webkitgtk": "2.40" },
            "digests": {}
        })
        .to_string();
        let note = |id| note_of(&app("hello-app", id), STATUS, Some(&text));
        assert_eq!(note("org.example.x"), None);
        assert!(note("org.example.y").is_some(), "another app of ours is another package");
    }
}
