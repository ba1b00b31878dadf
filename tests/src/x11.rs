//! What a window manager would do: see which windows are shown, and close one.

use anyhow::Context;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, ImageFormat, MapState, Window,
};
use x11rb::rust_connection::RustConnection;

use crate::Result;

/// A window that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its id.
    pub id: u32,
    /// Its title.
    pub title: String,
}

/// The windows of `display` that are shown and have a title.
pub(crate) fn shown(display: &str) -> Result<Vec<Shown>> {
    let (connection, root) = connect(display)?;
    let name = connection.intern_atom(false, b"_NET_WM_NAME")?.reply()?.atom;
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(window) = open.pop() {
        // A window may go away between two questions.
        let Ok(tree) = connection.query_tree(window)?.reply() else { continue };
        open.extend(tree.children);
        let Ok(about) = connection.get_window_attributes(window)?.reply() else { continue };
        let title = connection.get_property(false, window, name, AtomEnum::ANY, 0, 1024)?.reply();
        let title = title.map(|title| String::from_utf8_lossy(&title.value).into_owned());
        if let (MapState::VIEWABLE, Ok(title)) = (about.map_state, title)
            && !title.is_empty()
        {
            found.push(Shown { id: window, title });
        }
    }
    Ok(found)
}

/// Asks a window to close: `WM_DELETE_WINDOW`, ICCCM §4.2.8.1.
pub(crate) fn close(display: &str, window: &Shown) -> Result<()> {
    let (connection, _) = connect(display)?;
    let protocols = connection.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
    let delete = connection.intern_atom(false, b"WM_DELETE_WINDOW")?.reply()?.atom;
    let message = ClientMessageEvent::new(32, window.id, protocols, [delete, 0, 0, 0, 0]);
    connection.send_event(false, window.id, EventMask::NO_EVENT, message)?.check()?;
    Ok(())
}

/// Whether a window manager is there: EWMH, `_NET_SUPPORTING_WM_CHECK`.
pub(crate) fn is_managed(display: &str) -> Result<bool> {
    let (connection, root) = connect(display)?;
    let name = connection.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK")?.reply()?.atom;
    let check = connection.get_property(false, root, name, AtomEnum::WINDOW, 0, 1)?.reply()?;
    Ok(check.value_len > 0)
}

/// Where a window is on the display, and how large.
pub(crate) fn place(display: &str, window: &Shown) -> Result<((i32, i32), (u32, u32))> {
    let (connection, root) = connect(display)?;
    let size = connection.get_geometry(window.id)?.reply()?;
    let corner = connection.translate_coordinates(window.id, root, 0, 0)?.reply()?;
    let place = (corner.dst_x.into(), corner.dst_y.into());
    Ok((place, (size.width.into(), size.height.into())))
}

/// Takes pictures of a whole display.
#[derive(Debug)]
pub struct Camera {
    connection: RustConnection,
    root: Window,
}

impl Camera {
    pub(crate) fn on(display: &str) -> Result<Self> {
        let (connection, root) = connect(display)?;
        Ok(Self { connection, root })
    }

    /// What the display shows now: the width, and blue, green, red and a byte that says nothing for
    /// each dot, line by line.
    pub fn shoot(&mut self) -> Result<(u32, Vec<u8>)> {
        let size = self.connection.get_geometry(self.root)?.reply()?;
        let (width, height) = (size.width, size.height);
        let all = u32::MAX;
        let format = ImageFormat::Z_PIXMAP;
        let image = self.connection.get_image(format, self.root, 0, 0, width, height, all)?;
        let data = image.reply()?.data;
        anyhow::ensure!(
            data.len() == usize::from(width) * usize::from(height) * 4,
            "a display of another depth than 24 bits"
        );
        Ok((width.into(), data))
    }
}

/// The colour in the middle of a window's first icon: EWMH, `_NET_WM_ICON`.
pub(crate) fn icon(display: &str, window: &Shown) -> Result<Option<[u8; 3]>> {
    let (connection, _) = connect(display)?;
    let name = connection.intern_atom(false, b"_NET_WM_ICON")?.reply()?.atom;
    let all = u32::MAX / 4;
    let icon = connection.get_property(false, window.id, name, AtomEnum::CARDINAL, 0, all)?;
    let icon = icon.reply()?;
    // Width and height, then the pixels line by line: alpha, red, green, blue.
    let pixels: Vec<u32> = icon.value32().into_iter().flatten().collect();
    let [width, height, pixels @ ..] = &pixels[..] else { return Ok(None) };
    let middle = usize::try_from(height / 2 * width + width / 2)?;
    let pixel = pixels.get(middle).map(|pixel| pixel.to_be_bytes());
    Ok(pixel.map(|[_, red, green, blue]| [red, green, blue]))
}

fn connect(display: &str) -> Result<(RustConnection, Window)> {
    let (connection, screen) = x11rb::connect(Some(display))
        .with_context(|| format!("could not connect to the display {display}"))?;
    let root = connection.setup().roots.get(screen).context("a display without a screen")?.root;
    Ok((connection, root))
}
