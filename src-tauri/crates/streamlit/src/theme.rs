use crate::Series;

/// What lies behind everything in Streamlit's own dark theme: red, green and blue (`utils.*.js`,
/// `bgColor`). `None` where the version is not known: then the newest counts.
pub fn dark_ground(version: Option<Series>) -> [u8; 3] {
    match version {
        Some(version) if version < Series::new(1, 67) => [0x0e, 0x11, 0x17],
        _ => [0x17, 0x16, 0x14],
    }
}
