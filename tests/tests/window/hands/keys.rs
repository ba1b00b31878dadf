use serde_json::Value;
use waterskin_tests::{Case, NEWEST, PATIENCE, Result, Running, Window, eventually};

/// The app `stages` in a window that has the keys.
struct Opened {
    window: Window,
    case: Case,
    _manager: Running,
}

impl Opened {
    async fn new() -> Result<Self> {
        let case = Case::of("stages", NEWEST).await?;
        let manager = case.desktop.managed(&case.sandbox).await?;
        let window = case.driven().await?;
        window.shows("The last text.", PATIENCE).await?;
        Ok(Self { window, case, _manager: manager })
    }

    async fn press(&self, key: &str) -> Result<()> {
        self.case.desktop.press(&[key]).await
    }

    /// Waits until the page is zoomed like this: it has so many pixels less of its own.
    async fn zoomed(&self, expected: f64) -> Result<()> {
        let mut last = Value::Null;
        let what = format!("a zoom of {expected}");
        let reached = eventually(&what, PATIENCE, async || {
            last = self.window.script("return outerWidth / innerWidth").await?;
            Ok(last.as_f64().is_some_and(|it| (it - expected).abs() < 0.02).then_some(()))
        })
        .await;
        reached.map_err(|error| error.context(format!("it is {last}")))
    }
}

#[tokio::test]
async fn zoom_by_key_is_remembered() -> Result<()> {
    let it = Opened::new().await?;
    it.press("ctrl+plus").await?;
    it.zoomed(1.1).await?;
    it.press("ctrl+plus").await?;
    it.zoomed(1.25).await?;
    it.press("ctrl+minus").await?;
    it.zoomed(1.1).await?;
    it.press("ctrl+q").await?;
    let Opened { window, case, _manager } = it;
    drop(window);
    eventually("the end of the window", PATIENCE, async || {
        Ok(case.desktop.windows()?.iter().all(|it| it.title != "Stages").then_some(()))
    })
    .await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    let it = Opened { window, case, _manager };
    it.zoomed(1.1).await?;
    it.press("ctrl+0").await?;
    it.zoomed(1.0).await
}

#[tokio::test]
async fn keys_reload_and_go_back() -> Result<()> {
    let it = Opened::new().await?;
    let window = &it.window;
    // While one page gives way to the next, the driver has none to ask.
    let holds = async |what: &str, script: &str| {
        eventually(what, PATIENCE, async || {
            Ok(window.script(script).await.is_ok_and(|it| it == true).then_some(()))
        })
        .await
    };
    // A click on what is drawn anew a moment later would be lost.
    window.rests().await?;
    window.click("Press").await?;
    window.shows("Run 2.", PATIENCE).await?;
    for key in ["ctrl+r", "F5"] {
        holds("a mark", "window.before = true; return true").await?;
        it.press(key).await?;
        holds(&format!("another document by {key}"), "return !window.before").await?;
        window.shows("Run 1.", PATIENCE).await?;
    }
    let push = "history.pushState(null, '', '?at=2'); return true";
    holds("a second page", push).await?;
    it.press("alt+Left").await?;
    holds("the page before", "return location.search === ''").await?;
    it.press("alt+Right").await?;
    holds("the page after", "return location.search === '?at=2'").await
}

#[tokio::test]
async fn text_is_found_in_the_page() -> Result<()> {
    let it = Opened::new().await?;
    let seen = it.case.desktop.seen();
    it.press("ctrl+f").await?;
    seen.shows("push button: Next match").await?;
    seen.write("TEXT.").await?;
    seen.shows("label: 2").await?;
    it.case.desktop.screenshot("find").await?;
    seen.write("no such words").await?;
    seen.shows("label: Not found").await?;
    it.case.desktop.screenshot("find-none").await?;
    it.press("Escape").await?;
    seen.hides("push button: Next match").await?;
    // The keys are the page's again.
    it.press("ctrl+f").await?;
    seen.shows("push button: Next match").await
}

#[tokio::test]
async fn the_page_is_printed_by_the_systems_dialog() -> Result<()> {
    let it = Opened::new().await?;
    it.press("ctrl+p").await?;
    it.case.desktop.window("Print").await?;
    it.case.desktop.screenshot("print").await.map(drop)
}

#[tokio::test]
async fn the_window_fills_the_screen_and_comes_back() -> Result<()> {
    let it = Opened::new().await?;
    let size = async |full: bool| {
        eventually("the other size", PATIENCE, async || {
            let window = it.case.desktop.window("Stages").await?;
            let fills = it.case.desktop.place(&window)? == ((0, 0), (1280, 900));
            Ok((fills == full).then_some(()))
        })
        .await
    };
    size(false).await?;
    it.press("F11").await?;
    size(true).await?;
    it.press("F11").await?;
    size(false).await
}

/// Where a page uses a key itself, it is the page's.
#[tokio::test]
async fn the_page_comes_first() -> Result<()> {
    let it = Opened::new().await?;
    let listen = "addEventListener('keydown', (event) => { window.key = event.key; event.preventDefault() })";
    it.window.script(listen).await?;
    it.press("ctrl+f").await?;
    eventually("the key in the page", PATIENCE, async || {
        Ok((it.window.script("return window.key").await? == "f").then_some(()))
    })
    .await?;
    assert!(!it.case.desktop.seen().text().await?.contains("Next match"));
    Ok(())
}
