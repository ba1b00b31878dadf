use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tokio::sync::Mutex;

use crate::built::target;
use crate::companion::Companion;
use crate::eventually::{eventually, in_time};
use crate::nopython::Ordinary;
use crate::sandbox::sources;
use crate::x11::{self, Camera, Shown};
use crate::{Launch, PATIENCE, Picture, Result, Running, Sandbox};

/// How many colours an empty window on an empty display can have. Letters alone have dozens.
const BLANK: usize = 16;

/// A session bus that starts nothing by itself but what is in `services`: what the machine has for
/// a desktop, such as a keychain, is there in a test only when the test starts it.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:runtime=yes</listen>
  <servicedir>{services}</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"#;

/// How a session bus starts the one of screen readers, in the folder for such files.
const SCREEN_READERS: &str = "/usr/share/dbus-1/services/org.a11y.Bus.service";

/// A display of its own under Xvfb, and a session bus.
#[derive(Debug)]
pub struct Desktop {
    display: String,
    bus: String,
    /// What looks at it as a screen reader does, once something is looked at.
    pub(crate) reader: Mutex<Option<Companion>>,
    _server: Running,
    _bus: Running,
}

impl Desktop {
    /// Starts both. With `user`, the bus is that user's, as it lets nobody else in.
    pub async fn start(sandbox: &Sandbox, user: Option<&Ordinary>) -> Result<Self> {
        // `-displayfd` has the server choose a free number and say it when it listens. `-ac` lets
        // every user of the machine in, as the program may not be run by the one who runs Xvfb.
        let server = sandbox.launch("/usr/bin/Xvfb").args(["-displayfd", "1", "-ac", "-noreset"]);
        let server = server.args(["-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
        let mut server = server.start().context("the tests with windows need Xvfb")?;
        let display = server.stdout.wait_for("a display", PATIENCE, first_line).await?;
        let config = sandbox.path().join("bus.conf");
        let services = sandbox.path().join("services");
        fs_err::create_dir_all(&services)?;
        if Path::new(SCREEN_READERS).exists() {
            fs_err::copy(SCREEN_READERS, services.join("org.a11y.Bus.service"))?;
        }
        fs_err::write(&config, BUS.replace("{services}", &services.to_string_lossy()))?;
        let bus = sandbox.launch("/usr/bin/dbus-daemon").arg("--config-file").arg(&config);
        // In the run-time folder, for that is where both its own user and others find it.
        let bus = bus.args(["--nofork", "--nopidfile", "--print-address=1"]);
        let bus = user.map_or(Ok(bus.clone()), |user| user.run(bus))?;
        let mut bus = bus.start().context("the tests with windows need dbus-daemon")?;
        let address = bus.stdout.wait_for("a session bus", PATIENCE, first_line).await?;
        let display = format!(":{display}");
        Ok(Self { display, bus: address, reader: Mutex::default(), _server: server, _bus: bus })
    }

    /// What a program needs to know of it.
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        vec![
            ("DISPLAY".into(), self.display.clone().into()),
            ("DBUS_SESSION_BUS_ADDRESS".into(), self.bus.clone().into()),
        ]
    }

    /// Gives the session a keychain that is open (GNOME's). It lasts as long as the result.
    pub async fn keychain(&self, sandbox: &Sandbox) -> Result<Running> {
        // It takes the password from its input.
        let command =
            "printf open | exec gnome-keyring-daemon --foreground --unlock --components=secrets";
        let daemon = sandbox.launch("/bin/sh").arg("-c").arg(command).envs(self.environment());
        let daemon = daemon.start()?;
        let asked = ["--session", "--print-reply", "--dest=org.freedesktop.DBus"];
        let owner = ["/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"];
        eventually("the keychain", PATIENCE, async || {
            let ask = self.tool("dbus-send").args(asked).args(owner);
            let answer = ask.finish(PATIENCE).await?.success()?.stdout;
            Ok(answer.contains("boolean true").then_some(()))
        })
        .await?;
        Ok(daemon)
    }

    /// Gives the session a microphone, which hears one tone of 440 Hz without end: a sound server of
    /// its own with a made-up source. It lasts as long as the result.
    ///
    /// `module-sine-source` alone gives two seconds at once every two seconds, and GStreamer keeps a
    /// fifth of a second of it; so the tone is played into the air, and heard from there.
    pub async fn microphone(&self, sandbox: &Sandbox) -> Result<Running> {
        let server = sandbox.launch("/usr/bin/pulseaudio").envs(self.environment());
        // Of the machine's settings and devices it takes none.
        let server = server.args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm"]);
        let server = server.args(["--load=module-native-protocol-unix"]);
        let server = server.args(["--load=module-null-sink sink_name=air norewinds=1"]);
        let server = server.args(["--load=module-sine sink=air frequency=440"]);
        let heard = "module-remap-source master=air.monitor source_name=tone";
        let named = "source_properties=device.description=Microphone";
        let server = server.arg(format!("--load={heard} {named}")).start();
        let server = server.context("some tests with windows need pulseaudio")?;
        eventually("the sound server", PATIENCE, async || {
            let ask = sandbox.launch("/usr/bin/pactl").args(["list", "short", "sources"]);
            let told = ask.finish(PATIENCE).await?;
            Ok((told.code == Some(0) && told.stdout.contains("tone")).then_some(()))
        })
        .await?;
        Ok(server)
    }

    /// Gives the session a camera, which sees bars of all colours: a PipeWire of its own with a
    /// made-up source. It lasts as long as the result.
    pub async fn webcam(&self, sandbox: &Sandbox) -> Result<[Running; 3]> {
        let start = |program: &str, arguments: &[&str]| {
            let launch = sandbox.launch(Path::new("/usr/bin").join(program)).args(arguments);
            let launch = launch.envs(self.environment());
            launch.start().with_context(|| format!("some tests with windows need {program}"))
        };
        let knows = async |what: &str| {
            eventually(&format!("PipeWire with {what}"), PATIENCE, async || {
                let ask = sandbox.launch("/usr/bin/wpctl").arg("status").envs(self.environment());
                let told = ask.finish(PATIENCE).await?;
                Ok((told.code == Some(0) && told.stdout.contains(what)).then_some(()))
            })
            .await
        };
        let server = start("pipewire", &[])?;
        knows("PipeWire").await?;
        let manager = start("wireplumber", &[])?;
        knows("WirePlumber").await?;
        let picture = "video/x-raw,format=YUY2,width=640,height=480,framerate=30/1";
        let about = "stream-properties=p,media.class=Video/Source,media.role=Camera,node.name=camera,node.description=Camera";
        let source = ["videotestsrc", "is-live=true", "!", picture, "!", "pipewiresink"];
        let camera = start("gst-launch-1.0", &[&source[..], &["mode=provide", about]].concat())?;
        knows("Camera").await?;
        Ok([camera, manager, server])
    }

    /// Saves what the display shows as a PNG file for people to look at, in `screens` in the target
    /// folder, and gives its path.
    ///
    /// A page is painted some time after its text is there, so this waits until the display is not
    /// blank and two pictures are the same. It fails when the display stays blank.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let mut before = None;
        // Something may blink for ever, which is no fault: then the last picture has to do.
        let mut pictures = 0;
        in_time("the display to show more than an empty window", PATIENCE, async || {
            let (file, picture) = self.picture(name)?;
            if !picture.has_more_colours(BLANK) {
                return Ok(None);
            }
            pictures += 1;
            let still = before.as_ref() == Some(&picture);
            before = Some(picture);
            Ok((still || pictures == 20).then_some(file))
        })
        .await
    }

    /// What the display shows at the moment, whatever it is: the file that it is saved in, and itself.
    pub fn picture(&self, name: &str) -> Result<(PathBuf, Picture)> {
        let file = screens()?.join(format!("{name}.png"));
        let (width, dots) = self.camera()?.shoot()?;
        let picture = Picture::of(width, &dots)?;
        picture.save(&file)?;
        Ok((file, picture))
    }

    /// A camera that takes pictures of it in quick succession.
    pub fn camera(&self) -> Result<Camera> {
        Camera::on(&self.display)
    }

    /// Starts a window manager: without one, no window is moved, and none gets the keys.
    pub async fn managed(&self, sandbox: &Sandbox) -> Result<Running> {
        let manager = sandbox.launch("/usr/bin/openbox").arg("--sm-disable");
        let manager = manager.envs(self.environment()).start();
        let manager = manager.context("some tests with windows need openbox")?;
        eventually("a window manager", PATIENCE, async || {
            Ok(x11::is_managed(&self.display)?.then_some(()))
        })
        .await?;
        Ok(manager)
    }

    /// Presses keys as a person does, such as `ctrl+f`, in the window that has the keys.
    pub async fn press(&self, keys: &[&str]) -> Result<()> {
        let ended = self.tool("xdotool").arg("key").args(keys).finish(PATIENCE).await?;
        ended.success().map(drop)
    }

    /// Clicks at a place on the display, in pixels.
    pub async fn click(&self, place: (i32, i32)) -> Result<()> {
        self.click_with("1", place).await
    }

    /// The same with the right button.
    pub async fn ask_for_menu(&self, place: (i32, i32)) -> Result<()> {
        self.click_with("3", place).await
    }

    async fn click_with(&self, button: &str, (x, y): (i32, i32)) -> Result<()> {
        let move_there = ["mousemove", &x.to_string(), &y.to_string()];
        let ended = self.tool("xdotool").args(move_there).args(["click", button]).finish(PATIENCE);
        ended.await?.success().map(drop)
    }

    /// Types a text as a person does, in the window that has the keys.
    pub async fn write(&self, text: &str) -> Result<()> {
        let tool = self.tool("xdotool").args(["type", "--", text]);
        // It reads its arguments by the locale.
        tool.env("LC_ALL", "C.UTF-8").finish(PATIENCE).await?.success().map(drop)
    }

    /// Takes a file that lies outside of all windows, to drag it.
    pub async fn take_file(&self, file: &Path) -> Result<Dragged<'_>> {
        let script = sources().join("src/drag.py");
        let source = Launch::new("/usr/bin/python3").arg(script).arg(file).args(["1180", "800"]);
        let mut source = source.envs(self.environment()).env("NO_AT_BRIDGE", "1").start()?;
        source.stdout.wait_for("a file to drag", PATIENCE, first_line).await?;
        let dragged = Dragged { desktop: self, source: Some(source) };
        dragged.point(&["mousemove", "1210", "830", "mousedown", "1"]).await?;
        // It is a drag only after some way.
        dragged.to((1190, 815)).await?;
        dragged.to((1170, 800)).await?;
        Ok(dragged)
    }

    /// Takes what a page lets a person drag, at a place on the display.
    pub async fn take_from(&self, (x, y): (i32, i32)) -> Result<Dragged<'_>> {
        let dragged = Dragged { desktop: self, source: None };
        dragged.point(&["mousemove", &x.to_string(), &y.to_string(), "mousedown", "1"]).await?;
        dragged.to((x + 10, y + 5)).await?;
        dragged.to((x + 20, y + 10)).await?;
        Ok(dragged)
    }

    /// Gives a window another place and size, in pixels.
    pub async fn arrange(&self, window: &Shown, place: (i32, i32), size: (u32, u32)) -> Result<()> {
        let id = window.id.to_string();
        let text = |it: &dyn std::fmt::Display| it.to_string();
        let arguments = [
            ["windowsize", "--sync", &id, &text(&size.0), &text(&size.1)],
            ["windowmove", "--sync", &id, &text(&place.0), &text(&place.1)],
        ];
        let ended = self.tool("xdotool").args(arguments.concat()).finish(PATIENCE).await?;
        ended.success().map(drop)
    }

    /// The colour in the middle of a window's icon, if it has one: red, green, blue.
    pub fn icon(&self, window: &Shown) -> Result<Option<[u8; 3]>> {
        x11::icon(&self.display, window)
    }

    /// Where a window is on the display, and how large, in pixels.
    pub fn place(&self, window: &Shown) -> Result<((i32, i32), (u32, u32))> {
        x11::place(&self.display, window)
    }

    /// The windows that are shown and have a title.
    pub fn windows(&self) -> Result<Vec<Shown>> {
        x11::shown(&self.display)
    }

    /// Waits for a window with `title` in its title.
    pub async fn window(&self, title: &str) -> Result<Shown> {
        eventually(&format!("a window `{title}`"), PATIENCE, async || {
            Ok(self.windows()?.into_iter().find(|window| window.title.contains(title)))
        })
        .await
    }

    /// Asks a window to close, as its close button does.
    pub fn close(&self, window: &Shown) -> Result<()> {
        x11::close(&self.display, window)
    }

    pub(crate) fn tool(&self, name: &str) -> Launch {
        Launch::new(Path::new("/usr/bin").join(name)).envs(self.environment())
    }
}

/// Something under the pointer.
#[derive(Debug)]
pub struct Dragged<'a> {
    desktop: &'a Desktop,
    /// The program that it comes from, where that is one of the test's.
    source: Option<Running>,
}

impl Dragged<'_> {
    /// Drags it to a place on the display, in pixels.
    pub async fn to(&self, (x, y): (i32, i32)) -> Result<()> {
        self.point(&["mousemove", &x.to_string(), &y.to_string()]).await
    }

    /// Lets go of it. Gives back whether somebody took it, as far as its source tells.
    pub async fn release(mut self) -> Result<bool> {
        self.point(&["mouseup", "1"]).await?;
        let Some(source) = &mut self.source else { return Ok(true) };
        let ended = |text: &str| text.lines().nth(1).map(str::to_owned);
        let ended = source.stdout.wait_for("the end of a drag", PATIENCE, ended).await?;
        Ok(ended == "dropped")
    }

    async fn point(&self, arguments: &[&str]) -> Result<()> {
        self.desktop.tool("xdotool").args(arguments).finish(PATIENCE).await?.success().map(drop)
    }
}

fn first_line(output: &str) -> Option<String> {
    output.split_once('\n').map(|(line, _)| line.trim().to_owned())
}

/// The folder with pictures for people to look at.
pub fn screens() -> Result<PathBuf> {
    let folder = target()?.join("screens");
    fs_err::create_dir_all(&folder)?;
    Ok(folder)
}
