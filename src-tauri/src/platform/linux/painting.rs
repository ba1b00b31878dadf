//! Who paints the page: the graphics card, or the processor where there is none.

use std::path::Path;

use gtk::{glib, prelude::WidgetExt as _};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebView, WebViewExt};

use super::splash;

/// What WebKitGTK looks at before it makes its first view (2.50, `HardwareAccelerationManager`).
const BY_PROCESSOR: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Has the processor paint pages itself where it would only stand in for a graphics card. To be
/// called while the program has one thread: it changes the environment.
///
/// Mesa's stand-in (llvmpipe) starts late, takes 90 MB and draws each frame of a page anew, on the
/// same processor. A canvas with WebGL is drawn by it in either case. A view's setting alone would
/// come too late: GL is begun with the first view, before the page's process is started.
pub fn choose() {
    if !has_card(Path::new("/dev")) && std::env::var_os(BY_PROCESSOR).is_none() {
        let _ = glib::setenv(BY_PROCESSOR, "1", false);
    }
}

/// Settles how a view is painted and drawn where the processor paints.
pub fn equip(view: &WebView) {
    if std::env::var_os(BY_PROCESSOR).is_none_or(|value| value == "0") {
        return;
    }
    tracing::debug!("the processor paints");
    // For a WebKitGTK that does not know the variable.
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
    }
    // To draw the page, WebKitGTK may stop this thread for half a second, until the page's process
    // has painted (2.50, `DrawingAreaProxyCoordinatedGraphics`). While a page boots, that process
    // may be waiting for an answer of this thread, and nothing is to be seen of it.
    view.connect_draw(|view, _| {
        let covered = splash::covers(view);
        if covered { glib::Propagation::Stop } else { glib::Propagation::Proceed }
    });
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
