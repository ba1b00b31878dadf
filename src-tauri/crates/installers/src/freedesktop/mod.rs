//! What the desktops of Linux read of an installed app, whatever package brought it.

pub(crate) mod desktop;
pub(crate) mod metainfo;

use desktop::desktop;
use metainfo::metainfo;

use crate::archive::Entries;
use crate::{FormatError, InstallTree};

/// The sizes in pixels that the icon theme `hicolor` has for apps and that desktops look for.
const ICON_SIZES: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];

/// Adds the entry of menus, the page of software centres and the icons, below `usr/share`. The version
/// is as the package has it, and the time counts in seconds since 1970.
pub(crate) fn add(
    entries: &mut Entries,
    tree: &InstallTree<'_>,
    version: &str,
    time: u64,
) -> Result<(), FormatError> {
    let app = tree.app();
    let id = &app.id;
    entries.add_bytes(format!("usr/share/applications/{id}.desktop"), desktop(app));
    let page = metainfo(app, version, time);
    entries.add_bytes(format!("usr/share/metainfo/{id}.metainfo.xml"), page);
    for size in ICON_SIZES {
        let path = format!("usr/share/icons/hicolor/{size}x{size}/apps/{id}.png");
        let png = tree.icon.png(size).map_err(|source| FormatError::Icon { source })?;
        entries.add_bytes(path, png);
    }
    Ok(())
}
