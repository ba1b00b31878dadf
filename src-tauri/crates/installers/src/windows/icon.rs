use std::io::Cursor;

use image::ExtendedColorType;
use image::codecs::ico::{IcoEncoder, IcoFrame};

use crate::{FormatError, Picture};

/// The sizes in pixels that Windows takes for lists, the task bar, the desktop and large icons, also
/// on screens with more pixels. An icon file holds none that is larger.
const SIZES: [u32; 7] = [16, 20, 24, 32, 48, 64, 256];

/// The picture as an icon file, with an image of each size that Windows asks for. The same picture
/// gives the same bytes.
pub(crate) fn ico(picture: &Picture) -> Result<Vec<u8>, FormatError> {
    let png = |size| picture.png(size).map_err(|source| FormatError::Icon { source });
    let pictures = SIZES.iter().map(|size| png(*size)).collect::<Result<Vec<_>, _>>()?;
    let frame = |(png, size)| IcoFrame::with_encoded(png, size, size, ExtendedColorType::Rgba8);
    let frames = pictures.into_iter().zip(SIZES).map(frame).collect::<Result<Vec<_>, _>>();
    let mut icon = Cursor::new(Vec::new());
    frames
        .and_then(|frames| IcoEncoder::new(&mut icon).encode_images(&frames))
        .map_err(|source| FormatError::IconFile { source })?;
    Ok(icon.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_has_an_image_of_each_size() {
        let picture = Picture::of(None, "Élan").unwrap();
        let icon = ico(&picture).unwrap();
        assert_eq!(icon[..6], [0, 0, 1, 0, 7, 0], "an icon file with seven images");
        // The width of each image; 0 stands for 256.
        let widths: Vec<u8> = icon[6..].chunks(16).take(7).map(|entry| entry[0]).collect();
        assert_eq!(widths, [16, 20, 24, 32, 48, 64, 0]);
        let largest = image::load_from_memory(&icon).unwrap();
        assert_eq!((largest.width(), largest.height()), (256, 256));
        assert_eq!(ico(&picture).unwrap(), icon, "the same bytes");
    }
}
