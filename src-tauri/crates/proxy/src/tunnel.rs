use std::io;

use bytes::BytesMut;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::frames::{FrameHead, Tap};
use crate::observer::{Direction, Observer};

/// How much is read at once, per direction.
const BUFFER: usize = 128 * 1024;

/// An upgraded connection on both of its sides.
pub(crate) struct Tunnel {
    pub(crate) stream: u64,
    pub(crate) window: OnUpgrade,
    pub(crate) app: OnUpgrade,
    /// Whether frames are to be read: the connection speaks WebSocket.
    pub(crate) is_websocket: bool,
}

impl Tunnel {
    /// Copies bytes both ways until both sides have ended, or one of them failed.
    ///
    /// The end of one direction is passed on as such, and the other goes on.
    pub(crate) async fn run(self, observer: &dyn Observer) -> io::Result<()> {
        let (window, app) = tokio::try_join!(self.window, self.app).map_err(io::Error::other)?;
        let (from_window, to_window) = tokio::io::split(TokioIo::new(window));
        let (from_app, to_app) = tokio::io::split(TokioIo::new(app));
        let tapped = |direction| {
            let mut tap = self.is_websocket.then(|| Tap::new(direction));
            move |chunk: &[u8]| {
                if let Some(tap) = &mut tap {
                    tap.feed(chunk, |head: &FrameHead, prefix| {
                        observer.frame(self.stream, direction, head, prefix);
                    });
                }
            }
        };
        tokio::try_join!(
            copy(from_window, to_app, tapped(Direction::ToApp)),
            copy(from_app, to_window, tapped(Direction::ToWindow)),
        )?;
        Ok(())
    }
}

/// Copies until the end of `from`. `seen` gets each chunk once it is written.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut seen: impl FnMut(&[u8]),
) -> io::Result<()> {
    let mut buffer = BytesMut::with_capacity(BUFFER);
    while from.read_buf(&mut buffer).await? > 0 {
        to.write_all(&buffer).await?;
        to.flush().await?;
        seen(&buffer);
        buffer.clear();
    }
    to.shutdown().await
}
