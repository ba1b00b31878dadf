//! Icons of every size.

use super::*;

#[test]
fn icons_from_every_kind_of_picture() {
    let place = place();
    let wide = place.root.join("wide é.svg");
    write(
        &wide,
        "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100'>\
         <rect width='200' height='100' fill='#f00'/></svg>",
    );
    let small = place.root.join("small.png");
    image::RgbaImage::from_pixel(3, 6, image::Rgba([0, 0, 255, 255])).save(&small).unwrap();
    for (source, middle, empty) in
        [(Some(&*wide), [255, 0, 0, 255], (32, 2)), (Some(&*small), [0, 0, 255, 255], (2, 32))]
    {
        let png = Picture::of(source, "x").unwrap().png(64).unwrap();
        let icon = image::load_from_memory(&png).unwrap().into_rgba8();
        assert_eq!(icon.dimensions(), (64, 64));
        assert_eq!(icon.get_pixel(32, 32).0, middle);
        assert_eq!(icon.get_pixel(empty.0, empty.1).0[3], 0, "nothing is around the picture");
    }
    for name in ["Hello", "数", "…"] {
        let png = Picture::of(None, name).unwrap().png(16).unwrap();
        let icon = image::load_from_memory(&png).unwrap().into_rgba8();
        assert!(icon.pixels().any(|pixel| pixel.0[..3] == [255, 255, 255] || pixel.0[0] > 200));
    }
    assert!(matches!(Picture::of(None, "x").unwrap().png(0), Err(PictureError::Size { .. })));
    for (name, expected) in [("bad.svg", "drawing"), ("bad.png", "picture")] {
        let path = place.root.join(name);
        write(&path, "no picture");
        let error = Picture::of(Some(&path), "x").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(matches!(Picture::of(Some("/none.png".into()), "x"), Err(PictureError::Read { .. })));
}
