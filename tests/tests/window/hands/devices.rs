use std::time::Duration;

use waterskin_tests::{Case, NEWEST, PATIENCE, Result, Running, TORNADO, Website, eventually};

use super::menu::switch;

/// The name that the dialog has for the app.
const NAME: &str = "Fenêtre 'n' \"co\"";

/// The app `devices` as a person has it: WebKit asks nobody for a page that a driver has.
struct Asking {
    case: Case,
    /// Who is told what became of the page's wish.
    site: Website,
}

impl Asking {
    async fn new() -> Result<Self> {
        let case = Case::of("devices", NEWEST).await?;
        let site = Website::serve(String::new()).await?;
        Ok(Self { case, site })
    }

    /// Opens the app, and has it ask for `audio` or `video`.
    fn open(&self, wish: &str) -> Result<Running> {
        let address = format!("http://127.0.0.1:{}/", self.site.port);
        self.case.opened_with(&[&address, wish])
    }

    /// Waits until the page was told this, for the `count`th time that it was told anything.
    async fn hears(&self, answer: &str, count: usize) -> Result<()> {
        let mut heard = Vec::new();
        let all = eventually("an answer to the page", PATIENCE, async || {
            heard = self.site.seen();
            Ok((heard.len() >= count).then_some(()))
        });
        all.await.map_err(|error| error.context(format!("so far: {heard:?}")))?;
        let last = heard.get(count - 1).cloned().unwrap_or_default();
        let path = last.strip_prefix("GET /").unwrap_or_default();
        assert!(path.starts_with(answer), "{count}: {last}");
        Ok(())
    }

    async fn close(&self) -> Result<()> {
        let shown = self.case.desktop.window("Devices").await?;
        self.case.desktop.close(&shown)?;
        self.case.nothing_is_left(PATIENCE).await
    }
}

#[tokio::test]
async fn the_microphone_is_asked_for_once_and_can_be_taken_back() -> Result<()> {
    let it = Asking::new().await?;
    let desktop = &it.case.desktop;
    let _manager = desktop.managed(&it.case.sandbox).await?;
    let _microphone = desktop.microphone(&it.case.sandbox).await?;
    let shell = it.open("audio")?;
    let question = format!("{NAME} would like to use the microphone");
    desktop.seen().shows(&question).await?;
    assert_eq!(it.site.seen(), Vec::<String>::new(), "the page waits");
    desktop.screenshot("devices-asked").await?;
    desktop.seen().press("push button", "Allow").await?;
    it.hears("given", 1).await?;
    desktop.window("Devices").await?;
    desktop.press(&["F5"]).await?;
    it.hears("given", 2).await?;
    it.close().await?;
    drop(shell);

    let _shell = it.open("audio")?;
    it.hears("given", 3).await?;
    assert!(!desktop.seen().text().await?.contains(&question), "it is asked again");
    switch(desktop, &[NAME, "Permissions"], "Microphone allowed").await?;
    desktop.press(&["F5"]).await?;
    it.hears("NotAllowedError", 4).await?;
    switch(desktop, &[NAME, "Permissions"], "Microphone allowed").await?;
    desktop.press(&["F5"]).await?;
    it.hears("given", 5).await
}

/// How long a sound is recorded.
const SOUND: Duration = Duration::from_secs(3);

/// `st.audio_input`, from the question to the sound in Python.
///
/// Of the page as little as can be is read: WebKit's process for it was seen to crash in what it has
/// for screen readers when one reads a page that changes (2.50.6, `dmesg`), and a page that comes
/// back has lost its recording. What was heard is told by the app.
#[tokio::test]
async fn sound_is_recorded() -> Result<()> {
    // The version that asks WebKitGTK for what it can't record, and one that leaves the rate open.
    for version in [NEWEST, TORNADO] {
        let case = Case::of("devices", version).await?;
        let _manager = case.desktop.managed(&case.sandbox).await?;
        let _microphone = case.desktop.microphone(&case.sandbox).await?;
        let mut shell = case.opened()?;
        let seen = case.desktop.seen();
        seen.window_shows("Devices", "Heard: nothing.").await?;
        seen.press_within("Devices", "push button", "Record").await?;
        seen.press("push button", "Allow").await?;
        seen.window_shows("Devices", "push button: Stop recording").await?;
        tokio::time::sleep(SOUND).await;
        case.desktop.screenshot(&format!("devices-recording-{version}")).await?;
        seen.press_within("Devices", "push button", "Stop recording").await?;
        let heard = |text: &str| {
            let (heard, _) = text.split_once(" at 440 Hz.")?;
            let (seconds, loudness) = heard.rsplit_once("Heard: ")?.1.split_once(" s with ")?;
            Some((seconds.to_owned(), loudness.to_owned()))
        };
        let (seconds, loudness) =
            shell.stdout.wait_for("the sound in Python", PATIENCE, heard).await?;
        case.desktop.screenshot(&format!("devices-recorded-{version}")).await?;
        println!("{version}: {seconds} s, {loudness}");
        assert!(seconds.parse::<f64>()? > 1.5, "{version}: {seconds} s");
        assert!(loudness.parse::<f64>()? > 0.25, "{version}: {loudness} of 0.5");
    }
    Ok(())
}

/// How long a picture may take. The made-up camera gives none at all in some of its starts: both of
/// PipeWire's nodes run and are linked, and nothing goes from one to the other (0.3.65). Then another
/// one is started.
const PICTURE: Duration = Duration::from_secs(20);

/// `st.camera_input`, from the question to the picture in Python.
#[tokio::test]
async fn a_picture_is_taken() -> Result<()> {
    let case = Case::of("devices", NEWEST).await?;
    let desktop = &case.desktop;
    let _manager = desktop.managed(&case.sandbox).await?;
    let seen = desktop.seen();
    for start in 1..=5 {
        let camera = desktop.webcam(&case.sandbox).await?;
        let shell = case.opened_with(&["-", "video"])?;
        if start == 1 {
            seen.shows(&format!("{NAME} would like to use the camera")).await?;
            desktop.screenshot("devices-camera-asked").await?;
            seen.press("push button", "Allow").await?;
        }
        // Before the camera gave its first picture there is none to take, and a person presses again.
        let taken = eventually("a picture that is taken", PICTURE, async || {
            seen.press_within("Devices", "push button", "Take Photo").await?;
            for _ in 0..5 {
                if seen.window("Devices").await?.contains("Clear photo") {
                    return Ok(Some(()));
                }
            }
            Ok(None)
        });
        if let Err(error) = taken.await {
            println!("start {start}: {error:#}");
            let shown = desktop.window("Devices").await?;
            desktop.close(&shown)?;
            drop(shell);
            drop(camera);
            case.nothing_is_left(PATIENCE).await?;
            continue;
        }
        eventually("a picture in Python", PATIENCE, async || {
            let page = seen.window("Devices").await?;
            let bytes = page.split_once("Picture of ").and_then(|(_, it)| it.split_once(" bytes"));
            let bytes = bytes.map_or(Ok(0), |(bytes, _)| bytes.parse::<u64>())?;
            Ok((bytes > 5_000).then_some(()))
        })
        .await?;
        return desktop.screenshot("devices-picture").await.map(drop);
    }
    anyhow::bail!("no camera gave a picture")
}

#[tokio::test]
async fn a_refusal_is_told_to_the_page_and_remembered() -> Result<()> {
    let it = Asking::new().await?;
    let desktop = &it.case.desktop;
    let _manager = desktop.managed(&it.case.sandbox).await?;
    let _microphone = desktop.microphone(&it.case.sandbox).await?;
    let shell = it.open("audio")?;
    desktop.seen().press("push button", "Don’t allow").await?;
    it.hears("NotAllowedError", 1).await?;
    it.close().await?;
    drop(shell);
    let _shell = it.open("audio")?;
    it.hears("NotAllowedError", 2).await?;
    // And to the person, who may wonder by now.
    desktop.seen().shows("The microphone is not allowed").await?;
    desktop.screenshot("devices-refused").await.map(drop)
}

/// WebKitGTK has a name of its own for this, and asks nobody.
#[tokio::test]
async fn what_is_not_there_is_told_to_the_page_and_to_the_person() -> Result<()> {
    for (wish, words) in [("audio", "No microphone was found"), ("video", "No camera was found")] {
        let it = Asking::new().await?;
        let _shell = it.open(wish)?;
        it.hears("OverconstrainedError", 1).await?;
        let seen = it.case.desktop.seen();
        seen.shows(words).await?;
        it.case.desktop.screenshot(&format!("devices-no-{wish}")).await?;
        assert!(!seen.text().await?.contains("would like to use"), "a question about nothing");
    }
    Ok(())
}
