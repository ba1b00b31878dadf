use std::path::PathBuf;
use std::time::Duration;

use waterskin_tests::{
    Case, Desktop, NEWEST, PATIENCE, Result, Sandbox, Unpacked, Window, app, eventually,
};

/// Chooses an entry by the names of the menus on the way.
pub async fn choose(desktop: &Desktop, menus: &[&str], entry: &str) -> Result<()> {
    open(desktop, menus).await?;
    desktop.seen().press("menu item", entry).await
}

/// The same for an entry with a check mark.
pub(crate) async fn switch(desktop: &Desktop, menus: &[&str], entry: &str) -> Result<()> {
    open(desktop, menus).await?;
    desktop.seen().press("check menu item", entry).await
}

/// Shows the menu bar, and opens the menus in it.
async fn open(desktop: &Desktop, menus: &[&str]) -> Result<()> {
    // A window that has just come to the front may miss a key.
    eventually("the menu", PATIENCE, async || {
        desktop.press(&["F10"]).await?;
        let shown = desktop.seen().shows("menu: Page");
        Ok(tokio::time::timeout(Duration::from_secs(5), shown).await.ok().and_then(Result::ok))
    })
    .await?;
    for menu in menus {
        desktop.seen().press("menu", menu).await?;
    }
    Ok(())
}

/// Opens the context menu of an element and gives the names of its entries. Where the element has
/// moved meanwhile, the menu was that of another, and is opened anew.
pub(crate) async fn entries(
    desktop: &Desktop,
    window: &Window,
    selector: &str,
) -> Result<Vec<String>> {
    eventually(&format!("the menu of `{selector}`"), PATIENCE, async || {
        let place = window.middle(selector).await?;
        let found = entries_at(desktop, place).await?;
        if window.middle(selector).await? == place {
            return Ok(Some(found));
        }
        desktop.press(&["Escape"]).await?;
        desktop.seen().hides("App menu (F10)").await?;
        Ok(None)
    })
    .await
}

/// Opens the context menu at a place and gives the names of its entries, once they stay the same:
/// a menu that is just being shown has some of them only.
async fn entries_at(desktop: &Desktop, place: (i32, i32)) -> Result<Vec<String>> {
    let seen = desktop.seen();
    desktop.ask_for_menu(place).await?;
    seen.shows("App menu (F10)").await?;
    let mut before = Vec::new();
    eventually("a whole menu", PATIENCE, async || {
        let text = seen.text().await?;
        let items = text.lines().filter_map(|it| it.strip_prefix("menu item: "));
        let now: Vec<String> = items.map(str::to_owned).collect();
        let whole = now == before && now.iter().any(|it| it == "App menu (F10)");
        before.clone_from(&now);
        Ok(whole.then_some(now))
    })
    .await
}

/// The files in a folder that may not be there.
fn files(folder: &PathBuf) -> Vec<PathBuf> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|it| it.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

#[tokio::test]
async fn the_menu_comes_by_key_and_does_what_it_says() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let (desktop, seen) = (&case.desktop, case.desktop.seen());
    let name = "Fenêtre 'n' \"co\"";
    assert!(!seen.text().await?.contains("menu: Page"), "the page has all the room");
    desktop.press(&["F10"]).await?;
    seen.shows("menu: Page").await?;
    desktop.screenshot("menu").await?;
    seen.press("menu", "Page").await?;
    seen.press("menu item", "Run again").await?;
    window.shows("Run 2.", PATIENCE).await?;
    seen.hides("menu: Page").await?;

    choose(desktop, &[name, "Zoom"], "Zoom in").await?;
    eventually("a larger page", PATIENCE, async || {
        let ratio = window.script("return outerWidth / innerWidth").await?;
        Ok(ratio.as_f64().is_some_and(|it| it > 1.05).then_some(()))
    })
    .await?;
    choose(desktop, &[name], "Copy report").await?;
    eventually("the report on the clipboard", PATIENCE, async || {
        Ok(seen.clipboard().await?.contains("Python").then_some(()))
    })
    .await?;
    choose(desktop, &[name], "Save report").await?;
    seen.shows("Saved in Downloads").await?;
    desktop.screenshot("menu-report").await?;
    let saved = files(&case.sandbox.home().join("Downloads"));
    assert!(saved.iter().any(|it| it.extension().is_some_and(|it| it == "zip")), "{saved:?}");
    choose(desktop, &[name], "Show log").await?;
    desktop.window(&format!("{name}: log")).await?;
    desktop.press(&["alt+F4"]).await?;
    eventually("the log's end", PATIENCE, async || {
        Ok((desktop.windows()?.iter().all(|it| !it.title.contains(": log"))).then_some(()))
    })
    .await?;
    choose(desktop, &[name], &format!("About {name}")).await?;
    desktop.window(&format!("About {name}")).await?;
    desktop.press(&["alt+F4"]).await?;

    let python = case.running_python(&[]).await?;
    choose(desktop, &[name], "Restart app").await?;
    case.running_python(&[python.id]).await?;
    window.shows("Run 1.", PATIENCE).await?;
    choose(desktop, &[name], "Quit").await?;
    case.nothing_is_left(PATIENCE).await
}

#[tokio::test]
async fn the_cache_is_cleared_by_the_menu() -> Result<()> {
    let case = Case::of("everyday", NEWEST).await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let window = case.driven().await?;
    window.shows("Made for the 1. time.", PATIENCE).await?;
    let name = "Fenêtre 'n' \"co\"";
    // Another run alone takes what was kept.
    window.keys(".st-key-text input", "a\u{e007}").await?;
    window.shows("Written: 'a'", PATIENCE).await?;
    window.shows("Made for the 1. time.", PATIENCE).await?;
    choose(&case.desktop, &[name], "Clear cache").await?;
    choose(&case.desktop, &["Page"], "Run again").await?;
    window.shows("Made for the 2. time.", PATIENCE).await
}

#[tokio::test]
async fn secrets_can_be_changed_by_the_menu() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let unpacked = Unpacked::of(&app("secrets"), &sandbox).await?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let _manager = desktop.managed(&sandbox).await?;
    let kept = sandbox.home().join(".local/share/org.waterskin.secrets/secrets.json");
    fs_err::create_dir_all(kept.parent().unwrap_or(&kept))?;
    let values = "{\"SERVICE_KEY\": \"key-one\", \"service.password\": \"two\"}";
    fs_err::write(&kept, values)?;
    let window = Window::open(&sandbox, &desktop, None, &unpacked.program()?, &[]).await?;
    window.shows("Key key-one", PATIENCE).await?;
    choose(&desktop, &["Secrets é"], "Secrets…").await?;
    let title = "Secrets of Secrets é";
    desktop.window(title).await?;
    desktop.seen().window_shows(title, "Key of the service").await?;
    desktop.screenshot("secrets-window").await?;

    // The first field has the cursor; what can't be right is said and not kept.
    desktop.write("key 2").await?;
    desktop.press(&["Return"]).await?;
    desktop.seen().window_shows(title, "This does not look right").await?;
    desktop.screenshot("secrets-window-complaint").await?;
    assert_eq!(fs_err::read_to_string(&kept)?, values);
    desktop.press(&["ctrl+a"]).await?;
    desktop.write("key-two").await?;
    desktop.press(&["Return"]).await?;
    // The app starts anew, in a window that the driver knows nothing of.
    desktop.seen().window_shows("Secrets é", "Key key-two and key-two.").await?;
    assert!(fs_err::read_to_string(&kept)?.contains("key-two"));
    assert!(desktop.windows()?.iter().all(|it| it.title != title), "its window is gone");
    desktop.screenshot("secrets-changed").await.map(drop)
}
