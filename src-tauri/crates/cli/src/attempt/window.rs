use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle::Payload;
use waterskin_process::{Canceller, Tool, ToolError, find};

use super::display::{Display, DisplayError};

/// How long a window may take until it shows the app.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long what it shows may go on changing before its picture is taken all the same.
const CHANGING: Duration = Duration::from_secs(8);
/// How often it is looked at.
const TICK: Duration = Duration::from_millis(200);
/// How long it may take to end when it is closed.
const END: Duration = Duration::from_secs(5);

/// A window that showed the app.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// The picture of it.
    pub picture: Utf8PathBuf,
    /// After how long the page said that it shows the app, in seconds.
    pub rendered_seconds: f64,
    /// Whether nothing but this machine could be reached.
    pub offline: bool,
}

impl Seen {
    /// What should be known of it.
    pub fn note(&self) -> Option<String> {
        (!self.offline).then(|| "this system can't keep the window from the network".to_owned())
    }
}

/// Why there was nothing to see.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// There is no display for a window.
    #[error(transparent)]
    Display(#[from] DisplayError),
    /// Its folders can't be made.
    #[error("could not make a home for the window")]
    Place(#[source] io::Error),
    /// The program ended by itself.
    #[error("the window's program ended before it showed the app")]
    Ended(#[source] ToolError),
    /// It ended well, and showed nothing.
    #[error("the window's program ended at once")]
    EndedWell,
    /// It does not come to show the app.
    #[error("the window did not show the app in {} s; {}", PATIENCE.as_secs(), stage(.last))]
    Silent {
        /// The last thing that its log tells of.
        last: String,
    },
}

impl WindowError {
    /// What to say where this is no fault of the app's.
    pub fn note(&self) -> Option<String> {
        match self {
            Self::Display(DisplayError::None) => Some(
                "there is no picture: `Xvfb`, on which a window is opened that nobody sees, is not installed (Debian and Ubuntu: `sudo apt install xvfb`)"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    /// What the author can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Display(_) => "see that `Xvfb` starts",
            Self::Place(_) => "see that the folder for temporary files has room",
            Self::Ended(_) | Self::EndedWell | Self::Silent { .. } => {
                "install it, start it from a terminal, and read the log that its window shows by the menu *Log*"
            }
        }
        .to_owned()
    }
}

/// How far a start came, by the last milestone in its log.
fn stage(last: &str) -> &'static str {
    match last {
        "" => "it did not come to make a window",
        "Listening" | "Spawned" => "its page was not asked for (stage 1, first contact)",
        "Contact" => "Python did not answer (stage 2, page and scripts)",
        "Ready" => "its WebSocket was not opened (stage 3, the switch to WebSocket)",
        _ => "its script drew nothing (stage 4, messages)",
    }
}

/// Opens `program`, the app's shell, in a home of its own in `place` on a display that nobody sees, and
/// leaves its `picture` when it shows the app.
pub fn open(
    payload: &Payload,
    program: &Utf8Path,
    place: &Utf8Path,
    picture: &Utf8Path,
    waiting: &dyn Fn(),
) -> Result<Seen, WindowError> {
    let home = Home::make(place).map_err(WindowError::Place)?;
    let window = &payload.manifest.window;
    let display = Display::start(window.width, window.height)?;
    let (tool, offline) = apart(program, &home, display.name());
    let stop = Canceller::default();
    let tool = tool.canceller(&stop);
    let began = Instant::now();
    let (ended, end) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            // Nobody is there only where the picture is taken.
            let _ = ended.send(tool.run(&mut |_, _| {}));
        });
        let seen = wait(&home.logs(payload.manifest.app.id.as_str()), &end, began, waiting)
            .and_then(|rendered| {
                display.shoot_when_quiet(picture, CHANGING, TICK, waiting)?;
                Ok(Seen {
                    picture: picture.to_owned(),
                    rendered_seconds: rendered.as_secs_f64(),
                    offline,
                })
            });
        // As a person would close it; where it does not go, it is ended.
        if seen.is_ok() && display.close_all().is_ok() {
            let _ = end.recv_timeout(END);
        }
        stop.cancel();
        seen
    })
}

/// Waits until the page says that it shows the app, and gives how long that took.
fn wait(
    logs: &Utf8Path,
    end: &mpsc::Receiver<Result<waterskin_process::Output, ToolError>>,
    began: Instant,
    waiting: &dyn Fn(),
) -> Result<Duration, WindowError> {
    loop {
        waiting();
        let log = newest_log(logs);
        let last = last_milestone(&log);
        if log.contains("milestone=Rendered") {
            return Ok(began.elapsed());
        }
        match end.recv_timeout(TICK) {
            Ok(Ok(_)) => return Err(WindowError::EndedWell),
            Ok(Err(error)) => return Err(WindowError::Ended(error)),
            Err(_) if began.elapsed() > PATIENCE => {
                return Err(WindowError::Silent { last: last.to_owned() });
            }
            Err(_) => {}
        }
    }
}

/// The shell's own log so far; empty where there is none yet.
fn newest_log(logs: &Utf8Path) -> String {
    let files = logs.read_dir_utf8().into_iter().flatten().flatten();
    let own = files.filter(|file| file.file_name().starts_with("shell."));
    let newest = own.max_by_key(|file| file.file_name().to_owned());
    newest.and_then(|file| fs_err::read_to_string(file.path()).ok()).unwrap_or_default()
}

fn last_milestone(log: &str) -> &str {
    let last = log.rsplit_once("milestone=").map(|(_, rest)| rest);
    last.and_then(|rest| rest.split_whitespace().next()).unwrap_or_default()
}

/// A home that nothing was ever in.
struct Home {
    root: Utf8PathBuf,
}

impl Home {
    fn make(root: &Utf8Path) -> io::Result<Self> {
        for folder in ["home", "tmp", "run"] {
            // For its owner alone: that of the session must be.
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(root.join(folder))?;
        }
        Ok(Self { root: root.to_owned() })
    }

    fn logs(&self, id: &str) -> Utf8PathBuf {
        self.root.join("home/.local/state").join(id).join("logs")
    }

    fn environment(&self, display: &str) -> Vec<(&'static str, String)> {
        let home = self.root.join("home");
        let kept = |name: &'static str| Some((name, std::env::var(name).ok()?));
        let mut all = vec![
            ("HOME", home.to_string()),
            ("XDG_CACHE_HOME", home.join(".cache").into()),
            ("XDG_CONFIG_HOME", home.join(".config").into()),
            ("XDG_DATA_HOME", home.join(".local/share").into()),
            ("XDG_STATE_HOME", home.join(".local/state").into()),
            ("XDG_RUNTIME_DIR", self.root.join("run").into()),
            ("TMPDIR", self.root.join("tmp").into()),
            ("DISPLAY", display.to_owned()),
            // Not the person's own desktop, should there be one.
            ("GDK_BACKEND", "x11".to_owned()),
            ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}/run/bus", self.root)),
        ];
        all.extend(["PATH", "LANG", "LC_ALL", "USER", "LOGNAME"].into_iter().filter_map(kept));
        all
    }
}

/// The program in this home, and whether it is kept from the network: by a namespace of its own, where
/// the system lets people make them (user_namespaces(7)).
fn apart(program: &Utf8Path, home: &Home, display: &str) -> (Tool, bool) {
    const OWN: [&str; 4] = ["--user", "--map-current-user", "--keep-caps", "--net"];
    const LOOPBACK: &str = "ip link set lo up && exec \"$@\"";
    let unshare = || Tool::new("unshare").args(OWN).args(["sh", "-c", LOOPBACK, "sh"]);
    let can = find("unshare").is_some() && unshare().arg("true").run(&mut |_, _| {}).is_ok();
    let tool = if can { unshare().arg(program) } else { Tool::new(program.as_std_path()) };
    let tool = home
        .environment(display)
        .into_iter()
        .fold(tool.env_clear(), |tool, (name, value)| tool.env(name, value));
    (tool, can)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_says_how_far_a_start_came() {
        let log = "INFO milestone: milestone=Listening ms=3.1\nINFO milestone: milestone=Contact ms=9\nINFO x\n";
        assert_eq!(last_milestone(log), "Contact");
        assert!(stage(last_milestone(log)).contains("stage 2"));
        assert_eq!(last_milestone(""), "");
        let silent = WindowError::Silent { last: "Ready".to_owned() };
        assert!(silent.to_string().contains("stage 3"), "{silent}");
    }
}
