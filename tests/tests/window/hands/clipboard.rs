use anyhow::Context as _;
use waterskin_tests::{Case, NEWEST, PATIENCE, Result, Running, Window, eventually};

use super::menu::entries;

/// The app `everyday` in a window that has the keys.
async fn opened() -> Result<(Case, Running, Window)> {
    let case = Case::of("everyday", NEWEST).await?;
    let manager = case.desktop.managed(&case.sandbox).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    Ok((case, manager, window))
}

/// Waits until other programs find this on the clipboard.
async fn copied(case: &Case, text: &str) -> Result<()> {
    eventually(&format!("`{text}` on the clipboard"), PATIENCE, async || {
        Ok((case.desktop.seen().clipboard().await?.trim() == text).then_some(()))
    })
    .await
}

/// Puts the cursor into a field as a click does, and pastes.
async fn paste(case: &Case, window: &Window, selector: &str) -> Result<()> {
    eventually("the cursor in the field", PATIENCE, async || {
        window.find(selector).await?.click().await?;
        let script = format!("return document.activeElement?.matches({selector:?}) ?? false");
        Ok((window.script(&script).await? == true).then_some(()))
    })
    .await?;
    case.desktop.press(&["ctrl+v"]).await
}

#[tokio::test]
async fn what_a_person_selects_is_copied() -> Result<()> {
    let (case, _manager, window) = opened().await?;
    window.find(".st-key-text input").await?.click().await?;
    case.desktop.write("some words").await?;
    case.desktop.press(&["shift+Home", "ctrl+c"]).await?;
    copied(&case, "some words").await?;
    let select = "document.activeElement.blur();
        getSelection().selectAllChildren(document.querySelector('[data-testid=stText]'))";
    window.script(select).await?;
    case.desktop.press(&["ctrl+c"]).await?;
    copied(&case, "Made for the 1. time.").await
}

#[tokio::test]
async fn what_others_copied_is_pasted_into_fields() -> Result<()> {
    let (case, _manager, window) = opened().await?;
    let other = case.desktop.offers("text", "Grüße, 世界").await?;
    paste(&case, &window, ".st-key-text input").await?;
    case.desktop.press(&["Return"]).await?;
    window.shows("Written: 'Grüße, 世界'", PATIENCE).await?;
    paste(&case, &window, "[data-testid=stChatInputTextArea]").await?;
    case.desktop.press(&["Return"]).await?;
    window.shows("Asked: 'Grüße, 世界'", PATIENCE).await?;
    drop(other);

    // A picture from another program, such as one of the screen, is a file for the chat.
    let picture = case.project.join("red.png");
    let other = case.desktop.offers("image", &picture).await?;
    paste(&case, &window, "[data-testid=stChatInputTextArea]").await?;
    window.shows(".png", PATIENCE).await?;
    case.desktop.screenshot("pasted-image").await?;
    case.desktop.press(&["p", "Return"]).await?;
    window.shows("Asked: 'p'", PATIENCE).await?;
    window.shows("With: ", PATIENCE).await?;
    let with = window.text().await?;
    assert!(with.contains(".png of "), "{with}");
    drop(other);
    Ok(())
}

#[tokio::test]
async fn the_copy_button_of_code_copies() -> Result<()> {
    let case = Case::of("everyday", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    window.rests().await?;
    // The button comes while the pointer is over the code, and moves into its place.
    case.desktop.click(window.middle("[data-testid=stCode] code").await?).await?;
    let copied = eventually("the code on the clipboard", PATIENCE, async || {
        case.desktop.click(window.middle("[data-testid=stCode] button").await?).await?;
        Ok((case.desktop.seen().clipboard().await?.trim() == "copied = 'été'").then_some(()))
    })
    .await;
    case.desktop.screenshot("copy-button").await?;
    copied
}

#[tokio::test]
async fn the_context_menu_copies_and_saves() -> Result<()> {
    let case = Case::of("everyday", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    window.rests().await?;
    let seen = case.desktop.seen();

    let select = "getSelection().selectAllChildren(document.querySelector('[data-testid=stText]'))";
    window.script(select).await?;
    let menu = async |selector: &str| entries(&case.desktop, &window, selector).await;
    assert_eq!(menu("[data-testid=stText]").await?, ["Copy", "App menu (F10)"]);
    case.desktop.screenshot("context-text").await?;
    seen.press("menu item", "Copy").await?;
    copied(&case, "Made for the 1. time.").await?;

    let picture = "[data-testid=stImage] img";
    let there = ["Open Image in New Window", "Save Image As", "Copy Image", "App menu (F10)"];
    assert_eq!(menu(picture).await?, there);
    case.desktop.screenshot("context-picture").await?;
    seen.press("menu item", "Copy Image").await?;
    eventually("a picture on the clipboard", PATIENCE, async || {
        Ok((seen.clipboard_picture().await?.trim() == "64x64").then_some(()))
    })
    .await?;
    menu(picture).await?;
    seen.press("menu item", "Save Image As").await?;
    seen.shows("Saved in").await?;
    case.desktop.screenshot("context-picture-saved").await?;
    let mut downloads = fs_err::read_dir(case.sandbox.home().join("Downloads"))?;
    let saved = downloads.next().context("nothing was saved")??;
    assert!(saved.metadata()?.len() > 0, "{saved:?} is empty");

    menu(picture).await?;
    seen.press("menu item", "Open Image in New Window").await?;
    // It is alone in a window over the first one, in the middle of its upper edge.
    let mut camera = case.desktop.camera()?;
    eventually("a window with the picture", PATIENCE, async || {
        let (width, dots) = camera.shoot()?;
        let dot = dots.chunks_exact(4).nth(usize::try_from(width)? * 30 + 600);
        let red = dot.is_some_and(|dot| dot[2] > 190 && dot[1] < 50 && dot[0] < 50);
        Ok((red && case.desktop.windows()?.len() > 1).then_some(()))
    })
    .await
}
