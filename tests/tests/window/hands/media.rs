use serde_json::Value;
use waterskin_tests::{Case, NEWEST, PATIENCE, Result, Window, eventually};

/// Has an element of the page jump to a second and play on from there. A page that is drawn anew
/// may have another element by then, which is told the same.
async fn jump(window: &Window, element: &str, to: f64) -> Result<()> {
    let script = format!(
        "const media = {element};
         if (!media) return 'missing';
         if (media.error) return 'failed: ' + media.error.code + ' ' + media.error.message;
         if (media.readyState === 0) {{
             if (media.networkState !== HTMLMediaElement.NETWORK_LOADING) media.load();
             return 'loading';
         }}
         if (media.dataset.to !== '{to}') {{
             media.dataset.to = '{to}'; media.muted = true; media.currentTime = {to};
             media.play().catch((error) => {{ media.dataset.refused = error; }});
         }}
         if (media.dataset.refused) return 'refused: ' + media.dataset.refused;
         return media.seeking || media.currentTime <= {to} + 0.2 ? 'seeking' : media.currentTime"
    );
    let mut last = Value::Null;
    let what = format!("`{element}` to play from {to} s");
    let plays = eventually(&what, PATIENCE, async || {
        last = window.script(&script).await?;
        Ok(last.as_f64())
    });
    let at = plays.await.map_err(|error| error.context(format!("it says: {last}")))?;
    anyhow::ensure!(at < to + 5.0, "`{element}` was to play from {to} s, and is at {at}");
    Ok(())
}

#[tokio::test]
async fn sound_and_pictures_play_from_any_place() -> Result<()> {
    let case = Case::of("media", NEWEST).await?;
    let window = case.driven().await?;
    window.shows("The last text.", PATIENCE).await?;
    window.rests().await?;
    for to in [40.0, 5.0] {
        jump(&window, "document.querySelector('audio')", to).await?;
    }
    // The second one takes the plugins of FFmpeg.
    for (video, places) in [
        ("document.querySelectorAll('video')[0]", [20.0, 3.0]),
        ("document.querySelectorAll('video')[1]", [10.0, 2.0]),
    ] {
        for to in places {
            jump(&window, video, to).await?;
        }
        let size = format!("const it = {video}; return [it.videoWidth, it.videoHeight]");
        assert_eq!(window.script(&size).await?, serde_json::json!([160, 90]), "{video}");
    }
    case.desktop.screenshot("media").await.map(drop)
}
