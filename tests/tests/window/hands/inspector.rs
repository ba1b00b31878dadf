use std::path::PathBuf;

use rustix::process::{Signal, kill_process};
use waterskin_tests::{Case, NEWEST, PATIENCE, Result, eventually};

const NAME: &str = "Fenêtre 'n' \"co\"";

/// What a page can try while the inspector is open, each as a promise of `true` where it got somewhere.
const ATTEMPTS: &[&str] = &[
    "invoke('inspector_follow', { batches: '__CHANNEL__:1' }).then(() => true, () => false)",
    "invoke('inspector_took').then(() => true, () => false)",
    "invoke('inspector_save').then(() => true, () => false)",
    "invoke('inspector_show').then(() => true, () => false)",
    // What waits to be fetched by the other window.
    "Promise.all(Array.from({ length: 64 }, (_, at) => invoke('plugin:__TAURI_CHANNEL__|fetch', null, \
     { headers: { 'Tauri-Channel-Id': String(at) } }).then(() => true, () => false)))
     .then((got) => got.includes(true))",
    "Promise.resolve(window.open('tauri://localhost/inspector.html') !== null)",
];

/// The files in the person's home whose name is one of these.
fn files(case: &Case, is_it: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(case.sandbox.home()).into_iter().flatten();
    let files = files.filter(|it| it.file_type().is_file());
    let named = files.filter(|it| is_it(&it.file_name().to_string_lossy()));
    named.map(walkdir::DirEntry::into_path).collect()
}

/// How often the shell's log has a text.
fn logged(case: &Case, text: &str) -> Result<usize> {
    let logs = files(case, |name| name.starts_with("shell.") && name.ends_with(".log"));
    let texts = logs.iter().map(fs_err::read_to_string).collect::<std::io::Result<String>>()?;
    Ok(texts.matches(text).count())
}

#[tokio::test]
async fn the_inspector_shows_what_passes_and_ends_with_its_window() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    window.rests().await?;
    let (desktop, seen) = (&case.desktop, case.desktop.seen());
    assert_eq!(logged(&case, "being inspected")?, 0);

    desktop.press(&["F8"]).await?;
    let title = &format!("{NAME}: inspector");
    desktop.window(title).await?;
    seen.window_shows(title, "finished after").await?;
    window.click("Press").await?;
    window.shows("Pressed 1 times.", PATIENCE).await?;
    seen.window_shows(title, "script_finished").await?;
    desktop.press(&["Home"]).await?;
    for text in ["rerun_script", "Run 1 · ", "new_session", "delta"] {
        seen.window_shows(title, text).await?;
    }
    desktop.screenshot("inspector-run").await?;
    for attempt in ATTEMPTS {
        let script = format!("const invoke = window.__TAURI_INTERNALS__.invoke; return {attempt}");
        assert_ne!(window.script(&script).await?, true, "{attempt}");
    }

    let search = async |text: &str| {
        desktop.press(&["ctrl+f"]).await?;
        desktop.write(text).await?;
        desktop.press(&["Return"]).await
    };
    search("rerun").await?;
    desktop.press(&["Home", "Return"]).await?;
    seen.window_shows(title, "The page asks for a run of the script.").await?;
    desktop.press(&["Escape"]).await?;

    // Another load: its requests, the end of the connection, and the next one.
    window.script("setTimeout(() => location.reload())").await?;
    seen.window_shows(title, "1 reconnection").await?;
    search("stream 101").await?;
    seen.window_shows(title, "/_stcore/stream").await?;
    desktop.press(&["End", "Return"]).await?;
    seen.window_shows(title, "Without a connection before").await?;
    search("close").await?;
    seen.window_shows(title, "Connection 1 ended").await?;
    window.shows("The last text.", PATIENCE).await?;
    desktop.screenshot("inspector-reload").await?;

    seen.press_within(title, "push button", "Save").await?;
    seen.window_shows(title, "Saved in your Downloads folder").await?;
    let saved = files(&case, |name| name.contains(" traffic."));
    assert_eq!(saved.len(), 2, "{saved:?}");
    let cookies = window.client.get_all_cookies().await?;
    for file in saved {
        let text = fs_err::read_to_string(&file)?;
        assert!(text.contains("/_stcore/stream") && text.contains("script_finished"), "{text}");
        for cookie in &cookies {
            assert!(!text.contains(cookie.value()), "{} is in {}", cookie.name(), file.display());
        }
        assert!(!text.contains("The last text.") && !text.contains("token="), "{text}");
    }

    desktop.press(&["alt+F4"]).await?;
    eventually("the end of its window", PATIENCE, async || {
        let gone = desktop.windows()?.iter().all(|it| it.title != *title);
        Ok((gone && logged(&case, "no longer being inspected")? == 1).then_some(()))
    })
    .await?;
    assert_eq!(logged(&case, "traffic is being inspected")?, 1);
    window.shows("The last text.", PATIENCE).await
}

#[tokio::test]
async fn the_splash_of_a_load_that_takes_long_leads_to_the_inspector() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let _shell = case.opened()?;
    let python = case.running_python(&[]).await?;
    kill_process(python.id, Signal::STOP)?;
    let (desktop, seen) = (&case.desktop, case.desktop.seen());
    seen.press_within(NAME, "push button", "Show details").await?;
    let title = &format!("{NAME}: inspector");
    desktop.window(title).await?;
    seen.window_shows(title, "waiting for").await?;
    seen.window_shows(title, "The app is loading the parts that it needs.").await?;
    desktop.screenshot("inspector-waiting").await?;
    // A busy machine may have given it up by now: then another one starts.
    let _gone_already = kill_process(python.id, Signal::CONT);
    seen.window_shows(title, "finished after").await?;
    desktop.screenshot("inspector-finished").await.map(drop)
}
