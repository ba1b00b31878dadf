use std::collections::HashSet;
use std::path::Path;

use anyhow::Context;
use image::RgbImage;

use crate::Result;

/// What a display showed at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture(RgbImage);

impl Picture {
    /// Of a display's own format: blue, green, red and a byte that says nothing, line by line.
    pub(crate) fn of(width: u32, dots: &[u8]) -> Result<Self> {
        let (dots, _) = dots.as_chunks::<4>();
        let height = u32::try_from(dots.len())? / width.max(1);
        let bytes = dots.iter().flat_map(|&[blue, green, red, _]| [red, green, blue]).collect();
        let image = RgbImage::from_vec(width, height, bytes).context("a picture without lines")?;
        Ok(Self(image))
    }

    /// The colour of a dot, such as `#FFFFFF`.
    pub fn colour(&self, (x, y): (u32, u32)) -> Result<String> {
        let dot = self.0.get_pixel_checked(x, y);
        let [red, green, blue] = dot.with_context(|| format!("no dot at {x}, {y}"))?.0;
        Ok(format!("#{red:02X}{green:02X}{blue:02X}"))
    }

    /// Whether it has more than so many colours.
    pub(crate) fn has_more_colours(&self, than: usize) -> bool {
        let mut seen = HashSet::new();
        self.0.pixels().any(|dot| seen.insert(dot.0) && seen.len() > than)
    }

    /// Saves it as a PNG file.
    pub(crate) fn save(&self, file: &Path) -> Result<()> {
        self.0.save(file).with_context(|| format!("could not write {}", file.display()))
    }
}
