//! What happens to a machine in months: it sleeps, changes its network and its clock, and a second
//! person has a session on it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use http::StatusCode;
use rustix::process::{Signal, kill_process};
use waterskin_tests::{
    Ask, Case, Desktop, Installed, Launch, NEWEST, Ordinary, PATIENCE, Process, Result, Sandbox,
    Site, Window, app, built, eventually, is_root, python_socket, skipped,
};

/// Longer than Streamlit waits between two pings, and for the answer to one (30 s, 1.67).
const ASLEEP: Duration = Duration::from_secs(40);

/// Stops processes, as a machine that goes to sleep does with all of them, and wakes them up.
async fn sleeps(processes: &[Process]) -> Result<()> {
    anyhow::ensure!(!processes.is_empty(), "nobody sleeps");
    let all = |signal| {
        processes.iter().try_for_each(|it| kill_process(it.id, signal)).context("a process is gone")
    };
    all(Signal::STOP)?;
    // It is the time itself that this is about.
    tokio::time::sleep(ASLEEP).await;
    all(Signal::CONT)
}

/// Presses the button of the app `stages`: the session counts on where it was.
async fn press(window: &Window, count: u32) -> Result<()> {
    window.rests().await?;
    // Once: a second press would count on, however late the first one is answered.
    window.click("Press").await?;
    window.shows(&format!("Pressed {count} times."), PATIENCE).await
}

mod long {
    use waterskin_tests::{Case, NEWEST, PATIENCE, Result};

    use super::{press, sleeps};

    #[tokio::test]
    async fn an_app_goes_on_after_the_machine_slept() -> Result<()> {
        let case = Case::of("stages", NEWEST).await?;
        let window = case.driven().await?;
        window.shows("The last text.", PATIENCE).await?;
        press(&window, 1).await?;
        let python = case.running_python(&[]).await?;
        sleeps(&case.alive()).await?;
        press(&window, 2).await?;
        // The page alone: Python's pings get no answer meanwhile.
        let page: Vec<_> = case.alive().into_iter().filter(|it| it.id != python.id).collect();
        sleeps(&page).await?;
        press(&window, 3).await?;
        assert_eq!(case.running_python(&[]).await?.id, python.id, "Python was started anew");
        case.desktop.screenshot("lasting-slept").await.map(drop)
    }
}

/// The clock of everything that an app runs, set by a file: libfaketime stands between.
struct Clock {
    file: PathBuf,
}

impl Clock {
    const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    /// A program that runs the command under this clock.
    fn before(case: &Case) -> Result<(Self, PathBuf)> {
        let folder = case.sandbox.path();
        let clock = Self { file: folder.join("clock") };
        clock.set(0)?;
        let (program, cli) = (folder.join("in-its-time"), waterskin_tests::cli()?);
        // What the system's timers go by stays as it is, as it does when somebody sets a clock.
        let script = format!(
            "#!/bin/sh\nexport LD_PRELOAD={} FAKETIME_TIMESTAMP_FILE={} FAKETIME_NO_CACHE=1 \\\n\
             FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1\nexec '{}' \"$@\"\n",
            Self::LIBRARY,
            clock.file.display(),
            cli.display(),
        );
        fs_err::write(&program, script)?;
        fs_err::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        Ok((clock, program))
    }

    fn set(&self, days: i8) -> Result<()> {
        let staged = self.file.with_extension("new");
        fs_err::write(&staged, format!("{days:+}d\n"))?;
        Ok(fs_err::rename(staged, &self.file)?)
    }
}

/// How many days the clocks are ahead: of the page, of the shell and of Python, by the dates of
/// what they answer.
async fn days_ahead(window: &Window) -> Result<[f64; 3]> {
    let script = "const date = (path) => fetch(path, { cache: 'no-store' })
             .then((answer) => Date.parse(answer.headers.get('date')));
         return Promise.all([Date.now(), date('/manifest.json'), date('/_stcore/health')])";
    let times = window.script(script).await?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs_f64();
    let days = |index: usize| {
        let time = times[index].as_f64().unwrap_or_default();
        ((time / 1000.0 - now) / 86_400.0).round()
    };
    Ok([days(0), days(1), days(2)])
}

#[tokio::test]
async fn an_app_goes_on_when_the_clock_is_set() -> Result<()> {
    if !Path::new(Clock::LIBRARY).exists() {
        skipped("libfaketime is not on this machine");
        return Ok(());
    }
    let case = Case::of("stages", NEWEST).await?;
    let (clock, program) = Clock::before(&case)?;
    let arguments = case.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let window = Window::open(&case.sandbox, &case.desktop, None, &program, &arguments).await?;
    window.shows("The last text.", PATIENCE).await?;
    let mut python = case.running_python(&[]).await?;
    for days in [3_i8, -3] {
        window.shows("Run 1.", PATIENCE).await?;
        press(&window, 1).await?;
        clock.set(days)?;
        eventually("all clocks to be set", PATIENCE, async || {
            Ok((days_ahead(&window).await? == [f64::from(days); 3]).then_some(()))
        })
        .await?;
        // The connection and its session, the gate's cookie, and the way back from a crash.
        press(&window, 2).await?;
        window.script("location.reload()").await?;
        window.shows("Pressed 0 times.", PATIENCE).await?;
        kill_process(python.id, Signal::KILL)?;
        python = case.running_python(&[python.id]).await?;
        window.shows("Pressed 0 times.", PATIENCE).await?;
    }
    Ok(())
}

/// Runs `ip` to its end.
async fn ip(arguments: &[&str]) -> Result<String> {
    let ip = Launch::new("/usr/sbin/ip").args(arguments);
    Ok(ip.finish(PATIENCE).await?.success()?.stdout)
}

/// Runs an ignored test of this file in a network that has nothing but loopback.
async fn alone(test: &str) -> Result<()> {
    if !is_root() {
        skipped("only root can make a network");
        return Ok(());
    }
    let this = Launch::new(std::env::current_exe()?).envs(std::env::vars_os());
    let this = this.args(["--exact", test, "--ignored", "--nocapture"]);
    let script = "ip link set lo up && exec \"$@\"";
    let alone = this.behind("/usr/bin/unshare", ["--net", "/bin/sh", "-c", script, "sh"]);
    let ended = alone.directory(std::env::current_dir()?).finish(Duration::from_secs(240)).await?;
    anyhow::ensure!(ended.stdout.contains("1 passed"), "{}{}", ended.stdout, ended.stderr);
    Ok(())
}

/// There is loopback and nothing else.
async fn nobody_else_is_there() -> Result<()> {
    let links = ip(&["-o", "link"]).await?;
    anyhow::ensure!(links.lines().count() == 1 && links.contains("lo:"), "there is {links}");
    Ok(())
}

#[tokio::test]
async fn an_app_needs_no_network_and_takes_no_harm_when_it_changes() -> Result<()> {
    alone("lasting::in_a_network_of_its_own").await
}

#[tokio::test]
async fn a_map_without_a_network_says_what_it_misses() -> Result<()> {
    alone("lasting::a_map_in_a_network_of_its_own").await
}

#[tokio::test]
#[ignore = "a test above runs it in a network of its own"]
async fn a_map_in_a_network_of_its_own() -> Result<()> {
    nobody_else_is_there().await?;
    let case = Case::of("map", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let seen = case.desktop.seen();
    // Not the icon's site, which comes first and which nobody misses.
    seen.shows("basemaps.cartocdn.com can’t be reached").await?;
    seen.shows("needs the internet").await?;
    case.desktop.screenshot("map-without-a-network").await?;
    // The rest of the app goes on.
    window.rests().await?;
    window.click("Go on").await?;
    window.shows("Gone on.", PATIENCE).await
}

#[tokio::test]
#[ignore = "a test above runs it in a network of its own"]
async fn in_a_network_of_its_own() -> Result<()> {
    nobody_else_is_there().await?;
    let case = Case::of("stages", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    press(&window, 1).await?;
    let changes = [
        "link add w0 type veth peer name w1",
        "link set w1 up",
        "addr add 192.0.2.2/24 dev w0",
        "link set w0 up",
        "route add default via 192.0.2.1",
        "addr del 192.0.2.2/24 dev w0",
        "addr add 198.51.100.7/24 dev w0",
        "link set w0 down",
        "link del w0",
    ];
    for (command, count) in changes.into_iter().zip(2..) {
        ip(&command.split(' ').collect::<Vec<_>>()).await?;
        press(&window, count).await.with_context(|| format!("after `ip {command}`"))?;
    }
    Ok(())
}

/// One of two people who use a machine at the same time.
struct Person {
    sandbox: Sandbox,
    user: Ordinary,
    window: Window,
    _desktop: Desktop,
}

impl Person {
    async fn open(
        installed: &Installed,
        user: fn(&Sandbox, Option<&Path>) -> Result<Ordinary>,
    ) -> Result<Self> {
        let folder = Path::new("/usr/lib").join(&installed.name);
        let sandbox = Sandbox::new()?;
        let user = user(&sandbox, Some(&folder))?;
        let desktop = Desktop::start(&sandbox, Some(&user)).await?;
        let program = folder.join(&installed.name);
        let window = Window::open(&sandbox, &desktop, Some(&user), &program, &[]).await?;
        window.shows("Given 1, relative 1.", PATIENCE).await?;
        Ok(Self { sandbox, user, window, _desktop: desktop })
    }

    /// The port of this person's app.
    fn port(&self, installed: &Installed) -> Result<u16> {
        let alive = self.sandbox.ours().alive();
        let program = Path::new("/usr/lib").join(&installed.name).join(&installed.name);
        let shell = alive.iter().find(|it| it.executable == program);
        let ports = shell.context("the app does not run")?.listening_ports()?;
        ports.first().copied().context("it listens on nothing")
    }
}

#[tokio::test]
async fn two_people_have_the_same_app_open_and_neither_reaches_the_others() -> Result<()> {
    if !is_root() {
        skipped("only root can install a package for two users");
        return Ok(());
    }
    let package = built::package_named(&app("data"), "Lasting of Two").await?;
    let installed = Installed::from(&package).await?;
    let ann = Person::open(&installed, Ordinary::of).await?;
    let bob = Person::open(&installed, Ordinary::second).await?;
    assert_ne!(ann.user.id(), bob.user.id());
    let ports = [ann.port(&installed)?, bob.port(&installed)?];
    assert_ne!(ports[0], ports[1]);
    for (person, port) in [(&ann, ports[0]), (&bob, ports[1])] {
        let id = person.user.id();
        let origin = person.window.script("return location.origin").await?;
        assert_eq!(origin, format!("http://localhost:{port}").as_str());
        let data = person.sandbox.home().join(".local/share/org.waterskin.data/data/größe.txt");
        assert_eq!(fs_err::metadata(&data)?.uid(), id, "the data is in the home of its user");
        let socket = python_socket(&person.sandbox).await?;
        let folder = fs_err::metadata(socket.parent().context("a socket without a folder")?)?;
        assert_eq!((folder.uid(), folder.mode() & 0o777), (id, 0o700), "{}", socket.display());
        assert_eq!(Site::on(port).ask(Ask::get("/")).await?.status, StatusCode::FORBIDDEN);
    }
    // A page of the one can't use the app of the other.
    let reach = format!(
        "return fetch('http://localhost:{}/_stcore/health', {{ credentials: 'include' }})
             .then(() => 'reached', () => 'refused')",
        ports[1]
    );
    assert_eq!(ann.window.script(&reach).await?, "refused");
    // Each goes on, and the one's end is none of the other's.
    drop(ann);
    bob.window.script("location.reload()").await?;
    bob.window.shows("Given ", PATIENCE).await?;
    drop(bob);
    installed.remove().await
}
