//! What websites can do to an app in the same browser: in real Chromium, with its cookie and without.

use anyhow::Context;
use waterskin_tests::{
    NEWEST, PATIENCE, Result, Sandbox, Served, ServedOptions, Tap, Venv, Website, Window, app,
    eventually,
};

/// Every name under `.example` is this machine: a stranger's name for it.
const NAMES: &str = "--host-resolver-rules=MAP *.example 127.0.0.1";

/// How many things `attack.html` tries that have a result.
const TRIES: usize = 21;

async fn served(sandbox: &Sandbox, name: &str) -> Result<Served> {
    let venv = Venv::with_streamlit(NEWEST).await?;
    let folder = sandbox.copy(&app(name), name)?;
    Served::start(sandbox, &folder, &venv, ServedOptions::default()).await
}

/// Has the page at `url` try everything, and gives what it calls a success.
async fn successes(browser: &Window, url: &str) -> Result<Vec<String>> {
    browser.client.goto(url).await?;
    let mut results = serde_json::Map::new();
    let ended = eventually("the end of the attack", PATIENCE, async || {
        // None as long as the page before gives way to this one.
        let now = browser.script("return window.results").await.unwrap_or_default();
        results = now.as_object().cloned().unwrap_or_default();
        let pending = results.is_empty() || results.values().any(|result| result == "pending");
        Ok((!pending).then_some(()))
    });
    ended.await.with_context(|| format!("{url}: {results:?}"))?;
    assert_eq!(results.len(), TRIES, "{results:?}");
    let failure = |result: &str| ["refused", "opaque", "closed"].contains(&result);
    let text = |it: &serde_json::Value| it.as_str().unwrap_or_default().to_owned();
    let leaks = results.iter().filter(|(_, result)| !failure(&text(result)));
    Ok(leaks.map(|(name, result)| format!("{name}: {result}")).collect())
}

#[tokio::test]
async fn a_website_in_the_same_browser_reaches_nothing() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let served = served(&sandbox, "stages").await?;
    let port = served.port()?;
    let page = include_str!("../../src/attack.html");
    let near = Website::serve(page.replace("APP", &format!("http://localhost:{port}"))).await?;
    let far = Website::serve(page.replace("APP", &format!("http://127.0.0.1:{port}"))).await?;
    // Another port of the app's own name is the same site, another name is not.
    let places = [
        format!("http://localhost:{}/", near.port),
        format!("http://evil.example:{}/", near.port),
        format!("http://localhost:{}/", far.port),
        format!("http://127.0.0.1:{}/", far.port),
    ];
    let browser = Window::chromium(&sandbox, &[NAMES]).await?;
    let tap = Tap::on_python(&sandbox).await?;
    for place in &places {
        assert_eq!(successes(&browser, place).await?, [""; 0], "{place}, without the cookie");
    }
    assert!(!tap.seen().contains("attack"), "Python saw something of it:\n{}", tap.seen());

    // Now the browser holds the cookie, and sends it to any port of `localhost`.
    browser.client.goto(served.entry.as_str()).await?;
    browser.shows("The last text.", PATIENCE).await?;
    let own = "fetch('/_stcore/health?attack=own').then(() => window.asked = true)";
    browser.script(own).await?;
    eventually("the page's own request", PATIENCE, async || {
        Ok(tap.seen().contains("attack=own").then_some(()))
    })
    .await?;
    for place in &places {
        assert_eq!(successes(&browser, place).await?, [""; 0], "{place}, with the cookie");
    }
    let cookie = format!("waterskin-{port}=");
    assert!(near.seen().iter().any(|head| head.contains(&cookie)), "the browser has the cookie");
    assert_eq!(tap.seen().matches("attack=").count(), 1, "Python saw only what its own page sent");
    Ok(())
}

#[tokio::test]
async fn a_name_that_resolves_to_this_machine_is_of_no_use() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let served = served(&sandbox, "stages").await?;
    let tap = Tap::on_python(&sandbox).await?;
    let browser = Window::chromium(&sandbox, &[NAMES]).await?;
    let port = served.port()?;
    // The entry too: a token that is shown to the wrong name is not even spent.
    let entry = served.entry.as_str().replace("localhost", "rebound.example");
    for url in [entry, format!("http://rebound.example:{port}/")] {
        browser.client.goto(&url).await?;
        browser.shows("This address does not belong to the app", PATIENCE).await?;
    }
    assert!(!tap.seen().contains("rebound"), "{}", tap.seen());
    browser.client.goto(served.entry.as_str()).await?;
    browser.shows("The last text.", PATIENCE).await
}

#[tokio::test]
async fn only_the_apps_own_pages_show_it_in_frames() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let served = served(&sandbox, "framed").await?;
    let port = served.port()?;
    let browser = Window::chromium(&sandbox, &[NAMES]).await?;
    browser.client.goto(served.entry.as_str()).await?;
    let inside = "return [...document.querySelectorAll('iframe')]\
                  .map((frame) => frame.contentDocument?.body?.textContent ?? '').join()";
    for text in ["A document in place.", "A component."] {
        eventually(&format!("a frame with `{text}`"), PATIENCE, async || {
            let texts = browser.script(inside).await.unwrap_or_default();
            Ok(texts.as_str().is_some_and(|texts| texts.contains(text)).then_some(()))
        })
        .await?;
    }

    // Not even the page that says no is shown in somebody else's frame.
    let frame =
        format!("<iframe src='http://localhost:{port}/' onload='window.done = 1'></iframe>");
    let website = Website::serve(frame).await?;
    browser.client.goto(&format!("http://localhost:{}/", website.port)).await?;
    eventually("the frame's end", PATIENCE, async || {
        Ok(browser.script("return window.done").await?.as_i64())
    })
    .await?;
    browser.find("iframe").await?.enter_frame().await?;
    let shown = browser.script("return location.protocol + document.body.textContent").await?;
    let shown = shown.as_str().unwrap_or_default();
    assert!(shown.starts_with("chrome-error:"), "the frame shows {shown}");
    Ok(())
}

#[tokio::test]
async fn the_token_stays_out_of_history_and_referrers() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let served = served(&sandbox, "stages").await?;
    let website = Website::serve(String::new()).await?;
    let browser = Window::chromium(&sandbox, &[NAMES]).await?;
    browser.client.goto(served.entry.as_str()).await?;
    browser.shows("The last text.", PATIENCE).await?;
    let memory = "return JSON.stringify([location.href, document.referrer,\
                  navigation.entries().map((entry) => entry.url),\
                  performance.getEntries().map((entry) => entry.name)])";
    let memory = browser.script(memory).await?.to_string();
    let port = served.port()?;
    assert!(memory.contains(&format!("http://localhost:{port}/")), "{memory}");
    assert!(!memory.contains("token="), "{memory}");
    let image = format!("new Image().src = 'http://evil.example:{}/image'", website.port);
    browser.script(&image).await?;
    let head = eventually("the request for the image", PATIENCE, async || {
        Ok(website.seen().into_iter().find(|head| head.starts_with("GET /image")))
    })
    .await?;
    assert!(head.contains(&format!("referer: http://localhost:{port}/\n")), "{head}");
    assert!(!head.contains("cookie:"), "{head}");
    Ok(())
}
