mod drawn;

use std::io::{self, Cursor};

use camino::{Utf8Path, Utf8PathBuf};
use image::{ImageFormat, RgbaImage, imageops};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

/// The app's picture, from which icons of every size are made.
#[derive(Debug)]
pub struct Picture {
    path: Utf8PathBuf,
    content: Content,
}

enum Content {
    Drawing(Box<Tree>),
    Pixels(RgbaImage),
}

/// Why no icon could be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The picture could not be read.
    #[error("could not read `{path}`")]
    Read {
        /// The picture.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is no SVG, or a damaged one.
    #[error("could not understand the drawing `{path}`")]
    Drawing {
        /// The picture.
        path: Utf8PathBuf,
        /// What the parser met.
        #[source]
        source: resvg::usvg::Error,
    },
    /// It is no PNG, JPEG or ICO, or a damaged one.
    #[error("could not understand the picture `{path}`")]
    Pixels {
        /// The picture.
        path: Utf8PathBuf,
        /// What the decoder met.
        #[source]
        source: image::ImageError,
    },
    /// An icon of this size could not be made.
    #[error("could not make an icon of {size} pixels from `{path}`")]
    Size {
        /// The picture.
        path: Utf8PathBuf,
        /// The width and height wanted.
        size: u32,
    },
}

impl Picture {
    /// The picture in the file `source`: SVG, PNG, JPEG or ICO. Without one, a picture is drawn
    /// with the first letter of `name`, in a colour that the whole name decides.
    ///
    /// # Errors
    ///
    /// When the file can't be read or is none of these.
    pub fn of(source: Option<&Utf8Path>, name: &str) -> Result<Self, PictureError> {
        let Some(path) = source else {
            return Self::parse("drawn icon.svg".into(), drawn::svg(name).as_bytes());
        };
        let data = fs_err::read(path)
            .map_err(|source| PictureError::Read { path: path.to_owned(), source })?;
        Self::parse(path.to_owned(), &data)
    }

    fn parse(path: Utf8PathBuf, data: &[u8]) -> Result<Self, PictureError> {
        let svg = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
        let content = if svg {
            match Tree::from_data(data, &closed()) {
                Ok(tree) => Content::Drawing(Box::new(tree)),
                Err(source) => return Err(PictureError::Drawing { path, source }),
            }
        } else {
            // By the content: many an icon has the ending of another format.
            match image::load_from_memory(data) {
                Ok(picture) => Content::Pixels(picture.into_rgba8()),
                Err(source) => return Err(PictureError::Pixels { path, source }),
            }
        };
        Ok(Self { path, content })
    }

    /// A square PNG with sides of `size` pixels. A picture that is not square stands in the
    /// middle, with nothing around it. The same picture gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`PictureError::Size`] for 0 and for sizes beyond all memory.
    pub fn png(&self, size: u32) -> Result<Vec<u8>, PictureError> {
        let failed = || PictureError::Size { path: self.path.clone(), size };
        match &self.content {
            Content::Drawing(tree) => draw(tree, size).ok_or_else(failed),
            Content::Pixels(pixels) => fit(pixels, size).ok_or_else(failed),
        }
    }
}

/// A drawing pulls in no other file: a project could show one that is not its own, or name a
/// device that never ends. What is written in the drawing itself (`data:`) counts.
fn closed() -> Options<'static> {
    let mut options = Options::default();
    options.image_href_resolver.resolve_string = Box::new(|_, _| None);
    options
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Drawing(_) => "Drawing",
            Self::Pixels(_) => "Pixels",
        })
    }
}

fn draw(tree: &Tree, size: u32) -> Option<Vec<u8>> {
    let mut pixmap = Pixmap::new(size, size)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = size as f32 / width.max(height);
    let margin = |side: f32| (size as f32 - side * scale) / 2.0;
    let transform =
        Transform::from_scale(scale, scale).post_translate(margin(width), margin(height));
    resvg::render(tree, transform, &mut pixmap.as_mut());
    pixmap.encode_png().ok()
}

fn fit(pixels: &RgbaImage, size: u32) -> Option<Vec<u8>> {
    let longest = pixels.width().max(pixels.height());
    if size == 0 || longest == 0 {
        return None;
    }
    let side = |length: u32| (u64::from(length) * u64::from(size) / u64::from(longest)).max(1);
    let (width, height) =
        (u32::try_from(side(pixels.width())).ok()?, u32::try_from(side(pixels.height())).ok()?);
    let resized = imageops::resize(pixels, width, height, imageops::FilterType::Lanczos3);
    let mut square = RgbaImage::new(size, size);
    let margin = |length: u32| i64::from((size - length) / 2);
    imageops::overlay(&mut square, &resized, margin(width), margin(height));
    let mut png = Cursor::new(Vec::new());
    square.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_pulls_in_no_other_file() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let other = root.join("other.svg");
        let frame = |inside: &str| {
            format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">{inside}</svg>"#
            )
        };
        fs_err::write(&other, frame(r#"<rect width="8" height="8" fill="red"/>"#)).unwrap();
        let icon = root.join("icon.svg");
        let image = format!(r#"<image href="{other}" width="8" height="8"/>"#);
        fs_err::write(&icon, frame(&image)).unwrap();
        let drawn = Picture::of(Some(&icon), "x").unwrap().png(8).unwrap();
        let drawn = image::load_from_memory(&drawn).unwrap().into_rgba8();
        assert!(drawn.pixels().all(|pixel| pixel.0[3] == 0), "the other file was drawn");
    }
}
