use plist::{Dictionary, Value};

use crate::about::publisher;
use crate::text::one_line;
use crate::{FormatError, InstallTree, time};

/// The icon's file in `Resources`.
pub(super) const ICON: &str = "icon.icns";

/// The oldest macOS that it runs on: uv takes packages that do with this one, where nothing else is
/// said (`uv pip install --help`, version 0.13, at `--python-platform`).
const MINIMUM: &str = "13.0";

/// `Contents/Info.plist`: who the app is, and what macOS tells a person whom it asks about a device.
pub(super) fn info(tree: &InstallTree<'_>) -> Result<Vec<u8>, FormatError> {
    let app = tree.app();
    let name = one_line(&app.name);
    let text = |text: &str| Value::from(text.to_owned());
    let wants = |what: &str| text(&format!("Pages of {name} may use {what}."));
    let transport = Dictionary::from_iter([("NSAllowsLocalNetworking", Value::from(true))]);
    let copyright = format!("© {} {}", time::year(tree.documents.time), publisher(app));
    let info = Dictionary::from_iter([
        ("CFBundleAllowMixedLocalizations", Value::from(true)),
        ("CFBundleDevelopmentRegion", text("en")),
        ("CFBundleDisplayName", text(&name)),
        ("CFBundleExecutable", text(&tree.program_name())),
        ("CFBundleIconFile", text(ICON)),
        ("CFBundleIdentifier", text(&identifier(app.id.as_str()))),
        ("CFBundleInfoDictionaryVersion", text("6.0")),
        ("CFBundleName", text(&name)),
        ("CFBundlePackageType", text("APPL")),
        ("CFBundleShortVersionString", text(&one_line(&app.version))),
        ("CFBundleVersion", text(&numbers(&app.version))),
        ("LSApplicationCategoryType", text("public.app-category.utilities")),
        ("LSMinimumSystemVersion", text(MINIMUM)),
        ("NSAppTransportSecurity", Value::from(transport)),
        ("NSCameraUsageDescription", wants("the camera")),
        ("NSHighResolutionCapable", Value::from(true)),
        ("NSHumanReadableCopyright", text(&copyright)),
        ("NSLocalNetworkUsageDescription", wants("devices of your network")),
        ("NSMicrophoneUsageDescription", wants("the microphone")),
        ("NSPrincipalClass", text("NSApplication")),
    ]);
    xml("Info.plist", &Value::from(info))
}

/// A property list in the form that people can read.
pub(crate) fn xml(name: &str, value: &Value) -> Result<Vec<u8>, FormatError> {
    let mut file = Vec::new();
    value
        .to_writer_xml(&mut file)
        .map_err(|error| FormatError::write(name)(std::io::Error::other(error)))?;
    file.push(b'\n');
    Ok(file)
}

/// What macOS allows in an identifier: letters, digits, hyphens and points.
pub(super) fn identifier(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

/// The version as up to three numbers, by which macOS tells the newer of two.
fn numbers(version: &str) -> String {
    let version = version.trim().trim_start_matches(['v', 'V']);
    let mut numbers = Vec::new();
    for part in version.split('.').take(3) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        if digits.is_empty() {
            break;
        }
        let is_whole = digits.len() == part.len();
        numbers.push(digits);
        if !is_whole {
            break;
        }
    }
    if numbers.is_empty() { "0".to_owned() } else { numbers.join(".") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_numbers() {
        for (version, expected) in
            [("1.2.3", "1.2.3"), ("v1.0rc1", "1.0"), ("2026.11.23.4", "2026.11.23"), ("main", "0")]
        {
            assert_eq!(numbers(version), expected, "{version}");
        }
        assert_eq!(identifier("org.my_app.x-1"), "org.my-app.x-1");
    }
}
