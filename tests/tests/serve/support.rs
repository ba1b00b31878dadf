//! The support itself, on real parts that are there without any binary of ours.

use std::path::Path;
use std::time::Duration;

use http::header::{CONTENT_TYPE, SEC_WEBSOCKET_PROTOCOL};
use waterskin_tests::{
    Desktop, Launch, NEWEST, Ordinary, PATIENCE, Page, Port, RIGHT, Result, Running, Sandbox, Site,
    Status, Venv, Widget, Window, app, eventually, is_root, servers, skipped,
};

/// Streamlit as its own command serves it, with no proxy before it.
async fn plain_streamlit(
    sandbox: &Sandbox,
    name: &str,
    version: &str,
) -> Result<(Running, Port, Site)> {
    let venv = Venv::with_streamlit(version).await?;
    let reserved = Port::reserve()?;
    let port = reserved.number();
    let folder = sandbox.copy(&app(name), "é app")?;
    let launch = sandbox.launch(venv.python()).args(["-m", "streamlit", "run"]);
    let launch = launch.arg(folder.join("app.py")).arg(format!("--server.port={port}")).args([
        "--server.headless=true",
        "--server.address=127.0.0.1",
        "--browser.gatherUsageStats=false",
    ]);
    let running = launch.start()?;
    let site = Site::on(port);
    eventually("Streamlit to be healthy", PATIENCE, async || {
        let answer = site.get("/_stcore/health").await;
        Ok(answer.is_ok_and(|answer| answer.text() == "ok").then_some(()))
    })
    .await?;
    Ok((running, reserved, site))
}

#[tokio::test]
async fn page_plays_the_front_end_of_every_version() -> Result<()> {
    for version in servers() {
        let sandbox = Sandbox::new()?;
        let (_streamlit, _port, site) = plain_streamlit(&sandbox, "stages", version).await?;
        let mut page = Page::open(&site).await?;
        assert_eq!(page.handshake_header(&SEC_WEBSOCKET_PROTOCOL), Some("streamlit"));
        let run = page.run().await?;
        assert_eq!(run.status(), Some(Status::Finished), "{version}");
        assert!(run.has("The first text.") && run.has("Level is 10."), "{version}");
        page.ping(b"are you there").await?;

        let run = page.set(&run.widget("level")?, Widget::slider(42.0)).await?;
        assert!(run.has("Level is 42."), "{version}");
        let run = page.set(&run.widget("name")?, Widget::text("Zoë")).await?;
        assert!(run.has("Name is 'Zoë'.") && run.has("Level is 42."), "{version}");
        let run = page.press(&run.widget("press")?).await?;
        assert!(run.has("Pressed 1 times.") && run.has("Run 4."), "{version}");

        let session = page.session()?.to_owned();
        drop(page);
        let mut page = Page::resume(&site, &session).await?;
        assert!(page.run().await?.has("Run 5."), "{version}: the session came back");
        drop(sandbox);
    }
    Ok(())
}

#[tokio::test]
async fn a_sandbox_leaves_nothing_running() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let ours = sandbox.ours();
    // A process in a session of its own, whose parent has gone: no group or parent leads to it.
    let launch = sandbox.launch("/bin/sh").args(["-c", "setsid sleep 1000 & exit 3"]);
    let mut shell = launch.start()?;
    assert_eq!(shell.ended(PATIENCE).await?.code(), Some(3));
    // Itself, not the shell that becomes it: while one program takes another's place, the kernel tells
    // of neither.
    eventually("the orphan", PATIENCE, async || {
        Ok(ours.alive().iter().any(|it| it.command == "sleep 1000").then_some(()))
    })
    .await?;
    let error = ours.gone(Duration::from_millis(50)).await.unwrap_err();
    assert!(format!("{error:#}").contains("sleep 1000"), "the error names it: {error:#}");
    drop(sandbox);
    assert_eq!(ours.alive(), [], "the sandbox ended it");
    Ok(())
}

#[tokio::test]
async fn a_window_is_driven_and_shot() -> Result<()> {
    let browser = Path::new("/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser");
    if !browser.exists() {
        skipped("WebKitGTK's MiniBrowser is not on this machine");
        return Ok(());
    }
    let sandbox = Sandbox::new()?;
    let (_streamlit, _port, site) = plain_streamlit(&sandbox, "stages", NEWEST).await?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let window = Window::open(&sandbox, &desktop, None, browser, &["--automation"]).await?;
    window.client.goto(&format!("http://{}/", site.authority())).await?;
    window.shows("The last text.", PATIENCE).await?;
    window.keys(".st-key-level input", RIGHT).await?;
    window.shows("Level is 11.", PATIENCE).await?;
    let shown = desktop.window("Stages").await?;
    let picture = desktop.screenshot("support").await?;
    assert!(
        fs_err::metadata(&picture)?.len() > 10_000,
        "{} is no empty picture",
        picture.display()
    );
    desktop.close(&shown)?;
    eventually("the end of the window", PATIENCE, async || {
        Ok(desktop.windows()?.is_empty().then_some(()))
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn an_ordinary_user_has_no_python_and_no_rights() -> Result<()> {
    if !is_root() {
        skipped("only root can hide Python from a program");
        return Ok(());
    }
    let sandbox = Sandbox::new()?;
    let user = Ordinary::of(&sandbox, None)?;
    assert_eq!(user.pythons_left(&sandbox).await?, [""; 0]);
    let ask = "id -un; id -u; ls /root; echo mine > \"$HOME/file\"; cat /etc/shadow";
    let ask: Launch = sandbox.launch("/bin/sh").args(["-c", ask]);
    let told = user.run(ask)?.finish(PATIENCE).await?;
    assert_eq!((told.code, told.stdout.as_str()), (Some(1), "waterskin\n42420\n"), "{told:?}");
    assert_eq!(fs_err::read_to_string(sandbox.home().join("file"))?, "mine\n");
    Ok(())
}

#[tokio::test]
async fn the_site_gives_the_files_of_the_environment() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let (_streamlit, _port, site) = plain_streamlit(&sandbox, "stages", NEWEST).await?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let page = site.get("/").await?;
    assert_eq!(page.body, fs_err::read(venv.streamlit_static().join("index.html"))?);
    assert_eq!(page.header(&CONTENT_TYPE), Some("text/html; charset=utf-8"));
    Ok(())
}
