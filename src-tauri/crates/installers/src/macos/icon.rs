use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Cursor;

use icns::{IconFamily, IconType, Image};

use crate::{FormatError, Picture};

/// The sizes in pixels, and what each is in the file. The two smallest are no PNGs: not every Mac
/// shows those.
const SIZES: [(IconType, u32); 10] = [
    (IconType::RGB24_16x16, 16),
    (IconType::RGBA32_16x16_2x, 32),
    (IconType::RGB24_32x32, 32),
    (IconType::RGBA32_32x32_2x, 64),
    (IconType::RGBA32_128x128, 128),
    (IconType::RGBA32_128x128_2x, 256),
    (IconType::RGBA32_256x256, 256),
    (IconType::RGBA32_256x256_2x, 512),
    (IconType::RGBA32_512x512, 512),
    (IconType::RGBA32_512x512_2x, 1024),
];

/// An icon of all sizes that macOS shows.
pub(super) fn icns(picture: &Picture) -> Result<Vec<u8>, FormatError> {
    let mut family = IconFamily::new();
    let mut images = BTreeMap::new();
    let failed = FormatError::write;
    for (kind, size) in SIZES {
        let image = match images.entry(size) {
            Entry::Occupied(image) => image.into_mut(),
            Entry::Vacant(image) => {
                let png = picture.png(size).map_err(|source| FormatError::Icon { source })?;
                let drawn = Image::read_png(Cursor::new(png));
                image.insert(drawn.map_err(failed(super::info::ICON))?)
            }
        };
        family.add_icon_with_type(image, kind).map_err(failed(super::info::ICON))?;
    }
    let mut file = Vec::new();
    family.write(&mut file).map_err(failed(super::info::ICON))?;
    Ok(file)
}
