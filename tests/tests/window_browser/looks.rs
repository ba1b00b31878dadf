use waterskin_tests::{
    Case, Desktop, PATIENCE, Result, Sandbox, Unpacked, Window, app, eventually,
};

use crate::menu::choose;

/// The grounds of Streamlit's own themes (1.67).
const LIGHT: &str = "rgb(255, 255, 255)";
const DARK: &str = "rgb(23, 22, 20)";

/// Waits until the page's ground has this colour.
async fn ground(window: &Window, colour: &str) -> Result<()> {
    let script = "const app = document.querySelector('[data-testid=stApp]');
        return app ? getComputedStyle(app).backgroundColor : ''";
    let mut last = serde_json::Value::Null;
    let reached = eventually(&format!("a ground of {colour}"), PATIENCE, async || {
        last = window.script(script).await?;
        Ok((last == colour).then_some(()))
    })
    .await;
    reached.map_err(|error| error.context(format!("it is {last}")))
}

#[tokio::test]
async fn light_and_dark_follow_the_system() -> Result<()> {
    let case = Case::of("everyday", "1.67.0").await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let portal = case.desktop.portal().await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    ground(&window, LIGHT).await?;
    let name = "Fenêtre 'n' \"co\"";
    choose(&case.desktop, &[name], "Show log").await?;
    let log = case.desktop.window(&format!("{name}: log")).await?;
    case.desktop.seen().window_shows(&log.title, "push button: Pause").await?;
    case.desktop.arrange(&log, (500, 300), (700, 400)).await?;
    portal.turn(true).await?;
    ground(&window, DARK).await?;
    let dark = case.desktop.screenshot("system-dark").await?;
    assert_eq!(case.desktop.colour(&dark, (900, 600)).await?, "#0E1117", "the log is dark too");
    portal.turn(false).await?;
    ground(&window, LIGHT).await?;
    let light = case.desktop.screenshot("system-light").await?;
    assert_eq!(case.desktop.colour(&light, (900, 600)).await?, "#FFFFFF");
    Ok(())
}

/// What the author chose stays, whatever the system does.
#[tokio::test]
async fn a_theme_of_the_authors_stays() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let project = sandbox.copy(&app("everyday"), "everyday")?;
    fs_err::write(project.join("waterskin.toml"), "[window]\ntheme = \"dark\"\n")?;
    let unpacked = Unpacked::of(&project, &sandbox).await?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let _manager = desktop.managed(&sandbox).await?;
    let portal = desktop.portal().await?;
    let window = Window::open(&sandbox, &desktop, None, &unpacked.program()?, &[]).await?;
    window.shows("The last text.", PATIENCE).await?;
    ground(&window, DARK).await?;
    portal.turn(true).await?;
    portal.turn(false).await?;
    // Whatever comes of that is there before what a key of that window brings.
    desktop.press(&["F10"]).await?;
    desktop.seen().shows("menu: Page").await?;
    ground(&window, DARK).await?;
    desktop.screenshot("theme-of-the-author").await.map(drop)
}

#[tokio::test]
async fn title_and_icon_are_those_of_the_page() -> Result<()> {
    let case = Case::of("everyday", "1.67.0").await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let icon = async |title: &str, wanted: [u8; 3]| {
        let shown = case.desktop.window(title).await?;
        let mut last = None;
        let reached = eventually(&format!("an icon of {wanted:?}"), PATIENCE, async || {
            last = case.desktop.icon(&shown)?;
            let near = |it: [u8; 3]| it.iter().zip(wanted).all(|(one, two)| one.abs_diff(two) < 8);
            Ok(last.is_some_and(near).then_some(()))
        })
        .await;
        reached.map_err(|error: anyhow::Error| error.context(format!("it is {last:?}")))
    };
    icon("Éveryday", [200, 30, 30]).await?;
    window.click("Go on").await?;
    window.shows("The blue page.", PATIENCE).await?;
    icon("Bleu", [30, 30, 200]).await
}
