//! Who paints the page: the graphics card, or the processor where there is none.

use std::path::Path;

use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebView, WebViewExt as _};

/// Has the processor paint the page itself where it would only stand in for a graphics card.
///
/// Mesa's stand-in (llvmpipe) starts late, takes 90 MB and draws each frame of a page anew, on the
/// same processor. A canvas with WebGL is drawn by it in either case.
pub fn choose(view: &WebView) {
    if has_card(Path::new("/dev")) {
        return;
    }
    if let Some(settings) = view.settings() {
        tracing::debug!("no graphics card: the processor paints");
        settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
    }
}

/// Whether programs can reach a graphics card that draws: by its render node, or by the device of
/// NVIDIA's own driver.
fn has_card(devices: &Path) -> bool {
    if devices.join("nvidiactl").exists() {
        return true;
    }
    let Ok(entries) = devices.join("dri").read_dir() else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fs_err as fs;

    #[test]
    fn a_card_is_one_that_draws() -> Result<(), std::io::Error> {
        let devices = tempfile::tempdir()?;
        let here = devices.path();
        assert!(!has_card(here), "no devices at all");
        fs::create_dir(here.join("dri"))?;
        fs::write(here.join("dri/card0"), "")?;
        assert!(!has_card(here), "a display alone");
        fs::write(here.join("dri/renderD128"), "")?;
        assert!(has_card(here));
        fs::remove_dir_all(here.join("dri"))?;
        fs::write(here.join("nvidiactl"), "")?;
        assert!(has_card(here));
        Ok(())
    }
}
