use waterskin_tests::{Case, PATIENCE, Result, Window};

/// Has an element of the page jump to a second and play on from there.
async fn jump(window: &Window, selector: &str, to: f64) -> Result<()> {
    window.find(selector).await?;
    let script = format!(
        "const done = arguments[arguments.length - 1];
         const media = document.querySelector({selector:?});
         const fail = () => done('failed: ' + media.error?.code + ' ' + media.error?.message);
         media.addEventListener('error', fail);
         media.addEventListener('timeupdate', () => {{
             if (!media.seeking && media.currentTime > {to} + 0.2) done(media.currentTime);
         }});
         const go = () => {{ media.muted = true; media.currentTime = {to}; media.play().catch(fail); }};
         if (media.error) fail(); else if (media.readyState > 0) go(); else {{
             media.addEventListener('loadedmetadata', go); media.load();
         }}"
    );
    let at = window.client.execute_async(&script, Vec::new()).await?;
    let near = at.as_f64().is_some_and(|at| at > to && at < to + 5.0);
    anyhow::ensure!(near, "{selector} was to play from {to} s, and: {at}");
    Ok(())
}

#[tokio::test]
async fn sound_and_pictures_play_from_any_place() -> Result<()> {
    let case = Case::of("media", "1.67.0").await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    for to in [40.0, 5.0] {
        jump(&window, "audio", to).await?;
    }
    for to in [20.0, 3.0] {
        jump(&window, "video", to).await?;
    }
    let size = "const it = document.querySelector('video'); return [it.videoWidth, it.videoHeight]";
    assert_eq!(window.script(size).await?, serde_json::json!([160, 90]));
    case.desktop.screenshot("media").await.map(drop)
}
