//! Whatever dies, and whenever: the page comes back, or nothing of ours is left.

use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};
use waterskin_tests::{
    Finished, NEWEST, PATIENCE, Page, Process, Result, Sandbox, Served, ServedOptions, Site,
    Status, Venv, app, eventually, servers,
};

/// How long anything of ours may outlive its shell.
const AFTERLIFE: Duration = Duration::from_secs(1);

/// How long an orderly end may take.
const STOP: Duration = Duration::from_secs(3);

async fn serve(sandbox: &Sandbox, name: &str, version: &str) -> Result<Served> {
    let venv = Venv::with_streamlit(version).await?;
    let folder = sandbox.copy(&app(name), "Überall & 'nirgends'")?;
    Served::start(sandbox, &folder, &venv, ServedOptions::default()).await
}

/// The Python that the command started, not the small process that watches over it.
async fn python(sandbox: &Sandbox, served: &Served) -> Result<Process> {
    let parent = served.command.id().as_raw_nonzero().get();
    eventually("Python", PATIENCE, async || {
        let python = |it: &Process| it.parent == parent && it.executable.ends_with("python3.11");
        Ok(sandbox.ours().alive().into_iter().find(python))
    })
    .await
}

/// Runs the script in a new page. While Python is being replaced an attempt may fail.
async fn working_page(site: &Site) -> Result<(Page, waterskin_tests::Run)> {
    eventually("the page to work again", PATIENCE, async || {
        let Ok(mut page) = Page::open(site).await else { return Ok(None) };
        Ok(page.run().await.ok().map(|run| (page, run)))
    })
    .await
}

/// Within [`AFTERLIFE`] neither a process nor a socket of the sandbox is left.
async fn nothing_is_left(sandbox: &Sandbox, after: &str) -> Result<()> {
    let start = Instant::now();
    let gone = sandbox.ours().gone(AFTERLIFE).await;
    gone.map_err(|error| error.context(format!("killed {after}")))?;
    let rest = AFTERLIFE.saturating_sub(start.elapsed());
    eventually(&format!("the end of the sockets (killed {after})"), rest, async || {
        Ok(sandbox.sockets().is_empty().then_some(()))
    })
    .await
}

#[tokio::test]
async fn python_killed_ten_times_in_a_row_comes_back_every_time() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let served = serve(&sandbox, "stages", NEWEST).await?;
    let site = served.enter().await?;
    let mut killed = Vec::new();
    for _ in 0..10 {
        let (mut page, run) = working_page(&site).await?;
        assert!(run.has("Run 1."), "nothing stale: a new Python knows no old session");
        let python = python(&sandbox, &served).await?;
        assert!(!killed.contains(&python.id), "it is another Python");
        kill_process(python.id, Signal::KILL)?;
        assert_eq!(page.closed(PATIENCE).await?, 1006, "the page hears of it at once");
        killed.push(python.id);
    }
    let (_page, run) = working_page(&site).await?;
    assert_eq!(run.status(), Some(Status::Finished));
    served.stop(STOP).await?;
    nothing_is_left(&sandbox, "ten times").await
}

#[tokio::test]
async fn python_that_ends_by_itself_comes_back() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let served = serve(&sandbox, "crash", NEWEST).await?;
    let site = served.enter().await?;
    for key in ["kill", "exit"] {
        let (mut page, run) = working_page(&site).await?;
        let before = python(&sandbox, &served).await?.id.as_raw_nonzero();
        assert!(run.has(&format!("Python is process {before}.")));
        page.send_press(&run.widget(key)?).await?;
        assert_eq!(page.closed(PATIENCE).await?, 1006);
        let (_page, run) = working_page(&site).await?;
        let after = python(&sandbox, &served).await?.id.as_raw_nonzero();
        assert!(before != after && run.has(&format!("Python is process {after}.")));
    }
    Ok(())
}

#[tokio::test]
async fn an_app_that_ends_itself_is_over() -> Result<()> {
    for version in servers() {
        for key in ["quit", "exit-0"] {
            let sandbox = Sandbox::new()?;
            let mut served = serve(&sandbox, "crash", version).await?;
            let (mut page, run) = working_page(&served.enter().await?).await?;
            page.send_press(&run.widget(key)?).await?;
            let ended = served.command.ended(PATIENCE).await?;
            assert_eq!(ended.code(), Some(0), "Streamlit {version}, {key}");
            nothing_is_left(&sandbox, key).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_command_killed_at_start_leaves_nothing() -> Result<()> {
    let venv = Venv::with_streamlit(NEWEST).await?;
    for attempt in 0..5 {
        let sandbox = Sandbox::new()?;
        let folder = sandbox.copy(&app("stages"), "start")?;
        let launch = sandbox.launch(waterskin_tests::cli()?).arg("run").arg(&folder);
        let launch = launch.args(["--no-window", "--port=0", "--python"]).arg(venv.python());
        let mut command = launch.start()?;
        // The first sign of a further process, whatever it is just doing.
        let parent = command.id().as_raw_nonzero().get();
        eventually("a child", PATIENCE, async || {
            let mut alive = sandbox.ours().alive().into_iter();
            Ok(alive.find(|process| process.parent == parent && attempt > 0 || attempt == 0))
        })
        .await?;
        command.signal(Signal::KILL)?;
        command.ended(PATIENCE).await?;
        nothing_is_left(&sandbox, "at its start").await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_command_killed_while_holding_leaves_nothing() -> Result<()> {
    // Python is not there yet, so its version is no matter.
    let sandbox = Sandbox::new()?;
    let mut served = serve(&sandbox, "stages", NEWEST).await?;
    // A Python that is stopped never gets ready, and can't end itself.
    let python = python(&sandbox, &served).await?;
    kill_process(python.id, Signal::STOP)?;
    let site = served.enter().await?;
    let held = site.get("/_stcore/health");
    let held = tokio::time::timeout(Duration::from_millis(500), held).await;
    assert!(held.is_err(), "a request is held, not {held:?}");
    served.command.signal(Signal::KILL)?;
    served.command.ended(PATIENCE).await?;
    nothing_is_left(&sandbox, "while holding").await
}

#[tokio::test]
async fn the_command_killed_while_running_leaves_nothing() -> Result<()> {
    for version in servers() {
        let sandbox = Sandbox::new()?;
        let mut served = serve(&sandbox, "stages", version).await?;
        let site = served.enter().await?;
        let (_page, run) = working_page(&site).await?;
        assert!(run.has("The last text."));
        served.command.signal(Signal::KILL)?;
        served.command.ended(PATIENCE).await?;
        nothing_is_left(&sandbox, "while running").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_stuck_script_ends_in_time() -> Result<()> {
    for version in servers() {
        for signal in [Signal::TERM, Signal::INT, Signal::KILL] {
            let sandbox = Sandbox::new()?;
            let mut served = serve(&sandbox, "stuck", version).await?;
            let mut page = Page::open(&served.enter().await?).await?;
            page.ask_for_run(None).await?;
            while !page.next().await?.has("The script sleeps now.") {}
            let start = Instant::now();
            served.command.signal(signal)?;
            let status = served.command.ended(STOP).await?;
            let code = (signal != Signal::KILL).then_some(0);
            assert_eq!(status.code(), code, "{version}, {signal:?}: {status}");
            let took = start.elapsed();
            assert!(took <= STOP, "{version}, {signal:?}: it took {took:?}");
            nothing_is_left(&sandbox, "while stuck").await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_python_that_never_gets_ready_ends_the_command_with_its_traceback() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let venv = Venv::with_streamlit(NEWEST).await?;
    let python = venv.with_damage(&sandbox, "starlette").await?;
    let folder = sandbox.copy(&app("stages"), "damaged library")?;
    let launch = sandbox.launch(waterskin_tests::cli()?).arg("run").arg(&folder);
    let launch = launch.args(["--no-window", "--port=0", "--python"]).arg(python);
    let Finished { code, stderr, .. } = launch.finish(PATIENCE).await?;
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("Traceback") && stderr.contains("starlette is damaged"), "{stderr}");
    let errors = stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(errors, 1, "{stderr}");
    nothing_is_left(&sandbox, "by itself").await
}
