use base64::{Engine as _, engine::general_purpose::STANDARD};
use camino::Utf8Path;
use tauri::image::Image;

use crate::native;

/// An app's icon, as the window and the splash want it.
pub struct Icon {
    /// For the window.
    pub image: Image<'static>,
    /// For the splash.
    pub data_url: String,
}

impl Icon {
    /// Reads a PNG. An app without a readable icon has none, which stops nothing.
    pub fn read(path: &Utf8Path) -> Option<Self> {
        let bytes = fs_err::read(path).inspect_err(|error| tracing::warn!(%error)).ok()?;
        let image = Image::from_bytes(&bytes).inspect_err(|error| tracing::warn!(%error)).ok()?;
        let data_url = format!("data:image/png;base64,{}", STANDARD.encode(&bytes));
        Some(Self { image: native::fitting(image.to_owned()), data_url })
    }
}
