//! What an app needs, as packages of Debian and Ubuntu.

use waterskin_bundle::SystemPackage;

use crate::Needs;

/// The package with a font for emoji, which every app may show: a person enters them. Where a system
/// has none, WebKitGTK shows boxes.
pub(crate) const EMOJI_FONT: &str = "fonts-noto-color-emoji";

/// What a package with these needs recommends, with alternatives (Debian Policy 7.1).
pub(super) fn recommends(needs: &Needs) -> Vec<&str> {
    std::iter::once(EMOJI_FONT).chain(needs.wishes.iter().map(SystemPackage::as_str)).collect()
}

/// The packages to install for an app with these needs, each by its newest name.
pub(crate) fn to_install(needs: &Needs) -> impl Iterator<Item = &str> {
    let named = needs.packages.iter().chain(&needs.wishes);
    std::iter::once(EMOJI_FONT).chain(named.map(SystemPackage::newest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wished_is_recommended_and_everything_is_to_be_installed() {
        let needs = Needs {
            packages: vec![SystemPackage::new("libgl1 | libgl1-mesa-glx")],
            wishes: ["ffmpeg", "chromium | chromium-browser"].map(SystemPackage::new).into(),
            ..Needs::default()
        };
        let names = ["fonts-noto-color-emoji", "ffmpeg", "chromium | chromium-browser"];
        assert_eq!(recommends(&needs), names);
        let names = ["fonts-noto-color-emoji", "libgl1", "ffmpeg", "chromium"];
        assert_eq!(to_install(&needs).collect::<Vec<_>>(), names);
    }
}
