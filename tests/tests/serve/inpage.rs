//! What the shell puts into the page on Windows and macOS (`ui/src/inpage`): in Chromium, which is
//! what WebView2 is, and in WebKitGTK, which has WKWebView's engine.

use anyhow::Context as _;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::{Value, json};
use waterskin_tests::{
    Desktop, Engine, NEWEST, PATIENCE, Result, Sandbox, Served, ServedOptions, Venv, Website,
    Window, app, eventually, skipped, sources,
};

/// WebDriver's names of keys.
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';
const BACKSPACE: char = '\u{e003}';
const SHIFT: char = '\u{e008}';

/// The app `everyday` in a browser, with the script in its page.
struct Equipped {
    window: Window,
    _desktop: Option<Desktop>,
    _served: Served,
    _sandbox: Sandbox,
}

impl Equipped {
    async fn with(sandbox: Sandbox, window: Window, desktop: Option<Desktop>) -> Result<Self> {
        let venv = Venv::with_streamlit(NEWEST).await?;
        let folder = sandbox.copy(&app("everyday"), "everyday")?;
        let served = Served::start(&sandbox, &folder, &venv, ServedOptions::default()).await?;
        window.client.goto(served.entry.as_str()).await?;
        window.shows("The last text.", PATIENCE).await?;
        window.rests().await?;
        let it = Self { window, _desktop: desktop, _served: served, _sandbox: sandbox };
        // The tests look into the tree that is closed to the page.
        let looked_into = "const attach = Element.prototype.attachShadow;
             Element.prototype.attachShadow = function (options) {
               Element.prototype.attachShadow = attach;
               return (window.layer = attach.call(this, options));
             };";
        it.window.script(&format!("{looked_into}\n{}", script()?)).await?;
        Ok(it)
    }

    async fn in_engine(engine: Engine) -> Result<Option<Self>> {
        let sandbox = Sandbox::new()?;
        let Some((window, desktop)) = engine.start(&sandbox).await? else {
            skipped(&format!("{engine:?} is not on this machine"));
            return Ok(None);
        };
        Self::with(sandbox, window, desktop).await.map(Some)
    }

    async fn perform(&self, command: Value) -> Result<()> {
        self.window.script(&format!("window.__waterskinInPage({command})")).await.map(drop)
    }

    /// Presses keys wherever the focus is, as a person does.
    async fn press(&self, keys: &str) -> Result<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys.chars() {
            actions = actions.then(KeyAction::Down { value });
            if value != SHIFT {
                actions = actions.then(KeyAction::Up { value });
            }
        }
        self.window.client.perform_actions(actions).await?;
        Ok(self.window.client.release_actions().await?)
    }

    /// Waits until the layer says this.
    async fn says(&self, text: &str) -> Result<()> {
        let mut last = String::new();
        let said = eventually("the layer to say something", PATIENCE, async || {
            let all = "return [...window.layer.querySelectorAll('.count, .notice')]
                         .map(it => it.innerText).join('\\n')";
            last = self.window.script(all).await?.as_str().unwrap_or_default().to_owned();
            Ok(last.contains(text).then_some(()))
        });
        said.await.with_context(|| format!("`{text}` is not in: {last}"))
    }

    /// The text of the matches that are coloured, and of the current one; none where this web view
    /// colours nothing.
    async fn coloured(&self) -> Result<Option<(Vec<String>, Vec<String>)>> {
        let script = "if (!('highlights' in CSS)) return null;
            const texts = name => [...(CSS.highlights.get(name) ?? [])].map(String);
            return [texts('waterskin-found'), texts('waterskin-found-current')];";
        Ok(serde_json::from_value(self.window.script(script).await?)?)
    }
}

/// The script as the shell runs it, with the English messages.
fn script() -> Result<String> {
    let messages = include_str!("../../../locales/en.ftl").lines();
    let words: serde_json::Map<_, _> = messages
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, text)| (key.to_owned(), json!(text)))
        .collect();
    let settings = json!({ "theme": "light", "grounds": null, "language": "en", "words": words });
    let built = sources().join("../ui/dist/inpage.js");
    Ok(format!("window.__WATERSKIN_INPAGE__ = {settings};\n{}", fs_err::read_to_string(built)?))
}

async fn finds(engine: Engine) -> Result<()> {
    let Some(it) = Equipped::in_engine(engine).await? else { return Ok(()) };
    assert_eq!(it.window.script("return window.__WATERSKIN_INPAGE__ ?? null").await?, Value::Null);
    it.perform(json!({ "do": "find" })).await?;
    // Streamlit has keys of one letter, `c` and `r` among them: they are the bar's now.
    it.press("cr").await?;
    it.says("Not found").await?;
    // Nor the names of icons, which a font draws as pictures.
    let icon = "return document.querySelector('[data-testid=stIconMaterial]').textContent";
    let icon = it.window.script(icon).await?;
    it.perform(json!({ "do": "find" })).await?;
    it.press(icon.as_str().context("no icon")?).await?;
    it.says("Not found").await?;
    it.perform(json!({ "do": "find" })).await?;
    it.press("TEXT").await?;
    it.says("1 / 2").await?;
    it.press(&format!("{BACKSPACE}{BACKSPACE}")).await?;
    // `Text`, `Written` and `text`; and not `Skip to main content`, which is out of sight.
    it.says("1 / 3").await?;
    it.press("XT").await?;
    it.says("1 / 2").await?;
    let coloured = it.coloured().await?;
    println!("{engine:?}: {coloured:?}");
    if let Some((others, current)) = coloured {
        assert_eq!((others.len(), current.len()), (1, 1));
        assert!(others.iter().chain(&current).all(|it| it.eq_ignore_ascii_case("text")));
    }
    it.press(&ENTER.to_string()).await?;
    it.says("2 / 2").await?;
    it.press(&format!("{SHIFT}{ENTER}")).await?;
    it.says("1 / 2").await?;
    it.press(&format!("{SHIFT}{ENTER}")).await?;
    it.says("2 / 2").await?;
    let page = it.window.script("return document.querySelector('[role=dialog]') === null").await?;
    assert_eq!(page, true, "a key went to the page");
    picture(&it, &format!("inpage-find-{engine:?}")).await?;

    // What the page shows later on counts too.
    let more = "document.querySelector('[data-testid=stText]').append(' More text.')";
    it.window.script(more).await?;
    it.says("/ 3").await?;
    it.press(&ESCAPE.to_string()).await?;
    eventually("the bar to close", PATIENCE, async || {
        let open = it.window.script("return window.layer.querySelector('.bar') !== null").await?;
        Ok((open == false).then_some(()))
    })
    .await?;
    assert_eq!(it.coloured().await?.unwrap_or_default(), (vec![], vec![]));
    Ok(())
}

async fn picture(it: &Equipped, name: &str) -> Result<()> {
    let folder = waterskin_tests::screens()?;
    fs_err::write(folder.join(format!("{name}.png")), it.window.client.screenshot().await?)?;
    Ok(())
}

#[tokio::test]
async fn text_is_found_in_chromium() -> Result<()> {
    finds(Engine::Chromium).await
}

#[tokio::test]
async fn text_is_found_in_webkit() -> Result<()> {
    finds(Engine::WebKit).await
}

/// Asks for a picture in the page, and waits until that has failed.
async fn misses(it: &Equipped, address: &str) -> Result<()> {
    let script = format!(
        "window.missed = false;
         const image = new Image();
         image.onerror = () => (window.missed = true);
         document.body.append(image);
         image.src = {address:?};"
    );
    it.window.script(&script).await?;
    eventually("a picture to fail", PATIENCE, async || {
        Ok((it.window.script("return window.missed").await? == true).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_site_that_cannot_be_reached_is_named_in_chromium() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let other = Website::serve(String::new()).await?;
    let names = "--host-resolver-rules=MAP there.example 127.0.0.1, MAP *.example ~NOTFOUND";
    let window = Window::chromium(&sandbox, &[names]).await?;
    let it = Equipped::with(sandbox, window, None).await?;
    // No picture, but a site that answers: the network is there. It is asked for a second time.
    misses(&it, &format!("http://there.example:{}/no.png", other.port)).await?;
    eventually(
        "the second request",
        PATIENCE,
        async || Ok((other.seen().len() >= 2).then_some(())),
    )
    .await?;
    misses(&it, "http://tiles.example/1.png").await?;
    it.says("tiles.example can’t be reached").await?;
    picture(&it, "inpage-network").await?;
    // Once is enough: a map asks for a hundred pictures.
    it.perform(json!({ "do": "dismiss" })).await?;
    misses(&it, "http://other.example/2.png").await?;
    let ask = "return fetch('http://third.example/').then(() => 'there', error => error.name)";
    assert_eq!(it.window.script(ask).await?, "TypeError", "the page gets what it would get");
    let notices = "return window.layer.querySelectorAll('.notice').length";
    assert_eq!(it.window.script(notices).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_site_that_cannot_be_reached_is_named_in_webkit() -> Result<()> {
    let Some(it) = Equipped::in_engine(Engine::WebKit).await? else { return Ok(()) };
    // A name that no server has (RFC 2606).
    let ask = "return fetch('http://tiles.invalid/').then(() => 'there', error => error.name)";
    assert_eq!(it.window.script(ask).await?, "TypeError");
    it.says("tiles.invalid can’t be reached").await
}

#[tokio::test]
async fn a_device_that_is_missing_is_told() -> Result<()> {
    let sandbox = Sandbox::new()?;
    // Allowed without a question, and none there.
    let window = Window::chromium(&sandbox, &["--use-fake-ui-for-media-stream"]).await?;
    let it = Equipped::with(sandbox, window, None).await?;
    let ask = "return navigator.mediaDevices.getUserMedia({ video: true })
                 .then(() => 'there', error => error.name)";
    assert_eq!(it.window.script(ask).await?, "NotFoundError", "the page gets what it would get");
    it.says("No camera was found").await?;
    let title = "The camera is not allowed";
    it.perform(json!({ "do": "tell", "title": title, "text": "You chose that before." })).await?;
    it.says(title).await
}

#[tokio::test]
async fn a_device_is_taken_back() -> Result<()> {
    // This one has a camera and a microphone.
    let Some(it) = Equipped::in_engine(Engine::Chromium).await? else { return Ok(()) };
    let ask = "return navigator.mediaDevices.getUserMedia({ audio: true, video: true })
                 .then(stream => {
                   window.ended = [];
                   window.tracks = stream.getTracks();
                   for (const track of tracks) track.onended = () => ended.push(track.kind);
                   return tracks.length;
                 })";
    assert_eq!(it.window.script(ask).await?, 2);
    it.perform(json!({ "do": "release", "kind": "video" })).await?;
    let states = "return tracks.filter(it => it.readyState === 'live').map(it => it.kind)
                    .concat('ended', ended)";
    assert_eq!(it.window.script(states).await?, json!(["audio", "ended", "video"]));
    Ok(())
}
