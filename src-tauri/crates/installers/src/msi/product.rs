use uuid::Uuid;
use waterskin_bundle::{App, Digest};

use super::version::ProductVersion;
use crate::about::{publisher, synopsis};
use crate::text::{one_line, shortened};
use crate::windows::file_name;

/// What a package says of the app, and the names by which Windows Installer knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Product {
    /// The app's name.
    pub name: String,
    /// Who publishes it.
    pub publisher: String,
    /// One line about it.
    pub summary: String,
    /// What it is called in the start menu.
    pub shortcut: String,
    /// The folder in that of all programs.
    pub folder: String,
    /// The version that is compared.
    pub version: ProductVersion,
    namespace: Uuid,
    content: String,
}

impl Product {
    /// An app of which `content` is the digest of all that is installed.
    pub fn of(app: &App, content: &Digest) -> Self {
        let text = |text: &str| shortened(&one_line(text), 200);
        let name = match text(&app.name) {
            name if name.is_empty() => app.package.to_string(),
            name => name,
        };
        let version = format!("{} {}", app.version, content.as_str());
        Self {
            publisher: text(&publisher(app)),
            summary: synopsis(app),
            shortcut: file_name(&name, app.package.as_str()),
            folder: app.package.to_string(),
            version: ProductVersion::of(&app.version),
            namespace: Uuid::new_v5(&Uuid::NAMESPACE_OID, app.id.as_str().as_bytes()),
            content: version,
            name,
        }
    }

    /// What all versions have in common, and only they.
    pub fn upgrade_code(&self) -> String {
        self.guid("upgrade")
    }

    /// This build of the app. Another build of the same version is another product, so that it can
    /// take this one's place.
    pub fn product_code(&self) -> String {
        self.guid(&format!("product {} {}", self.name, self.content))
    }

    /// This package file.
    pub fn package_code(&self) -> Uuid {
        self.uuid(&format!("package {} {}", self.name, self.content))
    }

    /// The component of a folder, in every version.
    pub fn component(&self, folder: &str) -> String {
        self.guid(&format!("component {folder}"))
    }

    fn uuid(&self, text: &str) -> Uuid {
        Uuid::new_v5(&self.namespace, text.as_bytes())
    }

    fn guid(&self, text: &str) -> String {
        self.uuid(text).braced().to_string().to_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_as_one_of_its_app() {
        let mut app = App {
            id: "org.example.elan".parse().unwrap(),
            name: "Élan".into(),
            package: "elan".parse().unwrap(),
            version: "1.0".into(),
            summary: String::new(),
            publisher: String::new(),
        };
        let (one, other) = (Digest::of(b"1"), Digest::of(b"2"));
        let product = Product::of(&app, &one);
        assert_eq!(Product::of(&app, &one), product);
        let rebuilt = Product::of(&app, &other);
        assert_eq!(rebuilt.upgrade_code(), product.upgrade_code());
        assert_eq!(rebuilt.component("payload"), product.component("payload"));
        assert_ne!(rebuilt.product_code(), product.product_code(), "the same version, built anew");
        assert_ne!(rebuilt.package_code(), product.package_code());
        app.id = "org.example.other".parse().unwrap();
        assert_ne!(Product::of(&app, &one).upgrade_code(), product.upgrade_code());
        let code = product.upgrade_code();
        assert!(code.len() == 38 && code.starts_with('{') && code == code.to_uppercase(), "{code}");
    }
}
