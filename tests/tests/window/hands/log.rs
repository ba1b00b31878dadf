use waterskin_tests::{Case, NEWEST, PATIENCE, Result, eventually};

use super::menu::choose;

/// What Python prints goes through a terminal: colours, a bar that draws itself anew, an unfinished
/// line. It can be searched, held and copied by key alone.
#[tokio::test]
async fn the_log_is_a_terminal() -> Result<()> {
    let case = Case::of("printing", NEWEST).await?;
    let opened = case.sandbox.stub("xdg-open")?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let window = case.driven().await?;
    window.shows("Ready to print.", PATIENCE).await?;
    let (desktop, seen) = (&case.desktop, case.desktop.seen());
    let name = "Fenêtre 'n' \"co\"";
    let title = &format!("{name}: log");
    choose(desktop, &[name], "Show log").await?;
    desktop.window(title).await?;

    window.click("Print").await?;
    seen.window_shows(title, "Rot é Orange Bold").await?;
    seen.window_shows(title, "rows 55%").await?;
    let text = seen.window(title).await?;
    assert!(!text.contains("10%") && !text.contains('\u{1b}'), "{text}");
    desktop.screenshot("log-colours").await?;

    window.click("Flood").await?;
    seen.window_shows(title, "line 19999 of the flood").await?;
    desktop.press(&["ctrl+f", "l", "i", "n", "e", "space", "1", "9", "9", "9"]).await?;
    seen.window_shows(title, " of 11").await?;
    desktop.press(&["Return", "Return"]).await?;
    seen.window_shows(title, "push button: Follow").await?;
    desktop.screenshot("log-search").await?;

    window.click("Print").await?;
    seen.window_shows(title, "new line").await?;
    // Escape ends the search and goes to the text, where End follows it again.
    desktop.press(&["Escape", "End"]).await?;
    seen.window_shows(title, "rows 55%").await?;
    seen.window_shows(title, "push button: Pause").await?;
    desktop.press(&["ctrl+a", "ctrl+c"]).await?;
    eventually("the log on the clipboard", PATIENCE, async || {
        let copied = seen.clipboard().await?;
        Ok((copied.contains("line 0 of the flood") && copied.contains("Rot é")).then_some(()))
    })
    .await?;
    desktop.screenshot("log-selected").await?;
    assert_eq!(fs_err::read_to_string(&opened)?, "");
    seen.press_within(title, "push button", "Open folder").await?;
    let folder = eventually("the folder to be opened", PATIENCE, async || {
        let opened = fs_err::read_to_string(&opened)?;
        Ok(opened.lines().next().map(str::to_owned))
    })
    .await?;
    let logs = fs_err::read_dir(&folder)?.collect::<std::io::Result<Vec<_>>>()?;
    assert!(logs.iter().any(|it| it.path().extension().is_some_and(|it| it == "log")), "{logs:?}");
    Ok(())
}
