use base64::{Engine as _, engine::general_purpose::STANDARD};
use camino::Utf8Path;
use tauri::image::Image;

use crate::{model::ui::Icon, platform};

/// Reads a PNG. An app without a readable icon has none, which stops nothing.
pub fn read(path: &Utf8Path) -> Option<Icon> {
    let bytes = fs_err::read(path).inspect_err(|error| tracing::warn!(%error)).ok()?;
    let image = Image::from_bytes(&bytes).inspect_err(|error| tracing::warn!(%error)).ok()?;
    let data_url = format!("data:image/png;base64,{}", STANDARD.encode(&bytes));
    Some(Icon { image: platform::fitting(image.to_owned()), data_url })
}
