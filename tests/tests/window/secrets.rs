//! An app that asks its user for secrets: the form at the first start, where the answers are kept,
//! and what the app sees of them.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rustix::process::{Signal, kill_process};
use waterskin_tests::{
    Desktop, Launch, PATIENCE, Result, Sandbox, Unpacked, Window, app, eventually,
};

const KEY: &str = "key-sesame";
const PASSWORD: &str = "pass wörd";

/// The app's own file for secrets, where the desktop has no keychain.
fn kept(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".local/share/org.waterskin.secrets/secrets.json")
}

async fn opened(sandbox: &Sandbox, desktop: &Desktop, unpacked: &Unpacked) -> Result<Window> {
    Window::open(sandbox, desktop, None, &unpacked.program()?, &[]).await
}

async fn fill(window: &Window, key: &str, value: &str) -> Result<()> {
    let field = window.find(&format!("[id='secret-{key}']")).await?;
    field.clear().await?;
    Ok(field.send_keys(value).await?)
}

/// Whether a text is anywhere in the files of a folder.
fn is_in(folder: &Path, text: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let content = fs_err::read(entry.path())?;
            if memchr::memmem::find(&content, text.as_bytes()).is_some() {
                found.push(entry.into_path());
            }
        }
    }
    Ok(found)
}

/// All that is in the saved report of a home.
async fn in_report(home: &Path) -> Result<String> {
    let mut files = walkdir::WalkDir::new(home).into_iter().flatten();
    let saved = files.find(|it| it.path().extension().is_some_and(|end| end == "zip"));
    let saved = saved.context("no report")?;
    let read = "import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as saved:
    print(*(saved.read(name).decode() for name in saved.namelist()))";
    let read = Launch::new("/usr/bin/python3").args(["-c", read]).arg(saved.path());
    Ok(read.env("PYTHONIOENCODING", "utf-8").finish(PATIENCE).await?.success()?.stdout)
}

/// Keeps the answers, waits until the app opens with them, and ends it.
async fn save_and_close(window: Window, sandbox: &Sandbox) -> Result<()> {
    window.click("Save").await?;
    let log = sandbox.home().join(".local/state/org.waterskin.secrets/logs/app.log");
    eventually("the app to be started", PATIENCE, async || {
        Ok(fs_err::read_to_string(&log).is_ok_and(|text| text.contains("-- start 1")).then_some(()))
    })
    .await?;
    close(window, sandbox).await
}

/// Ends the app.
async fn close(window: Window, sandbox: &Sandbox) -> Result<()> {
    drop(window);
    eventually("the end of the app", PATIENCE, async || {
        Ok(sandbox.ours().with("payload").is_empty().then_some(()))
    })
    .await
}

#[tokio::test]
async fn an_app_asks_once_and_keeps_the_answers_for_its_user_alone() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let unpacked = Unpacked::of(&app("secrets"), &sandbox).await?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let window = opened(&sandbox, &desktop, &unpacked).await?;
    window.shows("Key of the service", PATIENCE).await?;
    desktop.screenshot("secrets-form").await?;
    let inputs =
        "return [...document.querySelectorAll('.value input')].map((it) => it.type).join()";
    assert_eq!(window.script(inputs).await?, "password,password,password");

    window.click("Save").await?;
    window.shows("The app needs this.", PATIENCE).await?;
    fill(&window, "SERVICE_KEY", "a wrong one").await?;
    fill(&window, "service.password", PASSWORD).await?;
    window.click("Save").await?;
    window.shows("This does not look right.", PATIENCE).await?;
    desktop.screenshot("secrets-complaint").await?;
    assert!(!kept(&sandbox).exists(), "all or nothing");
    fill(&window, "SERVICE_KEY", &format!("  {KEY} ")).await?;
    save_and_close(window, &sandbox).await?;
    let file = kept(&sandbox);
    assert_eq!(fs_err::metadata(&file)?.permissions().mode() & 0o777, 0o600);

    let window = opened(&sandbox, &desktop, &unpacked).await?;
    window.shows(&format!("Key {KEY} and {KEY}."), PATIENCE).await?;
    window.shows(&format!("Nested {PASSWORD} and False."), PATIENCE).await?;
    window.shows("Spare None.", PATIENCE).await?;
    window.shows(&format!("Child {KEY} False"), PATIENCE).await?;

    assert_eq!(is_in(unpacked.folder(), KEY)?, [""; 0].map(PathBuf::from), "in the payload");
    let anywhere = is_in(&sandbox.home(), PASSWORD)?;
    assert_eq!(anywhere, [file], "the password is in its file alone");
    for process in sandbox.ours().alive() {
        let line = fs_err::read(format!("/proc/{}/cmdline", process.id.as_raw_nonzero()))?;
        assert!(!String::from_utf8_lossy(&line).contains(KEY), "{process:?}");
    }
    close(window, &sandbox).await?;

    // What the app wrote then is in the report of a start that comes to nothing.
    fs_err::remove_file(unpacked.folder().join("payload/app/app.py"))?;
    let window = opened(&sandbox, &desktop, &unpacked).await?;
    window.shows("The app is damaged", PATIENCE).await?;
    window.click("Save report").await?;
    window.shows("The report is in your Downloads folder", PATIENCE).await?;
    let said = in_report(&sandbox.home()).await?;
    assert!(said.contains("the app says •••"), "{said}");
    assert!(!said.contains(KEY), "{said}");
    Ok(())
}

#[tokio::test]
async fn where_there_is_a_keychain_the_answers_are_in_it() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let unpacked = Unpacked::of(&app("secrets"), &sandbox).await?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let _keychain = desktop.keychain(&sandbox).await?;
    let window = opened(&sandbox, &desktop, &unpacked).await?;
    window.shows("keychain", PATIENCE).await?;
    desktop.screenshot("secrets-keychain").await?;
    fill(&window, "SERVICE_KEY", KEY).await?;
    fill(&window, "service.password", PASSWORD).await?;
    save_and_close(window, &sandbox).await?;
    assert!(!kept(&sandbox).exists(), "there is no file");
    assert_eq!(is_in(&sandbox.home(), PASSWORD)?, [""; 0].map(PathBuf::from), "in the clear");

    let window = opened(&sandbox, &desktop, &unpacked).await?;
    window.shows(&format!("Key {KEY} and {KEY}."), PATIENCE).await?;
    window.shows(&format!("Nested {PASSWORD} and False."), PATIENCE).await?;
    Ok(())
}

/// The app's window was kept away by a keychain that does not answer.
#[tokio::test]
async fn a_keychain_that_hangs_is_told_of_and_the_app_opens_without_it() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let unpacked = Unpacked::of(&app("secrets"), &sandbox).await?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let _keychain = desktop.keychain(&sandbox).await?;
    let window = opened(&sandbox, &desktop, &unpacked).await?;
    window.shows("keychain", PATIENCE).await?;
    fill(&window, "SERVICE_KEY", KEY).await?;
    fill(&window, "service.password", PASSWORD).await?;
    save_and_close(window, &sandbox).await?;

    let mut processes = sandbox.ours().alive().into_iter();
    let keychain = processes.find(|it| it.executable.ends_with("gnome-keyring-daemon"));
    let keychain = keychain.context("no keychain")?.id;
    kill_process(keychain, Signal::STOP)?;
    let window = opened(&sandbox, &desktop, &unpacked).await?;
    desktop.seen().window_shows("Secrets é", "Waiting for the system’s keychain").await?;
    desktop.screenshot("keychain-waiting").await?;
    window.shows("The keychain does not answer", PATIENCE).await?;
    desktop.screenshot("keychain-silent").await?;
    window.click("Enter them for this time").await?;
    window.shows("It is not kept anywhere", PATIENCE).await?;
    fill(&window, "SERVICE_KEY", "key-other").await?;
    fill(&window, "service.password", PASSWORD).await?;
    desktop.screenshot("keychain-once").await?;
    window.click("Open the app").await?;
    window.shows("Key key-other and key-other.", PATIENCE).await?;
    close(window, &sandbox).await?;
    assert!(!kept(&sandbox).exists(), "what is for this time is in no file");

    // It opens by itself when the keychain answers, which has what was kept before.
    let window = opened(&sandbox, &desktop, &unpacked).await?;
    desktop.seen().window_shows("Secrets é", "Waiting for the system’s keychain").await?;
    kill_process(keychain, Signal::CONT)?;
    window.shows(&format!("Key {KEY} and {KEY}."), PATIENCE).await?;
    Ok(())
}
