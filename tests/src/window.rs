use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::eventually::{eventually, in_time};
use crate::nopython::Ordinary;
use crate::{Desktop, PATIENCE, Port, Result, Running, Sandbox};

/// What Streamlit shows where a part of its page is still loaded, of another height.
const STAND_IN: &str = "[data-testid=stSkeleton]";

/// WebDriver's name for the key with the arrow to the right.
pub const RIGHT: &str = "\u{e014}";

/// A program with a web view, driven by WebKitWebDriver, which starts it.
#[derive(Debug)]
pub struct Window {
    /// The WebDriver session.
    pub client: Client,
    /// The driver. The program is its child.
    pub driver: Running,
    /// The driver's, where it was told one.
    pub(crate) _port: Option<Port>,
}

impl Window {
    /// Starts `program` on `desktop`, as `user` where one is given, and waits for its web view.
    pub async fn open(
        sandbox: &Sandbox,
        desktop: &Desktop,
        user: Option<&Ordinary>,
        program: &Path,
        arguments: &[&str],
    ) -> Result<Self> {
        // The driver can't say which port it took.
        let reserved = Port::reserve()?;
        let port = reserved.number();
        let driver = sandbox
            .launch("/usr/bin/WebKitWebDriver")
            .arg(format!("--port={port}"))
            .envs(desktop.environment())
            // Tauri's web views offer themselves to the driver when both are set.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = user.map_or(Ok(driver.clone()), |user| user.run(driver))?;
        let driver = driver.start().context("the tests with windows need WebKitWebDriver")?;
        eventually("WebKitWebDriver to listen", PATIENCE, async || {
            Ok(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok())
        })
        .await?;
        let browser = json!({ "binary": program, "args": arguments });
        let capabilities = [
            ("webkitgtk:browserOptions".to_owned(), browser),
            // Loading is watched by the tests themselves.
            ("pageLoadStrategy".to_owned(), json!("none")),
        ];
        let client = connect(port, capabilities.into_iter().collect())
            .await
            .with_context(|| format!("driver: {}{}", driver.stdout.text(), driver.stderr.text()))?;
        Ok(Self { client, driver, _port: Some(reserved) })
    }

    /// Runs JavaScript in the page and gives what it returns.
    pub async fn script(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// The text that the page shows.
    pub async fn text(&self) -> Result<String> {
        let text = self.script("return document.body ? document.body.innerText : ''").await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page shows `text`. The error shows what it shows in place of it.
    pub async fn shows(&self, text: &str, limit: Duration) -> Result<()> {
        let mut last = String::new();
        let what = format!("the page to show `{text}`");
        let shown = in_time(&what, limit, async || {
            // While one page gives way to the next, the driver has none to ask.
            last = self.text().await.unwrap_or_else(|error| format!("({error:#})"));
            Ok(last.contains(text).then_some(()))
        })
        .await;
        shown.map_err(|error| error.context(format!("it shows:\n{last}")))
    }

    /// Waits until Streamlit's script has come to its end, so that what it drew is not drawn anew,
    /// and until nothing stands in for a part of the page that is still loaded.
    pub async fn rests(&self) -> Result<()> {
        self.find("[data-test-script-state=notRunning]").await?;
        let script = format!("return !document.querySelector({STAND_IN:?})");
        in_time("all parts of the page", PATIENCE, async || {
            Ok((self.script(&script).await? == true).then_some(()))
        })
        .await
    }

    /// Waits for the first element that `selector` finds.
    pub async fn find(&self, selector: &str) -> Result<Element> {
        in_time(&format!("an element `{selector}`"), PATIENCE, async || {
            Ok(self.client.find(Locator::Css(selector)).await.ok())
        })
        .await
    }

    /// Clicks the first button that has `label` in what it says: an icon is a word there too.
    /// The driver clicks at a place, from where the button may have moved: then once more.
    pub async fn click(&self, label: &str) -> Result<()> {
        let path = format!("//button[contains(normalize-space(), \"{label}\")]");
        let listen = "window.clicked = false;
            const told = () => { window.clicked = true };
            arguments[0].addEventListener('click', told, { once: true, capture: true })";
        in_time(&format!("a button `{label}`"), PATIENCE, async || {
            let Ok(button) = self.client.find(Locator::XPath(&path)).await else { return Ok(None) };
            if self.client.execute(listen, vec![serde_json::to_value(&button)?]).await.is_err() {
                return Ok(None);
            }
            match button.click().await {
                Ok(()) => {}
                Err(error) if was_not_there(&error) => return Ok(None),
                Err(error) => return Err(anyhow::anyhow!("{error:?}")),
            }
            let told = eventually("the click", Duration::from_secs(3), async || {
                // The page may have gone by the click.
                let missed = self.script("return window.clicked === false").await;
                Ok((missed.ok() != Some(Value::Bool(true))).then_some(()))
            });
            Ok(told.await.ok())
        })
        .await
    }

    /// The middle of an element on the display, scrolled to, once nothing moves any more: a place
    /// taken while the sidebar slides or a font arrives is that of another element a moment later.
    /// Without a window manager the page begins at the corner.
    pub async fn middle(&self, selector: &str) -> Result<(i32, i32)> {
        self.find(selector).await?;
        let script = format!(
            "const it = document.querySelector({selector:?});
             if (!it || document.fonts.status !== 'loaded') return null;
             if (document.querySelector({STAND_IN:?})) return null;
             const ends = it => it.effect?.getComputedTiming().endTime !== Infinity;
             const moves = it => it.playState === 'running' && ends(it);
             if (document.getAnimations().some(moves)) return null;
             it.scrollIntoView({{ block: 'center' }});
             const box = it.getBoundingClientRect();
             const x = Math.round(box.x + box.width / 2), y = Math.round(box.y + box.height / 2);
             const seen = document.elementFromPoint(x, y);
             return it.contains(seen) || seen?.contains(it) ? [x, y] : null"
        );
        let mut before = Value::Null;
        in_time(&format!("`{selector}` to keep its place"), PATIENCE, async || {
            let place = self.script(&script).await?;
            let kept = !place.is_null() && place == before;
            before = place;
            let at = |index: usize| before[index].as_i64().and_then(|it| i32::try_from(it).ok());
            Ok(if kept { at(0).zip(at(1)) } else { None })
        })
        .await
    }

    /// Gives a file to a field for files, as its dialog does.
    pub async fn choose_file(&self, selector: &str, file: &Path) -> Result<()> {
        let file = file.to_str().context("a path that is not UTF-8")?;
        Ok(self.find(selector).await?.send_keys(file).await?)
    }

    /// Focuses an element and presses keys on it, one after the other.
    pub async fn keys(&self, selector: &str, keys: &str) -> Result<()> {
        self.find(selector).await?;
        let focus = format!("document.querySelector({selector:?}).focus()");
        self.script(&focus).await?;
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in keys.chars() {
            actions = actions.then(KeyAction::Down { value: key });
            actions = actions.then(KeyAction::Up { value: key });
        }
        Ok(self.client.perform_actions(actions).await?)
    }
}

/// Whether nothing was clicked because the page was being drawn anew.
fn was_not_there(error: &CmdError) -> bool {
    use ErrorStatus as Status;
    let CmdError::Standard(error) = error else { return false };
    matches!(
        error.error,
        Status::StaleElementReference
            | Status::NoSuchElement
            | Status::ElementNotInteractable
            | Status::ElementClickIntercepted
            | Status::MoveTargetOutOfBounds
    )
}

/// A session of the WebDriver on this port.
pub(crate) async fn connect(port: u16, capabilities: Capabilities) -> Result<Client> {
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    tokio::time::timeout(PATIENCE, builder.connect(&format!("http://127.0.0.1:{port}")))
        .await
        .context("no WebDriver session came about")?
        .context("the WebDriver refused the session")
}
