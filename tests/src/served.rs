use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use rustix::process::Signal;

use crate::{PATIENCE, Result, Running, Sandbox, Site, Venv};

/// How to serve an app.
#[derive(Clone, Debug, Default)]
pub struct ServedOptions {
    /// The port to ask for; 0 asks for any free one.
    pub port: u16,
    /// Arguments for the script.
    pub arguments: Vec<String>,
    /// Where to write a trace, relative to the sandbox's work folder.
    pub trace: Option<PathBuf>,
}

/// An app under `waterskin run --no-window`.
#[derive(Debug)]
pub struct Served {
    /// The command.
    pub command: Running,
    /// The URL with the one-time token, as it was printed.
    pub entry: url::Url,
}

impl Served {
    /// Starts `waterskin run` on the folder or script `app` with the interpreter of `venv`, and
    /// waits for the entry URL. Python may still be starting then.
    pub async fn start(
        sandbox: &Sandbox,
        app: &Path,
        venv: &Venv,
        options: ServedOptions,
    ) -> Result<Self> {
        let mut launch = sandbox.launch(crate::cli()?).arg("run").arg(app);
        launch = launch.args(["--no-window", "--port"]).arg(options.port.to_string());
        launch = launch.arg("--python").arg(venv.python());
        if let Some(file) = options.trace {
            launch = launch.arg("--trace").arg(file);
        }
        if !options.arguments.is_empty() {
            launch = launch.arg("--").args(options.arguments);
        }
        let mut command = launch.start()?;
        let printed = command.stdout.wait_for("the entry URL", PATIENCE, entry_url).await;
        let entry = printed.with_context(|| format!("stderr:\n{}", command.stderr.text()))?;
        Ok(Self { command, entry })
    }

    /// The port that it is served on.
    pub fn port(&self) -> Result<u16> {
        self.entry.port().context("the entry URL has no port")
    }

    /// Trades the token for the cookie. This works once.
    pub async fn enter(&self) -> Result<Site> {
        Site::enter(&self.entry).await
    }

    /// Stops it as a service manager does, and waits until it has ended.
    pub async fn stop(mut self, limit: Duration) -> Result<std::process::ExitStatus> {
        self.command.signal(Signal::TERM)?;
        self.command.ended(limit).await
    }
}

fn entry_url(output: &str) -> Option<url::Url> {
    let start = output.find("http://localhost:")?;
    let rest = &output[start..];
    // Up to the end of the word, which must have come: else the token may be cut.
    let end = rest.find(|letter: char| letter.is_whitespace() || letter == '"')?;
    let url = url::Url::parse(&rest[..end]).ok()?;
    (url.path() == "/_waterskin/enter" && url.query().is_some()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_url_is_taken_whole_or_not_at_all() {
        let url = "http://localhost:8501/_waterskin/enter?token=a-b_c";
        assert_eq!(entry_url(&format!("Serving at {url}")), None, "it may go on");
        for text in [format!("Serving at {url}\n"), format!("{{\"url\":\"{url}\",\"port\":8501}}")]
        {
            assert_eq!(entry_url(&text).unwrap().as_str(), url, "{text}");
        }
        assert_eq!(entry_url("http://localhost:8501/ is taken\n"), None);
    }
}
