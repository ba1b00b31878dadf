use std::cell::Cell;
use std::collections::BTreeSet;

use anyhow::Context as _;
use waterskin_tests::{
    Case, Desktop, NEWEST, PATIENCE, Result, Sandbox, Shown, Unpacked, Window, app, eventually,
};

use super::menu::choose;

/// The name that the projects of the tests have.
const NAME: &str = "Fenêtre 'n' \"co\"";

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

/// Waits until the log has this ground, at its place in the test below.
async fn log_is(desktop: &Desktop, ground: &str, picture: &str) -> Result<()> {
    let mut last = String::new();
    let reached = eventually(&format!("a log of {ground}"), PATIENCE, async || {
        last = desktop.picture(picture)?.1.colour((900, 600))?;
        Ok((last == ground).then_some(()))
    })
    .await;
    reached.map_err(|error| error.context(format!("it is {last}")))
}

#[tokio::test]
async fn light_and_dark_follow_the_system() -> Result<()> {
    let case = Case::of("everyday", NEWEST).await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let portal = case.desktop.portal().await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    ground(&window, LIGHT).await?;
    choose(&case.desktop, &[NAME], "Show log").await?;
    let log = case.desktop.window(&format!("{NAME}: log")).await?;
    case.desktop.seen().window_shows(&log.title, "push button: Pause").await?;
    case.desktop.arrange(&log, (500, 300), (700, 400)).await?;
    portal.turn(true).await?;
    ground(&window, DARK).await?;
    // The log's window paints in its own time.
    log_is(&case.desktop, "#0E1117", "system-dark").await?;
    portal.turn(false).await?;
    ground(&window, LIGHT).await?;
    log_is(&case.desktop, "#FFFFFF", "system-light").await
}

/// Opens a program and gives the colours that a place on the display had meanwhile, beside the
/// black of no window: a dot at the left edge, where no text of the page is.
async fn grounds_of_a_start(
    desktop: &Desktop,
    open: impl AsyncFnOnce() -> Result<Window>,
) -> Result<(Window, BTreeSet<[u8; 3]>)> {
    let mut camera = desktop.camera()?;
    let (mut seen, rests) = (BTreeSet::new(), Cell::new(false));
    let filming = eventually("the end of a start", PATIENCE, async || {
        let (width, dots) = camera.shoot()?;
        let at = usize::try_from(width)? * 400 + 20;
        let dot = dots.chunks_exact(4).nth(at).map(|dot| [dot[2], dot[1], dot[0]]);
        seen.extend(dot.filter(|dot| *dot != [0, 0, 0]));
        Ok(rests.get().then_some(()))
    });
    let opening = async {
        let window = open().await?;
        window.shows("The last text.", PATIENCE).await?;
        window.rests().await?;
        // The splash fades, and is gone then.
        eventually("the page alone", PATIENCE, async || {
            let script = "return document.documentElement.lastElementChild.tagName";
            Ok((window.script(script).await? == "BODY").then_some(()))
        })
        .await?;
        rests.set(true);
        anyhow::Ok(window)
    };
    let (filmed, window) = tokio::join!(filming, opening);
    let window = window?;
    filmed?;
    Ok((window, seen))
}

/// A copy of the app `stages` with a dark look, built and unpacked.
async fn dark(sandbox: &Sandbox) -> Result<Unpacked> {
    let project = sandbox.copy(&app("stages"), "stages")?;
    fs_err::write(project.join("waterskin.toml"), "[window]\ntheme = \"dark\"\n")?;
    Unpacked::of(&project, sandbox).await
}

/// Where there is no graphics card, as here, WebKit paints the page without the stand-in for one;
/// WebGL still has it to draw with.
#[tokio::test]
async fn a_canvas_of_webgl_is_drawn() -> Result<()> {
    let case = Case::of("canvas", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let mut camera = case.desktop.camera()?;
    eventually("the colour of the canvas", PATIENCE, async || {
        let (_, dots) = camera.shoot()?;
        let drawn = dots.chunks_exact(4).filter(|dot| dot[..3] == [160, 96, 32]).count();
        Ok((drawn > 10_000).then_some(()))
    })
    .await?;
    case.desktop.screenshot("canvas").await.map(drop)
}

/// What the author chose stays, whatever the system does.
#[tokio::test]
async fn a_theme_of_the_authors_stays() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let program = dark(&sandbox).await?.program()?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let _manager = desktop.managed(&sandbox).await?;
    let portal = desktop.portal().await?;
    let window = Window::open(&sandbox, &desktop, None, &program, &[]).await?;
    window.shows("The last text.", PATIENCE).await?;
    window.rests().await?;
    let shown = desktop.windows()?;
    let has_icon = |window: &Shown| desktop.icon(window).is_ok_and(|icon| icon.is_some());
    assert!(shown.iter().any(has_icon), "no icon of the app's own, of 512 pixels: {shown:?}");
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
async fn nothing_flashes_where_the_author_chose_a_theme() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let program = dark(&sandbox).await?.program()?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let (window, seen) = grounds_of_a_start(&desktop, async || {
        Window::open(&sandbox, &desktop, None, &program, &[]).await
    })
    .await?;
    assert_eq!(seen, [[23, 22, 20]].into(), "one ground, from the first picture on");
    ground(&window, DARK).await
}

/// `waterskin run` has the same looks as what will be built.
#[tokio::test]
async fn a_theme_of_the_authors_is_seen_before_it_is_built() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    fs_err::write(case.project.join("waterskin.toml"), "[window]\ntheme = \"dark\"\n")?;
    let opened = grounds_of_a_start(&case.desktop, async || case.driven().await).await;
    let (window, seen) = opened?;
    assert_eq!(seen, [[23, 22, 20]].into(), "one ground, from the first picture on");
    ground(&window, DARK).await
}

/// The app `stages` where the person prefers dark windows. Desktops without a portal say it in a
/// file of GTK's settings.
async fn where_gtk_is_dark() -> Result<Case> {
    let case = Case::of("stages", NEWEST).await?;
    let settings = case.sandbox.home().join(".config/gtk-3.0");
    fs_err::create_dir_all(&settings)?;
    let text = "[Settings]\ngtk-application-prefer-dark-theme=1\n";
    fs_err::write(settings.join("settings.ini"), text)?;
    Ok(case)
}

#[tokio::test]
async fn nothing_flashes_where_gtk_is_dark() -> Result<()> {
    let case = where_gtk_is_dark().await?;
    let opened = grounds_of_a_start(&case.desktop, async || case.driven().await).await;
    let (window, seen) = opened?;
    assert_eq!(seen, [[23, 22, 20]].into(), "one ground, from the first picture on");
    ground(&window, DARK).await
}

#[tokio::test]
async fn the_log_is_dark_from_its_first_picture_on() -> Result<()> {
    let case = where_gtk_is_dark().await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    window.rests().await?;
    let mut camera = case.desktop.camera()?;
    let (mut whitest, open) = (0, Cell::new(false));
    let filming = eventually("the log to be open", PATIENCE, async || {
        let (_, dots) = camera.shoot()?;
        whitest = whitest.max(dots.chunks_exact(4).filter(|dot| dot[..3] == [255; 3]).count());
        Ok(open.get().then_some(()))
    });
    let opening = async {
        choose(&case.desktop, &[NAME], "Show log").await?;
        let log = case.desktop.window(&format!("{NAME}: log")).await?;
        case.desktop.seen().window_shows(&log.title, "push button: Pause").await?;
        open.set(true);
        anyhow::Ok(())
    };
    let (filmed, opened) = tokio::join!(filming, opening);
    opened?;
    filmed?;
    // The log's window has half a million dots; words and frames of windows are white too.
    assert!(whitest < 50_000, "{whitest} white dots");
    Ok(())
}

/// A theme of the app's that is light for everyone: the bar has the page's ground, and GTK's words
/// for a dark desktop would be white on white.
#[tokio::test]
async fn the_menu_bar_can_be_read_on_the_apps_own_ground() -> Result<()> {
    let case = where_gtk_is_dark().await?;
    fs_err::create_dir_all(case.project.join(".streamlit"))?;
    let config = case.project.join(".streamlit/config.toml");
    fs_err::write(config, "[theme]\nprimaryColor = '#0f766e'\n")?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    window.rests().await?;
    ground(&window, LIGHT).await?;
    case.desktop.press(&["F10"]).await?;
    case.desktop.seen().shows("menu: Page").await?;
    case.desktop.screenshot("menu-on-a-light-ground").await?;
    let shown = case.desktop.windows()?;
    let places =
        shown.iter().map(|window| case.desktop.place(window)).collect::<Result<Vec<_>>>()?;
    let ((x, y), _) = places.into_iter().max_by_key(|(_, size)| size.0).context("no window")?;
    let (width, dots) = case.desktop.camera()?.shoot()?;
    let (x, y, width) = (usize::try_from(x)?, usize::try_from(y)?, usize::try_from(width)?);
    // Where the bar has its words.
    let bar = (y..y + 24).flat_map(|line| (x..x + 300).map(move |column| line * width + column));
    let dark = bar.filter(|at| dots[at * 4..][..3].iter().all(|part| *part < 0x60)).count();
    assert!(dark > 30, "{dark} dark dots are no word");
    Ok(())
}

/// The ground that the app has by Streamlit's own settings is there from the first picture on.
#[tokio::test]
async fn nothing_flashes_where_the_app_has_a_ground_of_its_own() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let config = case.project.join(".streamlit/config.toml");
    fs_err::create_dir_all(case.project.join(".streamlit"))?;
    fs_err::write(config, "[theme]\nbackgroundColor = '#ffe4e1'\n")?;
    let opened = grounds_of_a_start(&case.desktop, async || case.driven().await).await;
    let (window, seen) = opened?;
    assert_eq!(seen, [[255, 228, 225]].into(), "one ground, from the first picture on");
    ground(&window, "rgb(255, 228, 225)").await
}

#[tokio::test]
async fn title_and_icon_are_those_of_the_page() -> Result<()> {
    let case = Case::of("everyday", NEWEST).await?;
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
    // A click into a script that still runs can miss.
    window.rests().await?;
    window.click("Go on").await?;
    window.shows("The blue page.", PATIENCE).await?;
    icon("Bleu", [30, 30, 200]).await
}
