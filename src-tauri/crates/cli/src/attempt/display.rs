use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use image::{ImageError, RgbImage};
use waterskin_process::{Canceller, Output, Tool, ToolError, find};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt as _, EventMask, ImageFormat, MapState, Window,
};
use x11rb::rust_connection::RustConnection;

/// How long a display may take to be there.
const START: Duration = Duration::from_secs(20);

/// Why there is no display, or no picture of it.
#[derive(Debug, thiserror::Error)]
pub enum DisplayError {
    /// The program that makes one is not installed.
    #[error("there is no `Xvfb`")]
    None,
    /// It does not start.
    #[error("`Xvfb` did not make a display")]
    Start(#[source] Option<ToolError>),
    /// It is not understood.
    #[error("could not look at the display")]
    Look(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The picture can't be written.
    #[error("could not write the picture `{path}`")]
    Picture {
        /// The file to be.
        path: Utf8PathBuf,
        /// What was met.
        #[source]
        source: ImageError,
    },
}

fn look(error: impl std::error::Error + Send + Sync + 'static) -> DisplayError {
    DisplayError::Look(Box::new(error))
}

/// A display under Xvfb that nobody sees, as long as this lives.
pub struct Display {
    name: String,
    connection: RustConnection,
    root: Window,
    stop: Canceller,
    server: Option<JoinHandle<Result<Output, ToolError>>>,
}

impl Display {
    /// Starts one of this size, in dots, so that a window of that size fills it.
    pub fn start(width: u32, height: u32) -> Result<Self, DisplayError> {
        let server = find("Xvfb").ok_or(DisplayError::None)?;
        let stop = Canceller::default();
        // `-displayfd` has it choose a free number, and say it when it listens.
        let tool = Tool::new(server)
            .args(["-displayfd", "1", "-noreset", "-nolisten", "tcp", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .canceller(&stop);
        let (tell, told) = mpsc::channel();
        let server = thread::spawn(move || {
            tool.run(&mut |_, line| {
                let _ = tell.send(line.trim().to_owned());
            })
        });
        let until = Instant::now() + START;
        let number = loop {
            match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if line.parse::<u32>().is_ok() => break line,
                // What it complains about.
                Ok(_) => {}
                Err(_) => {
                    stop.cancel();
                    return Err(DisplayError::Start(server.join().ok().and_then(Result::err)));
                }
            }
        };
        let name = format!(":{number}");
        let connected = x11rb::connect(Some(&name)).map_err(look);
        let connected = connected.and_then(|(connection, screen)| {
            let root = connection.setup().roots.get(screen).map(|screen| screen.root);
            Ok((connection, root.ok_or(DisplayError::Start(None))?))
        });
        match connected {
            Ok((connection, root)) => {
                Ok(Self { name, connection, root, stop, server: Some(server) })
            }
            Err(error) => {
                stop.cancel();
                let _ = server.join();
                Err(error)
            }
        }
    }

    /// Its name, as in `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a picture when what it shows has not changed between two looks, or `most` is over.
    pub fn shoot_when_quiet(
        &self,
        picture: &Utf8Path,
        most: Duration,
        tick: Duration,
        waiting: &dyn Fn(),
    ) -> Result<(), DisplayError> {
        let began = Instant::now();
        let mut last = self.shoot()?;
        loop {
            // Nobody unparks it.
            thread::park_timeout(tick * 3);
            waiting();
            let next = self.shoot()?;
            if next == last || began.elapsed() > most {
                return next
                    .save_with_format(picture, image::ImageFormat::Png)
                    .map_err(|source| DisplayError::Picture { path: picture.to_owned(), source });
            }
            last = next;
        }
    }

    /// What it shows now.
    fn shoot(&self) -> Result<RgbImage, DisplayError> {
        let size = self.connection.get_geometry(self.root).map_err(look)?.reply().map_err(look)?;
        let (width, height) = (size.width, size.height);
        let format = ImageFormat::Z_PIXMAP;
        let asked = self.connection.get_image(format, self.root, 0, 0, width, height, u32::MAX);
        let dots = asked.map_err(look)?.reply().map_err(look)?.data;
        // Blue, green, red and a byte that says nothing, at a depth of 24 bits.
        let colours = dots.chunks_exact(4).flat_map(|dot| match dot {
            [blue, green, red, _] => [*red, *green, *blue],
            _ => [0; 3],
        });
        RgbImage::from_raw(width.into(), height.into(), colours.collect())
            .ok_or_else(|| DisplayError::Look("it has another depth than 24 bits".into()))
    }

    /// Asks every window to close: `WM_DELETE_WINDOW` (ICCCM 4.2.8.1).
    pub fn close_all(&self) -> Result<(), DisplayError> {
        let atom = |name: &[u8]| {
            let asked = self.connection.intern_atom(false, name).map_err(look)?;
            Ok::<_, DisplayError>(asked.reply().map_err(look)?.atom)
        };
        let (protocols, delete) = (atom(b"WM_PROTOCOLS")?, atom(b"WM_DELETE_WINDOW")?);
        let tree = self.connection.query_tree(self.root).map_err(look)?.reply().map_err(look)?;
        for window in tree.children {
            let asked = self.connection.get_window_attributes(window).map_err(look)?;
            if asked.reply().is_ok_and(|it| it.map_state == MapState::VIEWABLE) {
                let data = [delete, 0, 0, 0, 0];
                let message = ClientMessageEvent::new(32, window, protocols, data);
                let sent = self.connection.send_event(false, window, EventMask::NO_EVENT, message);
                // It may have gone meanwhile.
                let _ = sent.map_err(look)?.check();
            }
        }
        Ok(())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}
