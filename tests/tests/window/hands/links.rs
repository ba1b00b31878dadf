use std::path::PathBuf;

use fantoccini::Locator;
use waterskin_tests::{Case, NEWEST, PATIENCE, Result, Website, Window, eventually};

use super::menu::entries;

/// The app `links` in its window, with another site.
struct Linked {
    case: Case,
    site: Website,
    opened: PathBuf,
    window: Window,
}

impl Linked {
    async fn open() -> Result<Self> {
        let case = Case::of("links", NEWEST).await?;
        let site = Website::serve("<title>Other</title><p>The other site.".into()).await?;
        let opened = case.sandbox.stub("xdg-open")?;
        let address = format!("http://127.0.0.1:{}/", site.port);
        let mut arguments = case.arguments();
        arguments.extend(["--".into(), address]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let program = waterskin_tests::cli()?;
        let window = Window::open(&case.sandbox, &case.desktop, None, &program, &arguments).await?;
        window.shows("The last text.", PATIENCE).await?;
        Ok(Self { case, site, opened, window })
    }

    /// Clicks the link with `label` in what it says.
    async fn link(&self, label: &str) -> Result<()> {
        let path = format!("//a[contains(normalize-space(), {label:?})]");
        // A click is lost where the page draws the link anew, or moves it: the sidebar slides in
        // when the script has ended already.
        let rests = format!(
            "const found = document.evaluate({path:?}, document, null, 9, null).singleNodeValue;
             if (!found || !document.querySelector('[data-test-script-state=notRunning]')) return false;
             found.scrollIntoView({{ block: 'center' }});
             const box = found.getBoundingClientRect();
             const frames = (left) => new Promise((done) => {{
                 const next = () => (left-- > 0 ? requestAnimationFrame(next) : done()); next();
             }});
             return frames(15).then(() => {{
                 const now = found.getBoundingClientRect();
                 return now.x === box.x && now.y === box.y &&
                     found.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
             }})"
        );
        eventually(&format!("a link `{label}` to click"), PATIENCE, async || {
            if !self.window.script(&rests).await.is_ok_and(|it| it == true) {
                return Ok(None);
            }
            let Ok(link) = self.window.client.find(Locator::XPath(&path)).await else {
                return Ok(None);
            };
            Ok(link.click().await.ok())
        })
        .await
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.site.port)
    }

    /// What the system was asked to open.
    fn outside(&self) -> Result<Vec<String>> {
        Ok(fs_err::read_to_string(&self.opened)?.lines().map(str::to_owned).collect())
    }

    async fn opens(&self, address: &str) -> Result<()> {
        eventually(&format!("`{address}` in the system's browser"), PATIENCE, async || {
            Ok(self.outside()?.iter().any(|call| call == address).then_some(()))
        })
        .await
    }
}

#[tokio::test]
async fn other_sites_open_in_the_systems_browser_and_the_page_stays() -> Result<()> {
    let it = Linked::open().await?;
    // The frame with the other site is the app's own wish, and is shown where it is.
    eventually("the frame's request", PATIENCE, async || {
        Ok((!it.site.seen().is_empty()).then_some(()))
    })
    .await?;
    let frame = it.window.find("iframe").await?;
    frame.enter_frame().await?;
    it.window.shows("The other site.", PATIENCE).await?;
    it.window.client.enter_parent_frame().await?;
    assert_eq!(it.outside()?, Vec::<String>::new(), "a frame is no reason to open a browser");

    it.link("elsewhere").await?;
    it.opens(&it.address()).await?;
    it.link("mail").await?;
    it.opens("mailto:ann@example.org?subject=a%20b").await?;
    // A page that goes there by itself, without `target=_blank`; from the window, not the frame.
    let away = format!("{}away", it.address());
    it.window.script(&format!("location.href = {away:?}")).await?;
    it.opens(&away).await?;
    // And nothing that opens a file or runs a script.
    for address in ["file:///etc/passwd", "ms-settings:privacy", "view-source:http://localhost/"] {
        it.window.script(&format!("location.href = {address:?}")).await?;
    }
    it.window.shows("The last text.", PATIENCE).await?;
    it.window.shows("Run 1.", PATIENCE).await?;
    assert_eq!(it.outside()?.len(), 3, "{:?}", it.outside()?);
    Ok(())
}

#[tokio::test]
async fn the_app_can_have_several_windows() -> Result<()> {
    let it = Linked::open().await?;
    it.link("One more window").await?;
    let second = it.case.desktop.window("Second").await?;
    it.case.desktop.screenshot("window-second").await?;
    it.case.desktop.window("Links").await?;
    assert_eq!(it.outside()?, Vec::<String>::new());
    // It is a window of its own, with a session of its own, and goes without the first one.
    it.case.desktop.close(&second)?;
    eventually("the second window to go", PATIENCE, async || {
        Ok((!it.case.desktop.windows()?.iter().any(|it| it.title == "Second")).then_some(()))
    })
    .await?;
    it.window.shows("Run 1.", PATIENCE).await?;
    let first = it.case.desktop.window("Links").await?;
    it.case.desktop.close(&first)?;
    it.case.nothing_is_left(std::time::Duration::from_secs(3)).await
}

#[tokio::test]
async fn pages_of_the_app_stay_in_the_window() -> Result<()> {
    let it = Linked::open().await?;
    // A click on a page that still draws itself can get lost.
    eventually("the second page", PATIENCE, async || {
        it.link("Second page").await?;
        let shown = it.window.shows("The second page.", std::time::Duration::from_secs(5));
        Ok(shown.await.ok())
    })
    .await?;
    it.case.desktop.window("Second").await?;
    it.window.script("history.back()").await?;
    it.window.shows("The last text.", PATIENCE).await?;
    assert_eq!(it.outside()?, Vec::<String>::new());
    Ok(())
}

/// wry takes the web view of a page that closes itself away, and would leave an empty window.
#[tokio::test]
async fn a_page_that_closes_itself_leaves_no_empty_window() -> Result<()> {
    let it = Linked::open().await?;
    // The answer to this may get lost with the page.
    let _gone = it.window.script("window.close()").await;
    match it.window.shows("The last text.", std::time::Duration::from_secs(5)).await {
        Ok(()) => Ok(()),
        Err(_) => it.case.nothing_is_left(PATIENCE).await,
    }
}

/// The context menu of a link goes by the same rule as a click on it.
#[tokio::test]
async fn the_context_menu_of_a_link_opens_and_copies_it() -> Result<()> {
    let it = Linked::open().await?;
    let (desktop, seen) = (&it.case.desktop, it.case.desktop.seen());
    it.window.rests().await?;
    let away = format!("a[href='{}']", it.address());
    let there = ["Open Link", "Open Link in New Window", "Copy Link Location", "App menu (F10)"];
    assert_eq!(entries(desktop, &it.window, &away).await?, there);
    desktop.screenshot("context-link").await?;
    seen.press("menu item", "Copy Link Location").await?;
    eventually("the link on the clipboard", PATIENCE, async || {
        Ok((seen.clipboard().await?.trim() == it.address()).then_some(()))
    })
    .await?;
    for (entry, times) in [("Open Link", 1), ("Open Link in New Window", 2)] {
        entries(desktop, &it.window, &away).await?;
        seen.press("menu item", entry).await?;
        eventually(&format!("`{entry}` in the system's browser"), PATIENCE, async || {
            Ok((it.outside()? == vec![it.address(); times]).then_some(()))
        })
        .await?;
    }
    it.window.shows("Run 1.", PATIENCE).await?;

    let inside = "[data-testid=stPageLink] a";
    let there = ["Open Link", "Open Link in New Window", "Download Linked File", "App menu (F10)"];
    assert_eq!(entries(desktop, &it.window, inside).await?, there);
    seen.press("menu item", "Open Link in New Window").await?;
    desktop.window("Second").await?;
    desktop.screenshot("context-link-window").await?;
    assert_eq!(it.outside()?.len(), 2, "{:?}", it.outside()?);
    Ok(())
}
