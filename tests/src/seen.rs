use std::time::Duration;

use serde_json::json;

use crate::companion::Companion;
use crate::eventually::eventually;
use crate::sandbox::sources;
use crate::{Desktop, Launch, PATIENCE, Result};

/// What a screen reader sees of the windows: what lies over the page, dialogs and menus,
/// but not the page. It takes a system's Python with GObject introspection.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a>(&'a Desktop);

impl Desktop {
    /// What a screen reader sees on it.
    pub fn seen(&self) -> Seen<'_> {
        Seen(self)
    }
}

impl Seen<'_> {
    /// A line for each thing that is shown: its role and its name.
    pub async fn text(self) -> Result<String> {
        Ok(self.ask(&["show"]).await?.1)
    }

    /// The same of one window, with the page in it.
    pub async fn window(self, title: &str) -> Result<String> {
        Ok(self.ask(&["read", title]).await?.1)
    }

    /// Waits until the page in the window with this title has `text` in it.
    pub async fn window_shows(self, title: &str, text: &str) -> Result<()> {
        let mut last = String::new();
        let shown = eventually(&format!("`{text}` in `{title}`"), PATIENCE, async || {
            last = self.window(title).await?;
            Ok(last.contains(text).then_some(()))
        })
        .await;
        self.explained(shown, &last).await
    }

    /// Presses a button of the page in the window with this title, as soon as it is there.
    pub async fn press_within(self, title: &str, role: &str, name: &str) -> Result<()> {
        let mut last = String::new();
        let pressed =
            eventually(&format!("a {role} `{name}` in `{title}`"), PATIENCE, async || {
                let done = self.ask(&["within", title, role, name]).await?.0;
                if !done {
                    last = self.window(title).await?;
                }
                Ok(done.then_some(()))
            })
            .await;
        self.explained(pressed, &last).await
    }

    /// Waits until one of these lines has `text` in it.
    pub async fn shows(self, text: &str) -> Result<()> {
        self.wait(text, true).await
    }

    /// Waits until none has.
    pub async fn hides(self, text: &str) -> Result<()> {
        self.wait(text, false).await
    }

    /// Presses the button, or chooses the entry, with this role and name, as soon as it is there.
    pub async fn press(self, role: &str, name: &str) -> Result<()> {
        let mut last = String::new();
        let what = format!("a {role} `{name}`");
        let pressed = eventually(&what, PATIENCE, async || {
            let done = self.ask(&["press", role, name]).await?.0;
            if !done {
                last = self.text().await?;
            }
            Ok(done.then_some(()))
        })
        .await;
        self.explained(pressed, &last).await
    }

    /// Puts a text into the first field, as soon as there is one.
    pub async fn write(self, text: &str) -> Result<()> {
        eventually("a field", PATIENCE, async || {
            Ok(self.ask(&["type", text]).await?.0.then_some(()))
        })
        .await
    }

    /// The text on the clipboard.
    pub async fn clipboard(self) -> Result<String> {
        Ok(self.ask(&["clipboard"]).await?.1)
    }

    /// The size of the picture on the clipboard, such as `8x8`; empty where there is none.
    pub async fn clipboard_picture(self) -> Result<String> {
        Ok(self.ask(&["picture"]).await?.1)
    }

    async fn wait(self, text: &str, there: bool) -> Result<()> {
        let mut last = String::new();
        let what = format!("`{text}` to be {}", if there { "shown" } else { "gone" });
        let shown = eventually(&what, PATIENCE, async || {
            last = self.text().await?;
            Ok((last.contains(text) == there).then_some(()))
        })
        .await;
        self.explained(shown, &last).await
    }

    /// Adds to an error what there was in place of what was looked for, and a picture of it.
    async fn explained(self, outcome: Result<()>, last: &str) -> Result<()> {
        let Err(error) = outcome else { return Ok(()) };
        let picture = match self.0.picture(&format!("failed-{}", std::process::id())) {
            Ok((file, _)) => file.display().to_string(),
            Err(error) => format!("{error:#}"),
        };
        Err(error.context(format!("picture: {picture}\nthere is:\n{last}")))
    }

    /// Whether it could be done, and what there is to tell.
    async fn ask(self, question: &[&str]) -> Result<(bool, String)> {
        let mut reader = self.0.reader.lock().await;
        let mut asked = match reader.take() {
            Some(asked) => asked,
            None => self.reader()?,
        };
        let answer = asked.ask(&json!(question), Duration::from_secs(30)).await?;
        // One that did not answer is not asked again: its answer might come to the next question.
        *reader = Some(asked);
        if let Some(error) = answer["error"].as_str() {
            anyhow::bail!("a look at the windows failed: {error}");
        }
        Ok((answer["done"] == true, answer["text"].as_str().unwrap_or_default().to_owned()))
    }

    fn reader(self) -> Result<Companion> {
        let script = sources().join("src/seen.py");
        let launch = Launch::new("/usr/bin/python3").arg(script);
        Companion::start(launch.envs(self.0.environment()).env("NO_AT_BRIDGE", "1"))
    }
}
