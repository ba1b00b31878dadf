//! The window: what it shows of an app that works, dies, hangs or can't start, and how it ends.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};
use waterskin_tests::{
    Case, Desktop, Launch, NEWEST, PATIENCE, Process, RIGHT, Result, Sandbox, Venv, Window,
    eventually, is_root, servers, skipped,
};

/// How long anything of ours may outlive its shell.
const AFTERLIFE: Duration = Duration::from_secs(1);

/// How long an orderly end may take.
const STOP: Duration = Duration::from_secs(3);

/// Whether a file is the one of `tests/apps/stages`.
///
/// Streamlit with Tornado sends a name that Latin-1 can hold in Latin-1, of whose letters outside
/// ASCII WebKitGTK makes U+FFFD (Streamlit 1.40.2, `media_file_handler.py`; WebKitGTK 2.50.6).
fn is_download(name: &str, version: &str) -> bool {
    name == "a résumé of bytes.bin"
        || version < "1.53" && name == "a r\u{fffd}sum\u{fffd} of bytes.bin"
}

#[tokio::test]
async fn messages_and_files_go_both_ways() -> Result<()> {
    for version in servers() {
        let case = Case::of("stages", version).await?;
        let window = case.driven().await?;
        window.shows("The last text.", PATIENCE).await?;
        window.keys(".st-key-level [role=slider], .st-key-level input", RIGHT).await?;
        window.shows("Level is 11.", PATIENCE).await?;
        window.click("Press").await?;
        window.shows("Pressed 1 times.", PATIENCE).await?;

        let file = case.sandbox.work().join("täble one.csv");
        fs_err::write(&file, "a,b\n1,2\n")?;
        window.choose_file("input[type=file]", &file).await?;
        window.shows("Upload 'täble one.csv' has 8 bytes", PATIENCE).await?;

        // The button leads to another address after each run, and a click in between gets lost.
        window.rests().await?;
        window.click("Download").await?;
        let saved = eventually("the download", PATIENCE, async || {
            let mut files = walkdir::WalkDir::new(case.sandbox.home()).into_iter().flatten();
            let saved = files.find(|it| is_download(&it.file_name().to_string_lossy(), version));
            Ok(saved.filter(|it| it.metadata().is_ok_and(|it| it.len() == 1_000_000)))
        })
        .await?;
        let check = Launch::new("/usr/bin/sha256sum").arg(saved.path());
        let digest = check.finish(PATIENCE).await?.success()?.stdout;
        let digest = digest.split_whitespace().next().unwrap_or_default().to_owned();
        window.shows(&format!("Download has 1000000 bytes, SHA-256 {digest}."), PATIENCE).await?;

        case.desktop.screenshot(&format!("stages-{version}")).await?;
        // What the page calls itself, and no longer the name of the folder.
        let shown = case.desktop.window("Stages").await?;
        case.desktop.close(&shown)?;
        case.nothing_is_left(STOP).await?;
    }
    Ok(())
}

/// Tauri gives every page the means to ask; what counts is that the Streamlit page is refused.
#[tokio::test]
async fn the_page_can_ask_the_shell_for_nothing() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let commands = [
        "session_state",
        "session_restart",
        "report_copy",
        "log_output",
        "inspector_follow",
        "inspector_save",
        "inspector_show",
        "app_quit",
        "plugin:opener|open_path",
        "plugin:window|close",
        "plugin:event|listen",
    ];
    for command in commands {
        let ask = format!(
            "return window.__TAURI_INTERNALS__.invoke('{command}', {{ from: 0 }})
                .then(() => 'done', (error) => 'refused: ' + error)"
        );
        let answer = window.script(&ask).await?;
        let refused = answer.as_str().is_some_and(|it| it.contains("not allowed"));
        assert!(refused, "{command}: {answer}");
    }
    Ok(())
}

/// The shell as talkative as it can be, a page loaded, and then every file of it.
#[tokio::test]
async fn no_secret_is_written_down_by_the_window() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let arguments = case.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let program = case.talkative()?;
    let window = Window::open(&case.sandbox, &case.desktop, None, &program, &arguments).await?;
    window.shows("The last text.", PATIENCE).await?;
    let cookies = window.client.get_all_cookies().await?;
    let cookie = cookies.iter().find(|cookie| cookie.name().starts_with("waterskin-"));
    let cookie = cookie.map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    assert_eq!(cookie.len(), 64, "the driver sees the gate's cookie: {cookies:?}");
    let commands: Vec<String> = case.alive().into_iter().map(|it| it.command).collect();
    window.client.close().await?;
    case.nothing_is_left(PATIENCE).await?;

    let token = regex::bytes::Regex::new("token=[0-9a-f]{64}")?;
    let secret = |content: &[u8], spent_ones_too: bool| {
        let has_cookie = content.windows(cookie.len()).any(|window| window == cookie.as_bytes());
        has_cookie || (spent_ones_too && token.is_match(content))
    };
    for command in commands {
        assert!(!secret(command.as_bytes(), true), "{command}");
    }
    let mut logs = 0;
    for entry in walkdir::WalkDir::new(case.sandbox.path()) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let content = fs_err::read(entry.path())?;
            // WebKit keeps the addresses that it loaded, in a folder of the person's own. The token
            // in them is spent.
            let of_webkit = entry.path().components().any(|part| part.as_os_str() == "WebKitCache");
            let found = secret(&content, !of_webkit);
            assert!(!found, "a secret is in {}", entry.path().display());
            logs += usize::from(String::from_utf8_lossy(&content).contains(" TRACE "));
        }
    }
    assert!(logs > 0, "the shell's log is there, with all levels");
    Ok(())
}

#[tokio::test]
async fn python_killed_ten_times_the_page_comes_back_fresh() -> Result<()> {
    let case = Case::of("crash", NEWEST).await?;
    let window = case.driven().await?;
    let mut killed = Vec::new();
    for round in 0..=10 {
        let python = case.running_python(&killed).await?.id;
        let id = python.as_raw_nonzero();
        let shown = window.shows(&format!("Python is process {id}."), PATIENCE).await;
        shown.map_err(|error| error.context(format!("after {round} kills")))?;
        let dialogs = window.script("return document.querySelectorAll('[role=dialog]').length");
        assert_eq!(dialogs.await?, 0, "Streamlit shows no connection error");
        if round < 10 {
            kill_process(python, Signal::KILL)?;
            killed.push(python);
        }
    }
    Ok(())
}

/// It showed the proxy's error, or nothing.
#[tokio::test]
async fn a_proxy_in_the_environment_is_not_asked_for_the_page() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let proxies = ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"];
    let _manager = case.desktop.managed(&case.sandbox).await?;
    // Nobody listens there, and no address.
    for proxy in ["http://127.0.0.1:9", "http://[é:9 x"] {
        let mut launch = case.sandbox.launch(waterskin_tests::cli()?).args(case.arguments());
        launch = launch.envs(case.desktop.environment());
        for name in proxies {
            launch = launch.env(name, proxy);
        }
        let _shell = launch.start()?;
        case.desktop.seen().window_shows("Stages", "Run 1.").await?;
        case.desktop.close(&case.desktop.window("Stages").await?)?;
        case.nothing_is_left(PATIENCE).await?;
    }
    Ok(())
}

/// The same of the desktop's settings, where somebody has taken GNOME's exceptions away.
#[tokio::test]
async fn a_proxy_in_the_desktops_settings_is_not_asked_for_the_page() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let settings = case.sandbox.home().join(".config/glib-2.0/settings");
    fs_err::create_dir_all(&settings)?;
    // Nobody listens there.
    fs_err::write(
        settings.join("keyfile"),
        "[system/proxy]\nmode='manual'\nignore-hosts=@as []\n\
         [system/proxy/http]\nhost='127.0.0.1'\nport=9\n",
    )?;
    let mut launch = case.sandbox.launch(waterskin_tests::cli()?).args(case.arguments());
    launch = launch.envs(case.desktop.environment());
    for (name, value) in [("GSETTINGS_BACKEND", "keyfile"), ("XDG_CURRENT_DESKTOP", "GNOME")] {
        launch = launch.env(name, value);
    }
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let _shell = launch.start()?;
    case.desktop.seen().window_shows("Stages", "Run 1.").await
}

#[tokio::test]
async fn an_app_that_quits_takes_its_window_along() -> Result<()> {
    let case = Case::of("crash", NEWEST).await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let mut shell = case.opened()?;
    case.desktop.seen().press_within("Crash", "push button", "Quit").await?;
    assert_eq!(shell.ended(PATIENCE).await?.code(), Some(0));
    case.nothing_is_left(STOP).await
}

/// The window stayed white when the web view's own process was gone.
#[tokio::test]
async fn the_web_process_killed_the_page_comes_back() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let _shell = case.opened()?;
    // Its title is the page's: before there is a page, there is nothing to load again.
    case.desktop.window("Stages").await?;
    case.desktop.screenshot("web-process-before").await?;
    let web = |it: &Process| it.executable.ends_with("WebKitWebProcess");
    let first = eventually("the web process", PATIENCE, async || {
        Ok(case.alive().into_iter().find(|it| web(it)))
    })
    .await?;
    kill_process(first.id, Signal::KILL)?;
    eventually("another web process", PATIENCE, async || {
        Ok(case.alive().into_iter().find(|it| web(it) && it.id != first.id))
    })
    .await?;
    case.desktop.screenshot("web-process-after").await?;
    Ok(())
}

/// The splash stayed for ever when the web view's own process was gone before there was a page.
#[tokio::test]
async fn the_web_process_killed_under_the_splash_the_page_comes() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let _shell = case.opened()?;
    let found = async |name: &str| {
        eventually(name, PATIENCE, async || {
            Ok(case.alive().into_iter().find(|it| it.executable.ends_with(name)))
        })
        .await
    };
    // Nothing reaches the window as long as this one stands still.
    let network = found("WebKitNetworkProcess").await?;
    kill_process(network.id, Signal::STOP)?;
    let web = found("WebKitWebProcess").await?;
    case.desktop.window("Fenêtre").await?;
    case.desktop.screenshot("web-process-under-splash").await?;
    // WebKitGTK 2.50 ends the whole program when the process is gone before it is connected.
    eventually("the web process to listen", PATIENCE, async || {
        let threads = fs_err::read_dir(format!("/proc/{}/task", web.id.as_raw_nonzero()))?;
        let names = threads.flatten().filter_map(|it| fs_err::read(it.path().join("comm")).ok());
        Ok(names.into_iter().any(|name| name == b"ReceiveQueue\n").then_some(()))
    })
    .await?;
    kill_process(web.id, Signal::KILL)?;
    kill_process(network.id, Signal::CONT)?;
    case.desktop.window("Stages").await?;
    Ok(())
}

#[tokio::test]
async fn a_stuck_script_does_not_keep_the_window_open() -> Result<()> {
    for version in servers() {
        let case = Case::of("stuck", version).await?;
        let window = case.driven().await?;
        window.shows("The script sleeps now.", PATIENCE).await?;
        let shown = case.desktop.window("").await?;
        let start = Instant::now();
        case.desktop.close(&shown)?;
        case.nothing_is_left(STOP).await?;
        println!("{version}: closed in {:?}", start.elapsed());
    }
    Ok(())
}

#[tokio::test]
async fn the_shell_killed_at_start_leaves_nothing() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    for _ in 0..3 {
        let mut shell = case.opened()?;
        eventually("a first process of the shell's", PATIENCE, async || {
            Ok((case.alive().len() > 1).then_some(()))
        })
        .await?;
        shell.signal(Signal::KILL)?;
        shell.ended(PATIENCE).await?;
        case.nothing_is_left(AFTERLIFE).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_shell_killed_while_holding_leaves_nothing() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let mut shell = case.opened()?;
    let python = case.running_python(&[]).await?;
    kill_process(python.id, Signal::STOP)?;
    case.desktop.window("").await?;
    case.desktop.screenshot("holding").await?;
    shell.signal(Signal::KILL)?;
    shell.ended(PATIENCE).await?;
    case.nothing_is_left(AFTERLIFE).await
}

#[tokio::test]
async fn the_shell_killed_while_running_leaves_nothing() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let shell = case.running_python(&[]).await?.parent;
    let shell = rustix::process::Pid::from_raw(shell).ok_or(anyhow::anyhow!("no shell"))?;
    kill_process(shell, Signal::KILL)?;
    case.nothing_is_left(AFTERLIFE).await
}

#[tokio::test]
async fn errors_of_the_script_are_shown_by_streamlit() -> Result<()> {
    for (name, words) in [("broken", "SyntaxError"), ("missing", "waterskin_no_such_module")] {
        let case = Case::of(name, NEWEST).await?;
        let window = case.driven().await?;
        window.shows(words, PATIENCE).await?;
        case.desktop.screenshot(&format!("script-{name}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_python_that_never_gets_ready_gives_a_screen_and_can_be_restarted() -> Result<()> {
    let mut case = Case::of("stages", NEWEST).await?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    case.python = venv.with_damage(&case.sandbox, "starlette").await?;
    let window = case.driven().await?;
    window.shows("The app keeps stopping", PATIENCE).await?;
    window.shows("starlette is damaged", PATIENCE).await?;
    case.desktop.screenshot("failure").await?;
    for button in ["Copy report", "Show log", "Quit"] {
        window.shows(button, PATIENCE).await?;
    }
    venv.repair(&case.sandbox, "starlette")?;
    window.click("Restart").await?;
    window.shows("The last text.", PATIENCE).await?;
    Ok(())
}

#[tokio::test]
async fn a_home_that_can_not_be_written_gives_a_screen() -> Result<()> {
    if !is_root() {
        skipped("only root can mount a read-only file system");
        return Ok(());
    }
    let case = Case::of("stages", NEWEST).await?;
    // What the command hands over to the shell, which in a home like this it could not.
    let project = case.sandbox.work().join("project.json");
    let content = serde_json::json!({
        "id": "org.example.read-only", "name": "Été", "version": "1", "arguments": [],
        "python": case.python, "script": case.project.join("app.py"), "directory": case.project,
        "statics": null, "icon": null, "port": 0, "size": [900, 600],
    });
    fs_err::write(&project, content.to_string())?;
    let home = case.sandbox.home().into_os_string();
    let script = "mount -t tmpfs -o ro tmpfs \"$0\"; exec \"$@\"";
    let unshare = ["--mount", "--propagation", "private", "/bin/sh", "-c", script];
    let unshare = unshare.map(OsString::from).into_iter().chain([home]);
    let launch = case.sandbox.launch(waterskin_tests::shell()?).arg("--project").arg(&project);
    let launch = launch.envs(case.desktop.environment()).behind("/usr/bin/unshare", unshare);
    // Its web view keeps nothing, and one of that kind can't be driven: so the window is looked at.
    let mut shell = launch.start()?;
    let shown = case.desktop.window("Été").await?;
    case.desktop.screenshot("home-read-only").await?;
    case.desktop.close(&shown)?;
    assert_eq!(shell.ended(STOP).await?.code(), Some(0));
    case.nothing_is_left(AFTERLIFE).await
}

/// The shell with a payload that has nothing but a manifest.
async fn manifest(content: Option<&str>, words: &str, name: &str) -> Result<()> {
    let sandbox = Sandbox::new()?;
    let installed = sandbox.work().join("Ma première app");
    fs_err::create_dir_all(installed.join("payload"))?;
    let shell = installed.join("waterskin-shell");
    fs_err::copy(waterskin_tests::shell()?, &shell)?;
    if let Some(content) = content {
        fs_err::write(installed.join("payload/manifest.json"), content)?;
    }
    let desktop = Desktop::start(&sandbox, None).await?;
    let window = Window::open(&sandbox, &desktop, None, &shell, &[]).await?;
    window.shows(words, PATIENCE).await?;
    desktop.screenshot(name).await?;
    Ok(())
}

#[tokio::test]
async fn a_truncated_manifest_gives_a_screen() -> Result<()> {
    let truncated = "{\"schema\": 1, \"app\": {\"id\": \"org.exam";
    manifest(Some(truncated), "The app is damaged", "manifest-truncated").await
}

#[tokio::test]
async fn a_manifest_of_a_newer_schema_gives_a_screen() -> Result<()> {
    manifest(Some("{\"schema\": 3}"), "The app needs a newer version", "manifest-newer").await
}

#[tokio::test]
async fn no_payload_gives_a_screen() -> Result<()> {
    manifest(None, "There is no app here", "manifest-none").await
}
